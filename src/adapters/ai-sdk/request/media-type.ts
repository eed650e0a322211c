import { unsupportedError } from '../error.js';

/** Formats of Converse by the second part of a media type. Source: Amazon Bedrock API reference, 2026-11-28. */
const FORMATS = {
  image: { png: 'png', jpeg: 'jpeg', jpg: 'jpeg', gif: 'gif', webp: 'webp' },
  video: {
    mp4: 'mp4',
    quicktime: 'mov',
    'x-matroska': 'mkv',
    webm: 'webm',
    'x-flv': 'flv',
    mpeg: 'mpeg',
    mpg: 'mpg',
    'x-ms-wmv': 'wmv',
    wmv: 'wmv',
    '3gpp': 'three_gp',
  },
  audio: {
    mpeg: 'mp3',
    mp3: 'mp3',
    wav: 'wav',
    'x-wav': 'wav',
    wave: 'wav',
    aac: 'aac',
    flac: 'flac',
    'x-flac': 'flac',
    ogg: 'ogg',
    opus: 'opus',
    mp4: 'mp4',
    'x-m4a': 'm4a',
    webm: 'webm',
  },
  document: {
    pdf: 'pdf',
    msword: 'doc',
    'vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
    'vnd.ms-excel': 'xls',
    'vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
    csv: 'csv',
    html: 'html',
    markdown: 'md',
    'x-markdown': 'md',
    plain: 'txt',
  },
} as const;

/** Kinds of files that Converse knows. */
export type FileKind = keyof typeof FORMATS;

/** Application types that are text, which a model reads as such. */
const TEXT =
  /^(?:text\/|application\/(?:json|xml|yaml|x-yaml|javascript|typescript|sql|x-sh|toml)$)|\+(?:json|xml)$/;

/** The kind of a file by its media type, which may be only its beginning. */
export function kindOf(mediaType: string): FileKind {
  const [top = ''] = mediaType.toLowerCase().split('/');
  return top === 'image' || top === 'video' || top === 'audio' ? top : 'document';
}

/**
 * Converse's name of a format. A type of text that has none is `txt`.
 *
 * @throws AI_UnsupportedFunctionalityError for a type that Bedrock does not accept.
 */
export function formatOf(kind: FileKind, mediaType: string): string {
  const [type = ''] = mediaType.toLowerCase().split(';');
  const [, sub = ''] = type.trim().split('/');
  const formats: Readonly<Record<string, string>> = FORMATS[kind];
  if (Object.hasOwn(formats, sub)) return formats[sub] as string;
  if (kind === 'document' && (sub === '' || TEXT.test(type.trim()))) return 'txt';
  throw unsupportedError(
    `files of type ${mediaType}`,
    `Of this kind it accepts ${[...new Set(Object.values(formats))].join(', ')}.`,
  );
}

/** The media type of a document by Converse's name of its format. */
export function mediaTypeOf(format: string | undefined): string {
  const sub = Object.entries(FORMATS.document).find(([, name]) => name === format)?.[0] ?? 'plain';
  return `${/^(?:csv|html|markdown|plain)$/.test(sub) ? 'text' : 'application'}/${sub}`;
}

/** What images begin with, as bytes and in base64. */
const BEGINNINGS = [
  ['png', [0x89, 0x50, 0x4e, 0x47], 'iVBORw'],
  ['jpeg', [0xff, 0xd8, 0xff], '/9j/'],
  ['gif', [0x47, 0x49, 0x46, 0x38], 'R0lGOD'],
  ['webp', [0x52, 0x49, 0x46, 0x46], 'UklGR'],
] as const;

/** The format of an image by its first bytes; undefined if they show none that Converse accepts. */
export function sniffImage(data: Uint8Array | string): string | undefined {
  const base64 = typeof data === 'string' ? data.slice(0, 300).replace(/^data:[^,]*,/, '') : '';
  const found = BEGINNINGS.find(([, bytes, letters]) =>
    typeof data === 'string' ? base64.startsWith(letters) : bytes.every((byte, i) => data[i] === byte),
  );
  return found?.[0];
}
