import { messageOf } from '../errors.js';
import { cleanJson, cleanText } from '../foreign-text/foreign-text.js';
import { isObject } from '../input/read.js';
import type { StorageLike } from '../types.js';
import { findTextExcess, MAX_WHOLE_VALUES } from '../wire/json-bounds.js';
import { isRawLists, type RawLists } from './raw.js';

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

/** The longest value that is read, 8 Mi UTF-16 units: parsing a longer one, or one of too many values, would block the event loop. */
const LONGEST = 8_388_608;

/** Lists that have not been fetched again for a week are removed, and so are the oldest ones beyond this number. */
const KEEP_MS = 604_800_000;
const KEEP_COUNT = 20;

/** The most that is removed at once, whatever the index says. */
const REMOVE_COUNT = 100;

/** Formats the key of a list. `digest` is a hash of everything that the list depends on. */
export function formatKey(digest: string): string {
  return `${PREFIX}v${VERSION}:${digest}`;
}

/** The place of one list in a storage, for one call. Once the storage has hung, the call does without it. */
export class ListCache {
  readonly #storage: StorageLike;
  readonly #key: string;
  readonly #region: string;
  #hasHung = false;

  constructor(storage: StorageLike, key: string, region: string) {
    this.#storage = storage;
    this.#key = key;
    this.#region = region;
  }

  /** Reads the list; undefined if there is none, if it is damaged or of another origin, or if the storage fails. */
  async read(): Promise<Envelope | undefined> {
    const value = await this.#readJson(this.#key);
    if (!isObject(value)) return undefined;
    const { version, key, fetchedAt, lists } = value;
    const fits =
      version === VERSION && key === this.#key && isTime(fetchedAt) && isRawLists(lists, this.#region);
    if (!fits) return undefined;
    // Others may have written them, and the command line prints them.
    const warnings = lists.warnings.slice(0, 20).map((one) => cleanText(one, [], 1000));
    return { version, key, fetchedAt, lists: cleanJson({ ...lists, warnings }) };
  }

  /** Stores the list, unless a newer one has been stored meanwhile. Returns a warning if the storage fails. */
  async write(fetchedAt: number, lists: RawLists): Promise<string | undefined> {
    const stored = await this.read();
    if (stored !== undefined && stored.fetchedAt > fetchedAt && stored.fetchedAt <= Date.now())
      return undefined;
    const envelope: Envelope = { version: VERSION, key: this.#key, fetchedAt, lists };
    try {
      await this.#use((storage) => storage.setItem(this.#key, JSON.stringify(envelope)));
    } catch (error) {
      return `The list could not be cached: ${cleanText(messageOf(error))}`;
    }
    // The list is stored, so a failure here is nobody's concern.
    await this.#removeOldLists(fetchedAt).catch(() => {});
    return undefined;
  }

  /**
   * Removes lists that nobody fetches anymore, such as those of rotated keys, if the storage can remove. A storage cannot list
   * its keys, so an index of them is stored too.
   */
  async #removeOldLists(now: number): Promise<void> {
    if (this.#storage.removeItem === undefined) return;
    const value = await this.#readJson(INDEX_KEY);
    const index = new Map<string, number>();
    for (const [name, at] of Object.entries(Object(value) as object)) {
      if (name.startsWith(PREFIX) && isTime(at)) index.set(name, at);
    }
    index.set(this.#key, now);
    const newestFirst = [...index].sort(([, a], [, b]) => b - a);
    const kept = newestFirst.slice(0, KEEP_COUNT).filter(([, at]) => now - at < KEEP_MS);
    const keptNames = new Set(kept.map(([name]) => name));
    const stale = [...index.keys()].filter((name) => !keptNames.has(name));
    for (const name of stale.slice(0, REMOVE_COUNT)) {
      await this.#use((storage) => storage.removeItem?.(name)).catch(() => {});
    }
    await this.#use((storage) => storage.setItem(INDEX_KEY, JSON.stringify(Object.fromEntries(kept))));
  }

  async #readJson(key: string): Promise<unknown> {
    try {
      const found = await this.#use((storage) => storage.getItem(key));
      // Some storages, such as unstorage's, parse JSON themselves. Written again, it is plain data.
      const text = typeof found === 'string' ? found : JSON.stringify(found);
      const isHarmless = text.length <= LONGEST && findTextExcess(text, MAX_WHOLE_VALUES) === undefined;
      return isHarmless ? JSON.parse(text) : undefined;
    } catch {
      return undefined;
    }
  }

  async #use(action: (storage: StorageLike) => unknown): Promise<unknown> {
    const hung = () => new Error(`The storage did not answer within ${TIMEOUT_MS} ms.`);
    if (this.#hasHung) throw hung();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise((_resolve, reject) => {
      timer = setTimeout(() => {
        this.#hasHung = true;
        reject(hung());
      }, TIMEOUT_MS);
    });
    try {
      return await Promise.race([action(this.#storage), late]);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Whether a value is a time that a date can have. */
function isTime(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 8.64e15;
}
