import { describe, expect, it } from 'vitest';
import { Pieces } from '../src/pieces.js';
import { collectGarbage } from './collect-garbage.js';
import fc from './property.js';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

describe('a text that arrives in pieces', () => {
  it('consists of all pieces in order, whenever it is read', () => {
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

  it('takes little more memory than its letters', () => {
    const [count, length] = [200_000, 5];
    const pieces = new Pieces();
    collectGarbage();
    const before = process.memoryUsage().heapUsed;
    // Each piece is a separate string, as if decoded from bytes.
    for (let i = 0; i < count; i++)
      pieces.add(LETTERS.charAt(i % 26).concat(LETTERS.slice(i % 20, (i % 20) + length - 1)));
    collectGarbage();
    const perLetter = (process.memoryUsage().heapUsed - before) / (count * length);
    // An array of strings would take seven times as much.
    expect(perLetter).toBeLessThan(1.5);
    expect(pieces.read()).toHaveLength(count * length);
  });
});
