/** Id of the plugin and of its provider: the one of OpenClaw's own, so that its page on Bedrock holds. */
export const ID = 'amazon-bedrock';

/**
 * Which models to look for, in the words of OpenClaw's page.
 *
 * @typedef {Pick<import('bedrock-anywhere').DiscoverOptions,
 *   'region' | 'providerFilter' | 'refreshInterval' | 'defaultContextWindow' | 'defaultMaxTokens'
 * > & { enabled?: boolean }} DiscoverySettings
 */

/**
 * @typedef {object} Settings
 * @property {DiscoverySettings} discovery
 * @property {NonNullable<import('bedrock-anywhere').ClientOptions['guardrailConfig']>} [guardrail]
 */

/**
 * The plugin's settings: `plugins.entries.amazon-bedrock.config`, and under it, for an OpenClaw that still takes it, the
 * discovery of `models.bedrockDiscovery`. OpenClaw has checked both against their schemas.
 *
 * @param {import('openclaw/plugin-sdk/plugin-entry').OpenClawConfig} config
 * @param {Record<string, unknown>} [atStart] What the plugin was started with.
 * @returns {Settings}
 */
export function settingsOf(config, atStart = {}) {
  const own = /** @type {Partial<Settings>} */ (config.plugins?.entries?.[ID]?.config ?? atStart);
  const models = /** @type {{ bedrockDiscovery?: DiscoverySettings }} */ (config.models ?? {});
  return {
    discovery: { ...models.bedrockDiscovery, ...own.discovery },
    ...(own.guardrail && { guardrail: own.guardrail }),
  };
}
