import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/** SHA-256 of bytes or of a text in UTF-8, in hex, at once: WebCrypto, which every runtime has, would make the caller wait. */
export function sha256Hex(data: Uint8Array | string): string {
  return bytesToHex(sha256(typeof data === 'string' ? utf8ToBytes(data) : data));
}

/** HMAC-SHA-256 of a text in UTF-8: 32 bytes, at once. */
export function hmacSha256(key: Uint8Array, text: string): Uint8Array {
  return hmac(sha256, key, utf8ToBytes(text));
}

/** The same in hex. */
export function hmacSha256Hex(key: Uint8Array, text: string): string {
  return bytesToHex(hmacSha256(key, text));
}
