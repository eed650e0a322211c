import type { OpenClawConfig, PluginApi, ProviderPlugin } from 'openclaw/plugin-sdk/plugin-entry';
import entry from '../../examples/openclaw/index.mjs';

/** The plugin as OpenClaw sees it once it is registered. */
export interface Registered {
  provider: ProviderPlugin;
  warnings: string[];
}

/** Registers the plugin as OpenClaw does. */
export function register(config: OpenClawConfig = {}, pluginConfig?: Record<string, unknown>): Registered {
  const warnings: string[] = [];
  const providers: ProviderPlugin[] = [];
  const api: PluginApi = {
    config,
    ...(pluginConfig && { pluginConfig }),
    logger: { warn: (message) => void warnings.push(message) },
    registerProvider: (provider) => void providers.push(provider),
  };
  (entry as { register(api: PluginApi): void }).register(api);
  const [provider, ...others] = providers;
  if (provider === undefined || others.length > 0)
    throw new Error(`The plugin registered ${providers.length} providers.`);
  return { provider, warnings };
}

/** `openclaw.json` with these settings of the plugin. */
export const configOf = (config: Record<string, unknown>): OpenClawConfig => ({
  plugins: { entries: { 'amazon-bedrock': { config } } },
});
