import type { PlainEmbedRequest } from './request.js';

/** How the embedding models of one family are called. */
export interface EmbedFamily {
  /** The maximum number of values of each kind in one call. */
  readonly most: { text: number; image: number };
  /** Whether one value may have a text and an image. */
  readonly joins: boolean;
  /** Lengths that the caller can choose from; empty if embeddings always have the same length. */
  readonly dimensions: readonly number[];
  readonly encodings: readonly PlainEmbedRequest['encoding'][];
  /** Whether it accepts `truncate` and `inputType`. */
  readonly truncates: boolean;
  /** Whether normalizing can be switched off. */
  readonly normalizes: boolean;
  readonly takesImages: boolean;
  /** The body for these values; all of them are texts, or all images. */
  body(request: PlainEmbedRequest): object;
  /** The embeddings in an answer, in the order of the values; undefined where there is none. */
  read(json: Record<string, unknown>, encoding: PlainEmbedRequest['encoding']): unknown;
}
