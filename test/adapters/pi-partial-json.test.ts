import { parseStreamingJson } from '@earendil-works/pi-ai';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PartialJson } from '../../src/adapters/pi/partial-json.js';

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

  it('takes time that grows with the text alone', () => {
    const letters = 2_000_000;
    const reader = new PartialJson();
    reader.feed('{"text": "');
    // Reading everything again for each piece would take hours, and the test's time limit end it.
    for (let n = 0; n < letters / 10; n++) reader.feed('0123456789');
    reader.feed('"}');
    expect(String(reader.object['text']).length).toBe(letters);
  });
});
