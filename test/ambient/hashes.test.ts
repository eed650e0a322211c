import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as ofNode from '../../src/ambient/node-hashes.js';
import * as inJavaScript from '../../src/ambient/none-hashes.js';

describe.each([
  ['in JavaScript', inJavaScript],
  ["of Node's crypto", ofNode],
])('SHA-256 %s', (_name, { hmacSha256, sha256 }) => {
  it('is that of FIPS 180-2, and its HMAC that of RFC 4231', () => {
    const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
    expect(hex(sha256(Buffer.from('abc')))).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
    expect(hex(hmacSha256(Buffer.from('Jefe'), Buffer.from('what do ya want for nothing?')))).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    );
  });

  it('is that of OpenSSL for every key and text', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.uint8Array({ maxLength: 300 }), (key, bytes) => {
        expect(new Uint8Array(sha256(bytes))).toEqual(
          new Uint8Array(createHash('sha256').update(bytes).digest()),
        );
        expect(new Uint8Array(hmacSha256(key, bytes))).toEqual(
          new Uint8Array(createHmac('sha256', key).update(bytes).digest()),
        );
      }),
    );
  });
});
