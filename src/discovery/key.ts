import { isBearer, resolveCredentials } from '../credentials/resolve.js';
import { scopeOf } from '../credentials/scope.js';
import type { Destination } from '../options.js';
import { hashText } from '../sign/sigv4.js';
import { serviceNow } from '../transport/clock-skew.js';
import type { Route } from '../transport/route.js';
import type { Credentials } from '../types.js';
import { formatKey } from './cache.js';

/** What a list depends on besides its route. */
export interface KeyOptions {
  cacheScope?: string | undefined;
  checkAccess?: boolean | undefined;
}

/** The keys for caching a list and for sharing the request for it. */
export interface Keys {
  /** The same for all calls whose requests would return the same list. */
  list: string;
  /** The same for all calls whose requests would also be sent in the same way. */
  flight: string;
  /** Whether the list's key includes a function or object of this process, so that no other process finds the list. */
  isOfProcess: boolean;
}

/**
 * Creates the keys of a list from everything that shapes the request for it. Credentials and headers may be secret, so keys
 * are hashes. A custom fetch or transport may add anything to a request, so a list that came through one is only reused
 * with the same one, unless `cacheScope` names the list.
 */
export async function createKeys(
  { destination, settings, headers }: Route,
  { cacheScope, checkAccess }: KeyOptions,
  signal: AbortSignal,
): Promise<Keys> {
  const { region, endpoint } = destination;
  const { transport, fetch = globalThis.fetch } = settings;
  const custom = fetch === globalThis.fetch ? undefined : fetch;
  const senders = [custom, transport].map((sender) => sender && markObject(sender));
  const credentials =
    cacheScope === undefined ? await resolveOwnerCredentials(destination, signal) : undefined;
  const owner =
    cacheScope === undefined
      ? { of: credentials && identifyOwner(destination.credentials, credentials), senders }
      : { cacheScope };
  const list = formatKey(
    hashText(JSON.stringify([owner, region, endpoint.href, headers, checkAccess === true])),
  );
  const sending = [
    // The global fetch may be replaced between two calls.
    transport === undefined ? markObject(fetch) : senders,
    identifySigner(credentials ?? destination.credentials),
    settings.maxAttempts,
    settings.maxRetryDelayMs,
    settings.idleTimeoutMs,
    settings.allowLongLivedKeys === true,
  ];
  return {
    list,
    flight: hashText(JSON.stringify([list, sending])),
    isOfProcess: cacheScope === undefined && senders.some((sender) => sender !== undefined),
  };
}

async function resolveOwnerCredentials(
  { credentials, endpoint }: Destination,
  signal: AbortSignal,
): Promise<Credentials | undefined> {
  return credentials && resolveCredentials(credentials, serviceNow(endpoint.origin), { signal });
}

/**
 * Identifies the owner of a list. The keys of a role change all the time. What stays the same is their account together with
 * the name of their provider: roles of one account may see different lists, and so may accounts with providers of one name.
 * Without both, the list belongs to the key. The secret counts too: with a wrong one there is no access, so a cached list would be
 * misleading.
 */
function identifyOwner(given: Destination['credentials'], credentials: Credentials): unknown {
  const { sessionToken = '', accountId } = isBearer(credentials) ? {} : credentials;
  const scope = sessionToken === '' ? undefined : scopeOf(given);
  if (scope === undefined || !(accountId || scope.isOfOneAccount)) return identifySigner(credentials);
  return ['session', accountId, scope.name];
}

/** Identifies what requests are signed with: by the secrets, which are only ever hashed, or by the provider to call. */
function identifySigner(credentials: Destination['credentials']): unknown {
  if (typeof credentials === 'function') return markObject(credentials);
  if (credentials === undefined) return credentials;
  if (isBearer(credentials)) return credentials.token;
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  return [accessKeyId, secretAccessKey, sessionToken];
}

const marks = new WeakMap<object, string>();
let processId: string | undefined;
let count = 0;

/** Names a function or object, uniquely across processes. */
function markObject(thing: object): string {
  const known = marks.get(thing);
  if (known !== undefined) return known;
  processId ??= crypto.getRandomValues(new Uint32Array(4)).join('-');
  count += 1;
  const mark = `${processId}:${count}`;
  marks.set(thing, mark);
  return mark;
}
