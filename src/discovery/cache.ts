import { messageOf } from '../errors.js';
import type { StorageLike } from '../types.js';
import type { RawLists } from './lists.js';

/** A list as it is stored, in JSON. */
export interface Envelope {
  version: typeof VERSION;
  /** The key that it was stored under, so that a value copied to another key is not used. */
  key: string;
  /** Milliseconds since 1970. */
  fetchedAt: number;
  lists: RawLists;
}

const VERSION = 1;
const PREFIX = 'bedrock-anywhere:models:';
// Not built from PREFIX: bundlers treat joining strings as a side effect and would keep it in every bundle.
const INDEX_KEY = 'bedrock-anywhere:models:index';

/** A storage that has not answered after this time is not used. */
const TIMEOUT_MS = 2_000;

/** Lists that have not been fetched again for a week are removed, and so are the oldest ones beyond this number. */
const KEEP_MS = 604_800_000;
const KEEP_COUNT = 20;

/** Formats the key of a list. `digest` is a hash of everything that the list depends on. */
export function formatKey(digest: string): string {
  return `${PREFIX}v${VERSION}:${digest}`;
}

/** Reads the list under a key; undefined if there is none, if it is damaged or of another origin, or if the storage fails. */
export async function readEnvelope(storage: StorageLike, key: string): Promise<Envelope | undefined> {
  const found = await tryInTime(() => storage.getItem(key));
  // Some storages, such as unstorage's, parse JSON themselves.
  const value = typeof found === 'string' ? parseJson(found) : found;
  return isEnvelope(value) && value.key === key ? value : undefined;
}

/** Stores a list, unless a newer one has been stored meanwhile. Returns a warning if the storage fails. */
export async function writeEnvelope(
  storage: StorageLike,
  key: string,
  fetchedAt: number,
  lists: RawLists,
): Promise<string | undefined> {
  const stored = await readEnvelope(storage, key);
  if (stored !== undefined && stored.fetchedAt > fetchedAt && stored.fetchedAt <= Date.now())
    return undefined;
  const envelope: Envelope = { version: VERSION, key, fetchedAt, lists };
  try {
    await limitTime(() => storage.setItem(key, JSON.stringify(envelope)));
  } catch (error) {
    return `The list could not be cached: ${messageOf(error)}`;
  }
  await removeOldLists(storage, key, fetchedAt);
  return undefined;
}

/**
 * Removes lists that nobody fetches anymore, such as those of rotated keys, if the storage can remove. A storage cannot list
 * its keys, so an index of them is stored too.
 */
async function removeOldLists(storage: StorageLike, key: string, now: number): Promise<void> {
  if (storage.removeItem === undefined) return;
  const found = await tryInTime(() => storage.getItem(INDEX_KEY));
  const value = typeof found === 'string' ? parseJson(found) : found;
  const index = new Map<string, number>();
  if (typeof value === 'object' && value !== null) {
    for (const [name, at] of Object.entries(value)) {
      if (name.startsWith(PREFIX) && typeof at === 'number') index.set(name, at);
    }
  }
  index.set(key, now);
  const newestFirst = [...index].sort(([, a], [, b]) => b - a);
  const kept = newestFirst.slice(0, KEEP_COUNT).filter(([, at]) => now - at < KEEP_MS);
  const keptNames = new Set(kept.map(([name]) => name));
  for (const name of index.keys()) {
    if (!keptNames.has(name)) await tryInTime(() => storage.removeItem?.(name));
  }
  await tryInTime(() => storage.setItem(INDEX_KEY, JSON.stringify(Object.fromEntries(kept))));
}

async function tryInTime(use: () => unknown): Promise<unknown> {
  try {
    return await limitTime(use);
  } catch {
    return undefined;
  }
}

async function limitTime(use: () => unknown): Promise<unknown> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Error(`The storage did not answer within ${TIMEOUT_MS} ms.`)),
      TIMEOUT_MS,
    );
  });
  try {
    return await Promise.race([use(), late]);
  } finally {
    clearTimeout(timer);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isEnvelope(value: unknown): value is Envelope {
  if (typeof value !== 'object' || value === null) return false;
  const { version, fetchedAt, lists } = value as Partial<Envelope>;
  return (
    version === VERSION &&
    typeof fetchedAt === 'number' &&
    Array.isArray(lists?.models) &&
    Array.isArray(lists.profiles) &&
    Array.isArray(lists.warnings) &&
    lists.models.every((model) => typeof model?.id === 'string' && Array.isArray(model.output)) &&
    lists.profiles.every((profile) => typeof profile?.id === 'string' && Array.isArray(profile.modelArns))
  );
}
