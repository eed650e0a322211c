import { describe, expect, it, vi } from 'vitest';
import { getCredentials } from '../../src/credentials/cache.js';
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
    expect(await idOf(getCredentials(provider, now))).toBe('ASIA1');
    now += 54 * MINUTE;
    expect(await idOf(getCredentials(provider, now))).toBe('ASIA1');
    now += 2 * MINUTE;
    expect(await idOf(getCredentials(provider, now))).toBe('ASIA2');
  });

  it('that live for less than ten minutes are renewed at half of their life, not for every call', async () => {
    let now = START;
    const provider = counting(4, () => now);
    await getCredentials(provider, now);
    now += 1 * MINUTE;
    expect(await idOf(getCredentials(provider, now))).toBe('ASIA1');
    now += 1.5 * MINUTE;
    expect(await idOf(getCredentials(provider, now))).toBe('ASIA2');
  });

  it('without an end are asked for each time', async () => {
    const provider = counting(undefined, () => START);
    await getCredentials(provider, START);
    expect(await idOf(getCredentials(provider, START))).toBe('ASIA2');
  });

  it('are asked for once by a hundred callers at the same time', async () => {
    const provider = counting(undefined, () => START);
    const given = await Promise.all(Array.from({ length: 100 }, () => idOf(getCredentials(provider, START))));
    expect(new Set(given)).toEqual(new Set(['ASIA1']));
    expect(provider).toHaveBeenCalledTimes(1);
  });

  it('are not shared while asking on Workers, where a promise of another request never settles', async () => {
    vi.stubGlobal('navigator', { userAgent: 'Cloudflare-Workers' });
    const provider = counting(60, () => START);
    await Promise.all([getCredentials(provider, START), getCredentials(provider, START)]);
    expect(provider).toHaveBeenCalledTimes(2);
    expect(await idOf(getCredentials(provider, START))).toBe('ASIA2');
    vi.unstubAllGlobals();
  });

  it('that are still good are used when renewing fails, and not beyond their end', async () => {
    const good: Credentials = { token: 'good', expiration: new Date(START + 10 * MINUTE) };
    const provider = vi.fn().mockResolvedValueOnce(good).mockRejectedValue(new Error('down'));
    await getCredentials(provider, START);
    expect(await getCredentials(provider, START + 8 * MINUTE)).toBe(good);
    await expect(getCredentials(provider, START + 11 * MINUTE)).rejects.toThrow('down');
  });

  it('that the service refused are asked for anew, telling the provider so', async () => {
    const provider = counting(60, () => START);
    await getCredentials(provider, START);
    expect(await idOf(getCredentials(provider, START, { refresh: true }))).toBe('ASIA2');
    expect(provider).toHaveBeenLastCalledWith(expect.objectContaining({ forceRefresh: true }));
  });

  it('are waited for without a timer that outlives the provider', async () => {
    vi.useFakeTimers();
    const provider = vi.fn().mockRejectedValueOnce(new Error('down')).mockResolvedValue({ token: 't' });
    await expect(getCredentials(provider, START)).rejects.toThrow('down');
    await getCredentials(provider, START);
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  it('are asked for again after a failure', async () => {
    const provider = vi.fn().mockRejectedValueOnce(new Error('down')).mockResolvedValue({ token: 't' });
    await expect(getCredentials(provider, START)).rejects.toThrow('down');
    expect(await getCredentials(provider, START)).toEqual({ token: 't' });
  });
});
