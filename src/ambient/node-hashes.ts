import { createHash, createHmac } from 'node:crypto';

/** Computes the SHA-256 of bytes, or of a text in UTF-8, in hex. */
export function sha256Hex(data: Uint8Array | string): string {
  return createHash('sha256').update(data).digest('hex');
}

/** Computes the HMAC-SHA-256 of a text in UTF-8: 32 bytes. */
export function hmacSha256(key: Uint8Array, text: string): Uint8Array {
  return createHmac('sha256', key).update(text).digest();
}

/** Computes the HMAC-SHA-256 of a text in UTF-8, in hex. */
export function hmacSha256Hex(key: Uint8Array, text: string): string {
  return createHmac('sha256', key).update(text).digest('hex');
}
