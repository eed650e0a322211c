import { toBase64 } from '../../wire/base64.js';
import type { Json } from '../check/shape.js';

/** Writes a body in the order of its members, with bytes as base64. */
export function writeBody(body: Json): string {
  return JSON.stringify(body, (_name, value: unknown) =>
    value instanceof Uint8Array ? toBase64(value) : value,
  );
}
