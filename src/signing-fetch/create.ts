import { parseModelId } from '../catalog/model-id.js';
import { type BedrockClient, optionsOfClient } from '../client.js';
import { type BedrockError, inputError } from '../errors.js';
import { cleanError } from '../foreign-text/foreign-text.js';
import { CLIENT_OPTIONS, readCallOptions } from '../input/call-options.js';
import type { Options } from '../input/options.js';
import { any, callback, type Read, refuse, text } from '../input/read.js';
import type { ClientOptions, Service, Settings, TransportCall } from '../options.js';
import type { FetchDestination } from '../transport/destination.js';
import { resolveDestination } from '../transport/destination.js';
import { checkRegion, createAwsEndpoint } from '../transport/endpoint.js';
import { refusalError, sendSigned } from '../transport/send.js';
import { cancelBody } from '../wire/chunks.js';
import { basePath, type EndpointName, endpointOf, type Protocol } from './base-url.js';
import { pickSentHeaders } from './headers.js';

/** Options of `createBedrockFetch()`. */
export interface BedrockFetchOptions
  extends Pick<
    ClientOptions,
    'region' | 'fallbackRegion' | 'credentials' | 'allowInsecureEndpoint' | 'allowLongLivedKeys' | 'fetch'
  > {
  /** Whose protocol the client speaks. */
  protocol: Protocol;
  /** The model that the client will request: its id decides on the endpoint and the path. */
  model: string;
  /** Client of `createBedrock()`, whose options are the defaults here. */
  client?: BedrockClient | undefined;
  /**
   * `runtime` or `mantle`, or the address of another server with the same paths, such as a local Bedrock. Default: decided by the
   * form of the model's id.
   */
  endpoint?: EndpointName | (string & {}) | undefined;
  /**
   * Called with each answer that is an error, as the error that a call of this library would have thrown: what it says holds no
   * secret. The client gets the answer itself. Default: none.
   */
  onRefusal?: ((error: BedrockError) => void) | undefined;
}

/** What the clients of OpenAI and Anthropic, and the providers of the AI SDK, accept. */
export interface BedrockFetch {
  /** Where the client's own paths begin. */
  baseURL: string;
  /** Authorizes the client's requests, and sends them to `baseURL` only. */
  fetch: typeof globalThis.fetch;
}

/** A function, because bundlers keep what is read of an object at load. */
const listOptions = (): Options => ({
  protocol: ((value, path) =>
    value === 'openai' || value === 'anthropic'
      ? value
      : refuse(path, value, "'openai' or 'anthropic'", true)) as Read,
  model: text,
  client: any,
  endpoint: text,
  onRefusal: callback,
  region: CLIENT_OPTIONS.region,
  fallbackRegion: CLIENT_OPTIONS.fallbackRegion,
  credentials: CLIENT_OPTIONS.credentials,
  allowInsecureEndpoint: CLIENT_OPTIONS.allowInsecureEndpoint,
  allowLongLivedKeys: CLIENT_OPTIONS.allowLongLivedKeys,
  fetch: CLIENT_OPTIONS.fetch,
});

/**
 * Creates a fetch for clients that speak OpenAI's or Anthropic's protocol to Bedrock's own endpoints. It authorizes each request with
 * the credentials of this library: SigV4 or an API key, from any provider, renewed when they expire. Answers, errors and streams
 * come back unchanged. Region and endpoint are resolved at the first request, as for every other call; until then `baseURL` only
 * reflects the options.
 *
 * @throws BedrockError `ERR_INPUT`, immediately, for options that cannot work. The fetch rejects with a BedrockError if there are
 * no credentials, if the network fails, for a redirect, and if the client has a transport that does not send with `fetch`.
 *
 * @example
 * ```ts
 * import { createBedrockFetch } from 'bedrock-anywhere/fetch';
 *
 * const model = 'openai.gpt-oss-120b-1:0';
 * const { baseURL, fetch } = createBedrockFetch({ protocol: 'openai', model, region: 'us-west-2' });
 * // new OpenAI({ baseURL, fetch, apiKey: 'unused' })
 * const response = await fetch(`${baseURL}/chat/completions`, {
 *   method: 'POST',
 *   headers: { 'content-type': 'application/json' },
 *   body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hi' }] }),
 * });
 * ```
 */
export function createBedrockFetch(options: BedrockFetchOptions): BedrockFetch {
  const of = 'createBedrockFetch()';
  const {
    protocol,
    model,
    client,
    endpoint: wanted,
    onRefusal,
    ...own
  } = readCallOptions<BedrockFetchOptions>(options, listOptions(), of);
  if (protocol === undefined)
    throw inputError("createBedrockFetch() needs protocol: 'openai' or 'anthropic'.");
  const { id, region: modelRegion } = parseModelId(model);
  const bound = optionsOfClient(client, of);
  const name = isEndpointName(wanted) ? wanted : endpointOf(id);
  const endpoint = wanted === name ? bound.endpoint : (wanted ?? bound.endpoint);
  const settings = { ...bound, ...own, endpoint, region: { call: own.region, bound: bound.region } };
  const service = name === 'mantle' ? 'bedrock-mantle' : 'bedrock-runtime';
  const region = own.region ?? modelRegion ?? bound.region ?? settings.fallbackRegion ?? 'us-east-1';
  const base =
    endpoint === undefined
      ? createAwsEndpoint(service, checkRegion(region, 'the option region'), PLAIN)
      : new URL(endpoint);
  const prefix = base.pathname.replace(/\/$/, '');
  let destination: Promise<FetchDestination> | undefined;
  return {
    baseURL: `${base.origin}${prefix}${basePath(protocol, name, id)}`,
    async fetch(input, init) {
      const request = new Request(input, init);
      const url = new URL(request.url);
      if (url.origin !== base.origin || !url.pathname.startsWith(`${prefix}/`)) {
        throw inputError(
          `The fetch of ${of} sends to ${base.origin}${prefix} only, and this request is for ${url.origin}. Pass its baseURL to ` +
            'the client too.',
        );
      }
      destination ??= findDestination(service, settings, modelRegion);
      const target = {
        destination: await destination,
        path: url.pathname.slice(prefix.length),
        query: url.search.slice(1),
      };
      return sendAuthorized(request, target, onRefusal);
    },
  };
}

function isEndpointName(wanted: string | undefined): wanted is EndpointName {
  return wanted === 'runtime' || wanted === 'mantle';
}

const PLAIN = { fips: false, dualStack: false };

/** Where requests go: the transport of the client decides, if it sends them with `fetch` as this library does. */
async function findDestination(
  service: Service,
  settings: Settings,
  modelRegion: string | undefined,
): Promise<FetchDestination> {
  const { transport } = settings;
  if (transport === undefined) return resolveDestination(service, settings, modelRegion);
  const found = (await transport.destination(service, settings, modelRegion)) as Partial<FetchDestination>;
  if (typeof found?.fetch === 'function') return found as FetchDestination;
  throw inputError(
    'The client of createBedrockFetch() has a transport that does not send with fetch. Pass a client without it.',
  );
}

type Target = Pick<TransportCall, 'path' | 'query'> & { destination: FetchDestination };

async function sendAuthorized(
  request: Request,
  target: Target,
  onRefusal: BedrockFetchOptions['onRefusal'],
): Promise<Response> {
  const bytes = new Uint8Array(await request.arrayBuffer());
  const attempt = (renew: boolean): TransportCall => ({
    ...target,
    operation: 'fetch',
    modelId: undefined,
    method: request.method as 'POST',
    headers: pickSentHeaders(request.headers),
    input: undefined,
    body: () => (bytes.length === 0 ? undefined : bytes),
    signal: request.signal,
    renew,
    secrets: [],
    onRequest: ignore,
    onResponse: ignore,
    onChunk: ignore,
  });
  const first = attempt(false);
  const response = await sendSigned(first);
  const mayBeExpired = response.status === 401 || response.status === 403;
  if (response.ok || (!mayBeExpired && onRefusal === undefined)) return response;
  const error = await refusalError(response.clone(), first);
  // As in every other call, expired keys and a wrong clock are worth a second request.
  if (!mayBeExpired || error.again !== 'now') {
    onRefusal?.(cleanError(error, first.secrets));
    return response;
  }
  cancelBody(response);
  const second = attempt(true);
  const last = await sendSigned(second);
  if (!last.ok && onRefusal !== undefined)
    onRefusal(cleanError(await refusalError(last.clone(), second), second.secrets));
  return last;
}

function ignore(): void {}
