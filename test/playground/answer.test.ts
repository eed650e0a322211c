import { BedrockError } from 'bedrock-anywhere';
import type { ConversationMessage } from 'bedrock-anywhere/react';
import { describe, expect, it } from 'vitest';
import { describeFailure, describeLinkFailure } from '../../playground/answer/failure.js';
import { Meter, speedCurve, speedOf } from '../../playground/answer/meter.js';
import { ProgressWatch } from '../../playground/answer/progress.js';
import { formatCost, formatCount, NOTHING_SPENT } from '../../playground/answer/spent.js';

/** A meter with a clock that tells these times. */
function meterWith(...times: number[]): Meter {
  return new Meter(() => times.shift() ?? 0);
}

describe('Meter', () => {
  it('measures the first content, the whole and the speed between them', () => {
    const meter = meterWith(1000, 1400, 1900, 2400, 2400);
    meter.see(0);
    expect(meter.read()).toBeUndefined();
    for (const characters of [40, 140, 240]) meter.see(characters);
    const measure = meter.read();
    expect(measure).toEqual({
      firstMs: 400,
      totalMs: 1400,
      samples: [
        [400, 40],
        [900, 140],
        [1400, 240],
      ],
    });
    expect(measure && speedOf(measure, 50)).toBe(50);
    expect(measure && speedOf(measure, undefined)).toBe(60);
    expect(measure && speedCurve(measure)).toHaveLength(24);
    expect(measure && Math.max(...speedCurve(measure))).toBe(1);
  });

  it('keeps few samples of a long answer', () => {
    let now = 0;
    const meter = new Meter(() => now++);
    for (let i = 1; i <= 10_000; i++) meter.see(i);
    expect(meter.read()?.samples.length).toBeLessThanOrEqual(120);
  });

  it('has no speed for an answer that came at once', () => {
    const measure = { firstMs: 10, totalMs: 10, samples: [[10, 5]] as const };
    expect(speedOf(measure, 5)).toBeUndefined();
    expect(speedCurve(measure)).toEqual([]);
  });
});

describe('ProgressWatch', () => {
  const cost = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, total: 0.5, estimated: false };
  const usage = { inputTokens: 3, outputTokens: 4, totalTokens: 7 };
  const answer = (id: string, details: object): ConversationMessage =>
    ({
      id,
      kind: 'answer',
      role: 'assistant',
      content: [{ text: 'abcd' }],
      text: 'abcd',
      answer: details,
    }) as ConversationMessage;

  it('counts each answer once, when it is over, also one that is replaced later', () => {
    const watch = new ProgressWatch({ measures: {}, spent: NOTHING_SPENT }, []);
    watch.begin(meterWith(0, 5, 6, 7, 8, 9));
    expect(watch.see([answer('a', {})], true).spent.answers).toBe(0);
    const done = answer('a', { stopReason: 'end_turn', usage, cost });
    expect(watch.see([done], false).spent).toEqual({
      answers: 1,
      inputTokens: 3,
      outputTokens: 4,
      cost: 0.5,
      isEstimate: false,
    });
    expect(watch.see([done], false).spent.answers).toBe(1);
    expect(Object.keys(watch.see([done], false).measures)).toEqual(['a']);
    expect(watch.see([answer('b', { stopReason: 'end_turn', usage, cost })], false).spent).toMatchObject({
      answers: 2,
      cost: 1,
    });
  });

  it('does not count what was there before', () => {
    const old = answer('a', { stopReason: 'end_turn', usage, cost });
    const watch = new ProgressWatch({ measures: {}, spent: NOTHING_SPENT }, [old]);
    expect(watch.see([old], false).spent.answers).toBe(0);
  });
});

it.each([
  [0, '$0'],
  [0.000_000_5, '<$0.000001'],
  [0.000_012_3, '$0.000012'],
  [0.0016, '$0.0016'],
  [0.25, '$0.250'],
  [12.345, '$12.35'],
])('%d USD are shown as %s', (usd, shown) => {
  expect(formatCost(usd)).toBe(shown);
});

it.each([
  [999, '999'],
  [1500, '1.5K'],
  [200_000, '200K'],
  [999_999, '1M'],
  [1_000_000, '1M'],
])('%d tokens are shown as %s', (count, shown) => {
  expect(formatCount(count)).toBe(shown);
});

describe('failures in words', () => {
  const denied = new BedrockError({ code: 'ERR_ACCESS_DENIED', message: 'Not allowed.', requestId: 'r1' });

  it('says what helps most', () => {
    expect(describeFailure(denied, denied)).toEqual({
      title: 'Access is not allowed',
      message: 'Not allowed.',
      action: 'model',
      code: 'ERR_ACCESS_DENIED',
      requestId: 'r1',
    });
  });

  it('sends people to the connection if that failed, for whatever reason', () => {
    expect(describeLinkFailure(denied, denied)).toMatchObject({
      title: 'Access is not allowed',
      action: 'connection',
    });
    expect(describeLinkFailure(new Error('HTTP 401'), undefined)).toMatchObject({
      title: 'The connection does not work',
      message: 'HTTP 401',
      action: 'connection',
    });
  });
});
