import { describe, expect, it, vi } from 'vitest';
import { remembered } from '../../src/credentials/cache.js';
import type { Credentials } from '../../src/index.js';

const MINUTE = 60_000;
const START = Date.UTC(2026, 0, 1);

/** A provider whose answers are numbered and live for some minutes. */
function counting(lifeMinutes: number | undefined, now: () => number) {
  let asked = 0;
  return vi.fn(async (): Promise<Credentials> => {
    asked += 1;
    const expiration = lifeMinutes === undefined ? undefined : new Date(now() + lifeMinutes * MINUTE);
    return { accessKeyId: `ASIA${asked}`, secretAccessKey: 's', expiration };
  });
}

const idOf = async (credentials: Promise<Credentials>): Promise<string> => {
  const given = await credentials;
  return 'accessKeyId' in given ? given.accessKeyId : 'a token';
};

describe('credentials of a provider', () => {
  it('are asked for once, until five minutes before their end', async () => {
    let now = START;
    const provider = counting(60, () => now);
    expect(await idOf(remembered(provider, now))).toBe('ASIA1');
    now += 54 * MINUTE;
    expect(await idOf(remembered(provider, now))).toBe('ASIA1');
    now += 2 * MINUTE;
    expect(await idOf(remembered(provider, now))).toBe('ASIA2');
  });

  it('that live for less than ten minutes are renewed at half of their life, not for every call', async () => {
    let now = START;
    const provider = counting(4, () => now);
    await remembered(provider, now);
    now += 1 * MINUTE;
    expect(await idOf(remembered(provider, now))).toBe('ASIA1');
    now += 1.5 * MINUTE;
    expect(await idOf(remembered(provider, now))).toBe('ASIA2');
  });

  it('without an end are asked for each time', async () => {
    const provider = counting(undefined, () => START);
    await remembered(provider, START);
    expect(await idOf(remembered(provider, START))).toBe('ASIA2');
  });

  it('are asked for once by a hundred callers at the same time', async () => {
    const provider = counting(undefined, () => START);
    const given = await Promise.all(Array.from({ length: 100 }, () => idOf(remembered(provider, START))));
    expect(new Set(given)).toEqual(new Set(['ASIA1']));
    expect(provider).toHaveBeenCalledTimes(1);
  });

  it('are not shared while asking on Workers, where a promise of another request never settles', async () => {
    vi.stubGlobal('navigator', { userAgent: 'Cloudflare-Workers' });
    const provider = counting(60, () => START);
    await Promise.all([remembered(provider, START), remembered(provider, START)]);
    expect(provider).toHaveBeenCalledTimes(2);
    expect(await idOf(remembered(provider, START))).toBe('ASIA2');
    vi.unstubAllGlobals();
  });

  it('that are still good are used when renewing fails, and not beyond their end', async () => {
    const good: Credentials = { token: 'good', expiration: new Date(START + 10 * MINUTE) };
    const provider = vi.fn().mockResolvedValueOnce(good).mockRejectedValue(new Error('down'));
    await remembered(provider, START);
    expect(await remembered(provider, START + 8 * MINUTE)).toBe(good);
    await expect(remembered(provider, START + 11 * MINUTE)).rejects.toThrow('down');
  });

  it('that the service refused are asked for anew, telling the provider so', async () => {
    const provider = counting(60, () => START);
    await remembered(provider, START);
    expect(await idOf(remembered(provider, START, true))).toBe('ASIA2');
    expect(provider).toHaveBeenLastCalledWith({ forceRefresh: true });
  });

  it('are asked for again after a failure', async () => {
    const provider = vi.fn().mockRejectedValueOnce(new Error('down')).mockResolvedValue({ token: 't' });
    await expect(remembered(provider, START)).rejects.toThrow('down');
    expect(await remembered(provider, START)).toEqual({ token: 't' });
  });
});
