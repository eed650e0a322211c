import { open } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import type { ContentBlock, DocumentBlock, ImageBlock } from '../../index.js';
import { reasonOf } from '../local-files.js';
import { UsageError } from '../print/terminal.js';

/** A request may have 25 MB; a larger file cannot be part of one. */
const MAX_BYTES = 25 * 1024 * 1024;

type ImageFormat = NonNullable<ImageBlock['format']>;
type DocumentFormat = NonNullable<DocumentBlock['format']>;

/** Documents that are not plain text. Source: Amazon Bedrock API reference, `DocumentBlock`. */
const DOCUMENTS: ReadonlySet<string> = new Set(['pdf', 'doc', 'docx', 'xls', 'xlsx']);

/** Formats of plain text that have a name of their own there; any other text is `txt`. */
const TEXTS: ReadonlySet<string> = new Set(['csv', 'html', 'md', 'txt']);

const KINDS = 'images (png, jpeg, gif, webp), documents (pdf, doc, docx, xls, xlsx) and text in UTF-8';

/** Reads a file as a block of a message. */
export async function readAttachment(path: string): Promise<ContentBlock> {
  if (/^(?:https?|s3|data):/i.test(path))
    throw new UsageError(`--attach ${path} is an address. Download it, and pass the file.`);
  return toBlock(await readBytes(path), path);
}

/** Makes a block of the bytes of a file. What they are decides, then the name. */
function toBlock(bytes: Uint8Array, path: string): ContentBlock {
  if (bytes.length === 0) throw new Error(`${path} is empty. Attach a file with content.`);
  const image = imageFormat(bytes);
  if (image !== undefined) return { image: { format: image, source: { bytes } } };
  const extension = extname(path).slice(1).toLowerCase();
  const isPdf = startsWith(bytes, '%PDF-');
  const isText = isUtf8(bytes);
  const format = isPdf
    ? 'pdf'
    : DOCUMENTS.has(extension)
      ? extension
      : isText
        ? TEXTS.has(extension)
          ? extension
          : 'txt'
        : undefined;
  if (format === undefined) throw new Error(`${path} cannot be attached: only ${KINDS} can.`);
  const name = basename(path, extname(path)) || 'document';
  return { document: { format: format as DocumentFormat, name, source: { bytes } } };
}

async function readBytes(path: string): Promise<Uint8Array> {
  const file = await open(path).catch((error: unknown) => {
    throw new Error(`${path} cannot be attached: ${reasonOf(error, 'the file does not exist')}.`);
  });
  try {
    const found = await file.stat();
    if (!found.isFile()) throw new Error(`${path} cannot be attached: it is not a file.`);
    if (found.size > MAX_BYTES)
      throw new Error(
        `${path} cannot be attached: it is larger than 25 MB, the most that a request may have.`,
      );
    return new Uint8Array(await file.readFile());
  } finally {
    await file.close();
  }
}

/** Reads standard input: text, or a block if it is an image or a document. */
export async function readInput(input: AsyncIterable<Uint8Array>): Promise<string | ContentBlock> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of input) {
    size += chunk.length;
    if (size > MAX_BYTES)
      throw new Error('Standard input is larger than 25 MB, the most that a request may have. Send less.');
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(Buffer.concat(chunks));
  if (bytes.length === 0) return '';
  if (imageFormat(bytes) === undefined && isUtf8(bytes)) return new TextDecoder().decode(bytes);
  return toBlock(bytes, 'standard input');
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
