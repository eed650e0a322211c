import type { ResolvedModel } from '../account/catalog.js';
import { parseBody } from '../check/parse-body.js';
import type { Json } from '../check/shape.js';
import { validateClaude, validateOwn } from '../check/validate.js';
import { invalid, ServiceException } from '../exception.js';
import { rawPieces, type StreamReply } from '../model/converse.js';
import { foldEvents } from '../model/fold-events.js';
import { type ModelCall, type ModelService, type Prepared, prepare } from '../model/prepare.js';
import type { OpenAnswer } from '../model/upstream.js';
import { createDice, type Dice } from '../random.js';
import { malformed } from './body-schema.js';
import { type CallHeaders, readCallHeaders } from './call-headers.js';
import { claude } from './chat/claude.js';
import { chunkPieces } from './chunks.js';
import { factsOf, guardrailMembers } from './facts.js';
import { directModelOf, familyOf } from './families.js';
import type { AnswerFacts, Counts, Family } from './family.js';
import { createVectorize } from './vectors/vectorize.js';
import { writeBody } from './write-body.js';

/** A request of InvokeModel, in the model's own form. */
export interface InvokeCall extends Omit<ModelCall, 'json'> {
  headers: ReadonlyMap<string, string>;
  body: Uint8Array;
}

/** An answer of InvokeModel, with the headers that count its tokens. */
export interface InvokeReply {
  headers: Record<string, string>;
  body: string;
}

/** InvokeModel: the whole answer in the form of the model. */
export async function invokeModel(service: ModelService, call: InvokeCall): Promise<InvokeReply> {
  const opened = open(service, call);
  const { model, json, headers, roll } = opened;
  const direct = directModelOf(model.modelId);
  if (direct !== undefined) {
    const { json: answer, inputTokens } = await direct(json, {
      modelId: model.modelId,
      roll,
      vectorize: createVectorize(service.upstream, call.signal),
    });
    const latencyMs = Math.max(1, Math.round(service.now() - call.startedAt));
    return {
      headers: { ...headers.echo, ...writeCounts({ inputTokens, latencyMs }) },
      body: writeBody(answer),
    };
  }
  const { family, prepared } = prepareText(service, call, opened, false);
  const events = prepared.rule?.events;
  const answer = events === undefined ? await prepared.answer() : foldEvents(events);
  const facts = factsOf(service, call, { prepared, answer, json: json as Json, roll });
  const { cacheRead, cacheWrite, ...counts } = facts;
  const cached = family.countsCache?.(model.modelId) === true ? { cacheRead, cacheWrite } : {};
  return {
    headers: { ...headers.echo, ...writeCounts({ ...counts, ...cached }) },
    body: writeBody({ ...family.write(answer.blocks, facts), ...guardrailMembers(prepared.body, answer) }),
  };
}

/** InvokeModelWithResponseStream: chunks in the form of the model. */
export async function invokeModelStream(
  service: ModelService,
  call: InvokeCall,
): Promise<StreamReply & { headers: Record<string, string> }> {
  const opened = open(service, call);
  const { model, json, roll } = opened;
  if (model.responseStreamingSupported !== true) throw invalid('The model is unsupported for streaming.');
  const { family, prepared } = prepareText(service, call, opened, true);
  const { rule, failure } = prepared;
  const headers = { 'x-amzn-bedrock-content-type': 'application/json', ...opened.headers.echo };
  if (rule?.frames !== undefined) return { headers, failure, pieces: rawPieces(rule.frames) };
  const source: OpenAnswer =
    rule?.events === undefined
      ? await prepared.open()
      : { answer: { blocks: [], stopReason: 'end_turn' }, content: [] };
  const facts = factsOf(service, call, { prepared, answer: source.answer, json: json as Json, roll });
  const pieces = chunkPieces(service, call, { family, facts, source, prepared });
  return { headers, failure, pieces };
}

interface Opened extends ResolvedModel {
  /** The body without the guardrail's member. */
  json: unknown;
  headers: CallHeaders;
  roll: Dice;
}

function open(service: ModelService, call: InvokeCall): Opened {
  const resolved = service.catalog.find(call.modelId);
  const sent = readJson(call.body);
  const { 'amazon-bedrock-guardrailConfig': ofGuardrail, ...json } = Object(sent) as Json;
  const headers = readCallHeaders(call.headers, ofGuardrail);
  const isObject = typeof sent === 'object' && sent !== null && !Array.isArray(sent);
  return { ...resolved, json: isObject ? json : sent, headers, roll: createDice(call.seed) };
}

/** Recorded for Titan, Claude and others: newrelic/newrelic-python-agent, tests of external_botocore. */
function readJson(bytes: Uint8Array): unknown {
  if (bytes.length === 0) throw malformed();
  try {
    return parseBody(bytes);
  } catch (error) {
    throw error instanceof ServiceException && error.name === 'SerializationException' ? malformed() : error;
  }
}

/** Translates a request, and rejects what the model or the service rejects. */
function prepareText(
  service: ModelService,
  call: InvokeCall,
  { model: { modelId, outputModalities }, json, headers: { guardrailConfig }, roll }: Opened,
  isStream: boolean,
): { family: Family; prepared: Prepared } {
  if (outputModalities?.includes('TEXT') === false) {
    throw invalid(
      `The local Bedrock has no answers for ${modelId}: it only has text, embeddings and rankings.`,
    );
  }
  const family = familyOf(modelId);
  const body = { ...family.read(json, modelId), ...(guardrailConfig && { guardrailConfig }) };
  const validate = family === claude ? validateClaude : validateOwn;
  try {
    return { family, prepared: prepare(service, { ...call, json: body }, isStream, roll, validate) };
  } catch (error) {
    throw inOwnWords(error);
  }
}

/** Removes the words that Converse puts around a model's own message. */
export function inOwnWords(error: unknown): unknown {
  if (!(error instanceof ServiceException)) return error;
  const { name, message, status } = error;
  if (name === 'SerializationException' || /^\d+ validation errors? detected/.test(message)) {
    return malformed(`: ${message}`);
  }
  const own = message.replace(/^The model returned the following errors: /, '');
  return own === message ? error : new ServiceException(name, own, status);
}

type Reported = Partial<Counts> & Pick<AnswerFacts, 'latencyMs'>;

/** Headers of an answer; a stream has none of them. */
function writeCounts(
  counts: Omit<Reported, 'inputTokens'> & { inputTokens?: number | undefined },
): Record<string, string> {
  const named = {
    'input-token-count': counts.inputTokens,
    'output-token-count': counts.outputTokens,
    'cache-read-input-token-count': counts.cacheRead,
    'cache-write-input-token-count': counts.cacheWrite,
    'invocation-latency': counts.latencyMs,
  };
  const known = Object.entries(named).filter(([, count]) => count !== undefined);
  return Object.fromEntries(known.map(([name, count]) => [`x-amzn-bedrock-${name}`, String(count)]));
}
