import type { Block } from '../draft.js';

export type ImageFormat = NonNullable<Extract<Block, { image: unknown }>['image']>['format'];

/** The format that a file begins like; undefined if it is not an image that models read. */
export function formatOf(bytes: Uint8Array): ImageFormat | undefined {
  const begins = (...signs: number[]): boolean => signs.every((sign, i) => bytes[i] === sign);
  if (begins(0x89, 0x50, 0x4e, 0x47)) return 'png';
  if (begins(0xff, 0xd8, 0xff)) return 'jpeg';
  if (begins(0x47, 0x49, 0x46, 0x38)) return 'gif';
  const isWebp = begins(0x52, 0x49, 0x46, 0x46) && String.fromCharCode(...bytes.subarray(8, 12)) === 'WEBP';
  return isWebp ? 'webp' : undefined;
}
