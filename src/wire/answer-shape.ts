import { withFacts } from '../errors.js';
import { isJsonObject } from '../input/read.js';
import type { ContentBlockDeltaEvent, ConverseEvent } from '../types.js';
import { protocolError } from './frame.js';

/** What a value of an answer has to be; a list has one item, the shape of all; other members of an object may be anything. */
type Shape = keyof typeof KINDS | readonly [Shape] | { readonly [member: string]: Shape };

/** The service numbers blocks from 0. More than these would cost more memory than their bytes. */
const MAX_INDEX = 65_535;

const KINDS = {
  text: (value: unknown) => typeof value === 'string',
  number: (value: unknown) => Number.isFinite(value),
  index: isIndex,
  bytes: (value: unknown) => value instanceof Uint8Array,
  object: isJsonObject,
};

const SOURCE = { bytes: 'bytes' } as const;
const MEDIA = { format: 'text', source: SOURCE } as const;
const RESULT_ITEM = { text: 'text', image: MEDIA, document: MEDIA, video: MEDIA, audio: MEDIA } as const;

const USAGE = {
  inputTokens: 'number',
  outputTokens: 'number',
  totalTokens: 'number',
  cacheReadInputTokens: 'number',
  cacheWriteInputTokens: 'number',
  cacheDetails: [{ ttl: 'text', inputTokens: 'number' }],
} as const;

/** Members of events that are used here, by the type of the event. */
const EVENTS: { readonly [Type in ConverseEvent['type']]: { readonly [member: string]: Shape } } = {
  messageStart: { role: 'text' },
  contentBlockStart: {
    contentBlockIndex: 'index',
    start: {
      toolUse: { toolUseId: 'text', name: 'text', type: 'text' },
      toolResult: { toolUseId: 'text', status: 'text', type: 'text' },
      image: { format: 'text' },
    },
  },
  contentBlockDelta: {
    contentBlockIndex: 'index',
    delta: {
      text: 'text',
      toolUse: { input: 'text' },
      reasoningContent: { text: 'text', signature: 'text', redactedContent: 'bytes' },
      citation: 'object',
      toolResult: [RESULT_ITEM],
      image: { source: SOURCE, error: { message: 'text' } },
    },
  },
  contentBlockStop: { contentBlockIndex: 'index' },
  messageStop: { stopReason: 'text' },
  metadata: { usage: USAGE, metrics: { latencyMs: 'number' }, serviceTier: { type: 'text' } },
};

/** Members of metadata that a gateway may omit; all other members of events are required. */
const OPTIONAL: ReadonlySet<string> = new Set(['usage', 'metrics', 'serviceTier']);

/** A block of a whole answer. */
const BLOCK: Shape = {
  text: 'text',
  toolUse: { toolUseId: 'text', name: 'text', type: 'text' },
  toolResult: { toolUseId: 'text', content: [RESULT_ITEM] },
  reasoningContent: { reasoningText: { text: 'text', signature: 'text' }, redactedContent: 'bytes' },
  citationsContent: { content: [{ text: 'text' }], citations: ['object'] },
  image: MEDIA,
  audio: MEDIA,
  video: MEDIA,
  document: MEDIA,
};

/**
 * Checks what is used of an event: a peer can send anything. Members that are null count as absent.
 *
 * @throws BedrockError `ERR_PROTOCOL`
 */
export function checkEvent(event: ConverseEvent): void {
  // Most events by far: the general way takes four times as long.
  if (event.type === 'contentBlockDelta' && isTextDelta(event)) return;
  if (!isJsonObject(event)) throw protocolError('An event is not an object');
  const shape = EVENTS[event.type];
  const members = event as unknown as Record<string, unknown>;
  for (const name in shape) {
    if (members[name] == null && !OPTIONAL.has(name)) throw protocolError(`A ${event.type} has no ${name}`);
  }
  const misfit = findMisfit(event, shape, event.type);
  if (misfit !== undefined) throw protocolError(`${misfit} of an event is not what Bedrock sends`);
}

function isTextDelta({ contentBlockIndex, delta }: ContentBlockDeltaEvent): boolean {
  return typeof delta?.text === 'string' && isIndex(contentBlockIndex);
}

function isIndex(value: unknown): boolean {
  return typeof value === 'number' && value >>> 0 === value && value <= MAX_INDEX;
}

/**
 * Checks the used parts of a whole answer: the content, and what a stream has in its metadata.
 *
 * @throws BedrockError `ERR_PROTOCOL`
 */
export function checkAnswer(content: readonly unknown[], metadata: Readonly<Record<string, unknown>>): void {
  let misfit = findMisfit(content, [BLOCK], 'content');
  for (const name of OPTIONAL) {
    if (metadata[name] != null) misfit ??= findMisfit(metadata[name], EVENTS.metadata[name] as Shape, name);
  }
  if (misfit !== undefined)
    throw withFacts(protocolError(`${misfit} of the answer is not what Bedrock sends`), { phase: 'request' });
}

/** The path of a value that does not have its shape; undefined if all have. */
function findMisfit(value: unknown, shape: Shape, path: string): string | undefined {
  if (typeof shape === 'string') return KINDS[shape](value) ? undefined : path;
  if (isList(shape)) {
    if (!Array.isArray(value)) return path;
    for (let i = 0; i < value.length; i++) {
      const misfit = findMisfit(value[i], shape[0], `${path}.${i}`);
      if (misfit !== undefined) return misfit;
    }
    return undefined;
  }
  if (!isJsonObject(value)) return path;
  for (const name in shape) {
    const item = value[name];
    const misfit = item == null ? undefined : findMisfit(item, shape[name] as Shape, `${path}.${name}`);
    if (misfit !== undefined) return misfit;
  }
  return undefined;
}

function isList(shape: Shape): shape is readonly [Shape] {
  return Array.isArray(shape);
}
