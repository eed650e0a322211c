import type { PerformanceConfiguration, ServiceTier, TokenUsage } from '@aws-sdk/client-bedrock-runtime';
import { readWhole } from '../input/read.js';
import type { CallOptions } from '../options.js';
import type { ConverseResult, Cost, Price, Rates } from '../types.js';
import { isClaude } from './family.js';
import { foundationModelOf } from './foundation-model.js';

/** Other facts about a call that affect its cost. */
export interface CostFacts {
  /** The model that answered. It tells which families have a published rule for rates that the price omits. */
  modelId?: string | undefined;
  /** Where the call went. */
  region?: string | undefined;
  /** As the answer states it. */
  serviceTier?: ServiceTier | undefined;
  /** As the answer states it. */
  performanceConfig?: PerformanceConfiguration | undefined;
}

/**
 * Computes what the tokens of a call cost, in USD, without rounding.
 *
 * Returns undefined, never 0, if the usage or the price is unknown. On Bedrock `inputTokens` leaves out what was read
 * from or written to the prompt cache, so the four counts add up. What is not paid by the token, such as guardrails and
 * tools of the service, is not in it.
 *
 * Prices are for the default service tier. Calls with the tier `flex` cost half as much, calls with `priority` 1.76 times as much, and
 * calls with optimized latency 1.25 times as much. The cost is undefined for any other tier, and for newer GPT models with
 * `priority`, because AWS's factor is unknown.
 *
 * `estimated` is true where tokens were used that the price has no rate for: cache reads then count as input; 5-minute
 * writes as input too, for Claude as 1.25 × input; 1-hour writes as 5-minute writes, for Claude as 2 × input. It is also
 * true where the price says so itself or is for another region than the call's, and where the call did not have the default
 * service tier and latency.
 *
 * https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html,
 * https://platform.claude.com/docs/en/build-with-claude/prompt-caching#pricing
 *
 * @example
 * ```ts
 * import { priceOf, stream } from 'bedrock-anywhere';
 *
 * const modelId = 'amazon.nova-lite-v1:0';
 * const messages = [{ role: 'user' as const, content: [{ text: 'Hello' }] }];
 * const { usage, serviceTier } = await stream({ modelId, messages }).result();
 * const cost = priceOf(usage, { input: 0.06, output: 0.24 }, { modelId, serviceTier });
 * console.log(cost === undefined ? 'unknown' : `${cost.total} USD`);
 * ```
 */
export function priceOf(
  usage: Partial<TokenUsage> | undefined,
  price: Price | undefined,
  facts: CostFacts = {},
): Cost | undefined {
  const factor = factorOf(facts);
  if (!usage || !price || !hasRates(price) || !factor) return undefined;
  if (usage.inputTokens === undefined && usage.outputTokens === undefined) return undefined;
  const [input, output, read, written, written1h] = countsOf(usage);
  const rates = ratesFor(input + read + written + written1h, price);
  const { region = price.region, modelId = '' } = facts;
  let estimated = price.estimated === true || region !== (price.region ?? region) || factor !== 1;
  const charge = (count: number, rate: number | undefined, guess: number, times: number): number => {
    if (rate === undefined && count > 0) estimated = true;
    return ((count * (rate ?? guess)) / 1_000_000) * times;
  };

  // AWS does not say whether a cheaper tier makes the cache cheaper too.
  const ofCache = Math.max(1, factor);
  const guess5m = isClaude(modelId) ? 1.25 * rates.input : rates.input;
  const guess1h = isClaude(modelId) ? 2 * rates.input : (rates.cacheWrite ?? guess5m);
  const cost = {
    input: charge(input, rates.input, 0, factor),
    output: charge(output, rates.output, 0, factor),
    cacheRead: charge(read, rates.cacheRead, rates.input, ofCache),
    cacheWrite:
      charge(written, rates.cacheWrite, guess5m, ofCache) +
      charge(written1h, rates.cacheWrite1h, guess1h, ofCache),
  };
  return { ...cost, total: Object.values(cost).reduce((sum, part) => sum + part), estimated };
}

/** A price out of a configuration file may hold anything. */
function hasRates({ input, output }: Price): boolean {
  return Number.isFinite(input) && Number.isFinite(output);
}

/**
 * Counts the tokens of the input, the output, reads from the cache, and writes to it for 5 minutes and for an hour. `cacheDetails`
 * divides the writes; those that it does not list were for 5 minutes, the default.
 */
function countsOf({ inputTokens, outputTokens, ...cached }: Partial<TokenUsage>) {
  let written1h = 0;
  let detailed = 0;
  for (const { ttl, inputTokens: written } of cached.cacheDetails ?? []) {
    detailed += written ?? 0;
    if (ttl === '1h') written1h += written ?? 0;
  }
  const written = Math.max(cached.cacheWriteInputTokens ?? 0, detailed) - written1h;
  return [inputTokens ?? 0, outputTokens ?? 0, cached.cacheReadInputTokens ?? 0, written, written1h] as const;
}

/** The rates of the highest tier that the prompt is above. */
function ratesFor(promptTokens: number, price: Price): Rates {
  const reached = (price.tiers ?? []).filter(({ inputTokensAbove }) => promptTokens > inputTokensAbove);
  return reached.sort((a, b) => b.inputTokensAbove - a.inputTokensAbove)[0] ?? price;
}

/**
 * The factor by which a call's service tier and latency change its price; NaN if it is unknown. Source: AWS Price List of
 * September and October 2026, such as USE1-NovaPro-input-tokens-priority, -flex and -latency-optimized: 1.75, 0.5 and 1.25 in all rows
 * that were read, except for 1.76 for Mistral Large 3, and 4 for the only newer GPT.
 */
function factorOf({ modelId = '', serviceTier, performanceConfig }: CostFacts): number {
  const factors: Readonly<Record<string, number>> = {
    default: 1,
    standard: 1,
    flex: 0.5,
    priority: /gpt-\d/.test(modelId) ? NaN : 1.76,
  };
  const ofTier = Number(factors[serviceTier?.type ?? 'default']);
  return performanceConfig?.latency === 'optimized' ? ofTier * 1.25 : ofTier;
}

/** The parts of an answer that determine its cost. */
export type Costed = Pick<ConverseResult, 'usage' | 'serviceTier' | 'performanceConfig'> & {
  /** Names the model that a prompt router chose. */
  trace?: { promptRouter?: { invokedModelId?: string | undefined } | undefined } | undefined;
};

/** Computes the cost of answers of one call; undefined where the price is not known. */
export type CostOf = (answer: Costed) => Cost | undefined;

/**
 * Costs by the price of the call, else by what the catalog knows of the model. A prompt router has no price of its own: its
 * answer costs what the chosen model does. https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-routing.html
 */
export function costOf(
  { price, catalog, models }: Pick<CallOptions, 'price' | 'catalog' | 'models'>,
  modelId: string,
  region: string,
  asked: CostFacts,
): CostOf {
  const foundation = foundationModelOf(modelId, models) ?? modelId;
  // Before anything is sent, so that a catalog that fails costs nothing.
  const ofModel =
    price ?? readWhole(['The option catalog'], () => (catalog?.(modelId) ?? catalog?.(foundation))?.price);
  return ({ usage, serviceTier, performanceConfig, trace }) => {
    // A trace is not checked where it enters.
    const chosen: unknown = trace?.promptRouter?.invokedModelId;
    const answeredBy = typeof chosen === 'string' ? chosen : modelId;
    try {
      const known = price ?? (answeredBy === modelId ? ofModel : catalog?.(answeredBy)?.price);
      return priceOf(usage, known, {
        modelId: answeredBy === modelId ? foundation : answeredBy,
        region,
        // Not every answer repeats its tier and latency.
        serviceTier: serviceTier ?? asked.serviceTier,
        performanceConfig: performanceConfig ?? asked.performanceConfig,
      });
    } catch {
      // The answer has arrived, whatever the caller's catalog says of its price.
      return undefined;
    }
  };
}
