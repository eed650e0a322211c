import { isBearer, resolveCredentials } from '../credentials/resolve.js';
import { scopeOf } from '../credentials/scope.js';
import { shouldAutoDiscover } from '../credentials/source.js';
import { inputError, isBedrockError } from '../errors.js';
import { Abort } from '../http/abort.js';
import { serviceNow } from '../http/clock-skew.js';
import { type Layers, merged, milliseconds, resolveTarget, type Target } from '../http/options.js';
import { digest } from '../sign/sigv4.js';
import { memoryStorage } from '../storage/memory.js';
import type { CallOptions, StorageLike } from '../types.js';
import { keyOf, readEnvelope, writeEnvelope } from './cache.js';
import { type ExclusionReason, type Model, type ModelOptions, normalize } from './normalize.js';
import { fetchAccess, fetchRawLists, type RawLists } from './raw.js';
import { together } from './together.js';

/** Options of `discover()`. The keys of OpenClaw's own discovery configuration have its names and units. */
export interface DiscoverOptions extends CallOptions, ModelOptions {
  /** `false`: discovers nothing. `'auto'`: only where the environment names credentials. Default: discovers. */
  enabled?: boolean | 'auto' | undefined;
  /** How long a list is good, in seconds; 0: it is neither read from the cache nor kept there. Default: 3600. */
  refreshInterval?: number | undefined;
  /** Where lists are kept. Default: in memory, for this process. */
  storage?: StorageLike | undefined;
  /** Whose lists they are, in your own words. With it a list that is good is given without credentials. */
  cacheScope?: string | undefined;
  /** Asks for each model whether the account has access. Default: false. */
  checkAccess?: boolean | undefined;
}

/** What `discover()` found. */
export interface Discovery {
  models: Model[];
  /** How many models were left out, by the reason. */
  excluded: Partial<Record<ExclusionReason, number>>;
  region: string;
  /** When the service was asked, ISO 8601; undefined where it was not. */
  fetchedAt: string | undefined;
  /** `stale`: asking failed, and this is an older list; `cause` tells why. */
  source: 'network' | 'cache' | 'stale' | 'disabled';
  warnings: string[];
  cause?: unknown;
}

// The mark lets bundlers leave it out where nobody discovers.
const inMemory = /* @__PURE__ */ memoryStorage();

interface Found {
  lists: RawLists;
  fetchedAt: number;
  source: Discovery['source'];
  cause?: unknown;
  warning?: string | undefined;
}

/** The models that an account can invoke in a region, from the cache where that is fresh. */
export async function discoverModels(layers: Layers<DiscoverOptions>): Promise<Discovery> {
  const options = merged(layers);
  const target = await resolveTarget(layers, 'bedrock');
  const { region } = target;
  if (options.enabled === false || (options.enabled === 'auto' && !shouldAutoDiscover())) {
    return { models: [], excluded: {}, region, fetchedAt: undefined, source: 'disabled', warnings: [] };
  }
  const none: RawLists = { models: [], profiles: [], warnings: [] };
  normalize(none, region, options);
  const freshMs = secondsToMs(options.refreshInterval ?? 3600);
  const abort = new Abort(options.signal, milliseconds(options.timeoutMs ?? 0, 'timeoutMs'));
  try {
    abort.throwIfAborted();
    const found = await find(target, options, freshMs, abort);
    const { lists, fetchedAt, source, cause, warning } = found;
    return {
      ...normalize(lists, region, options),
      region,
      fetchedAt: new Date(fetchedAt).toISOString(),
      source,
      warnings: [...lists.warnings, ...(warning === undefined ? [] : [warning])],
      ...(cause !== undefined && { cause }),
    };
  } finally {
    abort.dispose();
  }
}

async function find(target: Target, options: DiscoverOptions, freshMs: number, abort: Abort): Promise<Found> {
  if (freshMs === 0) return abort.race(ask(target, options, abort.signal));
  const storage = options.storage ?? inMemory;
  const whose = await abort.race(scope(target, options));
  const key = keyOf(digest(JSON.stringify([whose, ...dependencies(target, options)])));
  const kept = await abort.race(readEnvelope(storage, key));
  const age = kept === undefined ? 0 : Date.now() - kept.fetchedAt;
  // A list from the future was written while a clock was wrong: its age says nothing.
  if (kept !== undefined && age >= 0 && age < freshMs) return { ...kept, source: 'cache' };
  try {
    return await together(key, storage, abort, (signal) => askAndKeep(target, options, storage, key, signal));
  } catch (cause) {
    if (kept === undefined || options.signal?.aborted || !isBedrockError(cause) || cause.code === 'ERR_INPUT')
      throw cause;
    return { ...kept, source: 'stale', cause, warning: `This list is old: ${cause.message}` };
  }
}

async function askAndKeep(
  target: Target,
  options: DiscoverOptions,
  storage: StorageLike,
  key: string,
  signal: AbortSignal,
): Promise<Found> {
  const found = await ask(target, options, signal);
  return { ...found, warning: await writeEnvelope(storage, key, found.fetchedAt, found.lists) };
}

async function ask(target: Target, options: DiscoverOptions, signal: AbortSignal): Promise<Found> {
  const fetchedAt = Date.now();
  const lists = await fetchRawLists(target, { signal });
  if (options.checkAccess === true) {
    const ids = normalize(lists, target.region, {}).models.map(({ foundationModelId }) => foundationModelId);
    await fetchAccess(target, { signal }, lists, ids);
  }
  return { lists, fetchedAt, source: 'network' };
}

/** What a list depends on beside whose it is. Filters and defaults are applied when it is read. */
function dependencies({ region, endpoint }: Target, { checkAccess }: DiscoverOptions): unknown[] {
  return [region, endpoint.href, checkAccess === true];
}

/** Whose list it is. Keys and tokens appear in no cache key, only the digest that this becomes part of. */
async function scope(target: Target, options: DiscoverOptions): Promise<string> {
  if (options.cacheScope !== undefined) return `given:${options.cacheScope}`;
  if (target.credentials === 'anonymous') return 'anonymous';
  const credentials = await resolveCredentials(target.credentials, serviceNow(target.endpoint.origin));
  const named = scopeOf(target.credentials, credentials);
  if (named !== undefined) return named;
  return isBearer(credentials)
    ? `token:${digest(credentials.token)}`
    : `key:${digest(credentials.accessKeyId)}`;
}

function secondsToMs(seconds: number): number {
  if (typeof seconds === 'number' && seconds >= 0) return seconds * 1000;
  throw inputError(
    `The option refreshInterval is ${String(seconds)}. Give seconds, 0 or more; 0 switches the cache off.`,
  );
}
