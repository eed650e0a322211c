import type { EmbedFamily } from './form.js';
import { requireFormat, toBase64Text } from './image.js';

const PURPOSES: Readonly<Record<string, string>> = {
  document: 'GENERIC_INDEX',
  query: 'GENERIC_RETRIEVAL',
  classification: 'CLASSIFICATION',
  clustering: 'CLUSTERING',
};

/** Source: Amazon Nova user guide, "Embeddings request and response schema"; recordings of pydantic-ai, 2026. */
export const nova: EmbedFamily = {
  most: { text: 1, image: 1 },
  joins: false,
  dimensions: [256, 384, 1024, 3072],
  encodings: ['float'],
  truncates: true,
  normalizes: false,
  takesImages: true,
  body({ values: [value], inputType, truncate, dimensions }) {
    const { text, image } = value ?? {};
    return {
      taskType: 'SINGLE_EMBEDDING',
      singleEmbeddingParams: {
        embeddingPurpose: PURPOSES[inputType] ?? inputType,
        ...(dimensions !== undefined && { embeddingDimension: dimensions }),
        ...(image === undefined
          ? { text: { truncationMode: truncate.toUpperCase(), value: text } }
          : {
              image: {
                detailLevel: 'STANDARD_IMAGE',
                format: requireFormat(image),
                source: { bytes: toBase64Text(image) },
              },
            }),
      },
    };
  },
  read({ embeddings }) {
    const list: unknown[] = Array.isArray(embeddings) ? embeddings : [];
    return list.map((one) => (Object(one) as { embedding?: unknown }).embedding);
  },
};
