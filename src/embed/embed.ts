import { foundationModelOf } from '../catalog/foundation-model.js';
import { parseModelId } from '../catalog/model-id.js';
import { type CallerOptions, readCallerOptions } from '../client.js';
import { decodeText } from '../encoding.js';
import { inputError, isBedrockError, makeError, withFacts } from '../errors.js';
import { prepareInvoke } from '../invoke/request.js';
import { usageOfHeaders } from '../invoke/usage.js';
import type { Settings } from '../options.js';
import { allOrNone } from '../transport/all-or-none.js';
import { type Bounds, type BytesAnswer, callBytes } from '../transport/unary.js';
import { findExcess } from '../wire/json-bounds.js';
import { checkEmbedRequest, findEmbedFamily } from './family.js';
import type { EmbedFamily } from './form.js';
import { findFoundationModel } from './foundation-model.js';
import { type EmbedRequest, type EmbedValue, type PlainEmbedRequest, readEmbedRequest } from './request.js';

/** The answer to `embed()`. */
export interface EmbedResult {
  /** One for each value, in the order of the values. */
  embeddings: number[][];
  /** Length of each embedding; for Cohere's `binary` and `ubinary`, an eighth of the dimensions. */
  dimensions: number;
  /** Tokens of all values together; undefined if an answer does not say, or CORS hides it from a page. */
  usage: { inputTokens: number } | undefined;
  /** How many requests were sent. */
  attempts: number;
  /** Errors that hooks threw, as sentences. */
  warnings: string[];
}

/** Options of `embed()`. */
export interface EmbedOptions extends CallerOptions {
  /** The maximum number of calls at a time. Default: 5. */
  concurrency?: number | undefined;
}

/** The most values in an answer: 96 embeddings of 1,536 numbers are 150,000. */
const MAX_VALUES = 500_000;

/** Values of one call, and where they are in the request. */
interface Batch {
  from: number[];
  values: EmbedValue[];
}

/**
 * Embeds texts and images with a Titan, Cohere or Nova model, in as many calls as the model needs, by default five at a time. If
 * one call fails, `embed()` fails, and the error's `embeddings` has those that had already arrived.
 * Source: Amazon Bedrock Runtime, `InvokeModel`.
 *
 * @throws BedrockError; an abort rejects with `signal.reason`.
 *
 * @example
 * ```ts
 * import { embed } from 'bedrock-anywhere';
 *
 * const { embeddings } = await embed({
 *   modelId: 'cohere.embed-v4:0',
 *   values: ['The sky is blue.', 'Grass is green.'],
 *   inputType: 'document',
 *   dimensions: 512,
 * });
 * console.log(embeddings[0]?.length);
 * ```
 */
export async function embed(request: EmbedRequest, options: EmbedOptions = {}): Promise<EmbedResult> {
  const { concurrency = 5, ...call } = Object(options) as EmbedOptions;
  if (!Number.isInteger(concurrency) || concurrency < 1)
    throw inputError('The option concurrency is not a whole number of calls, 1 or more.');
  const settings = readCallerOptions(call, 'embed()');
  const read = readEmbedRequest(request);
  const embeddings: (number[] | undefined)[] = read.values.map(() => undefined);
  const tally = { attempts: 0, inputTokens: 0, isCounted: true, warnings: [] as string[] };
  try {
    const family = await resolveFamily(read, settings);
    checkEmbedRequest(family, read);
    const queue = splitValues(read.values, family).values();
    const work = async (bounds: Bounds): Promise<void> => {
      for (const batch of queue) {
        const answer = await callModel({ ...read, values: batch.values }, family, settings, bounds);
        const found = readEmbeddings(answer, family, read.encoding, batch.values.length);
        for (const [i, at] of batch.from.entries()) embeddings[at] = found[i];
        tally.attempts += answer.attempts;
        tally.warnings.push(...answer.warnings);
        const tokens = usageOfHeaders(answer.headers)?.inputTokens;
        if (tokens === undefined) tally.isCounted = false;
        else tally.inputTokens += tokens;
      }
    };
    await allOrNone(settings, (bounds) => Array.from({ length: concurrency }, () => work(bounds)));
  } catch (error) {
    if (!isBedrockError(error)) throw error;
    throw withFacts(error, { embeddings, attempts: tally.attempts + error.attempts });
  }
  return {
    embeddings: embeddings as number[][],
    dimensions: embeddings[0]?.length ?? 0,
    usage: tally.isCounted ? { inputTokens: tally.inputTokens } : undefined,
    attempts: tally.attempts,
    warnings: tally.warnings,
  };
}

async function resolveFamily(
  { modelId, foundationModelId }: PlainEmbedRequest,
  settings: Settings,
): Promise<EmbedFamily> {
  const { id } = parseModelId(modelId);
  const known = foundationModelId ?? foundationModelOf(id, settings.models);
  const isOpaque = known === undefined && /:application-inference-profile\//.test(id);
  const model = isOpaque ? await findFoundationModel(id, settings, settings) : (known ?? id);
  const family = findEmbedFamily(model);
  if (family !== undefined) return family;
  throw inputError(
    `${model} is not a model for embeddings that embed() knows. Pass one from Titan, Cohere or Nova, such as ` +
      'amazon.titan-embed-text-v2:0, or call invokeModel().',
  );
}

/** Splits values into calls of as many as the model accepts. Texts and images are separate, because most models require it. */
function splitValues(values: readonly EmbedValue[], { most }: EmbedFamily): Batch[] {
  const batches: Batch[] = [];
  const open = new Map<'text' | 'image', Batch>();
  for (const [at, value] of values.entries()) {
    const kind = value.image === undefined ? 'text' : 'image';
    let batch = open.get(kind);
    if (batch === undefined || batch.values.length >= most[kind]) {
      batch = { from: [], values: [] };
      batches.push(batch);
      open.set(kind, batch);
    }
    batch.from.push(at);
    batch.values.push(value);
  }
  return batches;
}

async function callModel(
  request: PlainEmbedRequest,
  family: EmbedFamily,
  settings: Settings,
  bounds: Bounds,
): Promise<BytesAnswer> {
  // The client's guardrail is only for what models write.
  const invoke = { modelId: request.modelId, body: family.body(request), guardrailIdentifier: null };
  const { route, outgoing } = await prepareInvoke(settings, invoke, 'invoke');
  return callBytes(route, outgoing, bounds);
}

function readEmbeddings(
  { body, requestId, attempts }: BytesAnswer,
  family: EmbedFamily,
  encoding: PlainEmbedRequest['encoding'],
  count: number,
): number[][] {
  let found: unknown;
  try {
    const excess = findExcess(body, 0, body.length, MAX_VALUES);
    const json: unknown = excess === undefined ? JSON.parse(decodeText(body)) : undefined;
    found = family.read(Object(json) as Record<string, unknown>, encoding);
  } catch {
    // Reported below, without the cause, which would quote the body.
  }
  if (Array.isArray(found) && found.length === count && found.every(isEmbedding)) return found as number[][];
  throw makeError(
    'ERR_PROTOCOL',
    `The answer does not have ${count === 1 ? 'an embedding' : `${count} embeddings`} in the model's format. Check modelId, ` +
      'foundationModelId and the endpoint.',
    { requestId, attempts, phase: 'request' },
  );
}

function isEmbedding(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((number) => Number.isFinite(number));
}
