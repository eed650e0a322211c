import type { Json } from '../check/shape.js';
import type { Upstream } from '../model/upstream.js';
import { Connection, incomplete, readJson } from './connection.js';
import type { Target } from './target.js';

/** Creates what embeds texts with OpenAI's Embeddings API; undefined without an embedding model. */
export function createEmbed(target: Target): Upstream['embed'] {
  const { embeddingModel: model } = target;
  if (model === undefined) return undefined;
  return async (texts, signal) => {
    const connection = new Connection(target, signal);
    try {
      const response = await connection.send('/embeddings', { model, input: texts });
      const json = await readJson(response, target);
      try {
        return readVectors(json, texts.length);
      } catch (error) {
        throw incomplete(error, target);
      }
    } finally {
      connection.close();
    }
  };
}

/** The vectors in the order of the texts; servers may list them in another one. */
function readVectors(json: unknown, count: number): number[][] {
  const { data } = Object(json) as Json;
  const items = Array.isArray(data) ? (data as Json[]) : [];
  const vectors: number[][] = [];
  for (const [i, item] of items.entries()) {
    const { index = i, embedding } = Object(item) as Json;
    if (!Array.isArray(embedding) || embedding.length === 0 || !embedding.every(Number.isFinite))
      throw new Error('a vector is not a list of numbers');
    vectors[Number(index)] = embedding as number[];
  }
  const length = vectors[0]?.length;
  if (vectors.length !== count || Array.from(vectors).some((vector) => vector?.length !== length))
    throw new Error(`it has no vector of one length for each of ${count} texts`);
  return vectors;
}
