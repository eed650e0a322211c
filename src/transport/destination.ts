import { BoundedMap } from '../bounded-map.js';
import { partitionOf } from '../catalog/partitions.js';
import {
  ambientCredentials,
  ambientProfile,
  noCredentials,
  type ProfileSettings,
} from '../credentials/ambient.js';
import { readVariable } from '../credentials/environment.js';
import { inputError, settingsError } from '../errors.js';
import type { Destination, Service, Settings } from '../options.js';
import {
  checkRegion,
  createAwsEndpoint,
  type EndpointVariant,
  isLoopback,
  readCustomEndpoint,
  regionOfHost,
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

/** The setting that named the endpoint of a call; `the region` means AWS's own endpoint there. */
export type EndpointOrigin =
  | 'the option endpoint'
  | `AWS_ENDPOINT_URL${string}`
  | 'the AWS profile'
  | 'the region';

/** Where `fetch` sends requests, and what signs them. */
export interface FetchDestination extends Destination {
  readonly regionFrom: RegionOrigin;
  readonly endpointFrom: EndpointOrigin;
  /** The settings that selected one of AWS's endpoints in the region. */
  readonly flags: readonly string[];
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
  const { allowInsecureEndpoint: allowInsecure = false, fetch = globalThis.fetch, credentials } = settings;
  const profile = await ambientProfile?.(needsProfileRegion(settings, modelRegion));
  const flags = FLAGS.filter(([variable, of]) => isSet(variable, profile?.[of]));
  const variant = toVariant(flags);
  const set = findEndpoint(settings.endpoint, service, profile);
  const custom =
    set &&
    cacheEndpoint([set.value, set.from, service, ...Object.values(variant), allowInsecure], () =>
      readCustomEndpoint(set.value, nameOf(set.from), service, variant, allowInsecure),
    );
  const [region, regionFrom] = await resolveRegion(settings, modelRegion, custom, profile);
  const endpoint =
    custom ??
    cacheEndpoint([service, region, ...Object.values(variant)], () =>
      createAwsEndpoint(service, region, variant),
    );
  if (typeof fetch !== 'function') {
    throw settingsError('This runtime has no fetch. Pass one in the option fetch.');
  }
  return {
    region,
    regionFrom,
    // Sources: botocore, bedrock-runtime and bedrock-agent-runtime, `signingName`; the `openai` client for bedrock-mantle.
    signingName: /^bedrock(?!-mantle)/.test(service) ? 'bedrock' : service,
    endpoint,
    endpointFrom: set?.from ?? 'the region',
    flags: set === undefined ? flags.map(([variable]) => variable) : [],
    credentials: credentials === null ? noCredentials : (credentials ?? ambientCredentials()),
    refuseLongLivedKeys: settings.allowLongLivedKeys !== true && !isLoopback(endpoint),
    fetch: (input, init) => fetch(input, init),
  };
}

/** Endpoints by what they are made of: a program calls few. Parsing one is a tenth of what a warm call costs here. */
const endpoints = /* @__PURE__ */ new BoundedMap<string, URL>(32);

function cacheEndpoint(of: readonly unknown[], make: () => URL): URL {
  const key = of.join('\n');
  const endpoint = endpoints.get(key) ?? make();
  endpoints.set(key, endpoint);
  return endpoint;
}

/** The variables that choose among AWS's endpoints, and the profile's settings that do. */
const FLAGS = [
  ['AWS_USE_FIPS_ENDPOINT', 'useFips'],
  ['AWS_USE_DUALSTACK_ENDPOINT', 'useDualStack'],
] as const;

/** The environment decides before the profile. */
function isSet(variable: string, ofProfile: string | undefined): boolean {
  return (readVariable(variable) ?? ofProfile)?.toLowerCase() === 'true';
}

function toVariant(flags: readonly (typeof FLAGS)[number][]): EndpointVariant {
  return { fips: flags.includes(FLAGS[0]), dualStack: flags.includes(FLAGS[1]) };
}

function findEndpoint(
  option: string | URL | undefined,
  service: Service,
  profile: ProfileSettings | undefined,
): { value: string | URL; from: Exclude<EndpointOrigin, 'the region'> } | undefined {
  if (option !== undefined) return { value: option, from: 'the option endpoint' };
  if (isSet('AWS_IGNORE_CONFIGURED_ENDPOINT_URLS', profile?.ignoresEndpoints)) return undefined;
  for (const name of listEndpointVariables(service)) {
    const value = readVariable(name);
    if (value !== undefined) return { value, from: name };
  }
  const value = profile?.endpointOf(service.replaceAll('-', '_'));
  return value ? { value, from: 'the AWS profile' } : undefined;
}

/** The setting as the beginning of a sentence. */
function nameOf(from: EndpointOrigin): string {
  if (from.startsWith('AWS_')) return `The variable ${from}`;
  return from === 'the AWS profile' ? 'The endpoint_url of the AWS profile' : 'The option endpoint';
}

/** Lists the variables that may set a service's endpoint. The first one that is set wins. */
export function listEndpointVariables(service: Service): `AWS_ENDPOINT_URL${string}`[] {
  return [`AWS_ENDPOINT_URL_${service.toUpperCase().replaceAll('-', '_')}`, 'AWS_ENDPOINT_URL'];
}

type NamedRegion = [region: string, from: RegionOrigin];

async function resolveRegion(
  settings: Settings,
  modelRegion: string | undefined,
  custom: URL | undefined,
  profile: ProfileSettings | undefined,
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
  const [region, from] = set ?? findFallbackRegion(settings, profile);
  return [checkRegion(region, from), from];
}

/** The region that a program or its environment is set up for. */
function findRegion({ region: { bound } }: Settings, custom?: URL): NamedRegion | undefined {
  if (bound !== undefined) return [bound, 'the option region'];
  const ofHost = custom && regionOfHost(custom);
  if (ofHost !== undefined) return [ofHost, 'the host of the endpoint'];
  for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION'] as const) {
    const value = readVariable(name);
    if (value !== undefined) return [value, name];
  }
  return undefined;
}

/** Whether nothing before the profile names the region. */
function needsProfileRegion(settings: Settings, modelRegion: string | undefined): boolean {
  return (settings.region.call ?? modelRegion ?? findRegion(settings)) === undefined;
}

function findFallbackRegion({ fallbackRegion }: Settings, profile: ProfileSettings | undefined): NamedRegion {
  if (profile?.region !== undefined) return [profile.region, 'the AWS profile'];
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
