import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OpenClawConfig, PluginApi, ProviderPlugin } from 'openclaw/plugin-sdk/plugin-entry';
import entry from '../../examples/openclaw/index.mjs';

/** The plugin as OpenClaw sees it once it is registered. */
export interface Registered extends AsyncDisposable {
  provider: ProviderPlugin;
  /** OpenClaw's folder for what changes. */
  stateFolder: string;
  warnings: string[];
}

/** Registers the plugin with a state folder of its own. */
export async function register(
  config: OpenClawConfig = {},
  pluginConfig?: Record<string, unknown>,
): Promise<Registered> {
  const stateFolder = await mkdtemp(join(tmpdir(), 'openclaw-state-'));
  const warnings: string[] = [];
  const providers: ProviderPlugin[] = [];
  const api: PluginApi = {
    config,
    ...(pluginConfig && { pluginConfig }),
    logger: { warn: (message) => void warnings.push(message) },
    runtime: { state: { resolveStateDir: () => stateFolder } },
    registerProvider: (provider) => void providers.push(provider),
  };
  (entry as { register(api: PluginApi): void }).register(api);
  const [provider, ...others] = providers;
  if (provider === undefined || others.length > 0)
    throw new Error(`The plugin registered ${providers.length} providers.`);
  return {
    provider,
    stateFolder,
    warnings,
    [Symbol.asyncDispose]: () => rm(stateFolder, { recursive: true, force: true }),
  };
}

/** `openclaw.json` with these settings of the plugin. */
export const configOf = (config: Record<string, unknown>): OpenClawConfig => ({
  plugins: { entries: { 'amazon-bedrock': { config } } },
});
