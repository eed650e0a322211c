import { isBedrockError, partitionOf } from 'bedrock-anywhere';
import { catalog } from 'bedrock-anywhere/catalog';
import { listThinkingLevels, toPiModel } from 'bedrock-anywhere/pi';
import { ID } from './configuration.mjs';
import { toOpenClawCost } from './cost.mjs';
import { fetchModels, mayDiscover } from './profiles.mjs';

const API = 'bedrock-converse-stream';
const DEFAULT_CONTEXT_WINDOW = 32_000;
const DEFAULT_MAX_TOKENS = 4096;

/**
 * What the catalog needs beside the settings.
 *
 * @typedef {object} Surroundings
 * @property {import('bedrock-anywhere').Environment} env
 * @property {AbortSignal | undefined} signal
 * @property {(message: string) => void} warn
 */

/**
 * All ids that the account can invoke; null where nothing is to be discovered. A failure is no exception: OpenClaw keeps the
 * list that it has, and says that it could not be refreshed.
 *
 * @param {import('./configuration.mjs').DiscoverySettings} settings
 * @param {Surroundings} surroundings
 * @returns {Promise<import('openclaw/plugin-sdk/plugin-entry').CatalogResult | null>}
 */
export async function discoveredCatalog(settings, surroundings) {
  if (!mayDiscover(settings, surroundings.env)) return null;
  try {
    const { models, region } = await fetchModels(settings, surroundings);
    const provider = {
      baseUrl: addressOf(region),
      api: API,
      auth: 'aws-sdk',
      models: models.map(definitionOf),
    };
    return { providers: { [ID]: provider }, outcomes: [{ provider: ID, status: 'ready' }] };
  } catch (error) {
    if (surroundings.signal?.aborted) throw error;
    const reason = error instanceof Error ? error.message : error;
    surroundings.warn(`Amazon Bedrock: models could not be listed. ${reason}`);
    const isRefused =
      isBedrockError(error) && (error.code === 'ERR_CREDENTIALS' || error.code === 'ERR_ACCESS_DENIED');
    return {
      providers: {},
      outcomes: [{ provider: ID, status: isRefused ? 'auth-rejected' : 'unavailable' }],
    };
  }
}

/**
 * A model of the account in the form that OpenClaw expects for a call.
 *
 * @param {import('bedrock-anywhere').Model} found
 * @returns {import('openclaw/plugin-sdk/plugin-entry').RuntimeModel}
 */
export const runtimeModel = (found) => ({
  ...definitionOf(found),
  provider: ID,
  api: API,
  baseUrl: addressOf(found.region),
});

/**
 * A model that is not in any list, such as one that came out today: what its id shows, and defaults for the rest.
 *
 * @param {string} modelId
 * @param {import('./configuration.mjs').DiscoverySettings} settings
 * @returns {import('openclaw/plugin-sdk/plugin-entry').RuntimeModel}
 */
export function unlistedModel(modelId, settings) {
  const facts = catalog(modelId);
  return {
    id: modelId,
    name: modelId,
    provider: ID,
    api: API,
    baseUrl: settings.region ? addressOf(settings.region) : '',
    reasoning: facts?.reasoning ?? listThinkingLevels(modelId).join() !== 'off',
    // The service says so where a model reads no images; left out here they would be lost in silence.
    input: ['text', 'image'],
    cost: toOpenClawCost(facts?.price),
    contextWindow: facts?.contextWindow ?? settings.defaultContextWindow ?? DEFAULT_CONTEXT_WINDOW,
    maxTokens: facts?.maxTokens ?? settings.defaultMaxTokens ?? DEFAULT_MAX_TOKENS,
  };
}

/**
 * The ARN of an application profile does not show the model behind it, so its row has that in `params`, which OpenClaw passes back
 * with the model, together with its thinking levels. For other models, the plugin finds the levels by the id.
 *
 * @param {import('bedrock-anywhere').Model} model
 * @returns {import('openclaw/plugin-sdk/plugin-entry').ModelDefinition}
 */
function definitionOf(model) {
  const { foundationModelId, thinkingLevelMap, ...row } = toPiModel(model);
  const { id, name, reasoning, input, contextWindow, maxTokens } = row;
  const isApplication = model.via?.type === 'application';
  return {
    id,
    name,
    reasoning,
    input,
    cost: toOpenClawCost(model.cost),
    contextWindow,
    maxTokens,
    ...(isApplication && { params: { foundationModelId } }),
    ...(isApplication && thinkingLevelMap && { thinkingLevelMap }),
  };
}

/** @param {string} region */
function addressOf(region) {
  return `https://bedrock-runtime.${region}.${partitionOf(region).dnsSuffix}`;
}
