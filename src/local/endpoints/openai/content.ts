import { ownMember } from '../../../members/own-member.js';
import type { Json } from '../../check/shape.js';
import { asText } from '../../invoke/as-text.js';
import { invalidParameter } from '../failure.js';

/** Documents that Converse knows, by the media type of a data URL. */
const DOCUMENTS: Readonly<Record<string, string>> = {
  'application/pdf': 'pdf',
  'text/plain': 'txt',
  'text/markdown': 'md',
  'text/html': 'html',
  'text/csv': 'csv',
};

const IMAGES = ['png', 'jpeg', 'gif', 'webp'];

const TEXTS = ['text', 'input_text', 'output_text', 'summary_text', 'reasoning_text'];

/** Requires an object. */
export function objectOf(value: unknown, path: string): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw wrongType(path, 'an object', value);
}

/** Requires a string. */
export function stringOf(value: unknown, path: string): string {
  if (typeof value === 'string') return value;
  throw value === undefined || value === null ? missing(path) : wrongType(path, 'a string', value);
}

/** Requires a list; a missing one is empty. */
export function listOf(value: unknown, path: string): unknown[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value;
  throw wrongType(path, 'an array of objects', value);
}

/** The refusal of a request that lacks a member. */
export function missing(path: string): Error {
  return invalidParameter(`Missing required parameter: '${path}'.`, path);
}

/** The refusal of a value that is none of those that are supported. */
export function unsupportedValue(value: unknown, supported: readonly string[], path: string): Error {
  const listed = supported.map((one) => `'${one}'`).join(', ');
  return invalidParameter(`Invalid value: '${asText(value)}'. Supported values are: ${listed}.`, path);
}

function wrongType(path: string, wanted: string, value: unknown): Error {
  const found = value === null ? 'null' : Array.isArray(value) ? 'an array' : nameOf(typeof value);
  return invalidParameter(`Invalid type for '${path}': expected ${wanted}, but got ${found} instead.`, path);
}

function nameOf(type: string): string {
  if (type === 'undefined') return 'nothing';
  return type === 'object' ? 'an object' : `a ${type}`;
}

/** Reads a message's content, a string or a list of parts of either protocol, as blocks of Converse. Blank texts are left out. */
export function readContent(content: unknown, path: string): Json[] {
  const parts = typeof content === 'string' ? [{ type: 'text', text: content }] : listOf(content, path);
  return parts.flatMap((part, i) => readPart(objectOf(part, `${path}[${i}]`), `${path}[${i}]`));
}

function readPart(part: Json, path: string): Json[] {
  const { type } = part;
  if (TEXTS.includes(asText(type))) return textBlocks(stringOf(part['text'], `${path}.text`));
  switch (type) {
    case 'refusal':
      return textBlocks(stringOf(part['refusal'], `${path}.refusal`));
    case 'image_url':
      return [readImage(objectOf(part['image_url'], `${path}.image_url`)['url'], `${path}.image_url.url`)];
    case 'input_image':
      return [readImage(part['image_url'], `${path}.image_url`)];
    case 'file':
      return [readFile(objectOf(part['file'], `${path}.file`), `${path}.file`)];
    case 'input_file':
      return [readFile(part, path)];
    default:
      throw unsupportedValue(
        type,
        ['text', 'image_url', 'file', 'input_text', 'input_image', 'input_file'],
        `${path}.type`,
      );
  }
}

function textBlocks(text: string): Json[] {
  return text.trim() === '' ? [] : [{ text }];
}

function readImage(url: unknown, path: string): Json {
  const { mediaType, bytes } = readDataUrl(stringOf(url, path), path);
  const format = mediaType.replace(/^image\//, '').replace(/^jpg$/, 'jpeg');
  if (!IMAGES.includes(format)) {
    throw invalidParameter(
      `You uploaded an unsupported image. Please make sure your image has of one the following formats: ['png', 'jpeg', 'gif', 'webp'].`,
      path,
    );
  }
  return { image: { format, source: { bytes } } };
}

function readFile({ file_data: data, filename }: Json, path: string): Json {
  const { mediaType, bytes } = readDataUrl(stringOf(data, `${path}.file_data`), `${path}.file_data`);
  const format = ownMember(DOCUMENTS, mediaType);
  if (format === undefined) {
    throw invalidParameter(
      `Expected one of the media types ${Object.keys(DOCUMENTS).join(', ')}, but got ${mediaType}.`,
      path,
    );
  }
  return {
    document: { format, name: asText(filename ?? 'document').slice(0, 200) || 'document', source: { bytes } },
  };
}

/** The local Bedrock fetches nothing. */
function readDataUrl(url: string, path: string): { mediaType: string; bytes: string } {
  const [, mediaType, bytes] = /^data:([\w.+-]+\/[\w.+-]+)(?:;[^,;]+)*;base64,([\w+/=\s]*)$/.exec(url) ?? [];
  if (mediaType !== undefined && bytes !== undefined) return { mediaType, bytes };
  throw invalidParameter(
    /^https?:/.test(url)
      ? 'The local Bedrock does not fetch files. Send a data URL with base64 instead.'
      : `Invalid '${path}'. Expected a base64-encoded data URL with a media type (e.g. 'data:image/png;base64,aW1nIGJ5dGVzIGhlcmU=').`,
    path,
  );
}
