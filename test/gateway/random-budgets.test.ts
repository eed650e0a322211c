import { describe, expect, it } from 'vitest';
import fc from '../property.js';
import { ASK, CHAT, setUpBudgets, sum } from './budget-setup.js';

describe('whatever happens to requests', () => {
  const REQUEST = fc.record({
    stream: fc.boolean(),
    max_tokens: fc.integer({ min: 1, max: 300 }),
    fault: fc.constantFrom(
      '',
      'throttle=9',
      'status=503',
      'truncate=400',
      'reset=500',
      'stall=3',
      'exception=modelStreamErrorException@3',
    ),
    leaves: fc.constantFrom('never', 'before', 'while it reads'),
  });

  it('nothing stays reserved, what Bedrock reports is counted, and no limit is exceeded', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(REQUEST, { maxLength: 12 }), async (requests) => {
        const gateway = await setUpBudgets({
          perCaller: {
            tokensPerDay: 1500,
            requestsPerMinute: 8,
            models: { '*nova*': { dollarsPerDay: 0.002 } },
          },
        });
        const ask = async ({ stream, max_tokens, fault, leaves }: (typeof requests)[0]) => {
          const leaving = new AbortController();
          // Nothing ends a stream that stalls but a client that leaves.
          const isEndless = fault.startsWith('stall') && stream;
          const headers = fault === '' ? {} : { 'x-local-fault': fault };
          const sent = gateway.send(CHAT, { ...ASK, stream, max_tokens }, headers, {
            signal: leaving.signal,
          });
          if (leaves === 'before') leaving.abort();
          const reader = (await sent).body?.getReader();
          if (leaves === 'while it reads' || isEndless) {
            await reader?.read();
            await reader?.cancel();
          } else if (reader) while (!(await reader.read()).done);
        };
        await Promise.all(requests.map(ask));
        await gateway.close();
        for (const counter of ['tokensPerDay/2026-11-29', '12:00', 'dollarsPerDay/2026-11-29'])
          expect(gateway.counted(counter).reserved).toBe(0);
        const reported = gateway.log.reduce((total, { usage }) => total + (usage ? sum(usage) : 0), 0);
        const { spent } = gateway.counted('tokensPerDay/2026-11-29');
        expect(spent).toBeGreaterThanOrEqual(reported);
        expect(spent).toBeLessThanOrEqual(1500);
        expect(gateway.counted('12:00').spent).toBeLessThanOrEqual(8);
        expect(gateway.counted('dollarsPerDay/2026-11-29').spent).toBeLessThanOrEqual(2000);
      }),
      { numRuns: 40 },
    );
  });
});
