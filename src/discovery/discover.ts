import { shouldAutoDiscover } from '../credentials/source.js';
import { inputError, isBedrockError, withFacts } from '../errors.js';
import { CALL_OPTIONS } from '../input/call-options.js';
import { any, flag, type Path, type Read, refuse, show, storage, text } from '../input/read.js';
import type { CallOptions, ClientOptions } from '../options.js';
import { memoryStorage } from '../storage/memory.js';
import { Abort } from '../transport/abort.js';
import { type Route, resolveRoute } from '../transport/route.js';
import { resolveSettings, type SettingsOf } from '../transport/settings.js';
import type { StorageLike } from '../types.js';
import { ListCache } from './cache.js';
import { createKeys, type Keys } from './key.js';
import { fetchAccess, fetchRawLists } from './lists.js';
import { type ExclusionReason, type Model, type ModelOptions, normalize } from './normalize.js';
import type { RawLists } from './raw.js';
import { shareRequest } from './shared-request.js';

/** Options of `discover()`. Options that OpenClaw's discovery configuration also has use its names and units. */
export interface DiscoverOptions extends CallOptions, ModelOptions {
  /**
   * `false` discovers nothing and touches nothing: no environment, profile, credentials, storage or network. `'auto'`
   * discovers only if the environment has one of the markers of `shouldAutoDiscover()`, and looks at nothing else to
   * decide. Default: true.
   */
  enabled?: boolean | 'auto' | undefined;
  /** How long a list stays fresh, in seconds. With 0 it is neither read from the storage nor written to it. Default: 3600. */
  refreshInterval?: number | undefined;
  /**
   * Where lists are cached. A list is reused only if everything that shapes its request is equal: region,
   * endpoint, account (or key), headers, `checkAccess`, and the very same `fetch` and `transport`. Default: in memory, for
   * this process.
   */
  storage?: StorageLike | undefined;
  /**
   * A name of your choice for the lists, used instead of the credentials, `fetch` and `transport`: a fresh list is then
   * found without credentials, and one that came through your own `fetch` or `transport` can be reused by other processes
   * too. Use the same name only for calls that may see the same list. Default: none.
   */
  cacheScope?: string | undefined;
  /** Also checks for each model whether the account has access. Default: false. */
  checkAccess?: boolean | undefined;
}

/** Options of a `discover()` that is not switched off. */
export interface EnabledDiscoverOptions extends DiscoverOptions {
  enabled?: true | undefined;
}

/** Lists the check of each option. Those with `any` are checked where they are used. */
function listOptionChecks() {
  return {
    ...CALL_OPTIONS,
    enabled: readEnabled,
    refreshInterval: any,
    storage,
    cacheScope: text,
    checkAccess: flag,
    providerFilter: any,
    defaultContextWindow: any,
    defaultMaxTokens: any,
    expandProfiles: flag,
    allowGlobal: flag,
    embeddings: flag,
  } satisfies Record<keyof DiscoverOptions, Read>;
}

function readEnabled(value: unknown, path: Path): unknown {
  return typeof value === 'boolean' || value === 'auto'
    ? value
    : refuse(path, value, "true, false or 'auto'", true);
}

/** Options whose check looks into an object, or makes Node read its environment: only checked if discovery is on. */
const UNTOUCHED = { headers: any, transport: any, storage: any } satisfies Partial<
  Record<keyof DiscoverOptions, Read>
>;

/** The models that `discover()` found. */
export interface DiscoveredModels {
  models: Model[];
  /** How many models were left out, by reason. */
  excluded: Partial<Record<ExclusionReason, number>>;
  /** Region of the request. */
  region: string;
  /** When the list was fetched, ISO 8601. */
  fetchedAt: string;
  /** `stale`: the request failed, and this is an older list; `cause` says why. */
  source: 'network' | 'cache' | 'stale';
  warnings: string[];
  /** Why the list could not be fetched, if it is `stale`. */
  cause?: unknown;
}

/** What `discover()` returns if `enabled` switches it off: no models, no warnings. */
export interface DisabledDiscovery {
  models: Model[];
  excluded: Partial<Record<ExclusionReason, number>>;
  /** The option `region` as you passed it: nothing else was looked at. */
  region: string | undefined;
  fetchedAt: undefined;
  source: 'disabled';
  warnings: string[];
  /** Never set: nothing was requested, so nothing failed. */
  cause?: undefined;
}

/** The result of `discover()`; `source` is `'disabled'` if it is switched off. */
export type Discovery = DiscoveredModels | DisabledDiscovery;

// The annotation lets bundlers drop it if `discover()` is not used.
const inMemory = /* @__PURE__ */ memoryStorage();

interface Found {
  lists: RawLists;
  fetchedAt: number;
  source: DiscoveredModels['source'];
  cause?: unknown;
  warning?: string | undefined;
}

/** Finds the models that an account can invoke in a region; from the cache if the list there is fresh. */
export async function discoverModels(bound: ClientOptions, call: DiscoverOptions): Promise<Discovery> {
  const known = listOptionChecks();
  const { enabled, region: given } = resolveSettings(bound, call, 'discover()', { ...known, ...UNTOUCHED });
  if (enabled === false || (enabled === 'auto' && !shouldAutoDiscover())) {
    const region = given.call ?? given.bound;
    return { models: [], excluded: {}, region, fetchedAt: undefined, source: 'disabled', warnings: [] };
  }
  const settings = resolveSettings(bound, call, 'discover()', known);
  const { signal, timeoutMs, refreshInterval = 3600 } = settings;
  const tally = { sent: 0, warnings: [] };
  const route: Route = { ...(await resolveRoute('bedrock', settings)), tally };
  const { region } = route.destination;
  const none: RawLists = { models: [], profiles: [], warnings: [] };
  // Checks the options that it reads, before anything is sent.
  normalize(none, region, settings);
  const freshMs = secondsToMs(refreshInterval);
  const abort = new Abort(signal, timeoutMs ?? 0);
  try {
    abort.throwIfAborted();
    const found = await findLists(route, settings, freshMs, abort);
    const { lists, fetchedAt, source, cause, warning } = found;
    return {
      ...normalize(lists, region, settings),
      region,
      fetchedAt: new Date(fetchedAt).toISOString(),
      source,
      warnings: [
        ...new Set([...lists.warnings, ...tally.warnings, ...(warning === undefined ? [] : [warning])]),
      ],
      ...(cause !== undefined && { cause }),
    };
  } catch (error) {
    // The caller's own reason is never altered.
    if (abort.reason?.isCallers || !isBedrockError(error) || tally.sent <= error.attempts) throw error;
    throw withFacts(error, { attempts: tally.sent });
  } finally {
    abort.dispose();
  }
}

type DiscoverySettings = SettingsOf<DiscoverOptions>;

async function findLists(
  route: Route,
  settings: DiscoverySettings,
  freshMs: number,
  abort: Abort,
): Promise<Found> {
  if (freshMs === 0) return abort.race(fetchLists(route, settings, abort.signal));
  const storage = settings.storage ?? inMemory;
  const keys = await abort.race(createKeys(route, settings, abort.signal));
  const cache = new ListCache(storage, keys.list, route.destination.region);
  const kept = await abort.race(cache.read());
  const age = kept === undefined ? 0 : Date.now() - kept.fetchedAt;
  // A list from the future was stored while a clock was wrong, so its age means nothing.
  if (kept !== undefined && age >= 0 && age < freshMs) return { ...kept, source: 'cache' };
  try {
    return await shareRequest(keys.flight, storage, abort.signal, (signal) =>
      fetchAndCache(route, settings, cache, keys, signal),
    );
  } catch (cause) {
    if (
      kept === undefined ||
      settings.signal?.aborted ||
      !isBedrockError(cause) ||
      cause.code === 'ERR_INPUT'
    )
      throw cause;
    return { ...kept, source: 'stale', cause, warning: `This list is old: ${cause.message}` };
  }
}

/** A warning only if a storage was passed: nobody expects a list in memory to outlive the process. */
const NOT_SHARED =
  'This list can only be reused with the same fetch or transport, in this process. Pass cacheScope to share it.';

async function fetchAndCache(
  route: Route,
  settings: DiscoverySettings,
  cache: ListCache,
  { isOfProcess }: Keys,
  signal: AbortSignal,
): Promise<Found> {
  const found = await fetchLists(route, settings, signal);
  const warning = await cache.write(found.fetchedAt, found.lists);
  return { ...found, warning: warning ?? (isOfProcess && settings.storage ? NOT_SHARED : undefined) };
}

async function fetchLists(
  route: Route,
  { checkAccess }: DiscoverySettings,
  signal: AbortSignal,
): Promise<Found> {
  const fetchedAt = Date.now();
  const lists = await fetchRawLists(route, { signal });
  if (checkAccess === true) {
    const { models } = normalize(lists, route.destination.region, {});
    const ids = models.map(({ foundationModelId }) => foundationModelId);
    await fetchAccess(route, { signal }, lists, ids);
  }
  return { lists, fetchedAt, source: 'network' };
}

function secondsToMs(seconds: number): number {
  if (typeof seconds === 'number' && seconds >= 0) return seconds * 1000;
  throw inputError(
    `The option refreshInterval is ${show(seconds)}. Pass seconds, 0 or more; 0 turns the cache off.`,
  );
}
