import { base64, type WireEvent } from '../wire/frames.js';
import { ALL_STREAMS } from '../wire/streams.js';
import { type Json, nested } from './odd-json.js';
import type { Random } from './random.js';

const WORDS = [
  'The tide',
  ' turns',
  ' at noon.',
  'Grüße 世界',
  '🌍👩‍🚀',
  '\u2028\u0000"\\',
  '<b>&amp;</b>',
  'data: x\n\nevent: end\n\n',
  '\ud83d',
  '{"a":',
  ' ',
];

const STOPS = [
  'end_turn',
  'tool_use',
  'max_tokens',
  'stop_sequence',
  'guardrail_intervened',
  'content_filtered',
];

const delta = (contentBlockIndex: number, piece: Json): WireEvent => [
  'contentBlockDelta',
  { contentBlockIndex, delta: piece },
];
const open = (contentBlockIndex: number, start: Json): WireEvent => [
  'contentBlockStart',
  { contentBlockIndex, start },
];

const texts = (random: Random): string[] => random.list(1, 6, () => random.pick(WORDS));

/** Events of one block without its stop, by what it holds. Names and order are those of recorded answers. */
const BLOCKS: readonly ((random: Random, index: number) => WireEvent[])[] = [
  (random, index) => texts(random).map((text) => delta(index, { text })),
  (random, index) => texts(random).map((text) => delta(index, { text })),
  (random, index) => [
    ...texts(random).map((text) => delta(index, { reasoningContent: { text } })),
    ...random.list(0, 2, () => delta(index, { reasoningContent: { signature: 'c2ln' } })),
  ],
  (random, index) =>
    random.list(1, 3, () =>
      delta(index, { reasoningContent: { redactedContent: base64(random.bytes(20)) } }),
    ),
  (random, index) => [
    open(index, {
      toolUse: {
        toolUseId: `tooluse_${index}`,
        name: random.pick(['get_tide', 'now', 'constructor', '__proto__']),
        ...(random.chance(0.2) && { type: 'server_tool_use' }),
      },
    }),
    ...random
      .split(random.chance(0.1) ? '{"broken": [1,' : JSON.stringify(toolInput(random)), 8)
      .map((input) => delta(index, { toolUse: { input } })),
  ],
  (random, index) => [
    open(index, { toolResult: { toolUseId: `srv_${index}`, status: 'success', type: 'web_search_result' } }),
    ...random.list(1, 3, () =>
      delta(index, {
        toolResult: random.list(1, 3, () =>
          random.chance(0.7) ? { text: random.pick(WORDS) } : { json: { at: random.below(9) } },
        ),
      } as Json),
    ),
  ],
  (random, index) => [
    ...texts(random).map((text) => delta(index, { text })),
    ...random.list(1, 2, () =>
      delta(index, {
        citation: {
          title: random.pick(WORDS),
          sourceContent: [{ text: random.pick(WORDS) }],
          location: { documentChar: { documentIndex: 0, start: 0, end: random.below(20) } },
        },
      }),
    ),
  ],
  (random, index) => [
    open(index, { image: { format: 'png' } }),
    ...random.list(1, 3, () => delta(index, { image: { source: { bytes: base64(random.bytes(30)) } } })),
  ],
];

function toolInput(random: Random): Json {
  return Object.fromEntries(
    random.list(0, 4, (n) => [
      random.pick([`m${n}`, 'text', 'length', 'ü']),
      random.pick<() => unknown>([
        () => random.pick(WORDS),
        () => random.below(1000) / 8,
        () => nested(random.below(5)),
        () => null,
      ])(),
    ]),
  );
}

/** The events of an answer that Bedrock could give. */
export function answer(random: Random): readonly WireEvent[] {
  if (random.chance(0.15)) return random.pick(ALL_STREAMS)[1];
  const blocks = random.list(0, 4, (index): WireEvent[] => [
    ...random.pick(BLOCKS)(random, index),
    ['contentBlockStop', { contentBlockIndex: index }],
  ]);
  return [
    ['messageStart', { role: 'assistant' }],
    ...(random.chance(0.3) ? interleave(random, blocks) : blocks.flat()),
    ['messageStop', { stopReason: random.pick(STOPS) }],
    ...(random.chance(0.9) ? [metadata(random)] : []),
  ];
}

function interleave(random: Random, blocks: WireEvent[][]): WireEvent[] {
  const left = blocks.map((events) => [...events]);
  const all: WireEvent[] = [];
  while (left.some((events) => events.length > 0)) {
    const next = random.pick(left.filter((events) => events.length > 0)).shift();
    if (next !== undefined) all.push(next);
  }
  return all;
}

function metadata(random: Random): WireEvent {
  const [inputTokens, outputTokens] = [random.below(1000), random.below(1000)];
  const usage = { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens };
  return [
    'metadata',
    {
      usage: random.chance(0.3) ? { ...usage, cacheReadInputTokens: 3, cacheWriteInputTokens: 1 } : usage,
      metrics: { latencyMs: random.below(10_000) },
      ...(random.chance(0.2) && { serviceTier: { type: 'priority' } }),
      ...(random.chance(0.2) && { trace: { guardrail: { actionReason: 'Guardrail blocked.' } } }),
    },
  ];
}
