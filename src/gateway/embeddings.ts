import { catalog } from '../catalog/index.js';
import { embed, isBedrockError, priceOf } from '../index.js';
import { toBase64 } from '../wire/base64.js';
import { estimateTokens } from './conversation/room.js';
import { callOptions, findTargets, reserve, startFailover } from './exchange/call.js';
import type { Exchange } from './exchange/exchange.js';
import { headersOf, respondWhole } from './exchange/respond.js';
import { refuseField } from './failure.js';
import { type Body, optionalCount, readList, readName, readText } from './fields.js';
import { keepSameModel } from './routing/target.js';
import { recordWhole, startEmbeddingsRecording } from './telemetry/record-call.js';

/** OpenAI's limit. A value is a call of its own for most models. */
const MOST_VALUES = 2048;

/**
 * Answers POST /v1/embeddings.
 *
 * @throws Refusal for what cannot be translated, or whatever the call failed with
 */
export async function answerEmbeddings(exchange: Exchange, body: Body): Promise<Response> {
  const { settings, record, run } = exchange;
  const model = readName(body['model'], 'model');
  record.model = model;
  const values = readInput(body['input']);
  const isBase64 = readEncoding(body['encoding_format']);
  const dimensions = optionalCount(body['dimensions'], 'dimensions');
  const targets = await findTargets(exchange, model);
  run.signal.throwIfAborted();
  // Embeddings of different models cannot be compared with each other.
  const failover = startFailover(exchange, keepSameModel(targets, settings));
  const { embeddings, usage, modelId } = await failover.first(async (attempt) => {
    const { modelId } = attempt.target;
    record.modelId = modelId;
    await reserve(exchange, { countInput: () => estimateTokens(values), outputTokens: 0 });
    const { repair: _repair, adapt: _adapt, ...options } = callOptions(exchange, attempt);
    const request = { modelId, values, ...(dimensions !== undefined && { dimensions }) };
    const encoding = isBase64 ? 'base64' : 'float';
    return recordWhole(startEmbeddingsRecording(exchange, attempt, { dimensions, encoding }), async () => {
      const result = await embed(request, { ...options, client: attempt.client }).catch(refuseOtherModel);
      return { ...result, modelId };
    });
  });
  const tokens = usage?.inputTokens ?? 0;
  const counted = { inputTokens: tokens, outputTokens: 0, totalTokens: tokens };
  if (usage !== undefined)
    record.partial = { usage: counted, cost: priceOf(counted, catalog(modelId)?.price, { modelId }) };
  return respondWhole(
    exchange,
    {
      object: 'list',
      data: embeddings.map((embedding, index) => ({
        object: 'embedding',
        index,
        embedding: isBase64 ? encodeFloats(embedding) : embedding,
      })),
      model,
      usage: { prompt_tokens: tokens, total_tokens: tokens },
    },
    headersOf(exchange, failover),
  );
}

/** A model that does not embed, in words for somebody who does not use this library. */
function refuseOtherModel(error: unknown): never {
  if (!isBedrockError(error) || !error.message.includes('is not a model for embeddings')) throw error;
  const refusal = refuseField(
    'model',
    'This model does not embed. Use one of Titan, Cohere or Nova that does, such as amazon.titan-embed-text-v2:0.',
  );
  refusal.cause = error;
  throw refusal;
}

function readInput(value: unknown): string[] {
  if (typeof value === 'string') return [readWords(value, 'input')];
  const list = readList(value, 'input');
  if (list.length === 0 || list.length > MOST_VALUES)
    throw refuseField('input', `input has ${list.length} values. Send 1 to ${MOST_VALUES}.`);
  return list.map((item, i) => {
    if (typeof item === 'number' || Array.isArray(item))
      throw refuseField(
        'input',
        'input consists of token ids, which are those of a model of OpenAI. Send strings.',
      );
    return readWords(readText(item, `input.${i}`), `input.${i}`);
  });
}

function readWords(text: string, param: string): string {
  if (text.trim() !== '') return text;
  throw refuseField(param, `${param} is blank, and no model embeds that. Omit it.`);
}

/** OpenAI's own client asks for base64 by default and cannot read numbers then. */
function readEncoding(value: unknown): boolean {
  if (value === undefined || value === null || value === 'float') return false;
  if (value === 'base64') return true;
  throw refuseField('encoding_format', 'encoding_format is neither "float" nor "base64".');
}

function encodeFloats(numbers: readonly number[]): string {
  const view = new DataView(new ArrayBuffer(numbers.length * 4));
  for (const [i, number] of numbers.entries()) view.setFloat32(i * 4, number, true);
  return toBase64(new Uint8Array(view.buffer));
}
