import { openStore } from './indexeddb-open.js';
import type { TextStorage } from './text.js';

/** Options of `indexedDBStorage()`. */
export interface IndexedDBStorageOptions {
  /** Default: `bedrock-anywhere`. */
  databaseName?: string | undefined;
  /** The object store in that database; it is added where it is missing. Default: `items`. */
  storeName?: string | undefined;
  /** Used instead of the global `indexedDB`. */
  indexedDB?: IDBFactory | undefined;
}

/**
 * A storage in the browser's IndexedDB, shared by the pages and workers of an origin. It is opened at the first call,
 * makes way when another page wants to change or delete the database, and opens again at the next call.
 *
 * Nothing is thrown here. Calls reject with an `Error` that says why where there is no IndexedDB or the browser refuses it
 * (sandboxed frames, some private windows), and with the browser's `QuotaExceededError` where the disk is full.
 *
 * @example
 * ```ts
 * import { indexedDBStorage } from 'bedrock-anywhere';
 *
 * const storage = indexedDBStorage({ databaseName: 'my-app-models' });
 * await storage.setItem('region', 'eu-central-1');
 * console.log(await storage.getItem('region'));
 * ```
 */
export function indexedDBStorage(options: IndexedDBStorageOptions = {}): TextStorage {
  const { databaseName = 'bedrock-anywhere', storeName = 'items' } = options;
  let connection: Promise<IDBDatabase> | undefined;

  function connect(): Promise<IDBDatabase> {
    if (connection !== undefined) return connection;
    const opening = openStore(options.indexedDB ?? globalThis.indexedDB, databaseName, storeName, () =>
      forget(opening),
    );
    opening.catch(() => forget(opening));
    return (connection = opening);
  }

  function forget(gone: Promise<IDBDatabase>): void {
    if (connection === gone) connection = undefined;
  }

  async function run<T>(
    mode: IDBTransactionMode,
    action: (store: IDBObjectStore) => IDBRequest<T>,
  ): Promise<T> {
    const first = connect();
    const database = await first;
    try {
      return await transact(database, storeName, mode, action);
    } catch (error) {
      // The browser may close a connection at any time, and does not always say so before it is used again.
      if (!isGone(error)) throw error;
      database.close();
      forget(first);
      return transact(await connect(), storeName, mode, action);
    }
  }

  return {
    async getItem(key) {
      const value: unknown = await run('readonly', (store) => store.get(key));
      return typeof value === 'string' ? value : null;
    },
    async setItem(key, value) {
      await run('readwrite', (store) => store.put(value, key));
    },
    async removeItem(key) {
      await run('readwrite', (store) => store.delete(key));
    },
  };
}

function isGone(error: unknown): boolean {
  return ['AbortError', 'InvalidStateError', 'NotFoundError', 'UnknownError'].includes(
    (error as Error | null)?.name ?? '',
  );
}

/** Resolves when the change is in the database, not when it is only asked for. */
function transact<T>(
  database: IDBDatabase,
  storeName: string,
  mode: IDBTransactionMode,
  action: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(storeName, mode);
    const request = action(transaction.objectStore(storeName));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () =>
      reject(transaction.error ?? request.error ?? new DOMException('The transaction ended.', 'AbortError'));
  });
}
