const [PNG, GIF, RIFF, WEBP] = [0x89504e47, 0x47494638, 0x52494646, 0x57454250];
const JPEG_START = 0xffd8ff;

/** The format that the first bytes of an image say, by the names of Converse; undefined for anything else. */
export function readImageFormat(bytes: Uint8Array): string | undefined {
  if (bytes.length < 4) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = view.getUint32(0);
  if (magic === PNG) return 'png';
  if (magic === GIF) return 'gif';
  if (magic === RIFF && bytes.length >= 12 && view.getUint32(8) === WEBP) return 'webp';
  return magic >>> 8 === JPEG_START ? 'jpeg' : undefined;
}

/** Reads width and height in pixels from the head of a PNG, GIF, JPEG or WebP file; undefined for anything else. */
export function readImageSize(bytes: Uint8Array): { width: number; height: number } | undefined {
  if (bytes.length < 30) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (readImageFormat(bytes)) {
    case 'png':
      return { width: view.getUint32(16), height: view.getUint32(20) };
    case 'gif':
      return { width: view.getUint16(6, true), height: view.getUint16(8, true) };
    case 'jpeg':
      return readJpegSize(view);
    case 'webp':
      return readWebpSize(view);
    default:
      return undefined;
  }
}

/** The three kinds of WebP: extended, lossless and lossy. https://www.rfc-editor.org/rfc/rfc9649 */
function readWebpSize(view: DataView): { width: number; height: number } | undefined {
  switch (view.getUint32(12)) {
    case 0x56503858: {
      const width = (view.getUint32(24, true) & 0xffffff) + 1;
      return { width, height: (view.getUint32(26, true) >>> 8) + 1 };
    }
    case 0x5650384c: {
      const bits = view.getUint32(21, true);
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    case 0x56503820:
      return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
    default:
      return undefined;
  }
}

/** Walks the segments of a JPEG file up to the frame header, which holds the size. */
function readJpegSize(view: DataView): { width: number; height: number } | undefined {
  let at = 2;
  while (at + 9 < view.byteLength && view.getUint8(at) === 0xff) {
    const marker = view.getUint8(at + 1);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    at += 2 + view.getUint16(at + 2);
  }
  return undefined;
}
