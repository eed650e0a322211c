/** The encodings of an embedding. */
export type Encoding = 'float' | 'int8' | 'uint8' | 'binary' | 'ubinary';

/** Encodes a unit vector. Encodings with one bit per number have an eighth of the dimensions. */
export function encodeVector(vector: Float64Array, encoding: Encoding): number[] {
  switch (encoding) {
    case 'float':
      // The precision of a 4-byte float.
      return Array.from(vector, (value) => Number(value.toPrecision(8)));
    case 'int8':
      return quantize(vector, 0);
    case 'uint8':
      return quantize(vector, 128);
    case 'ubinary':
      return packBits(vector, 0);
    case 'binary':
      return packBits(vector, -128);
  }
}

function quantize(vector: Float64Array, offset: number): number[] {
  const largest = vector.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  return Array.from(vector, (value) => Math.round((value / largest) * 127) + offset);
}

/** The signs, eight per number, the first one in the highest bit. */
function packBits(vector: Float64Array, offset: number): number[] {
  return Array.from({ length: vector.length / 8 }, (_, i) => {
    let bits = 0;
    for (let bit = 0; bit < 8; bit++) bits = bits * 2 + ((vector[i * 8 + bit] ?? 0) > 0 ? 1 : 0);
    return bits + offset;
  });
}
