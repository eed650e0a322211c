import type { JsonObject } from '../types.js';

/** Tokens of a call, as far as the service counts them. */
export interface InvokeUsage {
  inputTokens?: number | undefined;
  outputTokens?: number | undefined;
  cacheReadInputTokens?: number | undefined;
  cacheWriteInputTokens?: number | undefined;
}

/** Member of the last chunk of a stream that holds its counts. */
export const METRICS = 'amazon-bedrock-invocationMetrics';

const NAMES = {
  inputTokens: ['input-token-count', 'inputTokenCount'],
  outputTokens: ['output-token-count', 'outputTokenCount'],
  cacheReadInputTokens: ['cache-read-input-token-count', 'cacheReadInputTokenCount'],
  cacheWriteInputTokens: ['cache-write-input-token-count', 'cacheWriteInputTokenCount'],
} as const;

/** The counts in the headers of a whole answer; undefined if there is none: CORS may hide headers from pages. */
export function usageOfHeaders(headers: Readonly<Record<string, string>>): InvokeUsage | undefined {
  return gather(([header]) => toCount(headers[`x-amzn-bedrock-${header}`]));
}

/** The counts in the last chunk of a stream; undefined if there is none. */
export function usageOfMetrics(metrics: JsonObject | undefined): InvokeUsage | undefined {
  return gather(([, member]) => toCount(metrics?.[member]));
}

/** Milliseconds or a number of tokens; undefined for anything else. */
export function toCount(value: unknown): number | undefined {
  const count = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof count === 'number' && Number.isFinite(count) && count >= 0 ? count : undefined;
}

function gather(read: (names: readonly [string, string]) => number | undefined): InvokeUsage | undefined {
  const counts = Object.entries(NAMES).flatMap(([name, of]) => {
    const count = read(of);
    return count === undefined ? [] : [[name, count]];
  });
  return counts.length === 0 ? undefined : (Object.fromEntries(counts) as InvokeUsage);
}
