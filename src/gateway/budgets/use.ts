import { isBedrockError } from '../../errors.js';
import { type BedrockErrorCode, type Cost, type PartialResult, type Price, priceOf } from '../../index.js';
import type { AskedTier } from '../aws/service-tier.js';
import { estimateTokens } from '../conversation/room.js';
import { Refusal } from '../failure.js';
import type { Use } from './entries.js';

/** A call that is about to be made. */
export interface PlannedCall {
  modelId: string;
  /** About how many tokens the request has. It is only called if somebody counts them. */
  countInput(): number;
  /** The most that the model may write; undefined if the request has no limit. */
  outputTokens: number | undefined;
  /** The service tier and latency that it asks for. */
  tier?: AskedTier | undefined;
}

/** How a call ended. */
export interface EndedCall {
  /** What arrived of the answer; `writtenTokens` is about how many tokens that were, where nobody has kept them. */
  partial:
    | (Partial<Pick<PartialResult, 'usage' | 'cost' | 'message'>> & { writtenTokens?: number | undefined })
    | undefined;
  /** What it failed with, if it did. */
  error: unknown;
  isStream: boolean;
}

/** A call, and what it may cost. */
export interface PricedCall {
  modelId: string;
  price: Price | undefined;
  inputTokens: number;
  outputTokens: number;
  tier: AskedTier | undefined;
}

/** Failures before a model has read anything. Their calls are free. */
const FREE: ReadonlySet<BedrockErrorCode> = new Set([
  'ERR_INPUT',
  'ERR_CREDENTIALS',
  'ERR_ACCESS_DENIED',
  'ERR_NOT_FOUND',
  'ERR_THROTTLED',
  'ERR_QUOTA',
  'ERR_MODEL',
  'ERR_SERVICE',
  'ERR_REDIRECT',
]);

/** What a call may use. */
export function estimateUse(call: PricedCall): Use {
  const { inputTokens, outputTokens } = call;
  return { requests: 1, tokens: inputTokens + outputTokens, microDollars: toMicro(estimateCost(call)) };
}

/**
 * What a call has used. If nobody knows, because a client left or the connection broke off, it is an estimate: the request and
 * what had arrived of a stream, or all that a whole answer was allowed.
 */
export function measureUse(call: PricedCall, { partial, error, isStream }: EndedCall): Use {
  const { modelId, price, tier } = call;
  if (partial?.usage !== undefined) {
    const { inputTokens, outputTokens, cacheWriteInputTokens = 0 } = partial.usage;
    const cost = partial.cost ?? priceOf(partial.usage, price, { modelId, ...tier });
    return {
      requests: 1,
      tokens: inputTokens + cacheWriteInputTokens + outputTokens,
      microDollars: toMicro(cost),
    };
  }
  const content = partial?.message?.content ?? [];
  const written = partial?.writtenTokens ?? (content.length > 0 ? Math.ceil(estimateTokens(content)) : 0);
  if (written > 0 || (isStream && !isFree(error))) return estimateUse({ ...call, outputTokens: written });
  return isFree(error) ? { requests: 1, tokens: 0, microDollars: 0 } : estimateUse(call);
}

function isFree(error: unknown): boolean {
  if (error instanceof Refusal)
    return error.failure.kind === 'input' || error.failure.kind === 'unknown-model';
  return isBedrockError(error) && FREE.has(error.code);
}

/** What a call may cost; undefined if the price is unknown for its model or its tier. A cheaper tier counts as the default one. */
export function estimateCost({
  modelId,
  price,
  inputTokens,
  outputTokens,
  tier,
}: PricedCall): Cost | undefined {
  const totalTokens = inputTokens + outputTokens;
  const { serviceTier, ...others } = tier ?? {};
  const dearer = serviceTier?.type === 'flex' ? undefined : serviceTier;
  return priceOf({ inputTokens, outputTokens, totalTokens }, price, {
    modelId,
    ...others,
    serviceTier: dearer,
  });
}

function toMicro(cost: Cost | undefined): number {
  // 1e6 times a sum of decimal fractions may be a hair above the whole number that it is.
  return Math.ceil((cost?.total ?? 0) * 1e6 - 1e-6);
}
