import type { ImageBlock, ImageFormat } from '@aws-sdk/client-bedrock-runtime';
import { BEGINNINGS, findImageFormat } from '../../input/image-format.js';
import type { Note } from '../conversation.js';

/**
 * Repairs the format of an image: one that the service does not know, such as `jpg`, and one that the bytes contradict, which
 * Claude rejects. Nobody knows whether other models reject the latter, so it is sent to them as it is.
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
  const wanted = findImageFormat(source?.bytes) ?? (isKnown ? format : toKnownFormat(format));
  if (wanted === format || wanted === undefined) return image;
  note('image-format', `${path()}.image.format`, format, wanted);
  return { ...image, format: wanted };
}

function toKnownFormat(format: string | undefined): ImageFormat | undefined {
  const name =
    format
      ?.toLowerCase()
      .replace(/^image\//, '')
      .replace(/^(?:jpg|jpe|jfif|pjpeg)$/, 'jpeg') ?? '';
  return Object.hasOwn(BEGINNINGS, name) ? (name as ImageFormat) : undefined;
}
