import { describe, expect, it } from 'vitest';
import { createBedrock } from '../../src/index.js';
import { learnClock, serviceNow } from '../../src/transport/clock-skew.js';

const request = { modelId: 'm', messages: [{ role: 'user' as const, content: [{ text: 'Hi' }] }] };

/** How many origins are known at once. */
const ORIGINS = 1000;

describe('what is kept about origins', () => {
  it('retry budgets: a thousand other origins in trouble replace that of the first', async () => {
    let sent = 0;
    const callTo = async (host: string, maxAttempts: number): Promise<number> => {
      const before = sent;
      const bedrock = createBedrock({
        endpoint: `https://${host}.example`,
        credentials: { token: 'key' },
        region: 'us-east-1',
        maxRetryDelayMs: 0,
        maxAttempts,
        fetch: async () => {
          sent += 1;
          return new Response('', { status: 503 });
        },
      });
      await expect(bedrock.converse(request)).rejects.toMatchObject({ code: 'ERR_SERVICE' });
      return sent - before;
    };
    expect(await callTo('first', 1000)).toBe(101);
    expect(await callTo('first', 2)).toBe(1);
    for (let i = 1; i < ORIGINS; i++) await callTo(`other-${i}`, 2);
    expect(await callTo('first', 2)).toBe(1);
    await callTo('last', 2);
    await callTo('one-more', 2);
    expect(await callTo('first', 2)).toBe(2);
  });

  it('clocks: a thousand other origins replace that of the first', () => {
    const hour = 3_600_000;
    const headers = new Headers({ date: new Date(Date.now() + hour).toUTCString() });
    const learn = (name: string) => learnClock(`https://${name}.example`, headers, '');
    const offset = () => serviceNow('https://first.example') - Date.now();
    expect(learn('first')).toBe(true);
    for (let i = 1; i < ORIGINS; i++) learn(`other-${i}`);
    expect(offset()).toBeGreaterThan(hour / 2);
    learn('last');
    expect(Math.abs(offset())).toBeLessThan(hour / 2);
  });
});

describe('the time of the service', () => {
  const day = 24 * 3_600_000;
  const learn = (origin: string, days: number) =>
    learnClock(origin, new Headers({ date: new Date(Date.now() + days * day).toUTCString() }), '');

  it.each([-400, 400, 27_000])('is not %i days from ours', (days) => {
    const origin = `https://off-by-${days}.example`;
    expect(learn(origin, days)).toBe(false);
    expect(Math.abs(serviceNow(origin) - Date.now())).toBeLessThan(day);
  });

  it.each([-300, 300])('may be %i days from ours', (days) => {
    const origin = `https://off-by-${days}.example`;
    expect(learn(origin, days)).toBe(true);
    expect(Math.round((serviceNow(origin) - Date.now()) / day)).toBe(days);
  });
});
