import { describe, expect, it } from 'vitest';
import { FrameReader } from '../../src/wire/frame.js';
import { readPlainText } from '../../src/wire/plain-text.js';
import fc from '../property.js';
import { rawFrame } from './frames.js';

function read(payload: string | Uint8Array): ReturnType<typeof readPlainText> {
  const frames = new FrameReader();
  const bytes = typeof payload === 'string' ? new TextEncoder().encode(payload) : payload;
  frames.feed(rawFrame(new Uint8Array(0), bytes));
  expect(frames.next()).toBe(true);
  return readPlainText(frames);
}

const delta = (text: string, index = 0, padding = 'abc') =>
  JSON.stringify({ contentBlockIndex: index, delta: { text }, p: padding });

describe('a delta of plain text', () => {
  it.each([
    '',
    'a',
    'word',
    'words',
    ' and space ',
    'twelve bytes',
    'thirteen byte',
    'é',
    'abcé',
    'abcdé',
    'abcdefg\u00a0',
    'é 漢字 🦜',
    '\ufeffmark',
    '\u007f',
    "{it's: [json]}",
    '\u2028',
  ])('is read without JSON: %j', (text) => {
    for (const index of [0, 9]) {
      expect(read(delta(text, index))).toStrictEqual({ contentBlockIndex: index, delta: { text } });
    }
  });

  it.each([
    ['an escape', delta('a\n')],
    ['a quote', delta('a"b')],
    ['a backslash', delta('\\')],
    ['half of a character', delta('\ud83e')],
    ['a raw control character', delta('a').replace('a', '\u0001')],
    ['an index of two digits', delta('a', 10)],
    ['an index below 0', delta('a', -1)],
    ['no padding', '{"contentBlockIndex":0,"delta":{"text":"a"}}'],
    ['padding with an escape', delta('a', 0, '\n')],
    ['padding that is no text', '{"contentBlockIndex":0,"delta":{"text":"a"},"p":1}'],
    ['another order', '{"delta":{"text":"a"},"contentBlockIndex":0,"p":"abc"}'],
    ['space between members', '{"contentBlockIndex": 0,"delta":{"text":"a"},"p":"abc"}'],
    ['another member of the event', '{"contentBlockIndex":0,"delta":{"text":"a"},"p":"abc","q":1}'],
    ['another member of the delta', '{"contentBlockIndex":0,"delta":{"text":"a","b":1},"p":"abc"}'],
    ['a member twice', '{"contentBlockIndex":0,"delta":{"text":"a"},"p":"abc","p":"abc"}'],
    ['no text', '{"contentBlockIndex":0,"delta":{"toolUse":{"input":"a"}},"p":"abc"}'],
    ['text that is null', '{"contentBlockIndex":0,"delta":{"text":null},"p":"abc"}'],
    ['something behind it', `${delta('a')} `],
    ['nothing', ''],
  ])('is left to JSON with %s', (_what, payload) => {
    expect(read(payload)).toBeUndefined();
  });

  it('is left to JSON where it is cut at any byte', () => {
    const whole = delta('words');
    for (let end = 0; end < whole.length; end++) expect(read(whole.slice(0, end))).toBeUndefined();
  });

  it.each([0, 0x1f, 0x20, 0x21, 0x22, 0x23, 0x5b, 0x5c, 0x5d, 0x7f, 0x80, 0xff])(
    'is what JSON makes of it, or is left to JSON, wherever the byte %i is',
    (byte) => {
      const isPlain = byte >= 0x20 && byte !== 0x22 && byte !== 0x5c;
      for (let length = 1; length <= 10; length++)
        for (let at = 0; at < length; at++) {
          const payload = new TextEncoder().encode(delta('a'.repeat(length)));
          const start = payload.indexOf(0x61, 32);
          payload[start + at] = byte;
          const text = new TextDecoder().decode(payload.subarray(start, start + length));
          expect(read(payload)).toStrictEqual(
            isPlain ? { contentBlockIndex: 0, delta: { text } } : undefined,
          );
        }
    },
  );

  it('is what JSON makes of it, or is left to JSON, whatever the bytes are', () => {
    const bytes = fc.tuple(
      fc
        .constantFrom(delta('words'), delta('é 漢字 🦜', 3), delta('', 0, ''))
        .map((text) => new TextEncoder().encode(text)),
      fc.array(
        fc.tuple(fc.nat(60), fc.oneof(fc.nat(255), fc.constantFrom(...new TextEncoder().encode('"\\{}:,')))),
      ),
    );
    fc.assert(
      fc.property(bytes, ([payload, changes]) => {
        for (const [at, byte] of changes) if (at < payload.length) payload[at] = byte;
        const found = read(payload);
        if (found === undefined) return;
        const { p: _padding, ...expected } = JSON.parse(new TextDecoder().decode(payload));
        expect(found).toStrictEqual(expected);
      }),
      { numRuns: 2000 },
    );
  });
});
