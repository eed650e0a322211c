import type { Json } from '../check/shape.js';
import type { AnswerBlock } from '../conversation/answer.js';
import type { WireEvent } from '../model/events.js';
import type { Dice } from '../random.js';

/** Tokens of a call. */
export interface Counts {
  inputTokens: number;
  outputTokens: number;
  cacheRead: number;
  cacheWrite: number;
}

/** What a family needs for an answer, besides the content. */
export interface AnswerFacts extends Counts {
  /** Id of the model, without a geography. */
  modelId: string;
  /** The request in the family's own format. */
  body: Json;
  /** With Converse's names. */
  stopReason: string;
  stopSequence: string | undefined;
  roll: Dice;
  latencyMs: number;
  /** The clock, in milliseconds. */
  nowMs: number;
}

/** What a stream reports in its last chunk. */
export type Ending = Pick<
  AnswerFacts,
  'stopReason' | 'stopSequence' | 'inputTokens' | 'outputTokens' | 'cacheRead' | 'cacheWrite' | 'latencyMs'
>;

/** Writes the chunks for an event of ConverseStream; the event `metadata` is the last. */
export type ChunkWriter = (event: WireEvent) => Json[];

/** How a family of models writes requests and answers. */
export interface Family {
  /**
   * Translates a request into a body of Converse.
   *
   * @throws ServiceException in the words of the model
   */
  read(body: unknown, modelId: string): Json;
  write(blocks: readonly AnswerBlock[], facts: AnswerFacts): Json;
  /** Starts a stream. `ending` is complete when the event `metadata` arrives. */
  stream(facts: AnswerFacts, ending: Ending): ChunkWriter;
  /** Whether an answer counts cached tokens in its headers and metrics. */
  countsCache?(modelId: string): boolean;
}

/** All text of an answer. */
export function joinText(blocks: readonly AnswerBlock[]): string {
  return blocks.map((block) => (block.kind === 'text' ? block.text : '')).join('');
}

/** The text in an event; undefined if it has none. */
export function textOf({ type, payload }: WireEvent): string | undefined {
  if (type !== 'contentBlockDelta') return undefined;
  const { text } = Object((payload as Json)['delta']) as Json;
  return typeof text === 'string' ? text : undefined;
}

/** Makes up an id of hexadecimal digits in the form of a UUID. */
export function makeUuid(roll: Dice): string {
  const hex = Array.from({ length: 32 }, () => Math.floor(roll() * 16).toString(16)).join('');
  return [0, 8, 12, 16, 20].map((at, i) => hex.slice(at, [8, 12, 16, 20, 32][i])).join('-');
}

/** Drops undefined members. */
export function definedOf(members: Json): Json {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

/** Settings of an answer, with Converse's names. */
export function inferenceConfig(maxTokens: unknown, stopSequences: unknown, more: Json = {}): Json {
  const stops = Array.isArray(stopSequences) ? stopSequences.filter((one) => one !== '') : [];
  return definedOf({ maxTokens, stopSequences: stops.length > 0 ? stops : undefined, ...more });
}

/**
 * Settings of sampling in a model's own format, by their most common names. The limits of Converse's `inferenceConfig` are not
 * those of every model, so they go into the fields that Converse passes on. Undefined if there are none.
 */
export function samplingFields(given: Json): Json | undefined {
  const { temperature, top_p: topP = given['topP'] ?? given['p'], top_k: topK = given['k'], seed } = given;
  const found = definedOf({ temperature, top_p: topP, top_k: topK, seed });
  return Object.keys(found).length === 0 ? undefined : found;
}
