import type { DocumentBlock, ImageBlock } from '../../index.js';
import { findImageFormat } from '../../input/image-format.js';

/** What a file can be part of a message as. */
export type FileFormat =
  | { kind: 'image'; format: NonNullable<ImageBlock['format']> }
  | { kind: 'document'; format: NonNullable<DocumentBlock['format']> };

/** A request may have 25 MB; a larger file cannot be part of one. */
export const MOST_FILE_BYTES = 25 * 1024 * 1024;

/** Documents that are not plain text. Source: Amazon Bedrock API reference, `DocumentBlock`. */
const DOCUMENTS: ReadonlySet<string> = new Set(['pdf', 'doc', 'docx', 'xls', 'xlsx']);

/** Formats of plain text that have a name of their own there; any other text is `txt`. */
const TEXTS: ReadonlySet<string> = new Set(['csv', 'html', 'md', 'txt']);

/** Finds out what a file is: by its bytes first, then by its name. Undefined if no model reads it. */
export function findFileFormat(bytes: Uint8Array, name: string): FileFormat | undefined {
  const image = findImageFormat(bytes);
  if (image !== undefined) return { kind: 'image', format: image };
  const format = documentFormat(bytes, name);
  if (format === undefined) return undefined;
  return { kind: 'document', format: format as NonNullable<DocumentBlock['format']> };
}

function documentFormat(bytes: Uint8Array, name: string): string | undefined {
  const extension = /\.([a-z0-9]{1,8})$/i.exec(name)?.[1]?.toLowerCase() ?? '';
  if (isPdf(bytes)) return 'pdf';
  if (DOCUMENTS.has(extension)) return extension;
  if (!isUtf8(bytes)) return undefined;
  return TEXTS.has(extension) ? extension : 'txt';
}

function isPdf(bytes: Uint8Array): boolean {
  return [...'%PDF-'].every((letter, i) => bytes[i] === letter.charCodeAt(0));
}

/** Whether bytes are text in UTF-8. */
export function isUtf8(bytes: Uint8Array): boolean {
  try {
    return !new TextDecoder('utf-8', { fatal: true }).decode(bytes).includes('\0');
  } catch {
    return false;
  }
}
