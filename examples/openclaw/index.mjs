/** Amazon Bedrock for OpenClaw: this file is the list of what the plugin hands to it. */
import { definePluginEntry } from 'openclaw/plugin-sdk/plugin-entry';
import { discoveredCatalog, runtimeModel, unlistedModel } from './catalog.mjs';
import { ID, settingsOf } from './configuration.mjs';
import { credentialMarker, ENV_VARS } from './credentials.mjs';
import { failoverReason, isContextOverflow } from './failover.mjs';
import { ApplicationProfiles } from './profiles.mjs';
import { streamFunction } from './stream.mjs';
import { thinkingProfile } from './thinking.mjs';

const NAME = 'Amazon Bedrock';

export default definePluginEntry({
  id: ID,
  name: NAME,
  description: 'Models of Amazon Bedrock, on bedrock-anywhere.',
  register(api) {
    const { warn } = api.logger;
    const profiles = new ApplicationProfiles(warn);
    // OpenClaw hands its newest configuration to a hook; what the plugin was started with is for hooks that get none.
    const settings = (config = api.config) => settingsOf(config, api.pluginConfig);

    api.registerProvider({
      id: ID,
      label: NAME,
      docsPath: '/providers/bedrock',
      envVars: [...ENV_VARS],
      auth: [],
      catalog: {
        order: 'simple',
        run: ({ config, env, signal }) =>
          discoveredCatalog(settings(config).discovery, { env, signal, warn }),
      },
      async prepareDynamicModel({ config, modelId }) {
        const found = await profiles.find(modelId, settings(config).discovery);
        return found && runtimeModel(found);
      },
      resolveDynamicModel: ({ config, modelId }) => unlistedModel(modelId, settings(config).discovery),
      resolveConfigApiKey: ({ env }) => credentialMarker(env),
      resolveThinkingProfile: thinkingProfile,
      createStreamFn: ({ config }) => streamFunction(settings(config), profiles),
      classifyFailoverReason: failoverReason,
      matchesContextOverflowError: isContextOverflow,
    });
  },
});
