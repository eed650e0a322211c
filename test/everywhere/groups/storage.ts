import type { StorageLike } from 'bedrock-anywhere';
import { ensure, equal } from '../check.js';
import type { Case, Context } from '../suite.js';

const KIB = 1024;

type Check = (storage: StorageLike, key: string, another: () => Promise<StorageLike>) => Promise<void>;

/** What each storage is held to in its own runtime; `test/storage` goes further. */
const CHECKS: Readonly<Record<string, Check>> = {
  async 'gives what was set last, until it is removed'(storage, key) {
    equal(await get(storage, key), null);
    await storage.setItem(key, 'first');
    await storage.setItem(key, 'second');
    equal(await get(storage, key), 'second');
    await storage.removeItem?.(key);
    equal(await get(storage, key), null);
    await storage.removeItem?.(key);
  },
  async 'keeps values of any length and script'(storage, key) {
    for (const value of [
      '',
      'Zürich 東京 🇪🇺 \u0001\r\n\u2028',
      'v'.repeat(70 * KIB),
      'x'.repeat(800 * KIB),
      'short',
    ]) {
      await storage.setItem(key, value);
      equal((await get(storage, key)) === value, true, `Whether ${value.length} characters are kept`);
    }
    await storage.removeItem?.(key);
  },
  async 'keeps many keys apart that are set at once'(storage, key) {
    const keys = [...Array(30).keys()].map((index) => `${key}/${index}`);
    await Promise.all(keys.map((one, index) => storage.setItem(one, `value ${index}`)));
    equal(
      await Promise.all(keys.map((one) => get(storage, one))),
      keys.map((_, index) => `value ${index}`),
    );
    await Promise.all(keys.map((one) => storage.removeItem?.(one)));
  },
  async 'is found again by another one'(storage, key, another) {
    await storage.setItem(key, 'kept');
    const other = await another();
    equal(await get(other, key), 'kept');
    await other.setItem(key, 'changed');
    equal(await get(storage, key), 'changed');
    await other.removeItem?.(key);
    equal(await get(storage, key), null);
  },
};

/** Where a runtime keeps things. */
export function storage(storages: readonly string[]): Case[] {
  return storages.flatMap((name) =>
    Object.entries(CHECKS)
      .filter(([what]) => name !== 'memory' || what !== 'is found again by another one')
      .map(([what, check]) => ({
        name: `${name} ${what}`,
        async run({ storages: given }: Context) {
          const open = given[name];
          ensure(open !== undefined, `There is no storage ${name} here.`);
          const another = async () => open();
          await check(await another(), `everywhere ${Math.random()}`, another);
        },
      })),
  );
}

/** Some storages have undefined where others have null. */
async function get(storage: StorageLike, key: string): Promise<unknown> {
  return (await storage.getItem(key)) ?? null;
}
