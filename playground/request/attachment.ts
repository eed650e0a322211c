import type { ContentBlock } from 'bedrock-anywhere';
import { findFileFormat, MOST_FILE_BYTES } from '../../src/cli/ask/file-format.js';

/** A file that goes with the next message. */
export interface Attachment {
  name: string;
  bytes: number;
  block: ContentBlock;
}

const KINDS = 'images (png, jpeg, gif, webp), documents (pdf, doc, docx, xls, xlsx) and text can be attached';

/**
 * Reads a file that was chosen, dropped or pasted. What its bytes are decides, then its name.
 *
 * @throws Error that says why it cannot be attached
 */
export async function readAttachment(file: File): Promise<Attachment> {
  const name = file.name === '' ? 'pasted' : file.name;
  if (file.size > MOST_FILE_BYTES)
    throw new Error(`${name} is larger than 25 MB, the most that a request may have.`);
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (bytes.length === 0) throw new Error(`${name} is empty.`);
  const found = findFileFormat(bytes, name);
  if (found === undefined) throw new Error(`${name} is not of a kind that models read: ${KINDS}.`);
  const source = { bytes };
  const block: ContentBlock =
    found.kind === 'image'
      ? { image: { format: found.format, source } }
      : { document: { format: found.format, name: documentName(name), source } };
  return { name, bytes: bytes.length, block };
}

/** Bedrock wants letters, digits, single spaces, hyphens and brackets; the library repairs what is left. */
function documentName(name: string): string {
  return (
    name
      .replace(/\.[a-z0-9]{1,8}$/i, '')
      .replace(/[^\p{L}\p{N}()[\]-]+/gu, ' ')
      .trim() || 'document'
  );
}

/** A size in a few characters. */
export function formatBytes(bytes: number): string {
  return bytes < 1_000_000
    ? `${Math.max(1, Math.round(bytes / 1000))} KB`
    : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
