// The class itself, which noble calls internal: its function `sha256` brings checks of options that are not used here.
import { _SHA256 as Sha256 } from '@noble/hashes/sha2.js';
import { encodeText, toHex } from '../encoding.js';

/** The size of SHA-256's blocks, in bytes. */
const BLOCK = 64;

/**
 * Computes the SHA-256 of bytes, or of a text in UTF-8, in hex. Not with WebCrypto, which every runtime has: its hashes are
 * promises, and a signature needs several in a row.
 */
export function sha256Hex(data: Uint8Array | string): string {
  return toHex(hash(typeof data === 'string' ? encodeText(data) : data));
}

/** HMAC-SHA-256 (RFC 2104) of a text in UTF-8: 32 bytes, at once. */
export function hmacSha256(key: Uint8Array, text: string): Uint8Array {
  const padded = new Uint8Array(BLOCK);
  padded.set(key.length > BLOCK ? hash(key) : key);
  const keyed = (pad: number, data: Uint8Array): Uint8Array =>
    hash(
      padded.map((byte) => byte ^ pad),
      data,
    );
  return keyed(0x5c, keyed(0x36, encodeText(text)));
}

/** Computes the HMAC-SHA-256 of a text in UTF-8, in hex. */
export function hmacSha256Hex(key: Uint8Array, text: string): string {
  return toHex(hmacSha256(key, text));
}

function hash(...pieces: Uint8Array[]): Uint8Array {
  const state = new Sha256();
  for (const piece of pieces) state.update(piece);
  return state.digest();
}
