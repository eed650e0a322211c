import type { Json } from '../../check/shape.js';
import { checkBody } from '../body-schema.js';
import type { DirectModel } from './embeddings.js';
import { EMPTY, wordsOf } from './text-vector.js';

/** A document and how well it answers a query. */
export interface Ranked {
  index: number;
  score: number;
}

/** Sorts documents by the words that they share with a query, best first; equal ones keep their order. */
export function rankDocuments(query: string, documents: readonly string[]): Ranked[] {
  const wanted = new Set(wordsOf(query).filter((word) => !EMPTY.has(word)));
  const ranked = documents.map((text, index) => ({ index, score: scoreOf(wanted, new Set(wordsOf(text))) }));
  return ranked.sort((a, b) => b.score - a.score || a.index - b.index);
}

/** Depends mostly on how much of the query is in the document, and a little on how much else is; between 0 and 1. */
function scoreOf(wanted: ReadonlySet<string>, found: ReadonlySet<string>): number {
  const shared = [...wanted].filter((word) => found.has(word)).length;
  if (shared === 0) return 0.0001;
  const score = 0.85 * (shared / wanted.size) + 0.1 * (shared / found.size);
  return Number(score.toFixed(7));
}

/**
 * Rerank models through InvokeModel: `api_version` is Cohere's. Sources: a recording by DataDog, and Amazon's user guide for its
 * own model.
 */
export const rerankModel: DirectModel = (body, { modelId }) => {
  const isCohere = modelId.includes('cohere');
  checkBody(body, {
    required: ['query', 'documents', ...(isCohere ? ['api_version'] : [])],
    entries: {},
    members: {
      query: { type: 'String', minLength: 1 },
      documents: { type: 'JSONArray', minItems: 1, maxItems: 1000, items: {} },
      top_n: { type: 'Integer', min: 1 },
      api_version: { type: 'Integer', min: 2 },
    },
  });
  const documents = (body['documents'] as unknown[]).map(textOfDocument);
  const ranked = rankDocuments(String(body['query']), documents);
  const results = ranked
    .slice(0, body['top_n'] === undefined ? ranked.length : Number(body['top_n']))
    .map(({ index, score }) => ({ index, relevance_score: score }));
  return { json: { results }, inputTokens: undefined };
};

/** A document may be a text, or JSON. */
export function textOfDocument(document: unknown): string {
  if (typeof document === 'string') return document;
  const { text } = Object(document) as Json;
  return typeof text === 'string' ? text : JSON.stringify(document);
}
