import { Buffer as NodeBuffer } from 'node:buffer';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fromBase64, toBase64 } from '../../src/wire/base64.js';
import fc from '../property.js';

const bytes = fc.uint8Array({ maxLength: 300 });

const reference = (data: Uint8Array): string => NodeBuffer.from(data).toString('base64');

/** The ways of different runtimes, each as if it were the only one. */
const WAYS: [name: string, prepare: () => void][] = [
  ['the bytes themselves write it', () => addToBase64(reference)],
  ['there is a Buffer', () => addToBase64(undefined)],
  [
    'there is neither',
    () => {
      addToBase64(undefined);
      vi.stubGlobal('Buffer', undefined);
    },
  ],
  ['what the bytes have throws', () => addToBase64(notSupported)],
  [
    'both throw',
    () => {
      addToBase64(notSupported);
      vi.stubGlobal('Buffer', { from: notSupported });
    },
  ],
  [
    'Buffer is a polyfill that cannot do it',
    () => {
      addToBase64(undefined);
      vi.stubGlobal('Buffer', { isBuffer: () => false });
    },
  ],
];

function notSupported(): never {
  throw new Error('not supported');
}

function addToBase64(write: ((data: Uint8Array) => string) | undefined): void {
  const value =
    write &&
    function (this: Uint8Array) {
      return write(this);
    };
  Object.defineProperty(Uint8Array.prototype, 'toBase64', { value, configurable: true });
}

describe.each(WAYS)('toBase64 where %s', (_way, prepare) => {
  const own = Object.getOwnPropertyDescriptor(Uint8Array.prototype, 'toBase64');
  beforeEach(prepare);
  afterEach(() => {
    vi.unstubAllGlobals();
    if (own === undefined) Reflect.deleteProperty(Uint8Array.prototype, 'toBase64');
    else Object.defineProperty(Uint8Array.prototype, 'toBase64', own);
  });

  it("writes what Node's Buffer writes", () => {
    fc.assert(fc.property(bytes, (data) => toBase64(data) === reference(data)));
  });

  it.each([0, 1, 2, 3, 4, 5, 6])('pads %i bytes to a multiple of four characters', (length) => {
    const data = new Uint8Array(length).fill(255);
    expect(toBase64(data)).toBe(reference(data));
  });

  it('writes a view of a larger buffer, and only that', () => {
    const whole = Uint8Array.from({ length: 64 }, (_, i) => i * 5);
    const view = whole.subarray(7, 27);
    expect(toBase64(view)).toBe(reference(view));
  });

  it('writes bodies of several MiB', () => {
    const data = Uint8Array.from({ length: 3 * 1024 * 1024 + 1 }, (_, i) => i >> 3);
    expect(toBase64(data) === reference(data)).toBe(true);
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
