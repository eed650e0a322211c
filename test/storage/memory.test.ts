import { type BedrockError, memoryStorage } from 'bedrock-anywhere';
import { describe, expect, it } from 'vitest';
import { conforms } from './conformance.js';

conforms('memoryStorage', {
  open: () => ({ storage: memoryStorage() }),
  lacks: { shared: 'each has a memory of its own' },
});

describe('memoryStorage', () => {
  it('drops what was not used for the longest time', () => {
    const storage = memoryStorage({ maxEntries: 2 });
    storage.setItem('a', '1');
    storage.setItem('b', '2');
    storage.getItem('a');
    storage.setItem('c', '3');
    expect(['a', 'b', 'c'].map((key) => storage.getItem(key))).toEqual(['1', null, '3']);
    storage.setItem('a', '4');
    storage.setItem('c', '5');
    expect(['a', 'b', 'c'].map((key) => storage.getItem(key))).toEqual(['4', null, '5']);
  });

  it('keeps 100 entries, or as many as are wanted', () => {
    const left = (storage: ReturnType<typeof memoryStorage>) => {
      for (let index = 0; index < 150; index++) storage.setItem(`${index}`, 'x');
      return Array.from({ length: 150 }, (_, index) => storage.getItem(`${index}`)).filter(Boolean).length;
    };
    expect(left(memoryStorage())).toBe(100);
    expect(left(memoryStorage({ maxEntries: Number.POSITIVE_INFINITY }))).toBe(150);
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses maxEntries %s', (maxEntries) => {
    expect(() => memoryStorage({ maxEntries })).toThrow(
      expect.objectContaining({ code: 'ERR_INPUT' } satisfies Partial<BedrockError>),
    );
  });
});
