import { discover, isBedrockError, modelQuirks, partitionOf, shouldAutoDiscover } from 'bedrock-anywhere';
import { catalog } from 'bedrock-anywhere/catalog';
import { ID } from './configuration.mjs';

const API = 'bedrock-converse-stream';
const DEFAULT_CONTEXT_WINDOW = 32_000;
const DEFAULT_MAX_TOKENS = 4096;

/**
 * What the catalog needs beside the settings.
 *
 * @typedef {object} Surroundings
 * @property {import('bedrock-anywhere').StorageLike} storage Where lists are kept.
 * @property {import('bedrock-anywhere').Environment} env
 * @property {AbortSignal | undefined} signal
 * @property {(message: string) => void} warn
 */

/**
 * All ids that the account can invoke; null where nothing is to be discovered. A failure is no exception: OpenClaw keeps the
 * list that it has.
 *
 * @param {import('./configuration.mjs').DiscoverySettings} settings
 * @param {Surroundings} surroundings
 * @returns {Promise<import('openclaw/plugin-sdk/plugin-entry').CatalogResult | null>}
 */
export async function discoveredCatalog(settings, { storage, env, signal, warn }) {
  if (!(settings.enabled ?? shouldAutoDiscover(env))) return null;
  try {
    const found = await discover({
      ...settings,
      enabled: true,
      expandProfiles: true,
      storage,
      catalog,
      signal,
    });
    for (const warning of found.warnings) warn(`Amazon Bedrock: ${warning}`);
    const models = found.models.map(definitionOf);
    return {
      providers: { [ID]: { baseUrl: addressOf(found.region), api: API, auth: 'aws-sdk', models } },
      outcomes: [{ provider: ID, status: 'ready' }],
    };
  } catch (error) {
    if (signal?.aborted) throw error;
    warn(`Amazon Bedrock: models could not be listed. ${error instanceof Error ? error.message : error}`);
    const isRefused =
      isBedrockError(error) && (error.code === 'ERR_CREDENTIALS' || error.code === 'ERR_ACCESS_DENIED');
    return {
      providers: {},
      outcomes: [{ provider: ID, status: isRefused ? 'auth-rejected' : 'unavailable' }],
    };
  }
}

/**
 * A model that no list names, such as one behind an application inference profile or one that came out today: what its id
 * tells, and the defaults.
 *
 * @param {string} modelId
 * @param {import('./configuration.mjs').DiscoverySettings} settings
 * @returns {import('bedrock-anywhere/pi').PiModel}
 */
export function unlistedModel(modelId, settings) {
  const facts = catalog(modelId);
  return {
    id: modelId,
    name: modelId,
    provider: ID,
    api: API,
    baseUrl: settings.region ? addressOf(settings.region) : '',
    reasoning: facts?.reasoning ?? canThink(modelId),
    // The service says so where a model reads no images; left out here they would be lost in silence.
    input: ['text', 'image'],
    cost: costOf(facts?.price),
    contextWindow: facts?.contextWindow ?? settings.defaultContextWindow ?? DEFAULT_CONTEXT_WINDOW,
    maxTokens: facts?.maxTokens ?? settings.defaultMaxTokens ?? DEFAULT_MAX_TOKENS,
  };
}

/**
 * @param {import('bedrock-anywhere').Model} model
 * @returns {import('openclaw/plugin-sdk/plugin-entry').ModelDefinition}
 */
function definitionOf({ id, name, via, input, reasoning, cost, contextWindow, maxTokens }) {
  return {
    id,
    name: via?.name ?? name,
    reasoning: reasoning ?? canThink(id),
    input: input.includes('image') ? ['text', 'image'] : ['text'],
    cost: costOf(cost),
    contextWindow,
    maxTokens,
  };
}

/**
 * What the family of a model is known to do.
 *
 * @param {string} modelId
 */
function canThink(modelId) {
  const { thinking = 'none' } = modelQuirks(modelId);
  return thinking !== 'none';
}

/**
 * OpenClaw has no word for a price that is not known: it is 0 there.
 *
 * @param {import('bedrock-anywhere').Price | undefined} price
 */
function costOf(price) {
  const { input = 0, output = 0, cacheRead = 0, cacheWrite = 0 } = price ?? {};
  return { input, output, cacheRead, cacheWrite };
}

/** @param {string} region */
function addressOf(region) {
  return `https://bedrock-runtime.${region}.${partitionOf(region).dnsSuffix}`;
}
