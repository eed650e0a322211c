import { type HttpHandler, http } from 'msw';
import { partitionOf } from '../catalog/partitions.js';
import type { LocalBedrock } from './options.js';

/** Which addresses lead to the local Bedrock. */
export interface LocalHandlerOptions {
  /** Region of AWS's own hosts. Default: the region of the local Bedrock. */
  region?: string | undefined;
  /**
   * Origins besides AWS's own, such as `https://bedrock.example.com`; they may include a path. Default: none.
   */
  origins?: readonly string[] | undefined;
}

/**
 * Creates handlers for Mock Service Worker that direct AWS's hosts of a region to a local Bedrock: runtime and control
 * plane, also with FIPS and dual stack, and bedrock-mantle.
 *
 * msw passes on complete answers; to test leaving a stream, use the server of `bedrock-anywhere/local/node`.
 *
 * @example
 * ```ts
 * import { createLocalBedrock } from 'bedrock-anywhere/local';
 * import { localBedrockHandlers } from 'bedrock-anywhere/local/msw';
 * import { setupServer } from 'msw/node';
 *
 * const local = createLocalBedrock();
 * const server = setupServer(...localBedrockHandlers(local));
 * server.listen();
 * ```
 */
export function localBedrockHandlers(local: LocalBedrock, options: LocalHandlerOptions = {}): HttpHandler[] {
  const { region = local.region, origins = [] } = options;
  const bases = [...awsOrigins(region), ...origins.map(withoutSlash)];
  return bases.map((base) => http.all(`${base}/*`, ({ request }) => local.fetch(request)));
}

function withoutSlash(origin: string): string {
  return origin.endsWith('/') ? withoutSlash(origin.slice(0, -1)) : origin;
}

/** Source: the endpoint rules of the AWS SDKs for Bedrock, Bedrock Runtime and Agents for Bedrock Runtime. */
function awsOrigins(region: string): string[] {
  const { dnsSuffix, dualStackDnsSuffix } = partitionOf(region);
  const hosts = ['bedrock-runtime', 'bedrock', 'bedrock-agent-runtime'].flatMap((host) => [
    host,
    `${host}-fips`,
  ]);
  const origins = hosts.flatMap((host) =>
    [dnsSuffix, dualStackDnsSuffix].map((suffix) => `https://${host}.${region}.${suffix}`),
  );
  return [...origins, `https://bedrock-mantle.${region}.${dualStackDnsSuffix}`];
}
