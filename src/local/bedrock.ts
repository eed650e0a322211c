import { type LocalBedrock, type LocalBedrockOptions, readLocalOptions } from './options.js';
import { createWholeService } from './whole-service.js';

/**
 * Creates a Bedrock of your own: it takes signed requests, checks them as the service does, and streams answers in the
 * service's own format, without network or account. Its `fetch` runs wherever fetch handlers do.
 *
 * On Cloudflare Workers, create it inside a request: random numbers are available only there.
 *
 * @throws BedrockError `ERR_INPUT` for an option that is unknown or wrong, with its name; for a script, with rule and field.
 *
 * @example
 * ```ts
 * import { createBedrock } from 'bedrock-anywhere';
 * import { createLocalBedrock } from 'bedrock-anywhere/local';
 *
 * const local = createLocalBedrock({ script: [{ user: 'ping', text: 'pong' }] });
 * const bedrock = createBedrock({
 *   credentials: local.credentials,
 *   region: local.region,
 *   fetch: (input, init) => local.fetch(new Request(input, init)),
 * });
 * const answer = bedrock.stream({
 *   modelId: 'amazon.nova-lite-v1:0',
 *   messages: [{ role: 'user', content: [{ text: 'ping' }] }],
 * });
 * console.log(await answer.text());
 * ```
 */
export function createLocalBedrock(options: LocalBedrockOptions = {}): LocalBedrock {
  return createWholeService(readLocalOptions(options, 'createLocalBedrock()')).bedrock;
}
