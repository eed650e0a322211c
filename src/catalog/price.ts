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
 * `estimated` is true where tokens were used that the price has no rate for: cache reads then count as input; 5-minute
 * writes as input too, for Claude as 1.25 × input; 1-hour writes as 5-minute writes, for Claude as 2 × input. It is also
 * true where the price says so itself, was made for another region than the call's, or is not that of the call's service
 * tier or latency; the rates of the price are used all the same.
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
  if (!usage || !price || !hasRates(price)) return undefined;
  if (usage.inputTokens === undefined && usage.outputTokens === undefined) return undefined;
  const tokens = countsOf(usage);
  const rates = ratesFor(tokens.input + tokens.cacheRead + tokens.write5m + tokens.write1h, price);
  const claude = isClaude(facts.modelId ?? '');
  let estimated = isOtherCall(price, facts);
  const charge = (count: number, rate: number | undefined, guess: number): number => {
    if (rate === undefined && count > 0) estimated = true;
    return (count * (rate ?? guess)) / 1_000_000;
  };

  const guess5m = claude ? 1.25 * rates.input : rates.input;
  const guess1h = claude ? 2 * rates.input : (rates.cacheWrite ?? guess5m);
  const input = charge(tokens.input, rates.input, 0);
  const output = charge(tokens.output, rates.output, 0);
  const cacheRead = charge(tokens.cacheRead, rates.cacheRead, rates.input);
  const cacheWrite =
    charge(tokens.write5m, rates.cacheWrite, guess5m) + charge(tokens.write1h, rates.cacheWrite1h, guess1h);
  return { input, output, cacheRead, cacheWrite, total: input + output + cacheRead + cacheWrite, estimated };
}

/** A price out of a configuration file may hold anything. */
function hasRates({ input, output }: Price): boolean {
  return Number.isFinite(input) && Number.isFinite(output);
}

/** `cacheDetails` divides the writes; what it does not account for was written for 5 minutes, the default. */
function countsOf(usage: Partial<TokenUsage>) {
  const details = usage.cacheDetails ?? [];
  const write1h = sum(details.map(({ ttl, inputTokens }) => (ttl === '1h' ? inputTokens : 0)));
  const written = Math.max(
    usage.cacheWriteInputTokens ?? 0,
    sum(details.map((detail) => detail.inputTokens)),
  );
  return {
    input: usage.inputTokens ?? 0,
    output: usage.outputTokens ?? 0,
    cacheRead: usage.cacheReadInputTokens ?? 0,
    write5m: written - write1h,
    write1h,
  };
}

function sum(counts: readonly (number | undefined)[]): number {
  return counts.reduce<number>((total, count) => total + (count ?? 0), 0);
}

/** The rates of the highest tier that the prompt is above. */
function ratesFor(promptTokens: number, price: Price): Rates {
  let found: Rates = price;
  let above = -1;
  for (const tier of price.tiers ?? []) {
    if (promptTokens > tier.inputTokensAbove && tier.inputTokensAbove > above) {
      found = tier;
      above = tier.inputTokensAbove;
    }
  }
  return found;
}

/** Whether the price was made for another kind of call. */
function isOtherCall(price: Price, { region, serviceTier, performanceConfig }: CostFacts): boolean {
  return (
    price.estimated === true ||
    (region !== undefined && price.region !== undefined && region !== price.region) ||
    !['default', 'standard'].includes(serviceTier?.type ?? 'default') ||
    performanceConfig?.latency === 'optimized'
  );
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
      return (
        known &&
        priceOf(usage, known, {
          modelId: answeredBy === modelId ? foundation : answeredBy,
          region,
          serviceTier,
          performanceConfig,
        })
      );
    } catch {
      // The answer has arrived, whatever the caller's catalog says of its price.
      return undefined;
    }
  };
}
