import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Hashes, inJavaScript, ofNode } from '../../src/sign/hash.js';

const ways: [name: string, hashes: Hashes | undefined][] = [
  ['in JavaScript', inJavaScript],
  ["of Node's crypto", ofNode(process)],
];

describe.each(ways)('SHA-256 %s', (_name, hashes) => {
  it('is that of FIPS 180-2, and its HMAC that of RFC 4231', () => {
    const hex = (bytes?: Uint8Array) => Buffer.from(bytes ?? []).toString('hex');
    expect(hex(hashes?.sha256(Buffer.from('abc')))).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
    expect(hex(hashes?.hmac(Buffer.from('Jefe'), Buffer.from('what do ya want for nothing?')))).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    );
  });

  it('is that of OpenSSL for every key and text', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.uint8Array({ maxLength: 300 }), (key, bytes) => {
        expect(new Uint8Array(hashes?.sha256(bytes) ?? [])).toEqual(
          new Uint8Array(createHash('sha256').update(bytes).digest()),
        );
        expect(new Uint8Array(hashes?.hmac(key, bytes) ?? [])).toEqual(
          new Uint8Array(createHmac('sha256', key).update(bytes).digest()),
        );
      }),
    );
  });
});

describe('the hashes of a runtime', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  it("are Node's where they can be had", async () => {
    const getBuiltinModule = vi.fn(process.getBuiltinModule);
    vi.stubGlobal('process', { ...process, getBuiltinModule });
    vi.resetModules();
    const { hashes } = await import('../../src/sign/hash.js');
    expect(hashes()).toBe(hashes());
    expect(getBuiltinModule).toHaveBeenCalledExactlyOnceWith('node:crypto');
  });

  const without: [name: string, process: unknown][] = [
    ['without a process, as in browsers', undefined],
    ['with a process that brings no modules, as in bundles', {}],
    ['with a process that has no crypto', { getBuiltinModule: () => undefined }],
    [
      'with a crypto that is only a name',
      {
        getBuiltinModule: () => ({
          createHash() {
            throw new Error('[unenv] crypto.createHash is not implemented yet!');
          },
        }),
      },
    ],
  ];
  it.each(without)('are made in JavaScript %s', async (_name, process) => {
    vi.stubGlobal('process', process);
    vi.resetModules();
    const { hashes, inJavaScript: made } = await import('../../src/sign/hash.js');
    const found = hashes();
    vi.unstubAllGlobals();
    expect(found).toBe(made);
  });
});
