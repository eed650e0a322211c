import { base64, type WireEvent } from './frames.js';

/**
 * Streams written for the tests, each with something that recorded answers of Bedrock show: text and reasoning that
 * no contentBlockStart announces, a citation before or behind its text, redacted reasoning in pieces that are base64
 * each for itself, tools that the service runs, tool input in fragments, a guardrail that steps in.
 */

const start: WireEvent = ['messageStart', { role: 'assistant' }];
const end = (stopReason: string): WireEvent => ['messageStop', { stopReason }];
const stop = (contentBlockIndex: number): WireEvent => ['contentBlockStop', { contentBlockIndex }];
const open = (contentBlockIndex: number, block: object): WireEvent => [
  'contentBlockStart',
  { contentBlockIndex, start: block },
];
const delta = (contentBlockIndex: number, piece: object): WireEvent => [
  'contentBlockDelta',
  { contentBlockIndex, delta: piece },
];
const texts = (index: number, ...pieces: string[]): WireEvent[] =>
  pieces.map((text) => delta(index, { text }));
const inputs = (index: number, ...pieces: string[]): WireEvent[] =>
  pieces.map((input) => delta(index, { toolUse: { input } }));
const metadata = (members: object = {}): WireEvent => [
  'metadata',
  { usage: { inputTokens: 12, outputTokens: 34, totalTokens: 46 }, metrics: { latencyMs: 567 }, ...members },
];

/** Bytes that are no text and whose base64 needs padding. */
export const SECRET_PIECES = [
  new Uint8Array([0, 255, 128, 1]),
  new Uint8Array([254]),
  new Uint8Array([7, 8, 9, 10, 11]),
];
export const IMAGE_PIECES = [new Uint8Array([137, 80, 78, 71, 13]), new Uint8Array([10, 26, 10, 0])];

/** Streams by what they show. */
export const STREAMS = {
  text: [start, ...texts(0, 'The tide ', 'turns', ' twice a day.'), stop(0), end('end_turn'), metadata()],

  unicode: [
    start,
    ...texts(0, 'Grüße ', '世界', ' 🌍👩‍🚀', '\u2028\u0000"\\', ' ﷽'),
    stop(0),
    end('stop_sequence'),
    metadata(),
  ],

  nothing: [start, end('end_turn'), metadata()],

  withoutMetadata: [start, ...texts(0, 'Cut short, ', 'but whole.'), stop(0), end('max_tokens')],

  reasoning: [
    start,
    delta(0, { reasoningContent: { text: 'Seven times six' } }),
    delta(0, { reasoningContent: { text: ' is forty-two.' } }),
    delta(0, { reasoningContent: { signature: 'c2lnbmF0dXJl' } }),
    delta(0, { reasoningContent: { signature: 'LW9mLTQy' } }),
    stop(0),
    ...texts(1, '42'),
    stop(1),
    end('end_turn'),
    metadata({ usage: { inputTokens: 5, outputTokens: 9, totalTokens: 14, serverToolUsage: {} } }),
  ],

  redacted: [
    start,
    ...SECRET_PIECES.map((piece) => delta(0, { reasoningContent: { redactedContent: base64(piece) } })),
    stop(0),
    ...texts(1, 'That I keep to myself.'),
    stop(1),
    end('end_turn'),
    metadata(),
  ],

  citations: [
    start,
    ...texts(0, 'The harbour ', 'says: '),
    stop(0),
    ...texts(1, 'high water', ' at noon'),
    delta(1, {
      citation: {
        title: 'Tide table',
        sourceContent: [{ text: 'High water: 12:00.' }],
        location: { documentChar: { documentIndex: 0, start: 0, end: 18 } },
      },
    }),
    stop(1),
    delta(2, {
      citation: { title: 'Almanac', location: { documentPage: { documentIndex: 1, start: 3, end: 4 } } },
    }),
    delta(2, {
      citation: { title: 'Log', location: { documentChunk: { documentIndex: 2, start: 0, end: 1 } } },
    }),
    ...texts(2, ' and a full', ' moon.'),
    stop(2),
    end('end_turn'),
    metadata({
      usage: {
        inputTokens: 5,
        outputTokens: 9,
        totalTokens: 14,
        cacheReadInputTokens: 2,
        cacheReadInputTokenCount: 2,
        cacheWriteInputTokens: 1,
        cacheWriteInputTokenCount: 1,
        cacheDetails: [{ ttl: '5m', inputTokens: 1 }],
      },
    }),
  ],

  toolUse: [
    start,
    ...texts(0, 'Let me look.'),
    stop(0),
    open(1, { toolUse: { toolUseId: 'tooluse_1', name: 'get_tide' } }),
    ...inputs(1, '', '{"harb', 'our": "Ham', 'burg \\', 'u00fc", "days": [1, 2', '], "at": null}'),
    stop(1),
    open(2, { toolUse: { toolUseId: 'tooluse_2', name: 'now' } }),
    stop(2),
    open(3, { toolUse: { toolUseId: 'tooluse_3', name: 'here' } }),
    ...inputs(3, '', ' '),
    stop(3),
    end('tool_use'),
    metadata(),
  ],

  brokenToolInput: [
    start,
    open(0, { toolUse: { toolUseId: 'tooluse_1', name: 'get_tide' } }),
    ...inputs(0, '{"harbour": "Ham', 'burg", }'),
    stop(0),
    open(1, { toolUse: { toolUseId: 'tooluse_2', name: 'get_wind' } }),
    ...inputs(1, '{"knots": 5}'),
    stop(1),
    end('malformed_tool_use'),
    metadata(),
  ],

  serverTools: [
    start,
    open(0, { toolUse: { toolUseId: 'srv_1', name: 'web_search', type: 'server_tool_use' } }),
    ...inputs(0, '{"query": "', 'tide"}'),
    stop(0),
    open(1, { toolResult: { toolUseId: 'srv_1', status: 'success', type: 'web_search_result' } }),
    delta(1, { toolResult: [{ text: 'High ' }] }),
    delta(1, { toolResult: [{ text: 'water' }, { json: { at: '12:00' } }] }),
    delta(1, { toolResult: [{ text: 'Low water' }, { text: 'at six' }] }),
    stop(1),
    open(2, { toolUse: { toolUseId: 'tooluse_1', name: 'get_wind', type: 'tool_use' } }),
    ...inputs(2, '{}'),
    stop(2),
    ...texts(3, 'At noon.'),
    stop(3),
    end('tool_use'),
    metadata({
      usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3, serverToolUsage: { webSearchRequests: 1 } },
      performanceConfig: { latency: 'optimized' },
      serviceTier: { type: 'priority' },
    }),
  ],

  guardrail: [
    start,
    ...texts(0, 'I cannot speak of this.'),
    stop(0),
    end('guardrail_intervened'),
    metadata({
      usage: { inputTokens: 0, outputTokens: 0, totalTokens: 0 },
      trace: {
        guardrail: {
          actionReason: 'Guardrail blocked.',
          inputAssessment: {
            abc123: {
              topicPolicy: {
                topics: [{ name: 'smuggling', type: 'DENY', action: 'BLOCKED', detected: true }],
              },
              invocationMetrics: { guardrailProcessingLatency: 21 },
            },
          },
        },
      },
    }),
  ],

  image: [
    start,
    open(0, { image: { format: 'png' } }),
    ...IMAGE_PIECES.map((piece) => delta(0, { image: { source: { bytes: base64(piece) } } })),
    stop(0),
    end('end_turn'),
    metadata(),
  ],

  interleaved: [
    start,
    ...texts(1, 'second '),
    ...texts(0, 'first '),
    open(2, { toolUse: { toolUseId: 'tooluse_1', name: 'get_tide' } }),
    ...texts(0, 'block'),
    ...inputs(2, '{"a"'),
    ...texts(1, 'block'),
    stop(0),
    ...inputs(2, ':1}'),
    stop(2),
    stop(1),
    [
      'messageStop',
      { stopReason: 'tool_use', additionalModelResponseFields: { stop_sequence: null, n: [1] } },
    ],
    metadata(),
  ],
} satisfies Record<string, WireEvent[]>;

export type StreamName = keyof typeof STREAMS;

/** Names and events of all streams, for `it.each`. */
export const ALL_STREAMS = Object.entries(STREAMS) as [StreamName, readonly WireEvent[]][];
