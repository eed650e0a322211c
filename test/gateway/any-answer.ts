/** Answers of models as events of Converse, in any order in which they may come. */
import type { ConverseEvent } from 'bedrock-anywhere';
import type { AnswerPlan } from '../../src/gateway/answer/reader.js';
import { AnswerReader } from '../../src/gateway/answer/reader.js';
import { chat } from '../../src/gateway/chat/protocol.js';
import { failureOf } from '../../src/gateway/failure.js';
import { messages } from '../../src/gateway/messages/protocol.js';
import type { ReadRequest, StreamWriter } from '../../src/gateway/protocol.js';
import { responses } from '../../src/gateway/responses/protocol.js';
import fc from '../property.js';

/** What an answer says. */
interface Said {
  texts: string[];
  thoughts: string[];
  signatures: string[];
  redacted: number;
  calls: { name: string; input: unknown }[];
}

export interface AnyAnswer {
  events: ConverseEvent[];
  said: Said;
  /** Whether it breaks off. */
  breaks: boolean;
}

/** Texts that could end an event early, if they were not inside of JSON. */
const text = fc.oneof(
  fc.constantFrom(
    '\n\n',
    '\r',
    'data: [DONE]\n\n',
    '\u2028',
    '\u0085',
    '"',
    '\ud83d\ude00',
    '</b>',
    ': ping\n\n',
    '\0',
  ),
  fc.constantFrom('event: error\ndata: {"type":"error"}\n\n', 'id: 7\nretry: 1\n\n', '\ufeff'),
  fc.string({ minLength: 1, maxLength: 8, unit: 'grapheme' }),
);
const pieces = fc.array(text, { minLength: 1, maxLength: 4 });
const json = fc.dictionary(text, fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null)), {
  maxKeys: 3,
});

type Block =
  | { kind: 'text'; pieces: string[]; sources: string[] }
  | { kind: 'thoughts'; pieces: string[]; signature: string }
  | { kind: 'redacted'; bytes: Uint8Array[] }
  | { kind: 'call'; id: string; name: string; input: object; cuts: number[] };

const block: fc.Arbitrary<Block> = fc.oneof(
  fc.record({ kind: fc.constant('text' as const), pieces, sources: fc.array(text, { maxLength: 2 }) }),
  fc.record({ kind: fc.constant('thoughts' as const), pieces, signature: fc.base64String({ minLength: 4 }) }),
  fc.record({
    kind: fc.constant('redacted' as const),
    bytes: fc.array(fc.uint8Array({ minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 2 }),
  }),
  fc.record({
    kind: fc.constant('call' as const),
    id: fc.uuid(),
    name: fc.constantFrom('get_weather', 'a-b', 'x'.repeat(64)),
    input: json,
    cuts: fc.array(fc.nat({ max: 60 }), { maxLength: 3 }),
  }),
);

type Delta = Extract<ConverseEvent, { type: 'contentBlockDelta' }>['delta'];

function eventsOf(given: Block, contentBlockIndex: number): ConverseEvent[] {
  const grow = (...deltas: object[]): ConverseEvent[] =>
    deltas.map((delta) => ({ type: 'contentBlockDelta', contentBlockIndex, delta: delta as Delta }));
  const stop: ConverseEvent = { type: 'contentBlockStop', contentBlockIndex };
  switch (given.kind) {
    case 'text': {
      const citations = given.sources.map((url) => ({
        citation: { title: url, location: { web: { url } } },
      }));
      return [...grow(...given.pieces.map((piece) => ({ text: piece })), ...citations), stop];
    }
    case 'thoughts': {
      const words = given.pieces.map((piece) => ({ reasoningContent: { text: piece } }));
      return [...grow(...words, { reasoningContent: { signature: given.signature } }), stop];
    }
    case 'redacted':
      return [
        ...grow(...given.bytes.map((redactedContent) => ({ reasoningContent: { redactedContent } }))),
        stop,
      ];
    case 'call': {
      const { id: toolUseId, name, input, cuts } = given;
      const whole = JSON.stringify(input);
      const ends = [...new Set([...cuts.filter((at) => at > 0 && at < whole.length), whole.length])].sort(
        (a, b) => a - b,
      );
      const cut = ends.map((end, i) => ({ toolUse: { input: whole.slice(ends[i - 1] ?? 0, end) } }));
      const start = { toolUse: { toolUseId, name } };
      return [{ type: 'contentBlockStart', contentBlockIndex, start }, ...grow(...cut), stop];
    }
  }
}

/** Takes the next event of one list or another, as the numbers say, so that blocks grow at the same time. */
function interleave(lists: ConverseEvent[][], picks: readonly number[]): ConverseEvent[] {
  const left = lists.map((list) => [...list]);
  const all: ConverseEvent[] = [];
  for (let i = 0; left.some((list) => list.length > 0); i++) {
    const open = left.filter((list) => list.length > 0);
    const pick = picks.length === 0 ? 0 : (picks[i % picks.length] as number);
    all.push(open[pick % open.length]?.shift() as ConverseEvent);
  }
  return all;
}

function say(blocks: readonly Block[]): Said {
  const said: Said = { texts: [], thoughts: [], signatures: [], redacted: 0, calls: [] };
  for (const one of blocks) {
    if (one.kind === 'text') said.texts.push(one.pieces.join(''));
    else if (one.kind === 'redacted') said.redacted += 1;
    else if (one.kind === 'call')
      said.calls.push({ name: one.name, input: JSON.parse(JSON.stringify(one.input)) });
    else {
      said.thoughts.push(one.pieces.join(''));
      said.signatures.push(one.signature);
    }
  }
  return said;
}

export const anyAnswer: fc.Arbitrary<AnyAnswer> = fc
  .record({
    blocks: fc.array(block, { maxLength: 6 }),
    /** Empty: one block after the other, as models of today write them. */
    picks: fc.oneof(fc.constant([]), fc.array(fc.nat({ max: 5 }), { maxLength: 20 })),
    breaks: fc.boolean(),
    stopReason: fc.constantFrom('end_turn', 'stop_sequence', 'something_new'),
  })
  .map(({ blocks, picks, breaks, stopReason }) => {
    const said = say(blocks);
    const reason = said.calls.length > 0 ? 'tool_use' : stopReason;
    const usage = { inputTokens: 3, outputTokens: 2, totalTokens: 5 };
    const events: ConverseEvent[] = [
      { type: 'messageStart', role: 'assistant' },
      ...interleave(blocks.map(eventsOf), picks),
      ...(breaks
        ? []
        : ([
            { type: 'messageStop', stopReason: reason },
            { type: 'metadata', usage, metrics: { latencyMs: 1 } },
          ] as ConverseEvent[])),
    ];
    return { events, said, breaks };
  });

const plan: AnswerPlan = {
  toolOf: (name) => ({ name, custom: false }),
  mostCalls: Number.POSITIVE_INFINITY,
  format: undefined,
};
const draft = { parallelCalls: true } as ReadRequest['draft'];
const context = { model: 'm', id: 'x', createdAt: 0, now: () => 0 };

/** What the gateway sends of an answer, in each protocol. */
export function writeInAll({ events, breaks }: AnyAnswer): {
  chat: string;
  messages: string;
  responses: string;
} {
  const write = (writer: StreamWriter): string => {
    const reader = new AnswerReader(plan);
    let out = writer.open();
    for (const event of events) for (const part of reader.read(event)) out += writer.write(part);
    return out + (breaks ? writer.fail(failureOf(new Error('It broke off.'))) : writer.close());
  };
  return {
    chat: write(chat.createStream({ draft, isStream: true, includesUsage: true }, context, 'r')),
    messages: write(messages.createStream({ draft, isStream: true }, context, 'r')),
    responses: write(
      responses.createStream({ draft, isStream: true, body: {}, completesFiltered: false }, context, 'r'),
    ),
  };
}
