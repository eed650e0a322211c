import { shouldAutoDiscover } from '../credentials/source.js';
import { inputError, isBedrockError, withFacts } from '../errors.js';
import { Abort } from '../http/abort.js';
import type { Bounds } from '../http/json.js';
import { type Layers, merged, resolveTarget, type Target } from '../http/options.js';
import { CALL_OPTIONS, headers, readCallOptions, transport } from '../input/call-options.js';
import { any, flag, type Path, type Read, readWhole, refuse, storage, text } from '../input/read.js';
import { memoryStorage } from '../storage/memory.js';
import type { CallOptions, StorageLike } from '../types.js';
import { readEnvelope, writeEnvelope } from './cache.js';
import { type Keys, keysOf } from './key.js';
import { type ExclusionReason, type Model, type ModelOptions, normalize } from './normalize.js';
import { fetchAccess, fetchRawLists, type RawLists } from './raw.js';
import { together } from './together.js';

/** Options of `discover()`. The keys of OpenClaw's own discovery configuration have its names and units. */
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

/** The check of each option; those with `any` are checked where they are used, or once it is known that discovery is on. */
function discoverOptions() {
  return {
    ...CALL_OPTIONS,
    headers: any,
    transport: any,
    enabled,
    refreshInterval: any,
    storage: any,
    cacheScope: text,
    checkAccess: flag,
    providerFilter: any,
    defaultContextWindow: any,
    defaultMaxTokens: any,
    expandProfiles: flag,
    allowGlobal: flag,
  } satisfies Record<keyof DiscoverOptions, Read>;
}

function enabled(value: unknown, path: Path): unknown {
  return typeof value === 'boolean' || value === 'auto'
    ? value
    : refuse(path, value, "true, false or 'auto'", true);
}

/** Checks the options whose check looks into an object, or makes Node read its environment, as the first Headers does. */
function readTouching(options: DiscoverOptions): void {
  const checked: Record<string, unknown> = { ...options };
  for (const [name, read] of Object.entries({ headers, transport, storage })) {
    const path = [`The option ${name}`];
    if (checked[name] !== undefined) checked[name] = readWhole(path, () => read(checked[name], path));
  }
  Object.assign(options, checked);
}

/** What `discover()` found. */
export interface DiscoveredModels {
  models: Model[];
  /** How many models were left out, by the reason. */
  excluded: Partial<Record<ExclusionReason, number>>;
  /** Region of the request. */
  region: string;
  /** When the list was fetched, ISO 8601. */
  fetchedAt: string;
  /** `stale`: the request failed, and this is an older list; `cause` says why. */
  source: 'network' | 'cache' | 'stale';
  warnings: string[];
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
  cause?: undefined;
}

/** What `discover()` found, or that it is switched off; `source` shows which. */
export type Discovery = DiscoveredModels | DisabledDiscovery;

// The mark lets bundlers omit it where `discover()` is not used.
const inMemory = /* @__PURE__ */ memoryStorage();

/** What a discovery has sent so far. */
type Calls = NonNullable<Bounds['calls']>;

interface Found {
  lists: RawLists;
  fetchedAt: number;
  source: DiscoveredModels['source'];
  cause?: unknown;
  warning?: string | undefined;
}

/** The models that an account can invoke in a region, from the cache if it is fresh. */
export async function discoverModels(given: Layers<DiscoverOptions>): Promise<Discovery> {
  const layers = {
    ...given,
    call: readCallOptions<DiscoverOptions>(given.call, discoverOptions(), 'discover()'),
  };
  const options = merged(layers);
  if (options.enabled === false || (options.enabled === 'auto' && !shouldAutoDiscover())) {
    const { region } = options;
    return { models: [], excluded: {}, region, fetchedAt: undefined, source: 'disabled', warnings: [] };
  }
  readTouching(layers.call);
  const target = { ...(await resolveTarget(layers, 'bedrock')), warnings: [] };
  const { region } = target;
  const none: RawLists = { models: [], profiles: [], warnings: [] };
  normalize(none, region, options);
  const freshMs = secondsToMs(options.refreshInterval ?? 3600);
  const abort = new Abort(options.signal, options.timeoutMs ?? 0);
  const calls: Calls = [];
  try {
    abort.throwIfAborted();
    const found = await find(target, options, freshMs, abort, calls);
    const { lists, fetchedAt, source, cause, warning } = found;
    return {
      ...normalize(lists, region, options),
      region,
      fetchedAt: new Date(fetchedAt).toISOString(),
      source,
      warnings: [
        ...new Set([...lists.warnings, ...target.warnings, ...(warning === undefined ? [] : [warning])]),
      ],
      ...(cause !== undefined && { cause }),
    };
  } catch (error) {
    const attempts = calls.reduce((total, { sent }) => total + sent, 0);
    // The caller's own reason is never altered.
    if (abort.reason?.isCallers || !isBedrockError(error) || attempts <= error.attempts) throw error;
    throw withFacts(error, { attempts });
  } finally {
    abort.dispose();
  }
}

async function find(
  target: Target,
  options: DiscoverOptions,
  freshMs: number,
  abort: Abort,
  calls: Calls,
): Promise<Found> {
  if (freshMs === 0) return abort.race(ask(target, options, { signal: abort.signal, calls }));
  const storage = options.storage ?? inMemory;
  const keys = await abort.race(keysOf(target, options));
  const kept = await abort.race(readEnvelope(storage, keys.list));
  const age = kept === undefined ? 0 : Date.now() - kept.fetchedAt;
  // A list from the future was written while a clock was wrong: its age says nothing.
  if (kept !== undefined && age >= 0 && age < freshMs) return { ...kept, source: 'cache' };
  try {
    return await together(keys.flight, storage, abort, (signal) =>
      askAndKeep(target, options, storage, keys, { signal, calls }),
    );
  } catch (cause) {
    if (kept === undefined || options.signal?.aborted || !isBedrockError(cause) || cause.code === 'ERR_INPUT')
      throw cause;
    return { ...kept, source: 'stale', cause, warning: `This list is old: ${cause.message}` };
  }
}

/** Only a warning if a storage was passed: nobody expects a list in memory to outlive the process. */
const OF_PROCESS =
  'This list can only be reused with the same fetch or transport, in this process. Pass cacheScope to share it.';

async function askAndKeep(
  target: Target,
  options: DiscoverOptions,
  storage: StorageLike,
  { list, isOfProcess }: Keys,
  bounds: Bounds,
): Promise<Found> {
  const found = await ask(target, options, bounds);
  const warning = await writeEnvelope(storage, list, found.fetchedAt, found.lists);
  return { ...found, warning: warning ?? (isOfProcess && options.storage ? OF_PROCESS : undefined) };
}

async function ask(target: Target, options: DiscoverOptions, bounds: Bounds): Promise<Found> {
  const fetchedAt = Date.now();
  const lists = await fetchRawLists(target, bounds);
  if (options.checkAccess === true) {
    const ids = normalize(lists, target.region, {}).models.map(({ foundationModelId }) => foundationModelId);
    await fetchAccess(target, bounds, lists, ids);
  }
  return { lists, fetchedAt, source: 'network' };
}

function secondsToMs(seconds: number): number {
  if (typeof seconds === 'number' && seconds >= 0) return seconds * 1000;
  throw inputError(
    `The option refreshInterval is ${String(seconds)}. Pass seconds, 0 or more; 0 switches the cache off.`,
  );
}
