import type { ConversationEntry, ConversationRecord } from './record.js';

const DATABASE = 'bedrock-anywhere-playground';
const RECORDS = 'conversations';
const BY_TIME = 'changedAt';

/** The conversations of this browser. */
export interface Conversations {
  /** The latest first. */
  list(): Promise<ConversationEntry[]>;
  read(id: string): Promise<unknown>;
  keep(record: ConversationRecord): Promise<void>;
  remove(id: string): Promise<void>;
}

/** Opens the conversations; nothing is kept where a browser has no IndexedDB, as in some private windows. */
export function openConversations(factory: IDBFactory | undefined = globalThis.indexedDB): Conversations {
  let opening: Promise<IDBDatabase> | undefined;

  function open(): Promise<IDBDatabase> {
    opening ??= new Promise((resolve, reject) => {
      if (factory === undefined) throw new Error('This browser keeps no conversations.');
      const request = factory.open(DATABASE, 1);
      request.onupgradeneeded = () => {
        const records = request.result.createObjectStore(RECORDS, { keyPath: 'id' });
        records.createIndex(BY_TIME, BY_TIME);
      };
      request.onsuccess = () => {
        const database = request.result;
        // Another tab may want to change it, and the browser may close it.
        database.onversionchange = () => database.close();
        database.onclose = () => {
          opening = undefined;
        };
        resolve(database);
      };
      request.onerror = () => reject(request.error);
    });
    opening.catch(() => {
      opening = undefined;
    });
    return opening;
  }

  async function run<Result>(
    mode: IDBTransactionMode,
    act: (records: IDBObjectStore) => IDBRequest<Result>,
  ): Promise<Result> {
    const transaction = (await open()).transaction(RECORDS, mode);
    return new Promise((resolve, reject) => {
      const request = act(transaction.objectStore(RECORDS));
      // Without this, the transaction commits in a later task, and the page may be closed by then.
      transaction.commit();
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
    });
  }

  return {
    async list() {
      const records = await run('readonly', (store) => store.index(BY_TIME).getAll());
      return records
        .map(({ id, title, changedAt }: ConversationRecord) => ({ id, title, changedAt }))
        .reverse();
    },
    read: (id) => run('readonly', (store) => store.get(id)),
    async keep(record) {
      await run('readwrite', (store) => store.put(record));
    },
    async remove(id) {
      await run('readwrite', (store) => store.delete(id));
    },
  };
}
