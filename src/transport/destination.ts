import { BoundedMap } from '../bounded-map.js';
import { partitionOf } from '../catalog/partitions.js';
import { ambientCredentials, ambientRegion, noCredentials } from '../credentials/ambient.js';
import { readFlag, readVariable } from '../credentials/environment.js';
import { inputError } from '../errors.js';
import type { Destination, Service, Settings } from '../options.js';
import { checkRegion, createAwsEndpoint, isLoopback, readCustomEndpoint, regionOfHost } from './endpoint.js';

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

/** Where `fetch` sends requests, and what signs them. */
export interface FetchDestination extends Destination {
  readonly regionFrom: RegionOrigin;
  /** The service's name in signatures. */
  readonly signingName: string;
  readonly refuseLongLivedKeys: boolean;
  readonly fetch: typeof globalThis.fetch;
}

/** Resolves where a call goes: region, endpoint and credentials, from its settings and the environment. */
export async function resolveDestination(
  service: Service,
  settings: Settings,
  modelRegion?: string,
): Promise<FetchDestination> {
  const variant = {
    fips: readFlag('AWS_USE_FIPS_ENDPOINT'),
    dualStack: readFlag('AWS_USE_DUALSTACK_ENDPOINT'),
  };
  const { allowInsecureEndpoint: allowInsecure = false, fetch = globalThis.fetch, credentials } = settings;
  const set = findEndpoint(settings.endpoint, service);
  const custom =
    set === undefined
      ? undefined
      : cacheEndpoint([set.value, set.from, service, variant.fips, variant.dualStack, allowInsecure], () =>
          readCustomEndpoint(set.value, set.from, service, variant, allowInsecure),
        );
  const [region, regionFrom] = await resolveRegion(settings, modelRegion, custom);
  const endpoint =
    custom ??
    cacheEndpoint([service, region, variant.fips, variant.dualStack], () =>
      createAwsEndpoint(service, region, variant),
    );
  if (typeof fetch !== 'function') {
    throw inputError('This runtime has no fetch. Pass one in the option fetch.');
  }
  return {
    region,
    regionFrom,
    signingName: service === 'bedrock-runtime' ? 'bedrock' : service,
    endpoint,
    credentials: credentials === null ? noCredentials : (credentials ?? ambientCredentials()),
    refuseLongLivedKeys: settings.allowLongLivedKeys !== true && !isLoopback(endpoint),
    fetch: (input, init) => fetch(input, init),
  };
}

/** Endpoints by what they are made of: a program calls few. Parsing one is a tenth of what a warm call costs here. */
const endpoints = /* @__PURE__ */ new BoundedMap<string, URL>(32);

function cacheEndpoint(of: readonly unknown[], make: () => URL): URL {
  const key = of.join('\n');
  let endpoint = endpoints.get(key);
  if (endpoint === undefined) {
    endpoint = make();
    endpoints.set(key, endpoint);
  }
  return endpoint;
}

function findEndpoint(
  option: string | URL | undefined,
  service: Service,
): { value: string | URL; from: string } | undefined {
  if (option !== undefined) return { value: option, from: 'The option endpoint' };
  for (const name of listEndpointVariables(service)) {
    const value = readVariable(name);
    if (value !== undefined) return { value, from: `The variable ${name}` };
  }
  return undefined;
}

/** Lists the variables that may set a service's endpoint. The first one that is set wins. */
export function listEndpointVariables(service: Service): `AWS_ENDPOINT_URL${string}`[] {
  return [`AWS_ENDPOINT_URL_${service.toUpperCase().replace('-', '_')}`, 'AWS_ENDPOINT_URL'];
}

type NamedRegion = [region: string, from: RegionOrigin];

async function resolveRegion(
  settings: Settings,
  modelRegion: string | undefined,
  custom: URL | undefined,
): Promise<NamedRegion> {
  const { call } = settings.region;
  if (call !== undefined) {
    checkRegion(call, 'the option region');
    if (modelRegion === undefined || modelRegion === call) return [call, 'the option region'];
    throw inputError(
      `The ARN in modelId is in region ${modelRegion}, but the call's option region is ${call}. ` +
        'Omit the option: the ARN decides.',
    );
  }
  const set = findRegion(settings, custom);
  if (modelRegion !== undefined) {
    if (set !== undefined) requireSamePartition(modelRegion, set);
    return [modelRegion, 'the ARN in modelId'];
  }
  const [region, from] = set ?? (await findFallbackRegion(settings));
  return [checkRegion(region, from), from];
}

/** The region that a program or its environment is set up for. */
function findRegion({ region: { bound } }: Settings, custom: URL | undefined): NamedRegion | undefined {
  if (bound !== undefined) return [bound, 'the option region'];
  const ofHost = custom === undefined ? undefined : regionOfHost(custom);
  if (ofHost !== undefined) return [ofHost, 'the host of the endpoint'];
  for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION'] as const) {
    const value = readVariable(name);
    if (value !== undefined) return [value, name];
  }
  return undefined;
}

async function findFallbackRegion({ fallbackRegion }: Settings): Promise<NamedRegion> {
  const ofProfile = await ambientRegion?.();
  if (ofProfile !== undefined) return [ofProfile, 'the AWS profile'];
  return fallbackRegion === undefined
    ? ['us-east-1', 'the default']
    : [fallbackRegion, 'the option fallbackRegion'];
}

/**
 * An ARN, which a server may have from its users, chooses among regions, but not among partitions: each has accounts of its
 * own, so credentials are never valid in two of them.
 */
function requireSamePartition(modelRegion: string, [region, from]: NamedRegion): void {
  const { name: other } = partitionOf(modelRegion);
  const { name: own } = partitionOf(region);
  if (other === own) return;
  throw inputError(
    `The ARN in modelId is of the partition ${other}, but ${region} (from ${from}) is in ${own}, and no credentials are ` +
      'valid in both.',
  );
}
