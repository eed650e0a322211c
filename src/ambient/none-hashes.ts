import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';

/** SHA-256 of the bytes, 32 bytes, at once: WebCrypto, which every runtime has, would make the caller wait. */
export { sha256 };

/** HMAC-SHA-256 of the bytes: 32 bytes, at once. */
export function hmacSha256(key: Uint8Array, bytes: Uint8Array): Uint8Array {
  return hmac(sha256, key, bytes);
}
