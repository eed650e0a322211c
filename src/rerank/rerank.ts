import { familyWords } from '../catalog/family.js';
import { parseModelId } from '../catalog/model-id.js';
import { partitionOf } from '../catalog/partitions.js';
import { type CallerOptions, readCallerOptions } from '../client.js';
import { isBearer, resolveCredentials } from '../credentials/resolve.js';
import { inputError, makeError } from '../errors.js';
import { isObject, type Path, type Read, readWhole, refuse, text, whole } from '../input/read.js';
import { list, struct } from '../input/shape.js';
import { invokeModel } from '../invoke/invoke-model.js';
import type { Settings } from '../options.js';
import { type Route, resolveRoute } from '../transport/route.js';
import { type Bounds, callUnary } from '../transport/unary.js';
import type { JsonObject, KnownModelId } from '../types.js';
import { encodeJson } from '../wire/request.js';

/** A request of `rerank()`. */
export interface RerankRequest {
  /** A model that ranks, such as `cohere.rerank-v3-5:0` or `amazon.rerank-v1:0`; or its ARN. */
  modelId: KnownModelId | (string & {});
  /** 1 to 32,000 characters. */
  query: string;
  /** At most 1,000 JSON objects or texts of 1 to 32,000 characters. */
  documents: readonly (string | JsonObject)[];
  /** How many of the best to return; all if there are fewer. Default: all. */
  topN?: number | undefined;
}

/** One document, and how well it answers the query. */
export interface RankedDocument {
  /** Its place in `documents`. */
  index: number;
  /** From 0 to 1; what counts as a good score depends on the model. */
  score: number;
  document: string | JsonObject;
}

/** The answer to `rerank()`. */
export interface RerankResult {
  /** Best first. */
  results: RankedDocument[];
  requestId: string | undefined;
  /** How many requests were sent. */
  attempts: number;
  /** Errors that hooks threw, as sentences. */
  warnings: string[];
}

/** Source: botocore 1.43.67, bedrock-agent-runtime, `RerankSourcesList` and `RerankTextDocument`, 2026-08. */
const MOST_DOCUMENTS = 1000;
const LONGEST_TEXT = 32_000;

/** The maximum number of pages, in case they never end. */
const MOST_PAGES = 20;

const words: Read = (value, path) => {
  const { length } = text(value, path) as string;
  if (length === 0 || length > LONGEST_TEXT)
    throw inputError(`${path.join('.')} has ${length} characters. The service accepts 1 to ${LONGEST_TEXT}.`);
  return value;
};
const document: Read = (value, path) => (isObject(value) ? value : words(value, path));
const count: Read = (value, path) =>
  Number(whole(value, path)) > 0 ? value : refuse(path, value, 'a number of documents, 1 or more', true);

const readMembers = /* @__PURE__ */ struct(
  {
    modelId: text,
    query: words,
    documents: /* @__PURE__ */ list(document, 'a list of texts or JSON objects'),
    topN: count,
  },
  'modelId query documents',
  {
    isClosed: true,
    wanted: '{ modelId, query, documents }',
    meant: (name) => (/^(?:top_n|topK|numberOfResults)$/.test(name) ? 'topN' : undefined),
  },
);

/**
 * Ranks documents by how well they answer a query. All documents are returned unless `topN` is set: the service's own default is
 * five. With access keys, the call is `Rerank`. That service does not accept Bedrock API keys, so with one the call is
 * `InvokeModel`. Source: Amazon Bedrock Agent Runtime, `Rerank`.
 *
 * @throws BedrockError; an abort rejects with `signal.reason`.
 *
 * @example
 * ```ts
 * import { rerank } from 'bedrock-anywhere';
 *
 * const { results } = await rerank(
 *   {
 *     modelId: 'cohere.rerank-v3-5:0',
 *     query: 'Why is the sky blue?',
 *     documents: ['Grass is green.', 'Air scatters blue light.'],
 *   },
 *   { region: 'us-west-2' },
 * );
 * console.log(results[0]?.document, results[0]?.score);
 * ```
 */
export async function rerank(request: RerankRequest, options: CallerOptions = {}): Promise<RerankResult> {
  const settings = readCallerOptions(options, 'rerank()');
  const path: Path = [];
  const read = readWhole(path, () => readMembers(request, path)) as RerankRequest;
  const { documents } = read;
  if (documents.length === 0 || documents.length > MOST_DOCUMENTS)
    throw inputError(`documents has ${documents.length} items. Pass 1 to ${MOST_DOCUMENTS}.`);
  const { id, region: modelRegion } = parseModelId(read.modelId);
  if (!/\brerank\b/.test(familyWords(id)))
    throw inputError(`${id} is not a model that ranks. Pass cohere.rerank-v3-5:0 or amazon.rerank-v1:0.`);
  const route = await resolveRoute('bedrock-agent-runtime', settings, modelRegion);
  const { destination } = route;
  const credentials =
    destination.credentials &&
    (await resolveCredentials(destination.credentials, Date.now(), { signal: settings.signal }));
  return credentials !== undefined && isBearer(credentials)
    ? rankByModel(read, options)
    : rankByService(read, id, route, settings);
}

async function rankByService(
  { query, documents, topN = documents.length }: RerankRequest,
  id: string,
  route: Route,
  bounds: Bounds & Settings,
): Promise<RerankResult> {
  const { region } = route.destination;
  const modelArn = id.startsWith('arn:')
    ? id
    : `arn:${partitionOf(region).name}:bedrock:${region}::foundation-model/${id}`;
  const body = {
    queries: [{ type: 'TEXT', textQuery: { text: query } }],
    sources: documents.map((given) => ({ type: 'INLINE', inlineDocumentSource: sourceOf(given) })),
    rerankingConfiguration: {
      type: 'BEDROCK_RERANKING_MODEL',
      bedrockRerankingConfiguration: {
        modelConfiguration: { modelArn },
        numberOfResults: Math.min(topN, documents.length),
      },
    },
  };
  const found: unknown[] = [];
  const sum = { attempts: 0, warnings: [] as string[], requestId: undefined as string | undefined };
  let nextToken: unknown;
  for (let page = 0; page < MOST_PAGES; page++) {
    const members = nextToken === undefined ? body : { ...body, nextToken };
    const outgoing = {
      method: 'POST',
      operation: 'Rerank',
      modelId: id,
      path: '/rerank',
      body: () => encodeJson(members),
    } as const;
    const { json, attempts, warnings, requestId } = await callUnary(route, outgoing, bounds);
    sum.attempts += attempts;
    sum.warnings.push(...warnings);
    sum.requestId ??= requestId;
    found.push(...(Array.isArray(json['results']) ? (json['results'] as unknown[]) : [undefined]));
    nextToken = json['nextToken'] ?? undefined;
    if (nextToken === undefined) break;
  }
  return { results: readResults(found, documents, 'relevanceScore'), ...sum };
}

async function rankByModel(
  { modelId, query, documents, topN = documents.length }: RerankRequest,
  options: CallerOptions,
): Promise<RerankResult> {
  const body = {
    query,
    documents: documents.map((given) => (typeof given === 'string' ? given : JSON.stringify(given))),
    top_n: Math.min(topN, documents.length),
    ...(/\bcohere/.test(familyWords(modelId)) && { api_version: 2 }),
  };
  // The client's guardrail is only for what models write.
  const answer = await invokeModel({ modelId, body, guardrailIdentifier: null }, options);
  const { results } = Object(answer.json()) as { results?: unknown };
  return {
    results: readResults(Array.isArray(results) ? results : [undefined], documents, 'relevance_score'),
    requestId: answer.requestId,
    attempts: answer.attempts,
    warnings: answer.warnings,
  };
}

function sourceOf(given: string | JsonObject): object {
  return typeof given === 'string'
    ? { type: 'TEXT', textDocument: { text: given } }
    : { type: 'JSON', jsonDocument: given };
}

function readResults(
  found: readonly unknown[],
  documents: RerankRequest['documents'],
  score: string,
): RankedDocument[] {
  const seen = new Set<unknown>();
  const results = found.map((one) => {
    const { index, [score]: value } = Object(one) as Record<string, unknown>;
    const given = documents[index as number];
    if (given === undefined || seen.has(index) || !Number.isInteger(index) || typeof value !== 'number')
      throw makeError(
        'ERR_PROTOCOL',
        'The answer does not rank the documents of the request. Check the endpoint.',
        {
          phase: 'request',
        },
      );
    seen.add(index);
    return { index: index as number, score: value, document: given };
  });
  return results.sort((a, b) => b.score - a.score);
}
