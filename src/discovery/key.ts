import { isBearer, resolveCredentials } from '../credentials/resolve.js';
import { scopeOf } from '../credentials/scope.js';
import type { Destination } from '../options.js';
import { hashText } from '../sign/sigv4.js';
import { serviceNow } from '../transport/clock-skew.js';
import type { Route } from '../transport/route.js';
import type { Credentials } from '../types.js';
import { keyOf } from './cache.js';

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
 * The keys of a list, from everything that shapes the request for it. Credentials and headers may be secret, so a key is a
 * digest of them all. A custom fetch or a transport may add anything: a list that came through one is only found
 * through the same one, unless `cacheScope` names it.
 */
export async function keysOf(
  { destination, settings, headers }: Route,
  { cacheScope, checkAccess }: KeyOptions,
): Promise<Keys> {
  const { region, endpoint } = destination;
  const { transport, fetch = globalThis.fetch } = settings;
  const custom = fetch === globalThis.fetch ? undefined : fetch;
  const senders = [custom, transport].map((sender) => sender && markOf(sender));
  const credentials = cacheScope === undefined ? await credentialsOf(destination) : undefined;
  const owner =
    cacheScope === undefined
      ? { of: credentials && ownerOf(destination.credentials, credentials), senders }
      : { cacheScope };
  const list = keyOf(hashText(JSON.stringify([owner, region, endpoint.href, headers, checkAccess === true])));
  const sending = [
    // The global fetch may be replaced between two calls.
    transport === undefined ? markOf(fetch) : senders,
    secretOf(credentials ?? destination.credentials),
    settings.maxAttempts,
    settings.maxRetryDelayMs,
    settings.allowLongLivedKeys === true,
  ];
  return {
    list,
    flight: hashText(JSON.stringify([list, sending])),
    isOfProcess: cacheScope === undefined && senders.some((sender) => sender !== undefined),
  };
}

async function credentialsOf({ credentials, endpoint }: Destination): Promise<Credentials | undefined> {
  return credentials && resolveCredentials(credentials, serviceNow(endpoint.origin));
}

/**
 * The owner of a list. Temporary keys change all the time: they have the account in common, and the name of their
 * provider, which matters because roles of one account may see different lists.
 */
function ownerOf(given: Destination['credentials'], credentials: Credentials): unknown {
  if (isBearer(credentials)) return ['token', credentials.token];
  const scope = scopeOf(given);
  const { accessKeyId, sessionToken, accountId } = credentials;
  const isLasting = sessionToken === undefined;
  if (isLasting || (accountId === undefined && scope?.isOfOneAccount !== true)) return ['key', accessKeyId];
  return ['session', accountId, scope?.name];
}

/** What requests are signed with: the secrets, which may only go into a digest, or the provider that would be called. */
function secretOf(credentials: Destination['credentials']): unknown {
  if (typeof credentials === 'function') return markOf(credentials);
  if (credentials === undefined) return credentials;
  if (isBearer(credentials)) return credentials.token;
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  return [accessKeyId, secretAccessKey, sessionToken];
}

const marks = new WeakMap<object, string>();
let ofProcess: string | undefined;
let marked = 0;

/** A name for a function or object that is unique across processes. */
function markOf(thing: object): string {
  const known = marks.get(thing);
  if (known !== undefined) return known;
  ofProcess ??= crypto.getRandomValues(new Uint32Array(4)).join('-');
  marked += 1;
  const mark = `${ofProcess}:${marked}`;
  marks.set(thing, mark);
  return mark;
}
