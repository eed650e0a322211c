import { ambientCredentials, ambientRegion, noCredentials } from '../credentials/ambient.js';
import { readFlag, readVariable } from '../credentials/environment.js';
import { inputError } from '../errors.js';
import { CALL_OPTIONS, readCallOptions } from '../input/call-options.js';
import type {
  CallHooks,
  CallOptions,
  ClientOptions,
  CredentialProvider,
  Credentials,
  Transport,
} from '../types.js';
import {
  awsEndpoint,
  checkedRegion,
  customEndpoint,
  isLoopback,
  regionOfHost,
  type Service,
} from './endpoint.js';

/** The setting that named the region of a call. */
export type RegionOrigin =
  | 'the option region'
  | 'the ARN in modelId'
  | 'the host of the endpoint'
  | 'AWS_REGION'
  | 'AWS_DEFAULT_REGION'
  | 'the AWS profile'
  | 'the option fallbackRegion'
  | 'the default';

/** Everything that a request needs to be sent, decided and checked. */
export interface Target {
  region: string;
  /** Undefined with a transport, which has its own region. */
  regionFrom?: RegionOrigin;
  /** The service's name in signatures. */
  signingName: string;
  endpoint: URL;
  /** `'anonymous'`: the request carries none. */
  credentials: Credentials | CredentialProvider | 'anonymous';
  refuseLongLivedKeys: boolean;
  fetch: typeof globalThis.fetch;
  maxAttempts: number;
  maxRetryDelayMs: number;
  headers: Headers;
  hooks: CallHooks;
  /** Gathers the warnings of several calls. Default: each call has its own. */
  warnings?: string[];
  /** Sends instead of `fetch`. */
  transport?: Transport;
  /** Changes the request so that an error does not happen again; false if it cannot. */
  adapt?: (error: unknown) => boolean;
}

/** Options as they reach a call: those bound by `createBedrock`, and those of the call itself. */
export interface Layers<Call extends CallOptions = CallOptions> {
  bound: ClientOptions;
  call: Call;
}

/** Checks the options of a call; bound options have already been checked. */
export function readLayers(layers: Layers, of: string): Layers {
  return { ...layers, call: readCallOptions<CallOptions>(layers.call, CALL_OPTIONS, of) };
}

/** The bound options, overridden by the call's own; an undefined option does not override. */
export function merged<Call extends CallOptions>({ bound, call }: Layers<Call>): Call {
  const all: Record<string, unknown> = { ...bound };
  for (const [key, value] of Object.entries(call)) if (value !== undefined) all[key] = value;
  return all as Call;
}

/** Endpoints by their inputs: a program calls few. Checking and parsing one is a tenth of what a warm call costs here. */
const endpoints = new Map<string, URL>();
const MAX_ENDPOINTS = 32;

function remembered(of: readonly unknown[], make: () => URL): URL {
  const key = of.join('\n');
  let endpoint = endpoints.get(key);
  if (endpoint === undefined) {
    endpoint = make();
    if (endpoints.size >= MAX_ENDPOINTS) endpoints.clear();
    endpoints.set(key, endpoint);
  }
  return endpoint;
}

/** Where to send a call and how: region, endpoint, credentials and limits, from the options and the environment. */
export async function resolveTarget(layers: Layers, service: Service, arnRegion?: string): Promise<Target> {
  const options = merged(layers);
  const { transport } = options;
  if (transport !== undefined) {
    return {
      ...(await transport.target(service, options)),
      signingName: service,
      refuseLongLivedKeys: false,
      fetch: globalThis.fetch,
      maxAttempts: 1,
      maxRetryDelayMs: 0,
      headers: ownHeaders(options.headers),
      hooks: {},
      transport,
    };
  }
  const variant = {
    fips: readFlag('AWS_USE_FIPS_ENDPOINT'),
    dualStack: readFlag('AWS_USE_DUALSTACK_ENDPOINT'),
  };
  const set = setEndpoint(options.endpoint, service);
  const allowInsecure = options.allowInsecureEndpoint === true;
  const custom =
    set === undefined
      ? undefined
      : remembered([set.value, set.from, service, variant.fips, variant.dualStack, allowInsecure], () =>
          customEndpoint(set.value, set.from, service, variant, allowInsecure),
        );
  const [region, regionFrom] = await resolveRegion(layers, arnRegion, custom);
  const endpoint =
    custom ??
    remembered([service, region, variant.fips, variant.dualStack], () =>
      awsEndpoint(service, region, variant),
    );
  const fetch = options.fetch ?? globalThis.fetch;
  if (typeof fetch !== 'function') {
    throw inputError('This runtime has no fetch. Pass one in the option fetch.');
  }
  return {
    region,
    regionFrom,
    signingName: service === 'bedrock-runtime' ? 'bedrock' : service,
    endpoint,
    credentials: options.credentials === null ? noCredentials : (options.credentials ?? ambientCredentials()),
    refuseLongLivedKeys: options.allowLongLivedKeys !== true && !isLoopback(endpoint),
    fetch: (input, init) => fetch(input, init),
    maxAttempts: options.maxAttempts ?? 3,
    maxRetryDelayMs: options.maxRetryDelayMs ?? 20_000,
    headers: ownHeaders(options.headers),
    hooks: options,
  };
}

/** Headers that the signer sets: one from outside would break the signature or leak into it. */
const SET_BY_SIGNER = ['authorization', 'host', 'x-amz-date', 'x-amz-security-token', 'x-amz-content-sha256'];

function ownHeaders(init: HeadersInit | undefined): Headers {
  const headers = new Headers(init);
  for (const name of SET_BY_SIGNER) {
    if (!headers.has(name)) continue;
    throw inputError(
      `The option headers may not set ${name}: it is part of authorization. Use the option credentials.`,
    );
  }
  return headers;
}

function setEndpoint(
  option: string | URL | undefined,
  service: Service,
): { value: string | URL; from: string } | undefined {
  if (option !== undefined) return { value: option, from: 'The option endpoint' };
  for (const name of endpointVariables(service)) {
    const value = readVariable(name);
    if (value !== undefined) return { value, from: `The variable ${name}` };
  }
  return undefined;
}

/** The variables that may set a service's endpoint: the first one that is set wins. */
export function endpointVariables(service: Service): `AWS_ENDPOINT_URL${string}`[] {
  return [`AWS_ENDPOINT_URL_${service.toUpperCase().replace('-', '_')}`, 'AWS_ENDPOINT_URL'];
}

async function resolveRegion(
  layers: Layers,
  arnRegion: string | undefined,
  custom: URL | undefined,
): Promise<[region: string, from: RegionOrigin]> {
  const named = (value: string, from: RegionOrigin): [string, RegionOrigin] => [
    checkedRegion(value, from),
    from,
  ];
  const perCall = layers.call.region;
  if (perCall !== undefined) {
    const found = named(perCall, 'the option region');
    if (arnRegion === undefined || arnRegion === perCall) return found;
    throw inputError(
      `The ARN in modelId is in region ${arnRegion}, but the call's option region is ${perCall}. ` +
        'Omit the option: the ARN decides.',
    );
  }
  if (arnRegion !== undefined) return [arnRegion, 'the ARN in modelId'];
  if (layers.bound.region !== undefined) return named(layers.bound.region, 'the option region');
  const ofHost = custom === undefined ? undefined : regionOfHost(custom);
  if (ofHost !== undefined) return [ofHost, 'the host of the endpoint'];
  for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION'] as const) {
    const value = readVariable(name);
    if (value !== undefined) return named(value, name);
  }
  const ofProfile = await ambientRegion?.();
  if (ofProfile !== undefined) return named(ofProfile, 'the AWS profile');
  const { fallbackRegion } = merged(layers);
  return fallbackRegion === undefined
    ? ['us-east-1', 'the default']
    : named(fallbackRegion, 'the option fallbackRegion');
}
