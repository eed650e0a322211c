import { createHash, createHmac } from 'node:crypto';

/** SHA-256 of the bytes: 32 bytes, at once. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest();
}

/** HMAC-SHA-256 of the bytes: 32 bytes, at once. */
export function hmacSha256(key: Uint8Array, bytes: Uint8Array): Uint8Array {
  return createHmac('sha256', key).update(bytes).digest();
}
