import { type Model, partitionOf, type Rates } from '../../index.js';
import { LEVELS, listThinkingLevels } from './outgoing/levels.js';
import type { PiModel, PiRates } from './types.js';

/**
 * Converts a model from `discover()` into one of pi's, with the id of its foundation model, so that an application profile, whose
 * ARN does not show its model, is treated like that model. pi cannot express an unknown price: it is 0 there.
 *
 * @param model An entry of `(await discover({ catalog })).models`; without the catalog, limits and prices are defaults.
 *
 * @example
 * ```ts
 * import { discover } from 'bedrock-anywhere';
 * import { catalog } from 'bedrock-anywhere/catalog';
 * import { createBedrockProvider, toPiModel } from 'bedrock-anywhere/pi';
 *
 * const { models } = await discover({ catalog, expandProfiles: true });
 * const [model] = models.map(toPiModel);
 * const messages = [{ role: 'user' as const, content: 'Hello', timestamp: Date.now() }];
 * if (model) createBedrockProvider().streamSimple(model, { messages }, { reasoning: 'low' });
 * ```
 */
export function toPiModel(model: Model): PiModel {
  const { id, foundationModelId, name, via, region, input, cost, contextWindow, maxTokens } = model;
  const levels = listThinkingLevels(foundationModelId);
  const isThinker = levels.join() !== 'off';
  return {
    id,
    foundationModelId,
    name: via?.name ?? name,
    api: 'bedrock-converse-stream',
    provider: 'amazon-bedrock',
    baseUrl: `https://bedrock-runtime.${region}.${partitionOf(region).dnsSuffix}`,
    reasoning: model.reasoning ?? isThinker,
    ...(isThinker && { thinkingLevelMap: levelMapOf(levels) }),
    input: input.includes('image') ? ['text', 'image'] : ['text'],
    cost: {
      ...ratesOf(cost),
      ...(cost?.tiers && {
        tiers: cost.tiers.map((tier) => ({ inputTokensAbove: tier.inputTokensAbove, ...ratesOf(tier) })),
      }),
    },
    contextWindow,
    maxTokens,
  };
}

/**
 * pi's map: null for a level that the model lacks, and a value for each of the top ones, which pi otherwise omits. pi needs at
 * least one level, so a model without levels has `high`.
 */
function levelMapOf(given: ReturnType<typeof listThinkingLevels>): NonNullable<PiModel['thinkingLevelMap']> {
  const levels = given.length > 0 ? given : ['high'];
  const missing = ['off', ...LEVELS].filter((level) => !levels.includes(level));
  const top = LEVELS.slice(-2).filter((level) => levels.includes(level));
  return Object.fromEntries([
    ...missing.map((level) => [level, null]),
    ...top.map((level) => [level, level]),
  ]);
}

function ratesOf({ input, output, cacheRead = 0, cacheWrite = 0 }: Rates = { input: 0, output: 0 }): PiRates {
  return { input, output, cacheRead, cacheWrite };
}
