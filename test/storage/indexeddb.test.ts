import { indexedDBStorage } from 'bedrock-anywhere';
import { describe, expect, it } from 'vitest';

describe('indexedDBStorage', () => {
  it('rejects where there is no IndexedDB, and says what to use', async () => {
    const storage = indexedDBStorage();
    for (const call of [storage.getItem('k'), storage.setItem('k', 'v'), storage.removeItem('k')]) {
      await expect(call).rejects.toThrow('memoryStorage()');
    }
  });
});
