import { parseStreamingJson } from '@earendil-works/pi-ai';
import { describe, expect, it } from 'vitest';
import { PartialJson } from '../../src/adapters/pi/partial-json.js';
import fc from '../property.js';

/** Reads a text in pieces of so many letters. */
function read(text: string, size: number): unknown {
  const reader = new PartialJson();
  for (let at = 0; at < text.length; at += size) reader.feed(text.slice(at, at + size));
  reader.end();
  return reader.object;
}

describe('JSON that arrives in pieces', () => {
  it('is what JSON.parse makes of the whole, however it is cut', () => {
    const object = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 3 }));
    fc.assert(
      fc.property(object, fc.integer({ min: 1, max: 9 }), fc.constantFrom(0, 1), (value, size, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(read(text, size)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('is nested 200 levels deep at most', () => {
    const nested = (depth: number): string => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;
    for (const [depth, isTooDeep] of [
      [200, false],
      [201, true],
      [100_000, true],
    ] as const) {
      const reader = new PartialJson();
      reader.feed(nested(depth));
      expect(reader.isTooDeep).toBe(isTooDeep);
      // What it has is harmless.
      expect(JSON.stringify(reader.object).length).toBeLessThan(500);
    }
  });

  it("shows what pi's own parser shows, but numbers and words that are not complete", () => {
    const text =
      '{"path": "a\\n\\u00e9\\"b", "list": ["x", {"y": "z"}, []], "deep": {"er": {"est": "ok"}}, "e": ""}';
    const reader = new PartialJson();
    for (let at = 1; at <= text.length; at++) {
      reader.feed(text[at - 1] ?? '');
      // Half an escape is nothing yet; pi shows its letters.
      if (/\\(u[0-9a-f]{0,3})?$/.test(text.slice(0, at))) continue;
      expect(reader.object, text.slice(0, at)).toEqual(parseStreamingJson(text.slice(0, at)));
    }
  });

  it.each([
    ['{"a": "x\ny\tz"}', { a: 'x\ny\tz' }],
    ['{"a": "C:\\dir\\q"}', { a: 'C:\\dir\\q' }],
    ['{"a": 1, "b": tru', { a: 1 }],
    ['{"a": -1.5e3, "b": null, "c": [true, false', { a: -1500, b: null, c: [true, false] }],
    ['{"a": 12', { a: 12 }],
    ['{"a": {"b": [1, 2', { a: { b: [1, 2] } }],
    ['{"a": 1} and more {"b": 2}', { a: 1 }],
    ['{"__proto__": {"x": 1}, "constructor": 2}', JSON.parse('{"__proto__": {"x": 1}, "constructor": 2}')],
    ['[1, 2]', {}],
    ['"words"', {}],
    ['}]{', {}],
    ['', {}],
  ])('%j', (text, value) => {
    for (const size of [1, 3, 100]) expect(read(text, size)).toEqual(value);
  });

  it('makes a new outermost object each time, for those who compare', () => {
    const reader = new PartialJson();
    reader.feed('{"a": "b');
    const before = reader.object;
    reader.feed('c');
    expect(before).toEqual({ a: 'b' });
    expect(reader.object).toEqual({ a: 'bc' });
  });

  it('copies at most 32 members for each piece, however many there are', () => {
    const copies = [500, 1000, 2000, 4000].map((members) => copiesOf(members) / members);
    for (const copied of copies) expect(copied).toBeLessThanOrEqual(3 * 32 + 1);
    // Copying everything for each piece would make each number twice the one before.
    expect(copies[3]).toBeLessThan(1.2 * (copies[2] ?? 0));
  });

  it('shows all members of a large object, and a new object now and then', () => {
    const reader = new PartialJson();
    const objects = new Set<object>();
    for (let n = 0; n < 1000; n++) {
      reader.feed(`${n === 0 ? '{' : ','}"m${n}":${n},"t":"`);
      reader.feed('"');
      expect(reader.object[`m${n}`]).toBe(n);
      objects.add(reader.object);
    }
    expect(Object.keys(reader.object)).toHaveLength(1001);
    expect(objects.size).toBeGreaterThan(100);
  });

  it('never copies an object of more than 10,000 members, whose copy would hold up everything else', () => {
    const reader = new PartialJson();
    reader.feed(`{${Array.from({ length: 20_000 }, (_, n) => `"m${n}":${n}`).join()},"text":"`);
    const before = reader.object;
    for (let n = 0; n < 1000; n++) reader.feed('x');
    expect(reader.object).toBe(before);
    expect(reader.object['text']).toBe('x'.repeat(1000));
  });

  it.each([1000, 2000, 4000])('looks at each letter of %i at most twice, in pieces of any size', (length) => {
    const text = `{"text":"${'x'.repeat(length / 2)}","list":[${'1,'.repeat(length / 8)}1],"\\u0041":true`;
    for (const size of [1, 10, length]) {
      const reader = new PartialJson();
      let looked = 0;
      for (let at = 0; at < text.length; at += size) {
        reader.feed(watched(text.slice(at, at + size), (letters) => (looked += letters)));
      }
      reader.end();
      expect(Object.keys(reader.object)).toEqual(['text', 'list', 'A']);
      expect(looked).toBeGreaterThanOrEqual(text.length);
      // The letter behind a number is looked at again, and the end of a string is taken as a slice.
      expect(looked).toBeLessThanOrEqual(2 * text.length);
    }
  });
});

/** A text that reports which of its letters are looked at, singly or as a slice. */
function watched(text: string, look: (letters: number) => void): string {
  const get = (_target: object, name: string | symbol): unknown => {
    if (/^\d+$/.test(String(name))) look(1);
    if (name !== 'slice') return Reflect.get(Object(text), name);
    return (from: number, to?: number) => {
      const part = text.slice(from, to);
      look(part.length);
      return part;
    };
  };
  return new Proxy(Object(text), { get }) as string;
}

/** How many members are copied while an object with so many arrives in three pieces for each. */
function copiesOf(members: number): number {
  const reader = new PartialJson();
  let copied = 0;
  let last = reader.object;
  const feed = (piece: string): void => {
    reader.feed(piece);
    const { object } = reader;
    if (object !== last) copied += Object.keys(object).length;
    last = object;
  };
  for (let n = 0; n < members; n++) {
    feed(`${n === 0 ? '{' : ','}"member ${n}`);
    feed('": "');
    feed('words"');
  }
  return copied;
}
