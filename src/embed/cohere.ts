import type { EmbedFamily } from './form.js';
import { toDataUrl } from './image.js';
import type { EmbedValue } from './request.js';

const INPUT_TYPES: Readonly<Record<string, string>> = { document: 'search_document', query: 'search_query' };
const TRUNCATE = { none: 'NONE', start: 'START', end: 'END' };
/** Source: Amazon Bedrock user guide, "Cohere Embed v4". */
const TRUNCATE_V4 = { none: 'NONE', start: 'LEFT', end: 'RIGHT' };

/**
 * Source: Amazon Bedrock user guide, "Cohere Embed v3" and "v4", read 2026-11; recordings of pydantic-ai: v4 groups embeddings by
 * type even if the request has none.
 */
export function cohere(version: 3 | 4): EmbedFamily {
  return {
    most: { text: 96, image: version === 4 ? 96 : 1 },
    joins: version === 4,
    dimensions: version === 4 ? [256, 512, 1024, 1536] : [],
    encodings: ['float', 'int8', 'uint8', 'binary', 'ubinary'],
    truncates: true,
    normalizes: false,
    takesImages: true,
    body({ values, inputType, truncate, encoding, dimensions }) {
      const hasImages = values.some(({ image }) => image !== undefined);
      return {
        input_type: version === 3 && hasImages ? 'image' : (INPUT_TYPES[inputType] ?? inputType),
        ...(hasImages ? imagesOf(values, version) : { texts: values.map(({ text }) => text) }),
        ...(truncate !== 'none' && { truncate: (version === 4 ? TRUNCATE_V4 : TRUNCATE)[truncate] }),
        ...(encoding !== 'float' && { embedding_types: [encoding] }),
        ...(dimensions !== undefined && { output_dimension: dimensions }),
      };
    },
    read: ({ embeddings }, encoding) =>
      Array.isArray(embeddings) ? embeddings : (Object(embeddings) as Record<string, unknown>)[encoding],
  };
}

function imagesOf(values: readonly EmbedValue[], version: 3 | 4): object {
  if (version === 3) return { images: values.map(({ image }) => image && toDataUrl(image)) };
  return {
    inputs: values.map(({ text, image }) => ({
      content: [
        ...(text === undefined ? [] : [{ type: 'text', text }]),
        ...(image === undefined ? [] : [{ type: 'image_url', image_url: { url: toDataUrl(image) } }]),
      ],
    })),
  };
}
