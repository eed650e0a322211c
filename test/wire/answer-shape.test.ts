import { BedrockError, type ConverseEvent, createBedrock } from 'bedrock-anywhere';
import { encodeFrame } from 'bedrock-anywhere/local';
import { describe, expect, it } from 'vitest';
import fc from '../property.js';

const request = { modelId: 'm', prompt: 'Hi' };

/** A stream of these events, as JSON of any kind, and whether its body was closed or read to its end. */
function answering(events: readonly [type: string, payload: unknown][]) {
  let isOver = false;
  const chunks = events.map(([type, payload]) =>
    encodeFrame(
      { ':message-type': 'event', ':event-type': type, ':content-type': 'application/json' },
      new TextEncoder().encode(JSON.stringify(payload)),
    ),
  );
  const fetch = async (): Promise<Response> => {
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          const chunk = chunks.shift();
          if (chunk !== undefined) return controller.enqueue(chunk);
          isOver = true;
          controller.close();
        },
        cancel: () => {
          isOver = true;
        },
      },
      { highWaterMark: 0 },
    );
    return new Response(body, { headers: { 'content-type': 'application/vnd.amazon.eventstream' } });
  };
  const bedrock = createBedrock({
    fetch,
    region: 'us-east-1',
    credentials: { token: 'a-token' },
    maxAttempts: 1,
  });
  return { stream: bedrock.stream(request), isOver: () => isOver };
}

const start: [string, unknown] = ['messageStart', { role: 'assistant' }];
const end: [string, unknown][] = [
  ['contentBlockStop', { contentBlockIndex: 0 }],
  ['messageStop', { stopReason: 'end_turn' }],
  ['metadata', { usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 }, metrics: { latencyMs: 1 } }],
];
const delta = (members: unknown, index: unknown = 0): [string, unknown] => [
  'contentBlockDelta',
  { contentBlockIndex: index, delta: members },
];
const begin = (members: unknown): [string, unknown] => [
  'contentBlockStart',
  { contentBlockIndex: 0, start: members },
];

describe('an event that is not what Bedrock sends', () => {
  const odd: [what: string, event: [string, unknown], says: RegExp][] = [
    ['a role that is a number', ['messageStart', { role: 5 }], /messageStart\.role/],
    ['no role', ['messageStart', {}], /messageStart has no role/],
    ['a start without its block', ['contentBlockStart', { contentBlockIndex: 0 }], /has no start/],
    ['a start that is a text', begin('tool'), /start/],
    ['a tool that is a list', begin({ toolUse: [] }), /start\.toolUse/],
    ['a tool name that is an object', begin({ toolUse: { toolUseId: 'a', name: {} } }), /toolUse\.name/],
    ['an index that is a text', delta({ text: 'a' }, '0'), /contentBlockIndex/],
    ['an index below 0', delta({ text: 'a' }, -1), /contentBlockIndex/],
    ['half an index', delta({ text: 'a' }, 0.5), /contentBlockIndex/],
    ['an index without bounds', delta({ text: 'a' }, 1e9), /contentBlockIndex/],
    ['no index', ['contentBlockDelta', { delta: { text: 'a' } }], /has no contentBlockIndex/],
    ['a text that is a number', delta({ text: 5 }), /delta\.text/],
    ['an input that is an object', delta({ toolUse: { input: {} } }), /toolUse\.input/],
    ['reasoning that is a text', delta({ reasoningContent: 'hm' }), /reasoningContent/],
    ['bytes by length', delta({ reasoningContent: { redactedContent: { length: 4e9 } } }), /redactedContent/],
    ['image bytes by length', delta({ image: { source: { bytes: { length: 4e9 } } } }), /source\.bytes/],
    [
      'bytes in a list',
      delta({ toolResult: [{ image: { source: { bytes: [1] } } }] }),
      /toolResult\.0\.image/,
    ],
    ['a result that is an object', delta({ toolResult: { 0: { text: 'a' } } }), /toolResult/],
    ['a stop without an index', ['contentBlockStop', {}], /has no contentBlockIndex/],
    ['an end without a reason', ['messageStop', {}], /has no stopReason/],
    ['usage that is a text', ['metadata', { usage: 'much' }], /metadata\.usage/],
    ['tokens that are a text', ['metadata', { usage: { inputTokens: '5' } }], /usage\.inputTokens/],
  ];

  it.each(odd)('is ERR_PROTOCOL, and closes the connection: %s', async (_what, event, says) => {
    const { stream, isOver } = answering([start, event, ...end]);
    await expect(stream.result()).rejects.toMatchObject({
      code: 'ERR_PROTOCOL',
      message: expect.stringMatching(says),
    });
    expect(isOver()).toBe(true);
    expect(stream.partial.message.role).toBe('assistant');
  });

  it('does not get its type from its payload', async () => {
    const { stream } = answering([
      start,
      ['contentBlockStart', { type: 'messageStop', contentBlockIndex: 0, start: {}, stopReason: 'end_turn' }],
    ]);
    await expect(stream.result()).rejects.toMatchObject({ code: 'ERR_TRUNCATED' });
  });

  it('may have members that are null or not known', async () => {
    const { stream } = answering([
      ['messageStart', { role: 'assistant', mood: 5 }],
      begin({ toolUse: null, smell: { of: 'rain' } }),
      delta({ text: 'a', toolUse: null }),
      ...end.slice(0, 2),
      ['metadata', { usage: null, metrics: null, trace: null }],
    ]);
    expect(await stream.result()).toMatchObject({ text: 'a', usage: null });
  });
});

describe('events in an order that makes no sense', () => {
  it.each<[what: string, events: [string, unknown][]]>([
    ['content after the message', [start, ...end.slice(0, 2), delta({ text: 'more' })]],
    ['a second end', [start, ...end.slice(0, 2), ['messageStop', { stopReason: 'tool_use' }]]],
    [
      'a delta after the end of its block',
      [start, delta({ text: 'a' }), ...end.slice(0, 1), delta({ text: 'b' })],
    ],
    [
      'two tools in one block',
      [
        start,
        begin({ toolUse: { toolUseId: 'a', name: 'a' } }),
        begin({ toolUse: { toolUseId: 'b', name: 'b' } }),
      ],
    ],
  ])('are ERR_PROTOCOL: %s', async (_what, events) => {
    await expect(answering([...events, ...end]).stream.result()).rejects.toMatchObject({
      code: 'ERR_PROTOCOL',
    });
  });
});

describe('any event at all', () => {
  const types = [...new Set([start, ...end, delta({}), begin({})].map(([type]) => type)), 'weather'];
  const names = fc.constantFrom(
    ...[
      'role',
      'contentBlockIndex',
      'start',
      'delta',
      'text',
      'toolUse',
      'input',
      'toolUseId',
      'name',
      'type',
      'p',
    ],
    ...[
      'reasoningContent',
      'redactedContent',
      'signature',
      'citation',
      'toolResult',
      'image',
      'source',
      'bytes',
    ],
    ...['stopReason', 'usage', 'metrics', 'length', 'content', '__proto__', 'constructor'],
  );
  const { members } = fc.letrec((tie) => ({
    members: fc.dictionary(names, tie('value'), { maxKeys: 4 }),
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(0, 1, -1, 0.5, 1e9, '', 'a', 'QQ==', null, true),
      fc.array(tie('value'), { maxLength: 2 }),
      tie('members'),
    ),
  }));
  const event = fc.tuple(fc.constantFrom(...types), members);

  it('leads to events and a typed error or an answer, with the connection closed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 6 }), fc.nat(5), async (events, leaveAfter) => {
        const { stream, isOver } = answering([start, ...(events as [string, unknown][]), ...end]);
        let read = 0;
        try {
          const seen: ConverseEvent[] = [];
          for await (const one of stream) {
            seen.push(one);
            if (++read > leaveAfter + 3) break;
          }
        } catch (error) {
          expect(error).toBeInstanceOf(BedrockError);
        }
        await stream.result().catch((error) => expect(error).toBeInstanceOf(BedrockError));
        expect(isOver()).toBe(true);
        expect(() => JSON.stringify(stream.partial)).not.toThrow();
      }),
      { numRuns: 300 },
    );
  });
});
