import type { ConverseEvent } from 'bedrock-anywhere';
import { expect, it } from 'vitest';
import { type AnswerPlan, AnswerReader } from '../../src/gateway/answer/reader.js';
import { chat } from '../../src/gateway/chat/protocol.js';
import { failureOf } from '../../src/gateway/failure.js';
import { messages } from '../../src/gateway/messages/protocol.js';
import type { ReadRequest, StreamWriter } from '../../src/gateway/protocol.js';
import { responses } from '../../src/gateway/responses/protocol.js';
import fc from '../property.js';
import { collectChat } from './collect-chat.js';
import { collectMessages } from './collect-messages.js';
import { collectResponses } from './collect-responses.js';

/** Texts that could end an event early, if they were not inside of JSON. */
const text = fc.oneof(
  fc.constantFrom('', '\n\n', '\r', 'data: [DONE]\n\n', '\u2028', '"', '\ud83d\ude00', '</b>', ': ping\n\n'),
  fc.string({ maxLength: 8 }),
);
const index = fc.nat({ max: 3 });
const bytes = fc.uint8Array({ minLength: 1, maxLength: 4 });

type Delta = Extract<ConverseEvent, { type: 'contentBlockDelta' }>['delta'];
const deltas: fc.Arbitrary<Delta> = fc.oneof(
  fc.record({ text }),
  fc.record({
    reasoningContent: fc.oneof(
      fc.record({ text }),
      fc.record({ signature: text }),
      fc.record({ redactedContent: bytes }),
    ),
  }),
  fc.record({ toolUse: fc.record({ input: text }) }),
  fc.record({ citation: fc.record({ title: text, location: fc.record({ web: fc.record({ url: text }) }) }) }),
  fc.constant({ image: { source: { bytes: new Uint8Array(1) } } } as Delta),
) as fc.Arbitrary<Delta>;

const block = fc.oneof(
  fc.record({
    type: fc.constant('contentBlockStart' as const),
    contentBlockIndex: index,
    start: fc.record({
      toolUse: fc.record({
        toolUseId: fc.uuid(),
        name: fc.constantFrom('plain', 'custom', 'spaced', 'made_up'),
      }),
    }),
  }),
  fc.record({
    type: fc.constant('contentBlockStart' as const),
    contentBlockIndex: index,
    start: fc.constant({ toolUse: { toolUseId: 's', name: 'search', type: 'server_tool_use' } }),
  }),
  fc.record({ type: fc.constant('contentBlockDelta' as const), contentBlockIndex: index, delta: deltas }),
  fc.record({ type: fc.constant('contentBlockDelta' as const), contentBlockIndex: index, delta: deltas }),
  fc.record({ type: fc.constant('contentBlockStop' as const), contentBlockIndex: index }),
) as fc.Arbitrary<ConverseEvent>;

const stopReason = fc.constantFrom(
  'end_turn',
  'tool_use',
  'max_tokens',
  'stop_sequence',
  'guardrail_intervened',
  'content_filtered',
  'model_context_window_exceeded',
  'malformed_tool_use',
  'something_new',
);

const plan: AnswerPlan = {
  toolOf: (sent) =>
    sent === 'custom'
      ? { name: 'custom', custom: true }
      : sent === 'spaced'
        ? { name: 'spaced', namespace: 'space', custom: false }
        : { name: sent, custom: false },
  mostCalls: Infinity,
  format: undefined,
};

const draft = { parallelCalls: true } as ReadRequest['draft'];
const context = { model: 'm', id: 'x', createdAt: 0, now: () => 0 };

/** What the gateway does with the events of an answer that ends, fails, or breaks off. */
function writeAll(
  writer: StreamWriter,
  events: readonly ConverseEvent[],
  given: AnswerPlan,
  breaks: boolean,
): { out: string; failed: boolean } {
  const reader = new AnswerReader(given);
  let out = writer.open();
  try {
    for (const event of events) for (const part of reader.read(event)) out += writer.write(part);
    if (breaks) throw new Error('broken off');
    return { out: out + writer.close(), failed: false };
  } catch (error) {
    return { out: out + writer.fail(failureOf(error)), failed: true };
  }
}

const answer = fc.record({
  blocks: fc.array(block, { maxLength: 14 }),
  reason: stopReason,
  hasUsage: fc.boolean(),
  breaks: fc.boolean(),
  mostCalls: fc.constantFrom(0, 1, Infinity),
  format: fc.constantFrom(
    undefined,
    { tool: 'plain', isWrapped: false },
    { tool: 'plain', isWrapped: true },
    { tool: undefined, isWrapped: false },
  ),
});

/** Texts of the blocks, whatever their order: everything that the model wrote as text. */
function textOf(events: readonly ConverseEvent[]): string[] {
  return events.flatMap((event) =>
    event.type === 'contentBlockDelta' && event.delta.text ? [event.delta.text] : [],
  );
}

it('makes a valid stream of each protocol of any events of Converse', () => {
  fc.assert(
    fc.property(answer, ({ blocks, reason, hasUsage, breaks, mostCalls, format }) => {
      const usage = { inputTokens: 1, outputTokens: 2, totalTokens: 3 };
      const events: ConverseEvent[] = [
        { type: 'messageStart', role: 'assistant' },
        ...blocks,
        ...(breaks ? [] : [{ type: 'messageStop', stopReason: reason } as ConverseEvent]),
        ...(hasUsage && !breaks
          ? [{ type: 'metadata', usage, metrics: { latencyMs: 1 } } as ConverseEvent]
          : []),
      ];
      const given = { ...plan, mostCalls, format };
      const inChat = writeAll(
        chat.createStream({ draft, isStream: true, includesUsage: true }, context, 'r'),
        events,
        given,
        breaks,
      );
      const inMessages = writeAll(
        messages.createStream({ draft, isStream: true }, context, 'r'),
        events,
        given,
        breaks,
      );
      const inResponses = writeAll(
        responses.createStream({ draft, isStream: true, body: {}, completesFiltered: false }, context, 'r'),
        events,
        given,
        breaks,
      );
      expect([inMessages.failed, inResponses.failed]).toEqual([inChat.failed, inChat.failed]);

      const chatted = collectChat(inChat.out);
      expect([chatted.isDone, chatted.error === undefined]).toEqual([!inChat.failed, !inChat.failed]);
      expect(Object.keys(chatted.calls)).toEqual([...chatted.calls.keys()].map(String));
      expect(new Set(chatted.calls.map(({ id }) => id)).size).toBe(chatted.calls.length);
      expect(chatted.calls.length).toBeLessThanOrEqual(mostCalls);

      const { events: last } = collectMessages(inMessages.out);
      expect(last.at(-1)?.name).toBe(inMessages.failed ? 'error' : 'message_stop');

      const { response } = collectResponses(inResponses.out);
      if (inChat.failed || format !== undefined) return;
      const words = textOf(blocks).sort();
      expect([...String(chatted.message['content'] ?? '')].sort()).toEqual([...words.join('')].sort());
      const written = response.output.flatMap(
        (item: { content?: { text: string }[] }) => item.content?.map((part) => part.text) ?? [],
      );
      expect(written.join('')).toBe(chatted.message['content'] ?? '');
    }),
    { numRuns: 600 },
  );
});
