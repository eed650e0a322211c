import { describe, expect, it } from 'vitest';
import { Pieces } from '../src/pieces.js';
import { collectGarbage } from './collect-garbage.js';
import fc from './property.js';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

describe('a text that arrives in pieces', () => {
  it('is all of them in their order, whenever it is read', () => {
    const pieceOrRead = fc.option(fc.string({ maxLength: 3 }), { freq: 20 });
    fc.assert(
      fc.property(fc.array(pieceOrRead, { maxLength: 1000, size: 'max' }), (steps) => {
        const pieces = new Pieces();
        let expected = '';
        for (const step of steps) {
          if (step === null) expect(pieces.read()).toBe(expected);
          else {
            pieces.add(step);
            expected += step;
          }
        }
        expect(pieces.read()).toBe(expected);
      }),
    );
  });

  it('takes about the memory of its letters', () => {
    const [count, length] = [200_000, 5];
    const pieces = new Pieces();
    collectGarbage();
    const before = process.memoryUsage().heapUsed;
    // Each piece is a string of its own, as it is when it comes from bytes.
    for (let i = 0; i < count; i++)
      pieces.add(LETTERS.charAt(i % 26).concat(LETTERS.slice(i % 20, (i % 20) + length - 1)));
    collectGarbage();
    const perLetter = (process.memoryUsage().heapUsed - before) / (count * length);
    // As an array of strings it would be seven times as much.
    expect(perLetter).toBeLessThan(1.5);
    expect(pieces.read()).toHaveLength(count * length);
  });
});
