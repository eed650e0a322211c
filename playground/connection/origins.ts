import { awsOrigin } from './aws-host.js';
import type { Connection } from './connection.js';

/** The origins that a connection needs besides the page's own: everything that `connect-src` allows. */
export function originsOf({ kind, region, endpoint, identityPoolId }: Connection): string[] {
  if (kind === 'local' || kind === 'machine') return [];
  if (endpoint !== '') return [new URL(endpoint).origin];
  const services = ['bedrock-runtime', 'bedrock'].map((service) => awsOrigin(service, region));
  if (kind !== 'guest' && kind !== 'login') return services;
  const poolRegion = identityPoolId.replace(/:.*/s, '');
  const identity = kind === 'guest' ? ['cognito-identity', 'sts'] : ['cognito-identity'];
  return [...services, ...identity.map((service) => awsOrigin(service, poolRegion))];
}

/**
 * Lets the page connect to these origins and its own, and to nothing else, until it is loaded again: a policy can be narrowed
 * but never widened.
 */
export function confineTo(origins: readonly string[], page: Document = document): void {
  const policy = page.createElement('meta');
  policy.httpEquiv = 'Content-Security-Policy';
  policy.content = `connect-src ${["'self'", ...origins].join(' ')}`;
  page.head.append(policy);
}

/** Whether a page that is confined to some origins has all that a connection needs. */
export function isReachable(connection: Connection, confinedTo: readonly string[]): boolean {
  return originsOf(connection).every((origin) => confinedTo.includes(origin));
}
