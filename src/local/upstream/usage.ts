import type { Json } from '../check/shape.js';
import type { Answer } from '../conversation/answer.js';

/** Reads the tokens that the upstream counted; undefined if it did not count both sides. */
export function readCounts(usage: unknown): Answer['counts'] {
  const {
    prompt_tokens: input,
    completion_tokens: output,
    prompt_tokens_details: details,
  } = Object(usage) as Json;
  if (!isCount(input) || !isCount(output)) return undefined;
  const { cached_tokens: cached } = Object(details) as Json;
  // OpenAI counts cached tokens as input, Bedrock besides.
  const cacheRead = isCount(cached) ? Math.min(cached, input) : 0;
  return { inputTokens: input - cacheRead, outputTokens: output, cacheRead, cacheWrite: 0 };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
