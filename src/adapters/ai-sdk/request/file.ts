import type { ContentBlock, ToolResultContentBlock } from '@aws-sdk/client-bedrock-runtime';
import { unsupportedError } from '../error.js';
import type { FileData } from '../specification.js';
import { formatOf, kindOf, sniffImage } from './media-type.js';

/** A file of a prompt or a tool result. */
export interface GivenFile {
  data: FileData;
  mediaType: string;
  filename?: string | undefined;
  /** A URL as it was written, where reading it would change it. */
  originalUrl?: string | undefined;
  /** Whether the answer may cite passages of it. */
  hasCitations?: boolean;
}

/** Kinds of files that messages and tool results may contain. */
type FileBlock = ToolResultContentBlock & ContentBlock.DocumentMember;

/** Where a file is: its bytes, base64 or a data URL, which the request's check turns into bytes, or an object in S3. */
type Source = { bytes: Uint8Array } | { s3Location: { uri: string } };

/**
 * The Converse block for a file: an image, video, audio, or else a document. Repair corrects a name that the service rejects, and a
 * format that the bytes contradict.
 *
 * @throws AI_UnsupportedFunctionalityError for an address that Bedrock does not read, and for a type that it does not accept.
 */
export function fileBlock(file: GivenFile): ContentBlock {
  const source = sourceOf(file);
  const kind = kindOf(file.mediaType);
  if (kind === 'document') return documentBlock(file, source);
  const format = (kind === 'image' && sniffed(source)) || formatOf(kind, file.mediaType);
  return { [kind]: { format, source } } as unknown as ContentBlock;
}

function documentBlock({ mediaType, filename, hasCitations }: GivenFile, source: Source): FileBlock {
  return {
    document: {
      format: formatOf('document', mediaType) as 'pdf',
      name: filename?.replace(/\.[A-Za-z0-9]{1,5}$/, '').trim() || 'document',
      source,
      ...(hasCitations && { citations: { enabled: true } }),
    },
  };
}

function sniffed(source: Source): string | undefined {
  return 'bytes' in source ? sniffImage(source.bytes) : undefined;
}

function sourceOf({ data, mediaType, originalUrl }: GivenFile): Source {
  if (typeof data === 'string' || ArrayBuffer.isView(data)) return bytesSource(data);
  if (isUrl(data)) return addressOf(originalUrl ?? data.href);
  switch (data.type) {
    case 'data':
      return bytesSource(data.data);
    case 'text':
      return bytesSource(new TextEncoder().encode(data.text));
    case 'url':
      return addressOf(data.originalUrl ?? data.url.href);
    default:
      throw unsupportedError(
        `files by reference (${mediaType})`,
        'It keeps no files: pass the bytes, or the s3: address of an object.',
      );
  }
}

function addressOf(url: string): Source {
  if (/^data:/i.test(url)) return bytesSource(url);
  if (/^s3:/i.test(url)) return { s3Location: { uri: url } };
  throw unsupportedError(
    `files by their ${url.slice(0, url.indexOf(':') + 1) || 'relative'} address`,
    'Fetch the file and pass its bytes, or pass the s3: address of an object.',
  );
}

/** The request's check reads text as base64 or as a data URL. */
function bytesSource(data: Uint8Array | string): Source {
  return { bytes: data as Uint8Array };
}

/** By its members, because a URL of another realm is not an instance of this realm's class. */
function isUrl(data: object): data is URL {
  return 'href' in data && 'protocol' in data;
}
