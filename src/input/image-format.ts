import type { ImageFormat } from '@aws-sdk/client-bedrock-runtime';

/** How files of each format begin, in base64. */
export const BEGINNINGS: Readonly<Record<ImageFormat, RegExp>> = {
  png: /^iVBORw/,
  jpeg: /^\/9j\//,
  gif: /^R0lGOD/,
  webp: /^UklGR.{7}RUJQ/,
};

/** The format of an image by its first bytes; a request may also have them as base64 or in an `ArrayBuffer`. */
export function findImageFormat(
  bytes: Uint8Array | ArrayBuffer | string | undefined,
): ImageFormat | undefined {
  if (bytes === undefined) return undefined;
  const head =
    typeof bytes === 'string' ? bytes.slice(0, 16) : btoa(String.fromCharCode(...firstBytes(bytes)));
  return (Object.keys(BEGINNINGS) as ImageFormat[]).find((format) => BEGINNINGS[format].test(head));
}

/** The number of bytes that identify a format. */
export function firstBytes(bytes: Uint8Array | ArrayBuffer): Uint8Array {
  const length = Math.min(12, bytes.byteLength);
  return ArrayBuffer.isView(bytes)
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, length)
    : new Uint8Array(bytes, 0, length);
}
