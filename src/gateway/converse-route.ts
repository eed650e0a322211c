import type { CallOptions, PartialResult } from '../index.js';
import { readAnswer } from './answer/events.js';
import { AnswerReader } from './answer/reader.js';
import type { Caller } from './auth/authorize.js';
import type { RequestBudget } from './budgets/request-budget.js';
import { type Composed, composeRequest, factsOf } from './conversation/compose.js';
import { Images } from './conversation/images.js';
import { estimateTokens } from './conversation/room.js';
import { ToolNames } from './conversation/tool-names.js';
import { failureOf } from './failure.js';
import type { Body } from './fields.js';
import { respondJson } from './http/respond.js';
import type { Run } from './http/running.js';
import { type FrameSource, startBody } from './http/stream-body.js';
import { createWholeBody } from './http/whole-body.js';
import type { ModelDirectory } from './models/models.js';
import { Notes } from './notes.js';
import type { GatewaySettings, ServiceTier } from './options.js';
import type { AnswerContext, Protocol, ReadRequest, StreamWriter } from './protocol.js';

/** How long a client waits for a sign of life. Proxies give up after 30 or 60 seconds of silence. */
const PING_MS = 15_000;

/** A request to a model, and what its answer needs. */
export interface Exchange {
  settings: GatewaySettings;
  directory: ModelDirectory;
  protocol: Protocol;
  request: Request;
  requestId: string;
  caller: Caller;
  run: Run;
  /** Limits of the caller. Reserve before each call of a model; the rest is done for all routes. */
  budget: RequestBudget;
  /** What the log entry will say; it is filled in as things become known. */
  record: ExchangeRecord;
  /** Call it when the answer is over. */
  onEnd(outcome: { error: unknown } | 'complete' | 'client-gone'): void;
}

/** What becomes known about a request on its way. */
export interface ExchangeRecord {
  model: string | undefined;
  modelId: string | undefined;
  isStream: boolean;
  notes: readonly string[];
  partial: Partial<Pick<PartialResult, 'usage' | 'cost' | 'message'>> | undefined;
}

/** A request that has been read and translated. */
interface Translated extends Composed {
  read: ReadRequest;
  notes: Notes;
}

/**
 * Reads a request of a protocol and translates it for its model.
 *
 * @throws Refusal for what cannot be translated
 */
async function translate(exchange: Exchange, body: Body): Promise<Translated> {
  const { settings, directory, protocol, request, caller, run, record } = exchange;
  const notes = new Notes();
  const names = new ToolNames();
  const images = new Images();
  const read = protocol.read(body, { headers: request.headers, names, images, notes });
  const model = read.draft.modelId;
  Object.assign(record, { model, isStream: read.isStream });
  const modelId = await directory.resolve(model, caller);
  record.modelId = modelId;
  await images.load(settings.fetchImage, run);
  run.signal.throwIfAborted();
  const facts = factsOf(modelId, settings.quirks?.(modelId));
  const serviceTier = allowedTier(read.draft.serviceTier, settings, notes);
  const composed = composeRequest({ ...read.draft, modelId, serviceTier }, facts, names, notes);
  record.notes = notes.list();
  return { ...composed, read, notes };
}

/** The tier that a client asked for, unless it may not choose that one: it changes what the operator pays. */
function allowedTier(
  tier: ServiceTier | undefined,
  { serviceTiers }: GatewaySettings,
  notes: Notes,
): ServiceTier | undefined {
  if (tier === undefined || serviceTiers.includes(tier)) return tier;
  notes.add('service_tier', `${tier} is not allowed here`);
  return undefined;
}

/** Options of a call: nothing of the client's headers but what the operator allows. */
export function callOptions({ settings, request, run }: Exchange): CallOptions {
  const headers = settings.forwardHeaders.flatMap((name) => {
    const value = request.headers.get(name);
    return value === null ? [] : [[name, value] as [string, string]];
  });
  return {
    repair: 'all',
    adapt: true,
    signal: run.signal,
    ...(settings.quirks && { quirks: settings.quirks }),
    ...(headers.length > 0 && { headers }),
  };
}

/**
 * Reserves what a call of the model may use.
 *
 * @param outputTokens Undefined if the request does not limit them.
 * @throws Refusal if a limit has no room
 */
export async function reserve(
  { budget, record, run }: Exchange,
  countInput: () => number,
  outputTokens: number | undefined,
): Promise<void> {
  await budget.reserve({ modelId: record.modelId ?? '', countInput, outputTokens }, run.signal);
}

/**
 * Answers a request through Converse.
 *
 * @throws whatever the call failed with before anything was sent
 */
export async function answerByConverse(exchange: Exchange, body: Body): Promise<Response> {
  const translated = await translate(exchange, body);
  const { inferenceConfig, system, messages, toolConfig } = translated.request;
  const countInput = () => estimateTokens({ system, messages, toolConfig });
  await reserve(exchange, countInput, inferenceConfig?.maxTokens);
  return translated.read.isStream ? answerStream(exchange, translated) : answerWhole(exchange, translated);
}

/**
 * Answers count_tokens of Messages. Bedrock counts for some models only.
 *
 * @throws whatever the call failed with
 */
export async function answerCount(exchange: Exchange, body: Body): Promise<Response> {
  const { request, notes } = await translate(exchange, body);
  const { modelId, messages, system, toolConfig, additionalModelRequestFields } = request;
  // Counting is free, so that it uses no tokens.
  await reserve(exchange, () => 0, 0);
  const tokens = await exchange.settings.bedrock.countTokens(
    { modelId, messages, system, toolConfig, additionalModelRequestFields },
    callOptions(exchange),
  );
  return respondWhole(exchange, { input_tokens: tokens }, headersOf(exchange, notes));
}

async function answerWhole(
  exchange: Exchange,
  { read, request, plan, notes }: Translated,
): Promise<Response> {
  const { settings, protocol, record } = exchange;
  const context = answerContext(exchange);
  const result = await settings.bedrock.converse(request, callOptions(exchange));
  record.partial = result;
  notes.addRepairs(result.repairs);
  const answer = readAnswer(result, plan);
  return respondWhole(exchange, protocol.writeAnswer(answer, read, context), headersOf(exchange, notes));
}

/** Answers with JSON. The exchange is over when the client has read it. */
export function respondWhole(
  { run, onEnd }: Exchange,
  body: object,
  headers: Record<string, string>,
): Response {
  const bytes = new TextEncoder().encode(JSON.stringify(body));
  return respondJson(createWholeBody(bytes, run, onEnd), 200, headers);
}

async function answerStream(
  exchange: Exchange,
  { read, request, plan, notes }: Translated,
): Promise<Response> {
  const { settings, protocol, requestId, run, record } = exchange;
  const stream = settings.bedrock.stream(request, callOptions(exchange));
  const writer = protocol.createStream(read, answerContext(exchange), requestId);
  const source = createFrames(stream[Symbol.asyncIterator](), new AnswerReader(plan), writer, protocol.ping);
  const { startTimer } = settings;
  const responseBody = await startBody(source, run, { pingMs: PING_MS, startTimer }, (outcome) => {
    record.partial = stream.partial;
    exchange.onEnd(outcome);
  });
  notes.addRepairs(stream.partial.repairs);
  return new Response(responseBody, {
    headers: {
      ...headersOf(exchange, notes),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      // Otherwise nginx would hold the answer back until its buffer is full.
      'x-accel-buffering': 'no',
    },
  });
}

/**
 * The events of an answer as frames. Those before the first content wait for it, so that a call that fails right away is
 * answered with a status.
 */
function createFrames(
  events: AsyncIterator<Parameters<AnswerReader['read']>[0], undefined>,
  reader: AnswerReader,
  writer: StreamWriter,
  ping: string,
): FrameSource {
  let isDone = false;
  /** What has been written and not sent yet. Events may be numbered, so that they are written in their order. */
  let unsent: string | undefined;
  const open = (): void => {
    unsent ??= writer.open();
  };
  const send = (text: string): string => {
    const all = (unsent ?? '') + text;
    unsent = '';
    return all;
  };
  return {
    ping,
    async next() {
      while (!isDone) {
        const { done, value } = await events.next();
        open();
        if (done === true) {
          isDone = true;
          return send(writer.close());
        }
        try {
          const text = reader
            .read(value)
            .map((event) => writer.write(event))
            .join('');
          if (text !== '') return send(text);
        } catch (error) {
          events.return?.().catch(() => undefined);
          throw error;
        }
      }
      return undefined;
    },
    fail(error) {
      open();
      return send(writer.fail(failureOf(error)));
    },
  };
}

function answerContext({ settings, requestId, record }: Exchange): AnswerContext {
  const { now } = settings;
  return { model: record.model ?? '', id: requestId.replace(/^req_/, ''), createdAt: now(), now };
}

/** Headers of an answer: its id, what is left of limits, and what was left out. */
export function headersOf(exchange: Exchange, notes?: Notes): Record<string, string> {
  const { requestId, protocol, record, budget, settings } = exchange;
  if (notes !== undefined) record.notes = notes.list();
  const noted = notes?.header();
  return {
    ...protocol.errors.limitHeaders?.(budget.states(), settings.now()),
    [protocol.errors.requestIdHeader]: requestId,
    ...(noted !== undefined && { 'x-bedrock-anywhere-notes': noted }),
  };
}
