import { describe, expect, it } from 'vitest';
import { BoundedMap } from '../src/bounded-map.js';
import fc from './property.js';

describe('a bounded map', () => {
  it('drops the entry that was set longest ago', () => {
    const map = new BoundedMap<string, number>(2);
    map.set('a', 1).set('b', 2).set('c', 3);
    expect([...map]).toEqual([
      ['b', 2],
      ['c', 3],
    ]);
  });

  it('counts a key that is set again as the newest', () => {
    const map = new BoundedMap<string, number>(2);
    map.set('a', 1).set('b', 2).set('a', 3).set('c', 4);
    expect([...map]).toEqual([
      ['a', 3],
      ['c', 4],
    ]);
  });

  it('always holds the last distinct keys, as many as fit', () => {
    const keys = fc.array(fc.nat(9), { maxLength: 50 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), keys, (limit, all) => {
        const map = new BoundedMap<number, number>(limit);
        for (const [at, key] of all.entries()) map.set(key, at);
        const distinct = [...new Set([...all].reverse())].reverse();
        expect([...map.keys()]).toEqual(distinct.slice(-limit));
      }),
    );
  });
});
