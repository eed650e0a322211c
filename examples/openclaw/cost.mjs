/**
 * @typedef {import('openclaw/plugin-sdk/plugin-entry').Rates} Rates
 * @typedef {import('openclaw/plugin-sdk/plugin-entry').Cost} Cost
 */

/**
 * A price in OpenClaw's form: each tier has a range of prompt tokens, the first from 0. OpenClaw cannot express an unknown price:
 * it is 0 there.
 *
 * @param {import('bedrock-anywhere').Price | undefined} price
 * @returns {Cost}
 */
export function toOpenClawCost(price) {
  const base = ratesOf(price);
  const tiers = [...(price?.tiers ?? [])].sort((a, b) => a.inputTokensAbove - b.inputTokensAbove);
  if (tiers.length === 0) return base;
  const starts = [0, ...tiers.map(({ inputTokensAbove }) => inputTokensAbove + 1)];
  const rates = [base, ...tiers.map(ratesOf)];
  return {
    ...base,
    tieredPricing: rates.map((one, i) => {
      const [start = 0, end] = starts.slice(i, i + 2);
      return { range: end === undefined ? [start] : [start, end], ...one };
    }),
  };
}

/**
 * OpenClaw's price in pi's form, to calculate the cost of an answer. As in OpenClaw, the first tier also holds below its range.
 *
 * @param {Cost} cost
 * @returns {import('bedrock-anywhere/pi').PiModel['cost']}
 */
export function fromOpenClawCost({ tieredPricing = [], ...base }) {
  const [first, ...others] = [...tieredPricing].sort((a, b) => a.range[0] - b.range[0]);
  if (first === undefined) return base;
  const tiers = others.map((tier) => ({ inputTokensAbove: tier.range[0] - 1, ...ratesOf(tier) }));
  return { ...ratesOf(first), ...(tiers.length > 0 && { tiers }) };
}

/**
 * @param {Partial<import('bedrock-anywhere').Rates> | undefined} rates
 * @returns {Rates}
 */
function ratesOf(rates) {
  const { input = 0, output = 0, cacheRead = 0, cacheWrite = 0 } = rates ?? {};
  return { input, output, cacheRead, cacheWrite };
}
