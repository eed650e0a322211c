import { inputError } from '../errors.js';
import { fetchTransport, type Transport } from '../index.js';
import type { LocalBedrock } from './options.js';

/**
 * Sends calls to a local Bedrock in this process: signed, checked and streamed as over a network, without one. A call's own
 * `credentials` and `region` are used if they are set, so that you can test what the service makes of them.
 *
 * @example
 * ```ts
 * import { createBedrock } from 'bedrock-anywhere';
 * import { createLocalBedrock, localTransport } from 'bedrock-anywhere/local';
 *
 * const local = createLocalBedrock({ script: [{ user: 'ping', text: 'pong' }] });
 * const bedrock = createBedrock({ transport: localTransport(local) });
 * console.log((await bedrock.converse({ modelId: 'amazon.nova-lite-v1:0', prompt: 'ping' })).text);
 * ```
 */
export function localTransport(local: LocalBedrock): Transport {
  return {
    ...fetchTransport,
    async destination(service, settings, modelRegion) {
      for (const name of ['endpoint', 'fetch'] as const) {
        if (settings[name] === undefined) continue;
        throw inputError(
          `The option ${name} has no effect with localTransport(), which calls the local Bedrock directly. Omit one of them.`,
        );
      }
      const { region, credentials = local.credentials } = settings;
      const here = {
        ...settings,
        credentials,
        region: { ...region, bound: region.bound ?? local.region },
        endpoint: 'http://localhost',
        fetch: (input: RequestInfo | URL, init?: RequestInit) => local.fetch(new Request(input, init)),
      };
      return fetchTransport.destination(service, here, modelRegion);
    },
  };
}
