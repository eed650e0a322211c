import { open } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import type { ContentBlock } from '../../index.js';
import { reasonOf } from '../local-files.js';
import { UsageError } from '../print/terminal.js';
import { findFileFormat, isUtf8, MOST_FILE_BYTES } from './file-format.js';

const KINDS = 'images (png, jpeg, gif, webp), documents (pdf, doc, docx, xls, xlsx) and text in UTF-8';

/** Reads a file as a block of a message. */
export async function readAttachment(path: string): Promise<ContentBlock> {
  if (/^(?:https?|s3|data):/i.test(path))
    throw new UsageError(`--attach ${path} is an address. Download it, and pass the file.`);
  return toBlock(await readBytes(path), path);
}

/** Makes a block of the bytes of a file. */
function toBlock(bytes: Uint8Array, path: string): ContentBlock {
  if (bytes.length === 0) throw new Error(`${path} is empty. Attach a file with content.`);
  const found = findFileFormat(bytes, path);
  if (found === undefined) throw new Error(`${path} cannot be attached: only ${KINDS} can.`);
  if (found.kind === 'image') return { image: { format: found.format, source: { bytes } } };
  const name = basename(path, extname(path)) || 'document';
  return { document: { format: found.format, name, source: { bytes } } };
}

async function readBytes(path: string): Promise<Uint8Array> {
  const file = await open(path).catch((error: unknown) => {
    throw new Error(`${path} cannot be attached: ${reasonOf(error, 'the file does not exist')}.`);
  });
  try {
    const found = await file.stat();
    if (!found.isFile()) throw new Error(`${path} cannot be attached: it is not a file.`);
    if (found.size > MOST_FILE_BYTES)
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
    if (size > MOST_FILE_BYTES)
      throw new Error('Standard input is larger than 25 MB, the most that a request may have. Send less.');
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(Buffer.concat(chunks));
  if (bytes.length === 0) return '';
  if (findFileFormat(bytes, '')?.kind !== 'image' && isUtf8(bytes)) return new TextDecoder().decode(bytes);
  return toBlock(bytes, 'standard input');
}
