import { isBedrockError } from '../../errors.js';
import type { Cost, Usage } from '../../index.js';
import { Refusal } from '../failure.js';
import { outcomeOf } from '../log.js';
import type { KnownModels } from '../models/known-models.js';
import {
  ATTRIBUTES as A,
  COUNTERS,
  FINISH_ERROR,
  HISTOGRAMS,
  OTHER_ERROR,
  PROVIDER,
  SPAN_KIND_CLIENT,
  STATUS_ERROR,
  UNKNOWN_MODALITY,
} from './names.js';
import type { GatewayTelemetry, OtelAttributes, OtelContext, OtelSpan } from './opentelemetry.js';

/** What is known about a call before it is made. It contains nothing of the conversation. */
export interface CallFacts {
  operation: 'chat' | 'embeddings';
  /** The id or ARN that is called. */
  modelId: string;
  /** The model as the client named it. */
  model: string | undefined;
  caller: string;
  /** Name of the client that makes the call; undefined for the gateway's own. */
  client: string | undefined;
  isStream: boolean;
  /** Headers of the client's request, which may name the parent of the span. */
  headers: Headers;
  guardrailId?: string | undefined;
  maxTokens?: number | undefined;
  temperature?: number | undefined;
  topP?: number | undefined;
  dimensions?: number | undefined;
  encoding?: string | undefined;
}

/** What is known about the answer when the call is over, as far as it came. */
export interface CallAnswer {
  modelId?: string | undefined;
  requestId?: string | undefined;
  stopReason?: string | undefined;
  usage?: Partial<Usage> | undefined;
  cost?: Cost | undefined;
}

/** A call that is being recorded. */
export interface CallRecording {
  /** Call it when the first content of a streamed answer has arrived. */
  noteContent(): void;
  /** Call it when the call is over; only the first time counts. */
  end(outcome: { error: unknown } | 'complete' | 'client-gone', answer?: CallAnswer): void;
}

/** Records calls to models as spans and metrics. Its failures change nothing for clients. */
export interface Telemetry {
  start(facts: CallFacts): CallRecording;
}

const NOTHING: CallRecording = { noteContent: () => undefined, end: () => undefined };

/**
 * @param now The clock, in milliseconds since 1970: a span and its duration in the metrics are the same.
 * @param known The models that may name a series of metrics.
 */
export function createTelemetry(
  given: GatewayTelemetry | undefined,
  now: () => number,
  known: KnownModels,
): Telemetry {
  if (given === undefined) return { start: () => NOTHING };
  const instruments = quietly(() => createInstruments(given));
  return { start: (facts) => startRecording({ given, instruments, now, known }, facts) };
}

type Instruments = ReturnType<typeof createInstruments>;

function createInstruments({ meter }: GatewayTelemetry) {
  if (meter === undefined) return undefined;
  const histogram = ({ name, options }: { name: string; options: object }) =>
    meter.createHistogram(name, options);
  const counter = ({ name, options }: { name: string; options: object }) =>
    meter.createCounter(name, options);
  const { chat, embeddings } = HISTOGRAMS;
  return {
    chat: {
      duration: histogram(chat.duration),
      timeToFirstChunk: histogram(chat.timeToFirstChunk),
      inputTokens: histogram(chat.inputTokens),
      outputTokens: histogram(chat.outputTokens),
    },
    embeddings: { duration: histogram(embeddings.duration), inputTokens: histogram(embeddings.inputTokens) },
    used: {
      inputTokens: counter(COUNTERS.inputTokens),
      outputTokens: counter(COUNTERS.outputTokens),
      cacheRead: counter(COUNTERS.cacheRead),
      cacheWrite: counter(COUNTERS.cacheWrite),
    },
  };
}

interface Recorder {
  given: GatewayTelemetry;
  instruments: Instruments | undefined;
  now: () => number;
  known: KnownModels;
}

function startRecording({ given, instruments, now, known }: Recorder, facts: CallFacts): CallRecording {
  const began = now();
  const parent = quietly(() => findParent(given, facts.headers));
  const common = { [A.operation]: facts.operation, [A.provider]: PROVIDER, [A.requestModel]: facts.modelId };
  const span = quietly(() =>
    given.tracer?.startSpan(
      nameSpan(facts, known.find(facts.modelId, false)),
      { kind: SPAN_KIND_CLIENT, startTime: began, attributes: { ...common, ...describeRequest(facts) } },
      parent,
    ),
  );
  let firstContent: number | undefined;
  let isOver = false;
  return {
    noteContent() {
      firstContent ??= now() - began;
    },
    end(outcome, answer = {}) {
      if (isOver) return;
      isOver = true;
      const ended = now();
      const reason = typeof outcome === 'object' ? outcomeOf(outcome.error) : outcome;
      const errorType =
        typeof outcome === 'object' && reason === 'failed' ? errorTypeOf(outcome.error) : undefined;
      const end = { outcome: reason, errorType, firstContent, ms: ended - began };
      const hasAnswered = reason === 'complete' || firstContent !== undefined || answer.usage !== undefined;
      const model = known.find(facts.modelId, hasAnswered);
      quietly(() => span?.updateName?.(nameSpan(facts, model)));
      quietly(() => endSpan(span, facts, end, answer, ended));
      const attributes = definedOf({
        ...common,
        [A.requestModel]: model,
        [A.responseModel]: hasAnswered ? known.find(answer.modelId, true) : undefined,
      });
      quietly(() => recordMetrics(instruments, facts, end, answer, attributes, parent));
    },
  };
}

/** Backends group spans by name, so clients must not be able to make names up. */
function nameSpan({ operation }: CallFacts, model: string | undefined): string {
  return model === undefined ? operation : `${operation} ${model}`;
}

/** How a call ended. */
interface End {
  outcome: 'complete' | 'failed' | 'client-gone';
  errorType: string | undefined;
  /** Milliseconds until the first content. */
  firstContent: number | undefined;
  ms: number;
}

function endSpan(
  span: OtelSpan | undefined,
  { operation, isStream }: CallFacts,
  { outcome, errorType, firstContent }: End,
  { modelId, requestId, stopReason, usage, cost }: CallAnswer,
  ended: number,
): void {
  if (span === undefined) return;
  span.setAttributes(
    definedOf({
      [A.outcome]: outcome,
      [A.errorType]: errorType,
      [A.responseModel]: modelId,
      [A.awsRequestId]: requestId,
      [A.finishReasons]:
        operation === 'chat' ? [outcome === 'complete' && stopReason ? stopReason : FINISH_ERROR] : undefined,
      [A.timeToFirstChunk]: isStream && firstContent !== undefined ? firstContent / 1000 : undefined,
      [A.inputTokens]: allInput(usage),
      [A.outputTokens]: usage?.outputTokens,
      [A.cacheRead]: usage?.cacheReadInputTokens,
      [A.cacheWrite]: usage?.cacheWriteInputTokens,
      [A.cost]: cost?.total,
    }),
  );
  // Without a description: what a service says about an error may repeat a part of the request.
  if (errorType !== undefined) span.setStatus({ code: STATUS_ERROR });
  span.end(ended);
}

function recordMetrics(
  instruments: Instruments | undefined,
  { operation, isStream }: CallFacts,
  { errorType, firstContent, ms }: End,
  { usage }: CallAnswer,
  attributes: OtelAttributes,
  parent: OtelContext | undefined,
): void {
  if (instruments === undefined) return;
  const { chat, embeddings, used } = instruments;
  const { duration, inputTokens } = operation === 'chat' ? chat : embeddings;
  duration.record(ms / 1000, definedOf({ ...attributes, [A.errorType]: errorType }), parent);
  if (isStream && firstContent !== undefined)
    chat.timeToFirstChunk.record(firstContent / 1000, attributes, parent);
  const input = allInput(usage);
  if (input !== undefined) inputTokens.record(input, attributes, parent);
  if (operation !== 'chat' || usage === undefined || input === undefined) return;
  chat.outputTokens.record(usage.outputTokens ?? 0, attributes, parent);
  const counted = { ...attributes, [A.modality]: UNKNOWN_MODALITY };
  used.inputTokens.add(input, counted, parent);
  used.outputTokens.add(usage.outputTokens ?? 0, counted, parent);
  if (usage.cacheReadInputTokens) used.cacheRead.add(usage.cacheReadInputTokens, counted, parent);
  if (usage.cacheWriteInputTokens) used.cacheWrite.add(usage.cacheWriteInputTokens, counted, parent);
}

function describeRequest(facts: CallFacts): OtelAttributes {
  const { isStream, encoding } = facts;
  return definedOf({
    [A.caller]: facts.caller,
    [A.askedModel]: facts.model,
    [A.client]: facts.client,
    [A.guardrail]: facts.guardrailId,
    [A.stream]: isStream ? true : undefined,
    [A.maxTokens]: facts.maxTokens,
    [A.temperature]: facts.temperature,
    [A.topP]: facts.topP,
    [A.dimensions]: facts.dimensions,
    [A.encodings]: encoding === undefined ? undefined : [encoding],
  });
}

/** The conventions count cached tokens as input, and Bedrock counts them separately. */
function allInput(usage: Partial<Usage> | undefined): number | undefined {
  if (usage?.inputTokens === undefined) return undefined;
  return usage.inputTokens + (usage.cacheReadInputTokens ?? 0) + (usage.cacheWriteInputTokens ?? 0);
}

/** The parent of a span; undefined means the one that the tracer finds itself. */
function findParent({ context, propagation }: GatewayTelemetry, headers: Headers): OtelContext | undefined {
  const active = context?.active();
  if (active === undefined || propagation === undefined) return active;
  return propagation.extract(active, headers, {
    get: (carrier, key) => carrier.get(key) ?? undefined,
    keys: (carrier) => [...carrier.keys()],
  });
}

/** AWS's name of an exception, or what the gateway calls the failure: never a message, which may repeat content. */
function errorTypeOf(error: unknown): string {
  if (error instanceof Refusal) return error.failure.kind;
  if (!isBedrockError(error)) return OTHER_ERROR;
  // Some answers of Bedrock do not name the error.
  return /^\w{1,100}$/.test(error.name) && error.name !== 'BedrockError' ? error.name : error.code;
}

function definedOf(attributes: OtelAttributes): OtelAttributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
}

/** What a tracer or meter throws must not reach clients. */
function quietly<T>(record: () => T): T | undefined {
  try {
    return record();
  } catch {
    return undefined;
  }
}
