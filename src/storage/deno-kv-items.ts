import { createLayout, type DenoKvKey, type Item, splitText, toDraft, toItem } from './deno-kv-layout.js';

/** The part of `Deno.Kv` that is used. Pass the result of `Deno.openKv()`. */
export interface DenoKv {
  get(key: DenoKvKey): Promise<{ value: unknown; versionstamp: string | null }>;
  list(selector: { prefix: DenoKvKey }): AsyncIterable<{ value: unknown; versionstamp: string }>;
  atomic(): DenoKvAtomic;
}

/** The part of `Deno.AtomicOperation` that is used. */
export interface DenoKvAtomic {
  check(...checks: { key: DenoKvKey; versionstamp: string | null }[]): DenoKvAtomic;
  set(key: DenoKvKey, value: unknown): DenoKvAtomic;
  delete(key: DenoKvKey): DenoKvAtomic;
  commit(): Promise<{ ok: boolean; versionstamp?: string }>;
}

/** Deno KV accepts values of up to 65,536 bytes, and a UTF-16 unit takes two. */
const PART_LENGTH = 32_000;
/** The commit that replaces a value also deletes its parts, and a commit accepts 81,920 bytes of keys. */
const MAX_PARTS = 200;
/** A commit accepts 819,200 bytes of values. */
const PARTS_PER_COMMIT = 10;
/** A draft of this age is abandoned: its writer has probably crashed. */
const DRAFT_LIFE_MS = 3_600_000;
/** A rejected commit is retried after 20, 40, 80, ... ms, about 2.5 s in all: a busy machine may hold a lock that long. */
const MAX_PAUSE_MS = 1280;
/** How often a write gives way to a faster writer before it fails. */
const MAX_TRIES = 100;

/** Stores texts of up to `maxLength` UTF-16 units in Deno KV. Each is read and replaced as a whole. */
export function createTextItems(kv: DenoKv, prefix: string) {
  const at = createLayout(prefix);

  async function read(id: string): Promise<string | null> {
    let incomplete: string | null | undefined;
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const { value, versionstamp } = await kv.get(at.item(id));
      const item = toItem(value);
      if (item === undefined) return null;
      if ('text' in item) return item.text;
      // The same item still points to missing parts, so something other than a writer removed them.
      if (versionstamp === incomplete) return null;
      const texts: unknown[] = [];
      for await (const part of kv.list({ prefix: at.parts(id, item.version) })) texts.push(part.value);
      if (texts.length === item.parts) return texts.join('');
      // Another value probably replaced it while the parts were read.
      incomplete = versionstamp;
    }
    throw busyError(id);
  }

  /** Replaces the item, or deletes it if none is passed, in one commit together with what `add` adds to it. */
  async function replace(id: string, item?: Item, add?: (atomic: DenoKvAtomic) => void): Promise<void> {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const { value, versionstamp } = await kv.get(at.item(id));
      const { ok } = await commit(() => {
        const atomic = kv.atomic().check({ key: at.item(id), versionstamp });
        const old = toItem(value);
        if (old !== undefined && 'version' in old) removeParts(atomic, id, old);
        add?.(atomic);
        return item === undefined ? atomic.delete(at.item(id)) : atomic.set(at.item(id), item);
      });
      if (ok) return;
    }
    throw busyError(id);
  }

  async function write(id: string, text: string): Promise<void> {
    const parts = splitText(text, PART_LENGTH);
    if (parts.length === 1) return replace(id, { text });
    const version = crypto.randomUUID();
    const item = { version, parts: parts.length };
    const setParts = (atomic: DenoKvAtomic, from: number) => {
      const to = Math.min(from + PARTS_PER_COMMIT, parts.length);
      for (let index = from; index < to; index++) atomic.set(at.part(id, version, index), parts[index]);
      return atomic;
    };
    if (parts.length <= PARTS_PER_COMMIT) return replace(id, item, (atomic) => setParts(atomic, 0));
    const key = at.draft(id, version);
    const { versionstamp = null } = await commit(() =>
      kv.atomic().set(key, { ...item, sinceMs: Date.now() }),
    );
    // Another writer may have found the draft abandoned, and removed it together with its parts.
    const draft = { key, versionstamp };
    for (let from = 0; from < parts.length; from += PARTS_PER_COMMIT) {
      const { ok } = await commit(() => setParts(kv.atomic().check(draft), from));
      if (!ok) throw tooSlowError(id);
    }
    await replace(id, item, (atomic) => atomic.check(draft).delete(key));
  }

  /** Removes the parts of writers that never finished. */
  async function sweep(id: string): Promise<void> {
    for await (const { value, versionstamp } of kv.list({ prefix: at.drafts(id) })) {
      const draft = toDraft(value);
      if (draft === undefined || Date.now() - draft.sinceMs < DRAFT_LIFE_MS) continue;
      const key = at.draft(id, draft.version);
      await commit(() => removeParts(kv.atomic().check({ key, versionstamp }).delete(key), id, draft));
    }
  }

  function removeParts(atomic: DenoKvAtomic, id: string, old: Exclude<Item, { text: string }>): DenoKvAtomic {
    for (let index = 0; index < old.parts; index++) atomic.delete(at.part(id, old.version, index));
    return atomic;
  }

  return { read, write, remove: (id: string) => replace(id), sweep, maxLength: PART_LENGTH * MAX_PARTS };
}

/** Commits, again after a pause if that fails: a local Deno KV file rejects a commit while another process is committing. */
async function commit(build: () => DenoKvAtomic): Promise<{ ok: boolean; versionstamp?: string }> {
  for (let pauseMs = 20; ; pauseMs *= 2) {
    try {
      return await build().commit();
    } catch (error) {
      if (pauseMs > MAX_PAUSE_MS) throw error;
      await new Promise((resolve) => setTimeout(resolve, pauseMs * (0.5 + Math.random())));
    }
  }
}

function busyError(id: string): Error {
  return new Error(
    `Other writers of the Deno KV entry "${id}" were faster ${MAX_TRIES} times. Try again later.`,
  );
}

function tooSlowError(id: string): Error {
  return new Error(`Writing the Deno KV entry "${id}" took so long that another writer removed its parts.`);
}
