import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, toHex } from '../encoding.js';

const encoder = new TextEncoder();
/** The size of SHA-256's blocks, in bytes. */
const BLOCK = 64;

/** SHA-256 of bytes or of a text in UTF-8, in hex, at once: WebCrypto, which every runtime has, would make the caller wait. */
export function sha256Hex(data: Uint8Array | string): string {
  return toHex(sha256(typeof data === 'string' ? encoder.encode(data) : data));
}

/** HMAC-SHA-256 (RFC 2104) of a text in UTF-8: 32 bytes, at once. */
export function hmacSha256(key: Uint8Array, text: string): Uint8Array {
  const padded = new Uint8Array(BLOCK);
  padded.set(key.length > BLOCK ? sha256(key) : key);
  const keyed = (pad: number, data: Uint8Array): Uint8Array =>
    sha256(concatBytes([padded.map((byte) => byte ^ pad), data]));
  return keyed(0x5c, keyed(0x36, encoder.encode(text)));
}

/** The same in hex. */
export function hmacSha256Hex(key: Uint8Array, text: string): string {
  return toHex(hmacSha256(key, text));
}
