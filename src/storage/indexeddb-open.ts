/**
 * Opens the database, and adds the store if it is missing. The connection closes itself when another page wants to change or
 * delete the database. Rejects with an `Error` if the browser refuses, or if another page keeps the database open.
 */
export function openStore(
  factory: IDBFactory | undefined,
  name: string,
  store: string,
  version?: number,
): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const again = (next?: number) => resolve(openStore(factory, name, store, next));
    const request = requestOpen(factory, name, version);
    let givenUp = false;
    request.onupgradeneeded = () => {
      if (!request.result.objectStoreNames.contains(store)) request.result.createObjectStore(store);
    };
    request.onblocked = () => {
      givenUp = true;
      reject(
        new Error(
          `IndexedDB cannot add the store "${store}": another page keeps the database "${name}" open in an older version. Close that page, or give indexedDBStorage() a databaseName of its own.`,
        ),
      );
    };
    request.onerror = () => {
      // Another page has changed the database meanwhile.
      if (request.error?.name === 'VersionError' && version !== undefined) again();
      else reject(refusalError(request.error));
    };
    request.onsuccess = () => {
      const database = request.result;
      const complete = database.objectStoreNames.contains(store);
      if (givenUp || !complete) database.close();
      if (givenUp) return;
      if (!complete) return again(database.version + 1);
      database.onversionchange = () => database.close();
      resolve(database);
    };
  });
}

function requestOpen(factory: IDBFactory | undefined, name: string, version?: number): IDBOpenDBRequest {
  if (!factory) {
    throw new Error('This runtime has no IndexedDB. Use another storage, such as memoryStorage().');
  }
  try {
    return factory.open(name, version);
  } catch (error) {
    throw refusalError(error);
  }
}

function refusalError(cause: unknown): Error {
  const reason = cause instanceof Error ? cause.message.replace(/\.$/, '') : 'the browser does not say why';
  return new Error(
    `IndexedDB could not be opened: ${reason}. Sandboxed frames, private windows and blocked site data do this; use another storage there, such as memoryStorage().`,
    { cause },
  );
}
