import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import * as ofNode from '../../src/ambient/node-hashes.js';
import * as inJavaScript from '../../src/ambient/none-hashes.js';
import fc from '../property.js';

describe.each([
  ['in JavaScript', inJavaScript],
  ["of Node's crypto", ofNode],
])('SHA-256 %s', (_name, { hmacSha256, hmacSha256Hex, sha256Hex }) => {
  it('is that of FIPS 180-2, and its HMAC that of RFC 4231', () => {
    expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(hmacSha256Hex(new TextEncoder().encode('Jefe'), 'what do ya want for nothing?')).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    );
  });

  it('is that of OpenSSL for all bytes, texts and keys', () => {
    const texts = fc.string({ unit: 'grapheme', maxLength: 300 });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), texts, (bytes, text) => {
        for (const data of [bytes, text]) {
          expect(sha256Hex(data)).toBe(createHash('sha256').update(data).digest('hex'));
        }
        const mac = createHmac('sha256', bytes).update(text).digest();
        expect(new Uint8Array(hmacSha256(bytes, text))).toEqual(new Uint8Array(mac));
        expect(hmacSha256Hex(bytes, text)).toBe(mac.toString('hex'));
      }),
    );
  });
});
