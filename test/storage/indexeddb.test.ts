import { indexedDBStorage } from 'bedrock-anywhere';
import { describe, expect, it } from 'vitest';

describe('indexedDBStorage', () => {
  it('rejects where there is no IndexedDB, and says what to use', async () => {
    const storage = indexedDBStorage();
    const calls: Promise<unknown>[] = [
      storage.getItem('k'),
      storage.setItem('k', 'v'),
      storage.removeItem('k'),
    ];
    await Promise.all(calls.map((call) => expect(call).rejects.toThrow('memoryStorage()')));
  });
});
