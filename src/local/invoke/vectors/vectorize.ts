import { modelError } from '../../check/wording.js';
import type { Upstream } from '../../model/upstream.js';
import { textVector } from './text-vector.js';

/** Something to embed: text, or also something else that stands as text here, such as an image. */
export interface Item {
  text: string;
  isText: boolean;
}

/** Turns each item into a vector of so many dimensions, of any length. */
export type Vectorize = (
  items: readonly Item[],
  dimensions: number,
) => readonly Float64Array[] | Promise<readonly Float64Array[]>;

/** Vectors of the upstream's embedding model if it has one, otherwise of the words. */
export function createVectorize(upstream: Upstream | undefined, signal: AbortSignal | undefined): Vectorize {
  const embed = upstream?.embed;
  if (embed === undefined) {
    return (items, dimensions) => items.map(({ text }) => textVector(text, dimensions));
  }
  return async (items, dimensions) => {
    // Its vectors and those of the words have nothing to do with each other, so that a mixture would be useless.
    if (items.some(({ isText }) => !isText)) {
      throw modelError(
        'The embedding model behind this local Bedrock (upstream.embeddingModel) reads text only. ' +
          'Send text, or leave that model out: embeddings are then made of words alone.',
      );
    }
    const vectors = await embed(
      items.map(({ text }) => text),
      signal,
    );
    return vectors.map((vector) => withDimensions(vector, dimensions));
  };
}

/**
 * A vector with the dimensions that the model of Bedrock has. Zeros at the end change no distance. A longer vector loses its end,
 * which changes little with models that put what matters first, as many do.
 */
function withDimensions(vector: readonly number[], dimensions: number): Float64Array {
  const fitted = new Float64Array(dimensions);
  fitted.set(vector.slice(0, dimensions));
  return fitted;
}
