import { denoKvStorage } from '../../src/storage/deno-kv.js';
import type { DenoKv, DenoKvAtomic } from '../../src/storage/deno-kv-items.js';

/** What the tests ask of Deno KV beyond what a storage uses. */
interface WholeKv extends DenoKv {
  list(selector: {
    prefix: readonly string[];
  }): AsyncIterable<{ key: unknown[]; value: unknown; versionstamp: string }>;
  set(key: readonly unknown[], value: unknown): Promise<unknown>;
  delete(key: readonly unknown[]): Promise<void>;
}

const LONG = 'long'.repeat(200_000);

/** Runs in Deno: what is left when a writer is ended, or parts are lost. */
export async function faults(kv: WholeKv) {
  const storage = denoKvStorage(kv, { prefix: 'faults' });
  const left = async () => {
    const kinds: Record<string, number> = {};
    for await (const { key } of kv.list({ prefix: ['faults'] })) {
      const kind = String(key[1]);
      kinds[kind] = (kinds[kind] ?? 0) + 1;
    }
    return kinds;
  };
  const told = (promise: Promise<unknown>) => promise.then(String, String);
  const findings: Record<string, unknown> = {};

  await storage.setItem('k', 'x'.repeat(320_000));
  findings['after a value of ten parts'] = await left();
  await storage.setItem('k', LONG);
  findings['after a value of 25 parts'] = await left();
  await storage.setItem('k', 'short');
  findings['after a short value'] = await left();

  const atOnce = Array.from({ length: 12 }, (_, index) => 'x'.repeat(40_000 + index));
  await Promise.all(atOnce.map((value) => storage.setItem('k', value)));
  findings['after twelve writers at once'] = [
    await left(),
    atOnce.includes((await storage.getItem('k')) ?? ''),
  ];
  const slowReader = denoKvStorage(
    onList(kv, () => storage.setItem('k', 'short')),
    { prefix: 'faults' },
  );
  findings['to a reader that is overtaken'] = await slowReader.getItem('k');

  const ended: unknown[] = [];
  for (let commits = 0; commits < 6; commits++) {
    const outcome = await new Promise((resolve) => {
      const dying = denoKvStorage(endedAfter(kv, commits, resolve), { prefix: 'faults' });
      told(dying.setItem('k', LONG)).then(resolve);
    });
    const value = await storage.getItem('k');
    ended.push([outcome, value === LONG ? 'LONG' : value]);
  }
  findings['writers ended after 0 to 5 commits'] = ended;
  await storage.setItem('k', 'after the stops');
  findings['after the next write'] = await left();

  for await (const { key, value } of kv.list({ prefix: ['faults', 'draft'] })) {
    await kv.set(key, { ...(value as object), sinceMs: Date.now() - 3_700_000 });
  }
  await storage.setItem('k', 'an hour later');
  findings['after a write an hour later'] = [await left(), await storage.getItem('k')];

  const late: unknown[] = [];
  for (const commit of [4, 5]) {
    const slow = denoKvStorage(sweptBefore(kv, storage, commit), { prefix: 'faults' });
    late.push([await told(slow.setItem('k', LONG)), await left(), await storage.getItem('k')]);
  }
  findings['writers that stood still for an hour'] = late;

  const { setTimeout } = globalThis;
  for (const rejections of [7, 8]) {
    const pauses: number[] = [];
    globalThis.setTimeout = ((task: () => void, ms: number) => {
      pauses.push(ms);
      return setTimeout(task);
    }) as typeof setTimeout;
    const locked = denoKvStorage(lockedFor(kv, rejections), { prefix: 'faults' });
    const outcome = await told(locked.setItem('k', `${rejections}`));
    const isEachLonger = pauses.every((ms, i) => ms >= 10 * 2 ** i && ms < 30 * 2 ** i);
    findings[`with ${rejections} commits rejected`] = [outcome, pauses.length, isEachLonger];
  }

  globalThis.setTimeout = setTimeout;

  await storage.setItem('k', LONG);
  for await (const { key } of kv.list({ prefix: ['faults', 'part'] })) {
    await kv.delete(key);
    break;
  }
  findings['with a part lost'] = await storage.getItem('k');
  await kv.set(['faults', 'item', 'foreign'], { some: 'thing' });
  findings['with something foreign'] = await storage.getItem('foreign');
  findings['too long'] = await told(storage.setItem('k', 'x'.repeat(6_400_001)));
  await storage.setItem('k', 'ä'.repeat(6_400_000));
  findings['the longest'] = [(await storage.getItem('k')) === 'ä'.repeat(6_400_000), await left()];
  await storage.removeItem('k');
  await storage.removeItem('foreign');
  findings['after removing'] = await left();
  return findings;
}

/** Deno KV for a writer that is ended before its next commit. */
function endedAfter(kv: DenoKv, commits: number, onEnd: (outcome: string) => void): DenoKv {
  let left = commits;
  return onCommit(kv, () => {
    if (left-- > 0) return;
    onEnd('ended');
    return new Promise(() => {});
  });
}

/** Deno KV for a writer that stands still for an hour before one of its commits, while another writes. */
function sweptBefore(
  kv: WholeKv,
  other: { setItem(key: string, value: string): Promise<void> },
  commit: number,
): DenoKv {
  let done = 0;
  return onCommit(kv, async () => {
    if (++done !== commit) return;
    for await (const { key, value } of kv.list({ prefix: ['faults', 'draft'] })) {
      await kv.set(key, { ...(value as object), sinceMs: 0 });
    }
    await other.setItem('k', 'meanwhile');
  });
}

/** Deno KV in a local file, as it is while another process writes. */
function lockedFor(kv: DenoKv, rejections: number): DenoKv {
  let left = rejections;
  return onCommit(kv, () => {
    if (left-- > 0) throw new TypeError('database is locked');
  });
}

function onList(kv: DenoKv, before: () => Promise<void>): DenoKv {
  return {
    get: (key) => kv.get(key),
    async *list(selector) {
      await before();
      yield* kv.list(selector);
    },
    atomic: () => kv.atomic(),
  };
}

function onCommit(kv: DenoKv, before: () => void | Promise<void>): DenoKv {
  return {
    get: (key) => kv.get(key),
    list: (selector) => kv.list(selector),
    atomic() {
      const inner = kv.atomic();
      const outer: DenoKvAtomic = {
        check(...checks) {
          inner.check(...checks);
          return outer;
        },
        set(key, value) {
          inner.set(key, value);
          return outer;
        },
        delete(key) {
          inner.delete(key);
          return outer;
        },
        async commit() {
          await before();
          return inner.commit();
        },
      };
      return outer;
    },
  };
}
