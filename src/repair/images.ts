import type { ImageBlock, ImageFormat } from '@aws-sdk/client-bedrock-runtime';
import type { Note } from './conversation.js';

/** How files of each format begin, in base64. */
const BEGINNINGS: Readonly<Record<ImageFormat, RegExp>> = {
  png: /^iVBORw/,
  jpeg: /^\/9j\//,
  gif: /^R0lGOD/,
  webp: /^UklGR.{7}RUJQ/,
};

/**
 * Repairs the format of an image: one that the service does not know, such as `jpg`, and one that the bytes contradict, which
 * Claude rejects. If other models reject that is not known, so it is sent to them as it is.
 */
export function repairImage(
  image: ImageBlock,
  mayBeClaude: boolean,
  path: () => string,
  note: Note,
): ImageBlock {
  const { format, source } = image;
  const isKnown = format !== undefined && Object.hasOwn(BEGINNINGS, format);
  if (isKnown && !mayBeClaude) return image;
  const wanted = findFormat(source?.bytes) ?? (isKnown ? format : toKnownFormat(format));
  if (wanted === format || wanted === undefined) return image;
  note('image-format', `${path()}.image.format`, format, wanted);
  return { ...image, format: wanted };
}

/** The format of an image by its first bytes; a request may also have them as base64 or in an `ArrayBuffer`. */
function findFormat(bytes: Uint8Array | ArrayBuffer | string | undefined): ImageFormat | undefined {
  if (bytes === undefined) return undefined;
  const head =
    typeof bytes === 'string' ? bytes.slice(0, 16) : btoa(String.fromCharCode(...firstBytes(bytes)));
  return (Object.keys(BEGINNINGS) as ImageFormat[]).find((format) => BEGINNINGS[format].test(head));
}

/** As many bytes as tell the format of a file. */
export function firstBytes(bytes: Uint8Array | ArrayBuffer): Uint8Array {
  const length = Math.min(12, bytes.byteLength);
  return ArrayBuffer.isView(bytes)
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, length)
    : new Uint8Array(bytes, 0, length);
}

function toKnownFormat(format: string | undefined): ImageFormat | undefined {
  const name =
    format
      ?.toLowerCase()
      .replace(/^image\//, '')
      .replace(/^(?:jpg|jpe|jfif|pjpeg)$/, 'jpeg') ?? '';
  return Object.hasOwn(BEGINNINGS, name) ? (name as ImageFormat) : undefined;
}
