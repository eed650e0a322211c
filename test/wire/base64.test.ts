import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromBase64, toBase64 } from '../../src/wire/base64.js';

const bytes = fc.uint8Array({ maxLength: 300 });

describe('toBase64', () => {
  it("writes what Node's Buffer writes", () => {
    fc.assert(
      fc.property(bytes, (data) => {
        expect(toBase64(data)).toBe(Buffer.from(data).toString('base64'));
      }),
    );
  });

  it.each([0, 1, 2, 3, 4, 5, 6])('pads %i bytes to a multiple of four characters', (length) => {
    const data = new Uint8Array(length).fill(255);
    expect(toBase64(data)).toBe(Buffer.from(data).toString('base64'));
  });

  it('writes a view of a larger buffer, and only that', () => {
    const whole = Uint8Array.from({ length: 64 }, (_, i) => i * 5);
    const view = whole.subarray(7, 27);
    expect(toBase64(view)).toBe(Buffer.from(view).toString('base64'));
  });

  it('writes bodies of several MiB', () => {
    const data = Uint8Array.from({ length: 3 * 1024 * 1024 + 1 }, (_, i) => i >> 3);
    expect(toBase64(data) === Buffer.from(data).toString('base64')).toBe(true);
  });
});

describe('fromBase64', () => {
  it('reads back what was written, padded and unpadded', () => {
    fc.assert(
      fc.property(bytes, (data) => {
        const text = Buffer.from(data).toString('base64');
        expect(fromBase64(text)).toEqual(new Uint8Array(data));
        expect(fromBase64(text.replace(/=+$/, ''))).toEqual(new Uint8Array(data));
      }),
    );
  });

  it('reads every character of the alphabet', () => {
    const text = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
    expect(fromBase64(text)).toEqual(new Uint8Array(Buffer.from(text, 'base64')));
  });

  it.each([
    'A',
    'ABCDE',
    '=',
    '==',
    '====',
    'A=',
    'A==',
    'AB=',
    'ABC==',
    'AB==A',
    'A=BC',
    'AB=C',
    'ABC=DEFG',
    'AB C',
    'ABC\n',
    'AB-_',
    'ABCé',
    'AB\u0141D',
    'ABC💥',
    '{"a"',
  ])('takes %j for no base64', (text) => {
    expect(fromBase64(text)).toBeUndefined();
  });

  it('finds one wrong character wherever it stands', () => {
    const text = Buffer.from(Uint8Array.from({ length: 60 }, (_, i) => i * 3)).toString('base64');
    for (let at = 0; at < text.length; at++) {
      expect(fromBase64(`${text.slice(0, at)}*${text.slice(at + 1)}`)).toBeUndefined();
    }
  });
});
