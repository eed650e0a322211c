import { discover, shouldAutoDiscover } from 'bedrock-anywhere';
import { catalog } from 'bedrock-anywhere/catalog';

/** @typedef {import('./configuration.mjs').DiscoverySettings} DiscoverySettings */

/** How long to wait before looking again for a profile that was not found. */
const PAUSE_MS = 3600_000;

/**
 * Whether an id is the ARN of an application profile, which does not show the model behind it.
 *
 * @param {string} modelId
 */
export const isApplicationProfile = (modelId) => /^arn:[^/]+:application-inference-profile\//.test(modelId);

/**
 * Whether models may be looked for at all.
 *
 * @param {DiscoverySettings} settings
 * @param {import('bedrock-anywhere').Environment} env
 */
export const mayDiscover = ({ enabled }, env) => enabled ?? shouldAutoDiscover(env);

/**
 * Fetches all ids that the account can invoke, or returns the ones that this process has cached for `refreshInterval`. A list that
 * is too old is a failure, so that nobody mistakes it for AWS's answer.
 *
 * @param {DiscoverySettings} settings
 * @param {{ signal?: AbortSignal | undefined, warn(message: string): void }} surroundings
 */
export async function fetchModels(settings, { signal, warn }) {
  const found = await discover({ ...settings, enabled: true, expandProfiles: true, catalog, signal });
  if (found.source === 'stale') throw found.cause;
  for (const warning of found.warnings) warn(`Amazon Bedrock: ${warning}`);
  return found;
}

/** Finds application profiles of the account by their ARN. */
export class ApplicationProfiles {
  #warn;
  /** The model behind an ARN never changes. @type {Map<string, { at: number, found: Promise<Found> }>} */
  #known = new Map();

  /** @param {(message: string) => void} warn */
  constructor(warn) {
    this.#warn = warn;
  }

  /**
   * Undefined for any other id, and if the profile cannot be found: calls still work then.
   *
   * @typedef {import('bedrock-anywhere').Model | undefined} Found
   * @param {string} modelId
   * @param {DiscoverySettings} settings
   * @returns {Promise<Found>}
   */
  async find(modelId, settings) {
    if (!isApplicationProfile(modelId) || !mayDiscover(settings, process.env)) return undefined;
    const known = this.#known.get(modelId);
    const found = await known?.found;
    if (known !== undefined && (found !== undefined || Date.now() - known.at < PAUSE_MS)) return found;
    const search = { at: Date.now(), found: this.#search(modelId, settings) };
    this.#known.set(modelId, search);
    return search.found;
  }

  /**
   * @param {string} arn
   * @param {DiscoverySettings} settings
   * @returns {Promise<Found>}
   */
  async #search(arn, settings) {
    const region = arn.split(':')[3];
    try {
      // The filter applies to lists only, and this profile was named.
      const { models } = await fetchModels({ ...settings, region, providerFilter: [] }, { warn: this.#warn });
      return models.find(({ id }) => id === arn);
    } catch (error) {
      const reason = error instanceof Error ? error.message : error;
      this.#warn(`Amazon Bedrock: the model behind ${arn} is not known. ${reason}`);
      return undefined;
    }
  }
}
