import { priceOf } from '../models/price.js';
import type { CallOptions, ConverseResult, Cost } from '../types.js';

/** What of an answer its cost depends on. */
export type Costed = Pick<ConverseResult, 'usage' | 'serviceTier' | 'performanceConfig'>;

/** Computes the cost of answers of one call; undefined where the price is not known. */
export type CostOf = (answer: Costed) => Cost | undefined;

/** Costs by the price of the call, else by what the catalog knows of the model. */
export function costOf({ price, catalog }: CallOptions, modelId: string, region: string): CostOf {
  return ({ usage, serviceTier, performanceConfig }) => {
    const known = price ?? catalog?.(modelId)?.price;
    return known && priceOf(usage, known, { modelId, region, serviceTier, performanceConfig });
  };
}
