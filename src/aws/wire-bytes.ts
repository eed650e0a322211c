import { fromBase64 } from '../wire/base64.js';

/** Members whose content is the caller's own, whatever it is called. */
const FREE = new Set(['additionalModelRequestFields', 'inputSchema', 'json', 'requestMetadata', 'toolUse']);

/** Members that hold bytes. */
const BYTES = new Set(['body', 'bytes', 'redactedContent']);

/**
 * The input of a command with bytes instead of base64: the AWS client takes any text for the bytes of its letters, and would
 * encode base64 once more. The input itself if it has none.
 */
export function withBytes<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  let copy: Record<string, unknown> | undefined;
  for (const [name, member] of Object.entries(value)) {
    if (FREE.has(name)) continue;
    const isBase64 = typeof member === 'string' && BYTES.has(name);
    const next: unknown = isBase64 ? (fromBase64(member) ?? member) : withBytes(member);
    if (next === member) continue;
    copy ??= (Array.isArray(value) ? value.slice() : { ...value }) as Record<string, unknown>;
    copy[name] = next;
  }
  return (copy ?? value) as T;
}
