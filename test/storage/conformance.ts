import type { StorageLike } from 'bedrock-anywhere';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** What is under test, over a backend that holds nothing yet. */
interface Opened {
  storage: StorageLike;
  /** A second one over the same backend, in another process or page where that is possible. */
  other?: StorageLike;
  close?(): unknown;
}

/** How a backend is opened, and what it is not able to do. */
export interface Backend {
  open(): Opened | Promise<Opened>;
  /** Why the whole suite cannot run here. */
  skip?: string | undefined;
  /** What is left out, each with its reason; `shared` where every storage has data of its own. */
  lacks?: Partial<Record<'shared' | 'odd keys' | 'whole values' | 'lone surrogates', string>>;
  /** It hands JSON out parsed. */
  parsesJson?: boolean;
}

const KIB = 1024;
const ODD_KEYS = [
  'with:colons:in::it',
  'with/slashes/in//it',
  '/absolute',
  'back\\slash',
  '..',
  '.',
  '',
  '../outside',
  '../../../../../../../../tmp/outside',
  'a/../../b',
  'question?mark&and=more#hash',
  '100% %2e%2e',
  'CON',
  'ends with a dot.',
  ' spaces ',
  'line\nfeed\ttab\0nul',
  'ключ-键-🔑',
  'CASE',
  'case',
  '__proto__',
  'constructor',
  'k'.repeat(300),
  '键'.repeat(300),
  'k'.repeat(3000),
];

/** One cell of text that says at a glance whether it is whole: a letter and a length that belong together. */
const whole = (index: number) => String.fromCharCode(97 + (index % 26)).repeat((40 + 7 * (index % 26)) * KIB);
/** Lets others on, also where a storage answers at once. */
const turn = () => new Promise((resolve) => setTimeout(resolve));
const isWhole = (value: unknown) =>
  typeof value === 'string' && value === whole(value.charCodeAt(0) - 'a'.charCodeAt(0));

/** Holds a storage to what this library expects of one. */
export function conforms(name: string, { open, skip, lacks = {}, parsesJson = false }: Backend): void {
  const unless = (reason: string | undefined) => (title: string, test: () => Promise<void>) =>
    it.skipIf(reason !== undefined)(reason === undefined ? title : `${title} (not here: ${reason})`, test);

  describe.skipIf(skip !== undefined)(skip === undefined ? name : `${name} (skipped: ${skip})`, () => {
    let opened: Opened;
    let storage: StorageLike;
    let keys = 0;
    beforeAll(async () => {
      opened = await open();
      storage = opened.storage;
    });
    afterAll(() => opened?.close?.());

    const freshKey = () => `bedrock-anywhere:test:${keys++}`;
    const get = async (key: string, from = storage) => (await from.getItem(key)) ?? null;
    const remove = async (key: string, from = storage) => {
      if (from.removeItem === undefined) throw new Error('The storage cannot remove.');
      await from.removeItem(key);
    };

    it('has nothing under a key that was never set', async () => {
      expect(await get(freshKey())).toBeNull();
    });

    it('gives what was set last, until it is removed', async () => {
      const key = freshKey();
      await storage.setItem(key, 'first');
      expect(await get(key)).toBe('first');
      await storage.setItem(key, 'second');
      expect(await get(key)).toBe('second');
      expect(await get(key)).toBe('second');
      await remove(key);
      expect(await get(key)).toBeNull();
      await storage.setItem(key, 'third');
      expect(await get(key)).toBe('third');
    });

    it('removes what is not there', async () => {
      await remove(freshKey());
    });

    it('goes from a long value to a short one and back', async () => {
      const key = freshKey();
      for (const length of [70 * KIB, 3, 800 * KIB, 70 * KIB, 0, 400 * KIB]) {
        await storage.setItem(key, 'x'.repeat(length));
        expect(await get(key)).toBe('x'.repeat(length));
      }
      await remove(key);
      expect(await get(key)).toBeNull();
    });

    it.each([
      ['0 B', ''],
      ['1 KiB', 'v'.repeat(KIB)],
      ['70 KiB', 'v'.repeat(70 * KIB)],
      ['70 KiB of text that is not ASCII', 'ä€🔑'.repeat(70 * 128)],
      ['1 MiB', 'v'.repeat(KIB * KIB)],
      ['control characters and a byte order mark', '\uFEFF\0\u0001\b\r\n\u2028\u007f"\\'],
      ['other scripts and pairs of surrogates', 'Zürich, Ελλάδα, 東京, 🇪🇺👩‍👩‍👧 e\u0301'],
    ])('keeps a value of %s', async (_size, value) => {
      const key = freshKey();
      await storage.setItem(key, value);
      expect(await get(key)).toBe(value);
    });

    it('keeps JSON', async () => {
      const json = JSON.stringify({ version: 1, models: [{ id: 'amazon.nova-lite-v1:0', note: '\ud83d' }] });
      const key = freshKey();
      await storage.setItem(key, json);
      const value = await get(key);
      expect(parsesJson ? JSON.stringify(value) : value).toBe(json);
    });

    unless(lacks['lone surrogates'])('keeps lone surrogates', async () => {
      const value = 'a\ud83db\udd11';
      const key = freshKey();
      await storage.setItem(key, value);
      expect(await get(key)).toBe(value);
    });

    unless(lacks['odd keys'])('keeps odd keys apart', async () => {
      for (const key of ODD_KEYS) await storage.setItem(key, `value of ${key}`);
      for (const key of ODD_KEYS) expect(await get(key), JSON.stringify(key)).toBe(`value of ${key}`);
      for (const [index, key] of ODD_KEYS.entries()) {
        await remove(key);
        expect(await get(key), JSON.stringify(key)).toBeNull();
        const next = ODD_KEYS[index + 1];
        if (next !== undefined) expect(await get(next)).toBe(`value of ${next}`);
      }
    });

    it('keeps 60 keys set at once', async () => {
      const entries = Array.from({ length: 60 }, (_, index) => [freshKey(), `value ${index}`] as const);
      await Promise.all(entries.map(([key, value]) => storage.setItem(key, value)));
      expect(await Promise.all(entries.map(([key]) => get(key)))).toEqual(entries.map(([, value]) => value));
    });

    unless(lacks['whole values'])('leaves one value whole of many set at once', async () => {
      const key = freshKey();
      const writers = [storage, opened.other ?? storage];
      const sets = Array.from({ length: 12 }, (_, index) => writers[index % 2]?.setItem(key, whole(index)));
      await Promise.all(sets);
      expect(isWhole(await get(key))).toBe(true);
      const { other = storage } = opened;
      await expect.poll(async () => (await get(key)) === (await get(key, other))).toBe(true);
      expect(isWhole(await get(key))).toBe(true);
    });

    unless(lacks['whole values'])('shows a reader whole values while they are replaced', async () => {
      const key = freshKey();
      const writer = opened.other ?? storage;
      await writer.setItem(key, whole(0));
      let done = false;
      let reads = 0;
      const writing = (async () => {
        for (let index = 1; index < 24 || reads < 2; index++) {
          await writer.setItem(key, whole(index * 5));
          await turn();
        }
      })().finally(() => {
        done = true;
      });
      while (!done) {
        expect(isWhole(await get(key))).toBe(true);
        reads += 1;
        await turn();
      }
      await writing;
    });

    unless(lacks.shared)('is seen by a second storage over the same backend', async () => {
      const { other } = opened;
      if (other === undefined) throw new Error('The test of this backend opens no second storage.');
      const key = freshKey();
      // Browsers tell other pages a moment later.
      const seenBy = (from: StorageLike) => expect.poll(() => get(key, from));
      await storage.setItem(key, 'from one');
      await seenBy(other).toBe('from one');
      await other.setItem(key, 'from the other');
      await seenBy(storage).toBe('from the other');
      await remove(key, other);
      await seenBy(storage).toBe(null);
    });
  });
}
