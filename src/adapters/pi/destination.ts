import { type CallOptions, type ClientOptions, fetchTransport, partitionOf } from '../../index.js';
import { inputError } from './outgoing/content.js';
import type { PiModel } from './types.js';

/** Where credentials may go that nobody passed. */
export interface TrustedAddresses {
  /**
   * Addresses other than AWS's that a model's `baseUrl` may send the credentials of the environment, the AWS profile or the
   * instance to, such as `https://bedrock.example.com`; the path does not matter. This machine, `endpoint` and the endpoint
   * that the environment sets are always allowed, and credentials that you pass go to any address. Default: none.
   */
  allowAmbientCredentialsAt?: readonly string[];
}

/** Endpoints of a region, FIPS and dual-stack ones included, and VPC endpoints. */
const AWS_HOST =
  /^(?:[a-z0-9-]+\.)?bedrock-runtime(?:-fips)?\.([a-z]{2,4}(?:-[a-z]+)+-\d{1,2})\.(?:vpce\.)?(.+)$/;

/** What pi's catalog has as `baseUrl`. */
const CATALOG_URL =
  /^https:\/\/bedrock-runtime\.([a-z]{2,4}(?:-[a-z]+)+-\d{1,2})\.amazonaws\.com(?:\.cn)?\/?$/i;

/** This machine. Names below localhost are left out, because some resolvers ask the network for them. */
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * Where a model's `baseUrl` leads. pi's catalog gives every model one of AWS's own addresses, which is not the user's choice:
 * its region counts only if nothing else names one.
 */
export function placeOf({ baseUrl }: PiModel): Pick<CallOptions, 'endpoint' | 'fallbackRegion'> {
  if (!baseUrl) return {};
  const region = CATALOG_URL.exec(baseUrl)?.[1];
  return region === undefined ? { endpoint: baseUrl } : { fallbackRegion: region.toLowerCase() };
}

/**
 * Refuses to send ambient credentials to an address that only a model names: a file of models may come from anybody, and
 * the key of the machine is not meant for its author.
 *
 * @throws BedrockError `ERR_INPUT`
 */
export async function requireTrustedAddress(
  { baseUrl }: PiModel,
  {
    transport,
    endpoint,
    allowAmbientCredentialsAt = [],
    allowInsecureEndpoint,
  }: ClientOptions & TrustedAddresses,
): Promise<void> {
  // Other transports bring credentials and an endpoint of their own.
  if (transport !== undefined && transport.destination !== fetchTransport.destination) return;
  const url = urlOf(baseUrl);
  // The client says what is wrong with an address that is not a URL.
  if (url === undefined || isAwsHost(url) || LOOPBACK.test(url.hostname)) return;
  const allowed = allowAmbientCredentialsAt.map(originOf);
  if (allowed.includes(url.origin) || (endpoint !== undefined && urlOf(endpoint)?.origin === url.origin))
    return;
  if ((await environmentOrigin(allowInsecureEndpoint)) === url.origin) return;
  throw inputError(
    `The baseUrl of the model leads to ${url.origin}, which is not an address of AWS, and the call would be authorized with ` +
      'the credentials of the environment. If you trust this address, pass allowAmbientCredentialsAt: ' +
      `['${url.origin}'] to createBedrockProvider, or set AWS_ENDPOINT_URL_BEDROCK_RUNTIME to it; ` +
      'or pass credentials that are meant for it.',
  );
}

/** Whether a host is one of AWS's endpoints for models. */
export function isAwsHost({ hostname }: URL): boolean {
  const [, region = '', suffix] = AWS_HOST.exec(hostname) ?? [];
  const { dnsSuffix, dualStackDnsSuffix } = partitionOf(region);
  return suffix === dnsSuffix || suffix === dualStackDnsSuffix;
}

/** The endpoint of the environment, found as a call finds it; AWS's own if there is none. */
async function environmentOrigin(allowInsecureEndpoint: boolean | undefined): Promise<string | undefined> {
  const region = { call: 'us-east-1', bound: undefined };
  try {
    const { endpoint } = await fetchTransport.destination('bedrock-runtime', {
      region,
      allowInsecureEndpoint,
    });
    return endpoint.origin;
  } catch {
    return undefined;
  }
}

function originOf(address: string): string {
  const origin = urlOf(address)?.origin;
  if (origin !== undefined && origin !== 'null') return origin;
  throw inputError(
    'The option allowAmbientCredentialsAt contains something that is not a URL with a host. Pass addresses such as ' +
      "'https://bedrock.example.com'.",
  );
}

function urlOf(address: string | URL): URL | undefined {
  try {
    return new URL(address);
  } catch {
    return undefined;
  }
}
