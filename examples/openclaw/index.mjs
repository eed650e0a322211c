/** Amazon Bedrock for OpenClaw: this file is the list of what the plugin hands to it. */
import { join } from 'node:path';
import { fileStorage } from 'bedrock-anywhere/storage/file';
import { definePluginEntry } from 'openclaw/plugin-sdk/plugin-entry';
import { discoveredCatalog, unlistedModel } from './catalog.mjs';
import { ID, settingsOf } from './configuration.mjs';
import { credentialMarker, ENV_VARS } from './credentials.mjs';
import { failoverReason, isContextOverflow } from './failover.mjs';
import { streamFunction } from './stream.mjs';

const NAME = 'Amazon Bedrock';

export default definePluginEntry({
  id: ID,
  name: NAME,
  description: 'Models of Amazon Bedrock, on bedrock-anywhere.',
  register(api) {
    const storage = fileStorage(join(api.runtime.state.resolveStateDir(), 'plugins', ID, 'models'));
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
          discoveredCatalog(settings(config).discovery, { storage, env, signal, warn: api.logger.warn }),
      },
      resolveDynamicModel: ({ config, modelId }) => unlistedModel(modelId, settings(config).discovery),
      resolveConfigApiKey: ({ env }) => credentialMarker(env),
      createStreamFn: ({ config }) => streamFunction(settings(config)),
      classifyFailoverReason: failoverReason,
      matchesContextOverflowError: isContextOverflow,
    });
  },
});
