import { readOptions } from '../input/options.js';
import { any, type Read, text } from '../input/read.js';
import { openStore } from './indexeddb-open.js';
import type { TextStorage } from './text.js';

/** Options of `indexedDBStorage()`. */
export interface IndexedDBStorageOptions {
  /** Default: `bedrock-anywhere`. */
  databaseName?: string | undefined;
  /** The object store in that database; it is added where it is missing. Default: `items`. */
  storeName?: string | undefined;
  /** Used instead of the global `indexedDB`. */
  indexedDB?: IndexedDBFactory | undefined;
}

/** An `IDBFactory`. That name exists only in the DOM library, which projects for Node compile without. */
export interface IndexedDBFactory {
  /** Opens the database; the returned request is an `IDBOpenDBRequest`. */
  open(name: string, version?: number): object;
}

/** One closing fails up to two: the transaction, and the opening behind it. */
const MAX_TRIES = 5;

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
  const known = { databaseName: text, storeName: text, indexedDB: any } satisfies Record<
    keyof IndexedDBStorageOptions,
    Read
  >;
  const {
    databaseName = 'bedrock-anywhere',
    storeName = 'items',
    indexedDB: factory,
  } = readOptions<IndexedDBStorageOptions>(options, known, 'indexedDBStorage()');
  let connection: Promise<IDBDatabase> | undefined;

  function connect(): Promise<IDBDatabase> {
    if (connection !== undefined) return connection;
    const opening = openStore(
      (factory as IDBFactory | undefined) ?? globalThis.indexedDB,
      databaseName,
      storeName,
    );
    opening.catch(() => leave(opening));
    return (connection = opening);
  }

  function leave(gone: Promise<IDBDatabase>): void {
    if (connection === gone) connection = undefined;
    gone.then(
      (database) => database.close(),
      () => {},
    );
  }

  /** The browser may close a connection at any time, also while it opens, and does not always say so before its next use. */
  async function run<T>(
    mode: IDBTransactionMode,
    action: (store: IDBObjectStore) => IDBRequest<T>,
  ): Promise<T> {
    for (let tries = 1; ; tries++) {
      const current = connect();
      try {
        return await transact(await current, storeName, mode, action);
      } catch (error) {
        if (tries === MAX_TRIES || !isGone(error)) throw error;
        leave(current);
        await new Promise((resolve) => setTimeout(resolve, 5 * 2 ** tries));
      }
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
  const { name } = ((error as Error | null)?.cause ?? error ?? {}) as Partial<Error>;
  return ['AbortError', 'InvalidStateError', 'NotFoundError', 'UnknownError'].includes(name ?? '');
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
    // Chromium tells some transactions nothing more once it has closed the connection.
    const onClose = () => reject(new DOMException('The connection was closed.', 'AbortError'));
    database.addEventListener('close', onClose);
    transaction.oncomplete = () => {
      database.removeEventListener('close', onClose);
      resolve(request.result);
    };
    transaction.onabort = () => {
      database.removeEventListener('close', onClose);
      reject(transaction.error ?? request.error ?? new DOMException('The transaction ended.', 'AbortError'));
    };
  });
}
