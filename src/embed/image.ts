import type { ImageFormat } from '@aws-sdk/client-bedrock-runtime';
import { inputError } from '../errors.js';
import { findImageFormat } from '../input/image-format.js';
import { toBase64 } from '../wire/base64.js';

type Image = Uint8Array | ArrayBuffer | string;

/** An image as base64. Strings were converted to base64 when the request was checked. */
export function toBase64Text(image: Image): string {
  if (typeof image === 'string') return image;
  return toBase64(
    ArrayBuffer.isView(image)
      ? new Uint8Array(image.buffer, image.byteOffset, image.byteLength)
      : new Uint8Array(image),
  );
}

/** An image as a data URL with its format. */
export function toDataUrl(image: Image): string {
  return `data:image/${requireFormat(image)};base64,${toBase64Text(image)}`;
}

/** The format of an image by its bytes. */
export function requireFormat(image: Image): ImageFormat {
  const format = findImageFormat(image);
  if (format !== undefined) return format;
  throw inputError('An image in values is not PNG, JPEG, GIF or WebP. Pass the bytes of one of these.');
}
