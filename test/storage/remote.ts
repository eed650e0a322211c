import type { StorageLike } from 'bedrock-anywhere';

/** Sends a request to where a storage is, and gives its answer. Both are JSON, which also carries lone surrogates. */
export type Call = (request: string) => Promise<string>;

/** JSON in one line, also for those who end lines at U+2028 and U+2029, as readline does. */
const toLine = (value: unknown) =>
  JSON.stringify(value).replace(/[\u2028\u2029]/g, (end) => `\\u${end.charCodeAt(0).toString(16)}`);

/** A storage that is somewhere else: in another process, a page or a Worker. */
export function remoteStorage(call: Call): StorageLike {
  const ask = async (...request: [method: keyof StorageLike, key: string, value?: string]) => {
    const { value, error } = JSON.parse(await call(toLine(request))) as {
      value?: unknown;
      error?: string;
    };
    if (error !== undefined) throw new Error(error);
    return value;
  };
  return {
    getItem: (key) => ask('getItem', key),
    setItem: (key, value) => ask('setItem', key, value),
    removeItem: (key) => ask('removeItem', key),
  };
}

/** The other end: does what a request says. */
export async function answer(storage: StorageLike, request: string): Promise<string> {
  const [method, key, value] = JSON.parse(request) as [keyof StorageLike, string, string];
  try {
    return toLine({ value: await storage[method]?.(key, value) });
  } catch (error) {
    return toLine({ error: String(error) });
  }
}
