import type { Usage } from '../../index.js';
import { isObject } from '../../input/read.js';

/** A JSON object of an answer. */
export type Json = Readonly<Record<string, unknown>>;

/** Reads the tokens that an answer counts; undefined if it counts none. */
export type ReadUsage = (json: Json) => Usage | undefined;

/** Counts as all protocols have them: tokens that were read from a cache or written to it are not in `input`. */
interface Counts {
  input: unknown;
  output: unknown;
  cacheRead: unknown;
  cacheWrite: unknown;
}

function toUsage({ input, output, cacheRead, cacheWrite }: Counts): Usage | undefined {
  if (typeof input !== 'number' && typeof output !== 'number') return undefined;
  const [inputTokens, outputTokens, read, written] = [input, output, cacheRead, cacheWrite].map(toCount) as [
    number,
    number,
    number,
    number,
  ];
  return {
    inputTokens,
    outputTokens,
    totalTokens: inputTokens + outputTokens + read + written,
    ...(read > 0 && { cacheReadInputTokens: read }),
    ...(written > 0 && { cacheWriteInputTokens: written }),
  };
}

function toCount(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0;
}

function objectOf(value: unknown): Json {
  return isObject(value) ? value : {};
}

/** Converse's `usage`. */
export const readConverseUsage: ReadUsage = ({ usage }) => {
  const { inputTokens, outputTokens, cacheReadInputTokens, cacheWriteInputTokens } = objectOf(usage);
  return toUsage({
    input: inputTokens,
    output: outputTokens,
    cacheRead: cacheReadInputTokens,
    cacheWrite: cacheWriteInputTokens,
  });
};

/** The counts at the end of a stream of InvokeModel. */
export const readMetrics: ReadUsage = (json) => {
  const metrics = objectOf(json['amazon-bedrock-invocationMetrics']);
  return toUsage({
    input: metrics['inputTokenCount'],
    output: metrics['outputTokenCount'],
    cacheRead: metrics['cacheReadInputTokenCount'],
    cacheWrite: metrics['cacheWriteInputTokenCount'],
  });
};

/** The counts of InvokeModel, which are headers. */
export function readHeaderUsage(headers: Headers): Usage | undefined {
  const count = (name: string): unknown => {
    const value = headers.get(`x-amzn-bedrock-${name}-token-count`);
    return value !== null && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
  };
  return toUsage({
    input: count('input'),
    output: count('output'),
    cacheRead: count('cache-read-input'),
    cacheWrite: count('cache-write-input'),
  });
}

/** The `usage` of Messages. */
export const readMessagesUsage: ReadUsage = ({ usage }) => {
  const counts = objectOf(usage);
  return toUsage({
    input: counts['input_tokens'],
    output: counts['output_tokens'],
    cacheRead: counts['cache_read_input_tokens'],
    cacheWrite: counts['cache_creation_input_tokens'],
  });
};

/** The `usage` of Chat Completions and Responses, whose input includes what was cached. */
export const readOpenAiUsage: ReadUsage = ({ usage }) => {
  const counts = objectOf(usage);
  const all = counts['prompt_tokens'] ?? counts['input_tokens'];
  const details = objectOf(counts['prompt_tokens_details'] ?? counts['input_tokens_details']);
  const { cached_tokens: cacheRead, cache_write_tokens: cacheWrite } = details;
  return toUsage({
    input: typeof all === 'number' ? Math.max(0, all - toCount(cacheRead) - toCount(cacheWrite)) : all,
    output: counts['completion_tokens'] ?? counts['output_tokens'],
    cacheRead,
    cacheWrite,
  });
};
