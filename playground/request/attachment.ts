import type { ContentBlock, DocumentBlock, ImageBlock } from 'bedrock-anywhere';

/** A file that goes with the next message. */
export interface Attachment {
  name: string;
  bytes: number;
  block: ContentBlock;
}

/** A request may have 25 MB; a larger file cannot be part of one. */
const MOST_BYTES = 25 * 1024 * 1024;

type ImageFormat = NonNullable<ImageBlock['format']>;
type DocumentFormat = NonNullable<DocumentBlock['format']>;

/** Documents that are not plain text. Source: Amazon Bedrock API reference, `DocumentBlock`. */
const DOCUMENTS: ReadonlySet<string> = new Set(['pdf', 'doc', 'docx', 'xls', 'xlsx']);

/** Formats of plain text that have a name of their own there; any other text is `txt`. */
const TEXTS: ReadonlySet<string> = new Set(['csv', 'html', 'md', 'txt']);

const KINDS = 'images (png, jpeg, gif, webp), documents (pdf, doc, docx, xls, xlsx) and text can be attached';

/**
 * Reads a file that was chosen, dropped or pasted. What its bytes are decides, then its name.
 *
 * @throws Error that says why it cannot be attached
 */
export async function readAttachment(file: File): Promise<Attachment> {
  const name = file.name === '' ? 'pasted' : file.name;
  if (file.size > MOST_BYTES)
    throw new Error(`${name} is larger than 25 MB, the most that a request may have.`);
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (bytes.length === 0) throw new Error(`${name} is empty.`);
  const image = imageFormat(bytes);
  if (image !== undefined)
    return { name, bytes: bytes.length, block: { image: { format: image, source: { bytes } } } };
  const format = documentFormat(bytes, name);
  if (format === undefined) throw new Error(`${name} is not of a kind that models read: ${KINDS}.`);
  return {
    name,
    bytes: bytes.length,
    block: { document: { format, name: documentName(name), source: { bytes } } },
  };
}

function documentFormat(bytes: Uint8Array, name: string): DocumentFormat | undefined {
  const extension = /\.([a-z0-9]{1,8})$/i.exec(name)?.[1]?.toLowerCase() ?? '';
  if (startsWith(bytes, '%PDF-')) return 'pdf';
  if (DOCUMENTS.has(extension)) return extension as DocumentFormat;
  if (!isUtf8(bytes)) return undefined;
  return (TEXTS.has(extension) ? extension : 'txt') as DocumentFormat;
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

function imageFormat(bytes: Uint8Array): ImageFormat | undefined {
  if (startsWith(bytes, '\x89PNG')) return 'png';
  if (startsWith(bytes, '\xFF\xD8\xFF')) return 'jpeg';
  if (startsWith(bytes, 'GIF8')) return 'gif';
  return startsWith(bytes, 'RIFF') && startsWith(bytes.subarray(8), 'WEBP') ? 'webp' : undefined;
}

function startsWith(bytes: Uint8Array, letters: string): boolean {
  return [...letters].every((letter, i) => bytes[i] === letter.charCodeAt(0));
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    return !new TextDecoder('utf-8', { fatal: true }).decode(bytes).includes('\0');
  } catch {
    return false;
  }
}

/** A size in a few characters. */
export function formatBytes(bytes: number): string {
  return bytes < 1_000_000
    ? `${Math.max(1, Math.round(bytes / 1000))} KB`
    : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
