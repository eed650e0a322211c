import { readFlag, readVariable } from '../credentials/environment.js';
import { type BedrockErrorCode, isBedrockError } from '../errors.js';
import type { Abort } from '../http/abort.js';
import type { Service } from '../http/endpoint.js';
import {
  endpointVariables,
  type Layers,
  merged,
  type RegionOrigin,
  resolveTarget,
  type Target,
} from '../http/options.js';

/** The error that would stop a call before it is sent. */
export interface ExplainedFailure {
  code: BedrockErrorCode;
  /** AWS's exception name where a service failed; the kind of failure elsewhere. */
  name: string;
  message: string;
}

/** The setting that named the endpoint of a call; `the region` means AWS's own endpoint there. */
export type EndpointOrigin =
  | 'the option endpoint'
  | `AWS_ENDPOINT_URL${string}`
  | 'the region'
  | 'the transport';

/** Where calls to one service go. Everything but the lists is undefined if `failure` says why they cannot be sent. */
export interface ExplainedDestination {
  /** Region that requests are signed for. */
  region: string | undefined;
  /** The setting that named the region. */
  regionFrom: RegionOrigin | 'the transport' | undefined;
  /** URL without a trailing slash. */
  endpoint: string | undefined;
  /** The setting that named the endpoint. */
  endpointFrom: EndpointOrigin | undefined;
  /** Variables that selected one of AWS's endpoints in the region. */
  flags: string[];
  /** Options and variables that are set to something else, but overridden. */
  notUsed: string[];
  failure: ExplainedFailure | undefined;
}

/** A destination and its target. */
export interface Aim {
  destination: ExplainedDestination;
  target: Target | undefined;
}

/** Where calls to a service go, decided by the same code that sends them. */
export async function explainDestination(
  layers: Layers,
  service: Service,
  abort: Abort,
  arnRegion?: string,
): Promise<Aim> {
  let target: Target;
  try {
    target = await abort.race(resolveTarget(layers, service, arnRegion));
  } catch (error) {
    return { destination: { ...UNKNOWN, failure: failureOf(error) }, target: undefined };
  }
  const { region, regionFrom = 'the transport', endpoint } = target;
  const endpointFrom = endpointOrigin(layers, service);
  const isRegional = endpointFrom === 'the region';
  return {
    destination: {
      region,
      regionFrom,
      endpoint: `${endpoint.origin}${endpoint.pathname}`.replace(/\/$/, ''),
      endpointFrom,
      flags: isRegional ? FLAGS.filter((name) => readFlag(name)) : [],
      notUsed: target.transport === undefined ? [...losersOf(layers, service, region, endpointFrom)] : [],
      failure: undefined,
    },
    target,
  };
}

function endpointOrigin(layers: Layers, service: Service): EndpointOrigin {
  const { transport, endpoint } = merged(layers);
  if (transport !== undefined) return 'the transport';
  if (endpoint !== undefined) return 'the option endpoint';
  return endpointVariables(service).find((name) => readVariable(name) !== undefined) ?? 'the region';
}

/** One of our errors as data; any other is a bug, not an explanation. */
export function failureOf(error: unknown): ExplainedFailure {
  if (!isBedrockError(error)) throw error;
  return { code: error.code, name: error.name, message: error.message };
}

const UNKNOWN: ExplainedDestination = {
  region: undefined,
  regionFrom: undefined,
  endpoint: undefined,
  endpointFrom: undefined,
  flags: [],
  notUsed: [],
  failure: undefined,
};

const FLAGS = ['AWS_USE_FIPS_ENDPOINT', 'AWS_USE_DUALSTACK_ENDPOINT'];

/** Settings that would have led elsewhere if they had not been overridden. */
function* losersOf(
  { bound }: Layers,
  service: Service,
  region: string,
  endpointFrom: EndpointOrigin,
): Iterable<string> {
  if (bound.region !== undefined && bound.region !== region) yield 'defaults.region';
  for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION']) {
    const value = readVariable(name);
    if (value !== undefined && value !== region) yield name;
  }
  for (const name of endpointVariables(service)) {
    if (name !== endpointFrom && readVariable(name) !== undefined) yield name;
  }
}
