import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';

/** SHA-256 and its HMAC, at once: WebCrypto, which every runtime has, makes a caller wait for both. */
export interface Hashes {
  sha256(bytes: Uint8Array): Uint8Array;
  hmac(key: Uint8Array, bytes: Uint8Array): Uint8Array;
}

interface Digest {
  update(bytes: Uint8Array): Digest;
  digest(): Uint8Array;
}

interface NodeCrypto {
  createHash(algorithm: 'sha256'): Digest;
  createHmac(algorithm: 'sha256', key: Uint8Array): Digest;
}

interface Process {
  getBuiltinModule?(name: string): unknown;
}

/** For every runtime. The first request of a process pays for it: nothing of it is compiled yet. */
export const inJavaScript: Hashes = {
  sha256,
  hmac: (key, bytes) => hmac(sha256, key, bytes),
};

/** Those of Node and its likes; undefined where they cannot be had without an import, or do not work. */
export function ofNode(process?: Process): Hashes | undefined {
  try {
    const crypto = process?.getBuiltinModule?.('node:crypto') as NodeCrypto | undefined;
    if (crypto === undefined) return undefined;
    const hashes: Hashes = {
      sha256: (bytes) => crypto.createHash('sha256').update(bytes).digest(),
      hmac: (key, bytes) => crypto.createHmac('sha256', key).update(bytes).digest(),
    };
    hashes.hmac(new Uint8Array(1), hashes.sha256(new Uint8Array(1)));
    return hashes;
  } catch {
    return undefined;
  }
}

let found: Hashes | undefined;

/** The best that this runtime has. */
export function hashes(): Hashes {
  found ??= ofNode((globalThis as { process?: Process }).process) ?? inJavaScript;
  return found;
}
