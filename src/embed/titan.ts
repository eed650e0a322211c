import type { EmbedFamily } from './form.js';
import { toBase64Text } from './image.js';

/** Source: Amazon Bedrock user guide, "Amazon Titan Embeddings Text"; recordings of pydantic-ai and ruby_llm, 2026. */
export const titanText: EmbedFamily = {
  most: { text: 1, image: 0 },
  joins: false,
  dimensions: [1024, 512, 256],
  encodings: ['float', 'binary'],
  truncates: false,
  normalizes: true,
  takesImages: false,
  body: ({ values: [value], dimensions, normalize, encoding }) => ({
    inputText: value?.text,
    ...(dimensions !== undefined && { dimensions }),
    ...(!normalize && { normalize }),
    ...(encoding !== 'float' && { embeddingTypes: [encoding] }),
  }),
  read({ embedding, embeddingsByType }, encoding) {
    const byType = Object(embeddingsByType) as Record<string, unknown>;
    return [byType[encoding] ?? (encoding === 'float' ? embedding : undefined)];
  },
};

/** Accepts only texts. */
export const titanTextV1: EmbedFamily = /* @__PURE__ */ Object.assign({}, titanText, {
  dimensions: [],
  encodings: ['float'],
  normalizes: false,
  body: ({ values: [value] }) => ({ inputText: value?.text }),
} satisfies Partial<EmbedFamily>);

/** Source: stdapi.ai's source, November 2025: nothing was recorded of this model. */
export const titanImage: EmbedFamily = /* @__PURE__ */ Object.assign({}, titanTextV1, {
  most: { text: 1, image: 1 },
  joins: true,
  dimensions: [1024, 384, 256],
  takesImages: true,
  body: ({ values: [value], dimensions }) => ({
    ...(value?.text !== undefined && { inputText: value.text }),
    ...(value?.image !== undefined && { inputImage: toBase64Text(value.image) }),
    ...(dimensions !== undefined && { embeddingConfig: { outputEmbeddingLength: dimensions } }),
  }),
} satisfies Partial<EmbedFamily>);
