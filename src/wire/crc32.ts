/** CRC-32 (IEEE 802.3), eight bytes at a time. Its eight tables are created at the first use, not at import. */

let tables: Int32Array | undefined;

/** Computes the CRC-32 of bytes `[start, end)` of a view. Pass the CRC of the bytes before it as `previous` to continue from there. */
export function crc32(bytes: DataView, start: number, end: number, previous = 0): number {
  const t = (tables ??= makeTables());
  let crc = ~previous;
  let i = start;
  // Two words are read instead of eight bytes. Indices are written out: a shared accessor would make engines run it half as fast.
  for (const stop = end - 7; i < stop; i += 8) {
    crc ^= bytes.getInt32(i, true);
    const next = bytes.getInt32(i + 4, true);
    crc =
      (t[1792 + (crc & 0xff)] as number) ^
      (t[1536 + ((crc >>> 8) & 0xff)] as number) ^
      (t[1280 + ((crc >>> 16) & 0xff)] as number) ^
      (t[1024 + (crc >>> 24)] as number) ^
      (t[768 + (next & 0xff)] as number) ^
      (t[512 + ((next >>> 8) & 0xff)] as number) ^
      (t[256 + ((next >>> 16) & 0xff)] as number) ^
      (t[next >>> 24] as number);
  }
  for (; i < end; i++) crc = (t[(crc ^ bytes.getUint8(i)) & 0xff] as number) ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** The first table has the CRC of each byte. Each further table has it for that byte with one more zero byte behind it. */
function makeTables(): Int32Array {
  const made = new Int32Array(8 * 256);
  for (let i = 0; i < made.length; i++) {
    let crc = i < 256 ? i : (made[i - 256] as number);
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    made[i] = crc;
  }
  return made;
}
