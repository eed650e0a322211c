/** Reads width and height in pixels from the head of a PNG, GIF, JPEG or extended WebP file; undefined for anything else. */
export function readImageSize(bytes: Uint8Array): { width: number; height: number } | undefined {
  if (bytes.length < 30) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = view.getUint32(0);
  if (magic === 0x89504e47) return { width: view.getUint32(16), height: view.getUint32(20) };
  if (magic === 0x47494638) return { width: view.getUint16(6, true), height: view.getUint16(8, true) };
  if (magic === 0x52494646 && view.getUint32(12) === 0x56503858) {
    const width = (view.getUint32(24, true) & 0xffffff) + 1;
    return { width, height: ((view.getUint32(27, true) >>> 0) & 0xffffff) + 1 };
  }
  return view.getUint16(0) === 0xffd8 ? readJpegSize(view) : undefined;
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
