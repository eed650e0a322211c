import type { JsonObject } from '../types.js';
import { METRICS } from './usage.js';

/** A format of answers, recognized by a member that all chunks with content have. */
interface Form {
  has: string;
  isLast(json: JsonObject): boolean;
}

/**
 * How each format of answers marks the last chunk with content. In the decoded frames of eight families, the metrics are always in
 * the last frame. Source: recordings by DataDog and Arize, 2024 to 2026.
 */
const FORMS: readonly Form[] = [
  { has: 'completion', isLast: ({ stop_reason }) => stop_reason != null },
  { has: 'outputText', isLast: ({ completionReason }) => completionReason != null },
  { has: 'generation', isLast: ({ stop_reason }) => stop_reason != null },
  { has: 'outputs', isLast: ({ outputs }) => firstOf(outputs)['stop_reason'] != null },
  { has: 'is_finished', isLast: ({ is_finished }) => is_finished === true },
  // Jamba, newer Mistral, DeepSeek and others.
  { has: 'choices', isLast: ({ choices }) => firstOf(choices)['finish_reason'] != null },
  { has: 'messageStart', isLast: () => false },
  { has: 'contentBlockStart', isLast: () => false },
  { has: 'contentBlockDelta', isLast: () => false },
  { has: 'contentBlockStop', isLast: () => false },
  { has: 'messageStop', isLast: () => true },
  // Last, because other formats have a type too.
  { has: 'type', isLast: ({ type }) => type === 'message_stop' },
];

/** What a chunk says about the end of its answer; `unknown` if the format is unknown. */
export type Ending = 'last' | 'more' | 'unknown';

/** Reads from a chunk whether the answer may end with it. */
export function readEnding(json: JsonObject | undefined): Ending {
  if (json === undefined) return 'unknown';
  if (json[METRICS] != null) return 'last';
  const form = FORMS.find(({ has }) => has in json);
  if (form === undefined) return 'unknown';
  return form.isLast(json) ? 'last' : 'more';
}

function firstOf(list: unknown): Record<string, unknown> {
  return Object(Array.isArray(list) ? list[0] : undefined) as Record<string, unknown>;
}
