import { readVariable } from '../credentials/environment.js';
import { type BedrockErrorCode, isBedrockError } from '../errors.js';
import type { Destination, Service, Settings } from '../options.js';
import type { Abort } from '../transport/abort.js';
import {
  type EndpointOrigin,
  type FetchDestination,
  listEndpointVariables,
  type RegionOrigin,
} from '../transport/destination.js';
import { resolveRoute } from '../transport/route.js';

/** The error that would stop a call before it is sent. */
export interface ExplainedFailure {
  code: BedrockErrorCode;
  /** AWS's exception name if a service failed, otherwise the kind of failure. */
  name: string;
  message: string;
}

/** Where calls to one service go. Everything but the lists is undefined if `failure` says why they cannot be sent. */
export interface ExplainedDestination {
  /** Region that requests are signed for. */
  region: string | undefined;
  /** The setting that named the region. */
  regionFrom: RegionOrigin | 'the transport' | undefined;
  /** URL without a trailing slash. */
  endpoint: string | undefined;
  /** The setting that named the endpoint. */
  endpointFrom: EndpointOrigin | 'the transport' | undefined;
  /** Variables that selected one of AWS's endpoints in the region. */
  flags: string[];
  /** Options and variables that are set to something else, but overridden. */
  notUsed: string[];
  failure: ExplainedFailure | undefined;
}

/** An explained destination, and the real one; undefined if it could not be resolved. */
export interface Aim {
  explained: ExplainedDestination;
  destination: Destination | undefined;
}

/** Explains where calls to a service go, by running the code that decides it for real calls. */
export async function explainDestination(
  settings: Settings,
  service: Service,
  abort: Abort,
  modelRegion?: string,
): Promise<Aim> {
  let destination: Destination & Partial<FetchDestination>;
  try {
    destination = (await abort.race(resolveRoute(service, settings, modelRegion))).destination;
  } catch (error) {
    return { explained: { ...UNKNOWN, failure: toFailure(error) }, destination: undefined };
  }
  const { region, endpoint } = destination;
  const isTransport = settings.transport !== undefined;
  const endpointFrom = isTransport ? 'the transport' : destination.endpointFrom;
  const explained: ExplainedDestination = {
    region,
    regionFrom: isTransport ? 'the transport' : destination.regionFrom,
    endpoint: `${endpoint.origin}${endpoint.pathname}`.replace(/\/$/, ''),
    endpointFrom,
    flags: isTransport ? [] : [...(destination.flags ?? [])],
    notUsed: isTransport ? [] : [...listOverridden(settings, service, region, endpointFrom)],
    failure: undefined,
  };
  return { explained, destination };
}

/** Turns one of our errors into data. Any other error is a bug, so it is thrown. */
export function toFailure(error: unknown): ExplainedFailure {
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

/** Lists settings that name another destination, but are overridden. */
function* listOverridden(
  { region: { bound } }: Settings,
  service: Service,
  region: string,
  endpointFrom: EndpointOrigin | 'the transport' | undefined,
): Iterable<string> {
  if (bound !== undefined && bound !== region) yield 'defaults.region';
  for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION']) {
    const value = readVariable(name);
    if (value !== undefined && value !== region) yield name;
  }
  for (const name of listEndpointVariables(service)) {
    if (name !== endpointFrom && readVariable(name) !== undefined) yield name;
  }
}
