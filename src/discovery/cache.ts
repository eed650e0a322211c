import { messageOf } from '../errors.js';
import type { StorageLike } from '../types.js';
import type { RawLists } from './lists.js';

/** A list as it is kept. */
export interface Envelope {
  version: typeof VERSION;
  /** The key that it was written under: one that was copied elsewhere is not taken. */
  key: string;
  /** Milliseconds since 1970. */
  fetchedAt: number;
  lists: RawLists;
}

const VERSION = 1;
const PREFIX = 'bedrock-anywhere:models:';
// Not made of PREFIX: joining strings counts as a side effect, which no bundler leaves out.
const INDEX_KEY = 'bedrock-anywhere:models:index';

/** A storage that does not answer by then is left alone. */
const PATIENCE_MS = 2_000;

/** Lists that nobody has renewed for a week are removed; so are the oldest beyond this number. */
const KEEP_MS = 604_800_000;
const KEEP_COUNT = 20;

/** The key of a list; `digest` stands for all that it depends on. */
export function keyOf(digest: string): string {
  return `${PREFIX}v${VERSION}:${digest}`;
}

/** The list under a key; undefined where there is none, where it is damaged or foreign, and where the storage fails. */
export async function readEnvelope(storage: StorageLike, key: string): Promise<Envelope | undefined> {
  const found = await patiently(() => storage.getItem(key));
  // Some storages, such as unstorage's, parse JSON themselves.
  const value = typeof found === 'string' ? parsed(found) : found;
  return isEnvelope(value) && value.key === key ? value : undefined;
}

/** Keeps a list, unless a newer one came in between. Gives a warning when the storage fails. */
export async function writeEnvelope(
  storage: StorageLike,
  key: string,
  fetchedAt: number,
  lists: RawLists,
): Promise<string | undefined> {
  const there = await readEnvelope(storage, key);
  if (there !== undefined && there.fetchedAt > fetchedAt && there.fetchedAt <= Date.now()) return undefined;
  const envelope: Envelope = { version: VERSION, key, fetchedAt, lists };
  try {
    await inTime(() => storage.setItem(key, JSON.stringify(envelope)));
  } catch (error) {
    return `The list could not be kept: ${messageOf(error)}`;
  }
  await tidy(storage, key, fetchedAt);
  return undefined;
}

/** Removes lists that nobody renews any more, such as those of keys that have rotated, where the storage can. */
async function tidy(storage: StorageLike, key: string, now: number): Promise<void> {
  if (storage.removeItem === undefined) return;
  const found = await patiently(() => storage.getItem(INDEX_KEY));
  const value = typeof found === 'string' ? parsed(found) : found;
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
    if (!keptNames.has(name)) await patiently(() => storage.removeItem?.(name));
  }
  await patiently(() => storage.setItem(INDEX_KEY, JSON.stringify(Object.fromEntries(kept))));
}

async function patiently(use: () => unknown): Promise<unknown> {
  try {
    return await inTime(use);
  } catch {
    return undefined;
  }
}

async function inTime(use: () => unknown): Promise<unknown> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Error(`The storage did not answer within ${PATIENCE_MS} ms.`)),
      PATIENCE_MS,
    );
  });
  try {
    return await Promise.race([use(), late]);
  } finally {
    clearTimeout(timer);
  }
}

function parsed(text: string): unknown {
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
