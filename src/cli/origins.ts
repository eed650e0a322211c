import type { Explanation } from '../index.js';
import type { Defaults } from './settings/defaults.js';

/** Where the region comes from, in command-line terms. */
export function regionFrom(
  { regionFrom: from, endpointFrom, profile }: Explanation,
  defaults: Defaults,
): string {
  switch (from) {
    case 'the option region':
      return defaults.regionFrom;
    case 'the host of the endpoint':
      return `the host in ${endpointFrom}`;
    case 'the AWS profile':
      return `the AWS profile "${profile}"`;
    default:
      return from ?? 'unknown';
  }
}

/** An endpoint that the environment sets. */
export interface SetEndpoint {
  variable: string;
  url: string;
  /** The services that are called there. */
  services: string[];
}

/** The endpoints set by variables, and their services. */
export function endpointsSet(explanation: Explanation): SetEndpoint[] {
  const found = new Map<string, SetEndpoint>();
  const services = {
    'bedrock-runtime': explanation,
    bedrock: explanation.discovery,
    sts: explanation.identity,
  };
  for (const [service, destination] of Object.entries(services)) {
    const { endpoint, endpointFrom: variable } = destination ?? {};
    if (endpoint === undefined || variable?.startsWith('AWS_') !== true) continue;
    const set = found.get(variable) ?? { variable, url: endpoint, services: [] };
    set.services.push(service);
    found.set(variable, set);
  }
  return [...found.values()];
}

/** What each source of credentials is called. */
export const CREDENTIAL_LABELS: Readonly<Record<string, string>> = {
  'bearer-token': 'Bedrock API key',
  'access-keys': 'access keys in the environment',
  profile: 'AWS profile',
  'default-chain': 'AWS default chain',
  none: 'none',
};
