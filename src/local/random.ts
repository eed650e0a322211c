import { toBase64 } from '../wire/base64.js';

const HEX = '0123456789abcdef';
const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Creates random bytes fit for secrets. */
export function randomBytes(length: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(length));
}

/** Creates a version 4 UUID; pages that are not served securely lack `crypto.randomUUID`. */
export function randomUuid(): string {
  const bytes = randomBytes(16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  let text = '';
  for (const [i, byte] of bytes.entries()) {
    if (i === 4 || i === 6 || i === 8 || i === 10) text += '-';
    text += HEX.charAt(byte >>> 4) + HEX.charAt(byte & 15);
  }
  return text;
}

/** Creates an access key id with this prefix of four letters. */
export function randomKeyId(prefix: string): string {
  return prefix + Array.from(randomBytes(16), (byte) => UPPER.charAt(byte & 31)).join('');
}

/** Creates a secret access key: 40 characters of base64. */
export function randomSecret(): string {
  return toBase64(randomBytes(30));
}

/** Numbers in [0, 1) that depend on the seed alone, so that the same request gets the same bytes back. */
export type Dice = () => number;

/** Creates a small generator (mulberry32), for padding and ids, never for secrets. */
export function createDice(seed: number): Dice {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const URL_SAFE = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Makes up an id: `tooluse_` and 22 characters. */
export function makeToolUseId(roll: Dice): string {
  let id = 'tooluse_';
  for (let i = 0; i < 22; i++) id += URL_SAFE.charAt(Math.floor(roll() * 64));
  return id;
}
