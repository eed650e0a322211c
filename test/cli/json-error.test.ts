import { describe, expect, it } from 'vitest';
import { describePlace, findJsonError } from '../../src/cli/json-error.js';
import fc from '../property.js';

describe('the place where a text stops being JSON', () => {
  it.each([
    ['', 0],
    ['[{', 2],
    ['[1,]', 3],
    ['[1 2]', 3],
    ['{"a" 1}', 5],
    ['{"a":1,}', 7],
    ['{a:1}', 1],
    ['{"a":01}', 5],
    ['[1.]', 1],
    ['["\\x"]', 1],
    ['["open', 1],
    ['[}', 1],
    ['{]', 1],
    ['[]]', 2],
    ['[true, nul]', 7],
    ['hunter2', 0],
    ["['a']", 1],
    ['\ufeff[]', 0],
    ['[1] // why', 4],
  ])('of %j is %i', (text, at) => {
    expect(() => JSON.parse(text)).toThrow();
    expect(findJsonError(text)).toBe(at);
  });

  it('is the one that V8 names, or the beginning of the text or number that it is in', () => {
    const signs = fc.constantFrom('}', ']', ',', ':', '"', 'x', '\\', '\n', '0', '.', '-', '{', '[');
    let compared = 0;
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), fc.nat(), signs, (json, n, sign) => {
        const at = n % (json.length + 1);
        const text = json.slice(0, at) + sign + json.slice(at);
        const found = findJsonError(text);
        const message = problemOf(text);
        if (message === undefined) {
          expect(found).toBe(text.length);
          return;
        }
        const [, position] = /at position (\d+)/.exec(message) ?? [];
        if (position === undefined) return;
        compared += 1;
        expect(text.slice(found, Number(position))).toMatch(/^(".*|[-+.\w]*)$/s);
      }),
      { numRuns: 1000 },
    );
    expect(compared).toBeGreaterThan(50);
  });

  it('is shown by line and column', () => {
    expect(describePlace('[\n  {"a": oops}\n]', 10)).toBe('line 2, column 9');
    expect(describePlace('', 0)).toBe('line 1, column 1');
  });
});

function problemOf(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return String(error);
  }
}
