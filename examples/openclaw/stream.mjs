import { catalog } from 'bedrock-anywhere/catalog';
import { createBedrockProvider } from 'bedrock-anywhere/pi';
import { fromOpenClawCost } from './cost.mjs';
import { changeFailure } from './ending.mjs';
import { noteErrorCode } from './failover.mjs';
import { acceptGuardrailAnswer } from './guardrail.mjs';
import { foundationModelOf } from './thinking.mjs';

/** Bedrock's own tiers; what else OpenClaw may say of a tier is meant for other providers. */
const TIERS = /** @type {const} */ (['default', 'flex', 'priority', 'reserved']);

/**
 * The function through which OpenClaw's agents talk to Bedrock.
 *
 * @param {import('./configuration.mjs').Settings} settings
 * @param {import('./profiles.mjs').ApplicationProfiles} profiles
 * @returns {import('openclaw/plugin-sdk/plugin-entry').StreamFn}
 */
export function streamFunction({ discovery, guardrail }, profiles) {
  return (model, context, { reasoning, serviceTier, stop, ...options } = {}) => {
    const region = regionOf(model.baseUrl) ?? discovery.region;
    const tier = TIERS.find((known) => known === serviceTier);
    const { streamSimple } = createBedrockProvider({
      catalog,
      // OpenClaw retries by itself and falls back to other models, so more attempts would multiply. The second request is for
      // credentials that have just expired, which OpenClaw would mistake for a wrong key.
      maxAttempts: 2,
      adapt: true,
      ...(region && { region }),
      ...(guardrail && { guardrailConfig: guardrail }),
      ...(tier && { serviceTier: { type: tier } }),
      ...(stop && { stopSequences: stop }),
    });
    const start = async () => {
      const foundationModelId =
        foundationModelOf(model.params) ?? (await profiles.find(model.id, discovery))?.foundationModelId;
      const known = {
        ...model,
        cost: fromOpenClawCost(model.cost),
        ...(foundationModelId !== undefined && { foundationModelId }),
      };
      return streamSimple(known, context, { ...options, ...thinking(reasoning) });
    };
    return changeFailure(start(), (failed) => {
      acceptGuardrailAnswer(failed);
      noteErrorCode(failed);
    });
  };
}

/**
 * The region that an address of AWS's own names: in OpenClaw it is the user who wrote it, or discovery.
 *
 * @param {string} baseUrl
 */
const regionOf = (baseUrl) =>
  /^https:\/\/bedrock-runtime(?:-fips)?\.([a-z0-9-]+)\.amazonaws\./i.exec(baseUrl)?.[1];

/**
 * @param {import('openclaw/plugin-sdk/plugin-entry').StreamOptions['reasoning']} level
 * @returns {Pick<import('bedrock-anywhere/pi').PiSimpleStreamOptions, 'reasoning'>}
 */
function thinking(level) {
  if (level === undefined || level === 'off') return {};
  return { reasoning: level };
}
