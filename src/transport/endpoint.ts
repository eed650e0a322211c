import { isRegion, partitionOf } from '../catalog/partitions.js';
import { settingsError } from '../errors.js';
import { describe } from '../input/read.js';
import type { Service } from '../options.js';

/** Selects one of AWS's endpoints in a region. */
export interface EndpointVariant {
  fips: boolean;
  dualStack: boolean;
}

/** `bedrock-runtime.us-east-1.amazonaws.com`, those of other services, their FIPS and dual-stack forms, and VPC endpoints. */
const AWS_HOST =
  /(?:^|\.)bedrock(?:-agent-runtime|-runtime|-mantle)?(?:-fips)?\.([a-z]{2,4}(?:-[a-z]+)+-\d{1,2})\.(?:vpce\.)?(.+)$/;

/** Longer texts are not repeated in errors: no region is longer, but every AWS secret that someone may have passed instead is. */
const LONGEST_SHOWN = 16;

/**
 * Checks that a text has the form of a region, and returns it.
 *
 * @param from The setting that named the region, for the error.
 */
export function checkRegion(region: string, from: string): string {
  if (typeof region === 'string' && isRegion(region)) return region;
  const shown =
    typeof region !== 'string'
      ? describe(region)
      : region.length > LONGEST_SHOWN
        ? `A text of ${region.length} characters`
        : `"${region}"`;
  throw settingsError(
    `${shown} (from ${from}) is not an AWS region. Pass its code, such as us-east-1: not a name, a zone or a URL.`,
  );
}

/** AWS's endpoint of a service in a region. */
export function createAwsEndpoint(service: Service, region: string, variant: EndpointVariant): URL {
  const { dnsSuffix, dualStackDnsSuffix } = partitionOf(region);
  if (service === 'bedrock-mantle') return new URL(`https://${service}.${region}.${dualStackDnsSuffix}`);
  const host = `${service}${variant.fips ? '-fips' : ''}.${region}.${variant.dualStack ? dualStackDnsSuffix : dnsSuffix}`;
  return new URL(`https://${host}`);
}

/** Reads the region from the host of one of AWS's own endpoints; undefined for any other host. */
export function regionOfHost({ hostname }: URL): string | undefined {
  const [, region = '', suffix] = AWS_HOST.exec(hostname) ?? [];
  const { dnsSuffix, dualStackDnsSuffix } = partitionOf(region);
  return suffix === dnsSuffix || suffix === dualStackDnsSuffix ? region : undefined;
}

/**
 * Checks an endpoint that was set by an option or a variable. If it is one of AWS's own, its host is changed to the host of the
 * service, so that one setting works for the runtime and the control plane.
 *
 * @param from The setting, as the beginning of a sentence, for errors.
 */
export function readCustomEndpoint(
  value: string | URL,
  from: string,
  service: Service,
  variant: EndpointVariant,
  allowInsecure: boolean,
): URL {
  const url = parseUrl(value, from);
  if (variant.fips || variant.dualStack) {
    const flag = variant.fips ? 'AWS_USE_FIPS_ENDPOINT' : 'AWS_USE_DUALSTACK_ENDPOINT';
    throw settingsError(
      `${from} and ${flag}, or ${flag.slice(4).toLowerCase()} in the AWS profile, which chooses an endpoint of AWS, ` +
        'contradict each other. Unset one of them.',
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw settingsError(`${from} has a user name or password. Use the option credentials instead.`);
  }
  if (url.search !== '' || url.hash !== '') {
    throw settingsError(`${from} has a query or fragment. Pass only ${url.origin}${url.pathname}.`);
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw settingsError(`${from} has the protocol ${url.protocol}. Use https:, or http: to this machine.`);
  }
  if (url.protocol === 'http:' && !allowInsecure && !isLoopback(url)) {
    throw settingsError(
      `${from} is plain http: to ${url.hostname}: anyone in between can read prompts and keys. ` +
        'Use https:, or set allowInsecureEndpoint if the network is yours.',
    );
  }
  if (regionOfHost(url) !== undefined) {
    url.hostname = url.hostname.replace(/^bedrock(?:-agent-runtime|-runtime|-mantle)?(?=[.-])/, service);
  }
  return url;
}

/**
 * Whether a URL is an address of this machine. Names below localhost, such as `bedrock.localhost`, are not: browsers resolve
 * them themselves, but Node and others ask DNS, which may give any address.
 */
export function isLoopback(url: URL): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(url.hostname);
}

function parseUrl(value: string | URL, from: string): URL {
  try {
    return new URL(value);
  } catch {
    // The cause would repeat the value, and a password in it.
    throw settingsError(
      `${from} is not a URL. Pass one with a protocol, such as https://bedrock.example.com/base.`,
    );
  }
}
