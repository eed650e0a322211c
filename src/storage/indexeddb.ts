import { readOptions } from '../input/options.js';
import { any, type Read, text } from '../input/read.js';
import { openStore } from './indexeddb-open.js';
import type { TextStorage } from './text.js';

/** Options of `indexedDBStorage()`. */
export interface IndexedDBStorageOptions {
  /** Default: `bedrock-anywhere`. */
  databaseName?: string | undefined;
  /** The object store in that database; it is added if it is missing. Default: `items`. */
  storeName?: string | undefined;
  /** Used instead of the global `indexedDB`. Default: the global `indexedDB`. */
  indexedDB?: IndexedDBFactory | undefined;
}

/** An `IDBFactory`. It has a name of its own here because that type is in the DOM library, which projects for Node lack. */
export interface IndexedDBFactory {
  /** Opens the database; the returned request is an `IDBOpenDBRequest`. */
  open(name: string, version?: number): object;
}

/** A connection that the browser closes can make two tries fail: the transaction, and the opening after it. */
const MAX_TRIES = 5;

/**
 * Creates a storage in the browser's IndexedDB, shared by the pages and workers of an origin. The first call opens the
 * database. The connection closes when another page wants to change or delete the database; the next call opens it again.
 *
 * It throws only for wrong options. Calls reject with an `Error` if there is none, or if the browser refuses
 * it (sandboxed frames, some private windows), and with the browser's `QuotaExceededError` if the disk is full.
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
    opening.catch(() => closeConnection(opening));
    return (connection = opening);
  }

  function closeConnection(closed: Promise<IDBDatabase>): void {
    if (connection === closed) connection = undefined;
    closed.then(
      (database) => database.close(),
      () => {},
    );
  }

  /** Runs one action. The browser may close a connection at any time, even while it opens, and may not report it before the next use. */
  async function run<T>(
    mode: IDBTransactionMode,
    action: (store: IDBObjectStore) => IDBRequest<T>,
  ): Promise<T> {
    for (let tries = 1; ; tries++) {
      const current = connect();
      try {
        return await transact(await current, storeName, mode, action);
      } catch (error) {
        if (tries === MAX_TRIES || !isClosed(error)) throw error;
        closeConnection(current);
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

function isClosed(error: unknown): boolean {
  const { name } = ((error as Error | null)?.cause ?? error ?? {}) as Partial<Error>;
  return ['AbortError', 'InvalidStateError', 'NotFoundError', 'UnknownError'].includes(name ?? '');
}

/** Runs an action in a transaction. Resolves when the change is in the database, not when it is only requested. */
function transact<T>(
  database: IDBDatabase,
  storeName: string,
  mode: IDBTransactionMode,
  action: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(storeName, mode);
    const request = action(transaction.objectStore(storeName));
    // Chromium sends no more events to some transactions after it has closed the connection.
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
