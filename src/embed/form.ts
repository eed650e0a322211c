import type { PlainEmbedRequest } from './request.js';

/** How the embedding models of one family are called. */
export interface EmbedFamily {
  /** The most values of a kind in one call. */
  readonly most: { text: number; image: number };
  /** Whether a text and an image may be one value. */
  readonly joins: boolean;
  /** Lengths of embeddings that it offers; empty if it has one length that cannot be chosen. */
  readonly dimensions: readonly number[];
  readonly encodings: readonly PlainEmbedRequest['encoding'][];
  /** Whether it takes `truncate` and `inputType`. */
  readonly truncates: boolean;
  /** Whether embeddings may stay as long as they are. */
  readonly normalizes: boolean;
  readonly takesImages: boolean;
  /** The body for these values; all of them are texts, or all images. */
  body(request: PlainEmbedRequest): object;
  /** The embeddings in an answer, in the order of the values; undefined where there is none. */
  read(json: Record<string, unknown>, encoding: PlainEmbedRequest['encoding']): unknown;
}
