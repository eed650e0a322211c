import { readFileSync } from 'node:fs';
import type { LocalBedrockOptions } from 'bedrock-anywhere/local';
import { bedrockFailure } from 'bedrock-anywhere/pi';
import { describe, expect, it } from 'vitest';
import { describeFixtures, recordings } from '../fixtures.js';
import { bodyOf, type WireEvent } from '../wire/frames.js';
import { ALL_STREAMS } from '../wire/streams.js';
import { user } from './pi-contexts.js';
import { IDS, modelAt, type Run, runOurs, runPeer, startPeerBedrock } from './pi-peer.js';

/** Where our events differ from those of pi's own provider, and why. docs/pi.md has the same sentences. */
const DIFFERENCES = {
  redacted:
    'Encrypted thinking arrives with `redacted` and its bytes, to be sent back; pi 0.74 loses it (pi 1.5 keeps it too).',
  serverTools:
    'Tools that the service runs itself are not tool calls, because the agent has nothing to do for them; pi emits them.',
  cut: 'An answer that ends before it is complete is an error (`truncated`); pi reports it as done.',
  hourWrites:
    'Tokens written to the cache for an hour cost twice the input; pi 0.74 counts them as 5-minute writes (pi 1.5 counts as we do).',
} as const;

type Rule = NonNullable<LocalBedrockOptions['script']>[number];

/** What both providers make of one answer. */
async function both(rule: Rule): Promise<{ theirs: Run; ours: Run }> {
  const local = await startPeerBedrock({ script: [rule] });
  try {
    const model = modelAt(local, IDS.sonnet45);
    const context = { messages: [user('go')] };
    // The second of two calls would else read what the first has written.
    const options = { cacheRetention: 'none' } as const;
    return {
      theirs: await runPeer(local, model, context, options),
      ours: await runOurs(local, model, context, options),
    };
  } finally {
    await local.close();
  }
}

describe("events are those of pi's own provider", () => {
  const written = ALL_STREAMS.filter(([name]) => !(name in DIFFERENCES));

  it.each(written)('%s', async (_name, events) => {
    const { theirs, ours } = await both({ frames: [bodyOf(events)] });
    expect(ours.events.length).toBeGreaterThan(1);
    expect(ours.events).toEqual(theirs.events);
  });

  it.each([
    'end_turn',
    'stop_sequence',
    'max_tokens',
    'model_context_window_exceeded',
    'content_filtered',
    'news',
  ])('an answer that stops with %s', async (stopReason) => {
    const { theirs, ours } = await both({ text: 'words', stopReason });
    expect(ours.events).toEqual(theirs.events);
    const failure = bedrockFailure(ours.message);
    const isError = !['end_turn', 'stop_sequence', 'max_tokens', 'model_context_window_exceeded'].includes(
      stopReason,
    );
    expect(failure?.rawStopReason).toBe(isError ? stopReason : undefined);
  });

  it('usage with a cache', async () => {
    const usage = {
      inputTokens: 10,
      outputTokens: 20,
      totalTokens: 1230,
      cacheReadInputTokens: 700,
      cacheWriteInputTokens: 500,
    };
    const { theirs, ours } = await both({ text: 'words', usage });
    expect(ours.events).toEqual(theirs.events);
    expect(ours.message.usage).toMatchObject({ cacheRead: 700, cacheWrite: 500, totalTokens: 1230 });
  });
});

describeFixtures('converse', "recorded answers are read as pi's own provider reads them", () => {
  it.each(recordings().map((recording) => [recording.name, recording.bytes] as const))(
    '%s',
    async (_name, bytes) => {
      const { theirs, ours } = await both({ frames: [bytes] });
      expect(ours.events.length).toBeGreaterThan(1);
      expect(ours.events).toEqual(theirs.events);
    },
  );
});

describe('the differences', () => {
  it.each(Object.values(DIFFERENCES))('docs/pi.md says: %s', (sentence) => {
    expect(readFileSync(new URL('../../docs/pi.md', import.meta.url), 'utf8')).toContain(sentence);
  });

  it('encrypted thinking', async () => {
    const { theirs, ours } = await both({
      reasoning: { redacted: new Uint8Array([1, 2, 255]) },
      text: 'done',
    });
    expect(theirs.message.content[0]).toEqual({ type: 'thinking', thinking: '', thinkingSignature: '' });
    expect(ours.message.content[0]).toEqual({
      type: 'thinking',
      thinking: '[Reasoning redacted]',
      thinkingSignature: 'AQL/',
      redacted: true,
    });
    expect(types(ours)).toEqual([
      'start',
      'thinking_start',
      'thinking_delta',
      'thinking_end',
      'text_start',
      'text_delta',
      'text_end',
      'done',
    ]);
  });

  it('tools of the service', async () => {
    const events = ALL_STREAMS.find(([name]) => name === 'serverTools')?.[1] ?? [];
    const { theirs, ours } = await both({ frames: [bodyOf(events)] });
    const names = ({ message }: Run) =>
      message.content.flatMap((block) => (block.type === 'toolCall' ? [block.name] : []));
    expect(names(theirs)).toContain('web_search');
    expect(names(ours)).toEqual(names(theirs).filter((name) => name !== 'web_search'));
  });

  it('an answer that is cut', async () => {
    const whole = ALL_STREAMS.find(([name]) => name === 'text')?.[1] ?? [];
    const { theirs, ours } = await both({ frames: [bodyOf(whole.slice(0, 3))] });
    expect(types(theirs).at(-1)).toBe('done');
    expect(types(ours).at(-1)).toBe('error');
    expect(bedrockFailure(ours.message)).toMatchObject({ reason: 'truncated', retryable: true });
    expect(theirs.message.content).toMatchObject(ours.message.content);
  });

  it('tokens written to the cache for an hour', async () => {
    const metadata: WireEvent = [
      'metadata',
      {
        usage: {
          inputTokens: 0,
          outputTokens: 0,
          totalTokens: 1000,
          cacheWriteInputTokens: 1000,
          cacheDetails: [{ ttl: '1h', inputTokens: 1000 }],
        },
        metrics: { latencyMs: 1 },
      },
    ];
    const whole = ALL_STREAMS.find(([name]) => name === 'text')?.[1] ?? [];
    const { theirs, ours } = await both({ frames: [bodyOf([...whole.slice(0, -1), metadata])] });
    expect(theirs.message.usage.cost.cacheWrite).toBeCloseTo(0.00375, 9);
    expect(ours.message.usage.cost.cacheWrite).toBeCloseTo(0.006, 9);
  });
});

it('blocks whose ends a gateway has left out end with the message', async () => {
  const whole = ALL_STREAMS.find(([name]) => name === 'toolUse')?.[1] ?? [];
  const left = whole.filter(([type]) => type !== 'contentBlockStop');
  expect(left.length).toBeLessThan(whole.length);
  const [complete, cut] = [await both({ frames: [bodyOf(whole)] }), await both({ frames: [bodyOf(left)] })];
  expect(types(cut.ours).sort()).toEqual(types(complete.ours).sort());
  expect(cut.ours.message.content).toEqual(complete.ours.message.content);
});

function types({ events }: Run): string[] {
  return (events as { type: string }[]).map(({ type }) => type);
}
