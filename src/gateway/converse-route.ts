import type { CallOptions, ConverseStream } from '../index.js';
import { readAnswer } from './answer/events.js';
import { AnswerReader } from './answer/reader.js';
import type { Caller } from './auth/authorize.js';
import type { RequestBudget } from './budgets/request-budget.js';
import type { EndedCall } from './budgets/use.js';
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
import { type Attempt, Failover, type Routing, type TriedTarget } from './routing/failover.js';
import type { Target } from './routing/target.js';
import { recordWhole, startChatRecording } from './telemetry/record-call.js';
import type { CallRecording, Telemetry } from './telemetry/telemetry.js';

/** How long a client waits for a sign of life. Proxies give up after 30 or 60 seconds of silence. */
const PING_MS = 15_000;

/** A request to a model, and what its answer needs. */
export interface Exchange {
  settings: GatewaySettings;
  directory: ModelDirectory;
  routing: Routing;
  telemetry: Telemetry;
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

/** An exchange in which a request is passed on as it is: no protocol translates it. */
export type Passed<Whole extends Exchange> = Omit<Whole, 'protocol'>;

/** What becomes known about a request on its way. */
export interface ExchangeRecord {
  model: string | undefined;
  modelId: string | undefined;
  isStream: boolean;
  notes: readonly string[];
  targets: readonly TriedTarget[];
  partial: EndedCall['partial'];
}

/** A request as its protocol reads it, before it is known which model answers. */
interface Reading {
  read: ReadRequest;
  names: ToolNames;
  notes: Notes;
  failover: Failover;
}

/** A request in the form that one model accepts. */
interface Translated extends Composed {
  notes: Notes;
}

async function readRequest(exchange: Exchange, body: Body): Promise<Reading> {
  const { settings, protocol, request, run, record } = exchange;
  const notes = new Notes();
  const names = new ToolNames();
  const images = new Images();
  const read = protocol.read(body, { headers: request.headers, names, images, notes });
  record.isStream = read.isStream;
  const targets = await findTargets(exchange, read.draft.modelId);
  await images.load(settings.fetchImage, run);
  run.signal.throwIfAborted();
  return { read, names, notes, failover: startFailover(exchange, targets) };
}

/**
 * Finds what to call for a name.
 *
 * @throws Refusal if the model does not exist or the caller may not use it
 */
export async function findTargets(
  { directory, caller, record }: Passed<Exchange>,
  model: string,
): Promise<readonly Target[]> {
  record.model = model;
  const targets = await directory.resolve(model, caller);
  record.modelId = targets[0]?.modelId;
  return targets;
}

/** Gets ready to call the targets of a request one after the other; the log entry says which were called. */
export function startFailover(
  { routing, run, record }: Passed<Exchange>,
  targets: readonly Target[],
): Failover {
  const failover = new Failover(targets, routing, run);
  record.targets = failover.tried;
  return failover;
}

/** Translates a request for one of its targets. */
function translate(
  { settings, record }: Exchange,
  { read, names, notes: general }: Reading,
  { modelId }: Target,
): Translated {
  const notes = new Notes(general);
  const facts = factsOf(modelId, settings.quirks?.(modelId));
  record.modelId = modelId;
  const serviceTier = allowedTier(read.draft.serviceTier, settings, notes);
  const composed = composeRequest({ ...read.draft, modelId, serviceTier }, facts, names, notes);
  record.notes = notes.list();
  return { ...composed, notes };
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
export function callOptions({ settings, request }: Exchange, attempt: Attempt): CallOptions {
  const headers = settings.forwardHeaders.flatMap((name) => {
    const value = request.headers.get(name);
    return value === null ? [] : [[name, value] as [string, string]];
  });
  return {
    repair: 'all',
    adapt: true,
    ...attempt.options,
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
  { budget, record, run }: Passed<Exchange>,
  countInput: () => number,
  outputTokens: number | undefined,
): Promise<void> {
  await budget.reserve({ modelId: record.modelId ?? '', countInput, outputTokens }, run.signal);
}

/** Reserves what an answer to a translated request may use. */
async function reserveAnswer(
  exchange: Exchange,
  { inferenceConfig, system, messages, toolConfig }: Composed['request'],
): Promise<void> {
  const countInput = () => estimateTokens({ system, messages, toolConfig });
  await reserve(exchange, countInput, inferenceConfig?.maxTokens);
}

/**
 * Answers a request through Converse.
 *
 * @throws whatever the call failed with before anything was sent
 */
export async function answerByConverse(exchange: Exchange, body: Body): Promise<Response> {
  const reading = await readRequest(exchange, body);
  return reading.read.isStream ? answerStream(exchange, reading) : answerWhole(exchange, reading);
}

/**
 * Answers count_tokens of Messages. Bedrock counts for some models only.
 *
 * @throws whatever the call failed with
 */
export async function answerCount(exchange: Exchange, body: Body): Promise<Response> {
  const reading = await readRequest(exchange, body);
  const { failover } = reading;
  const { tokens, notes } = await failover.first(async (attempt) => {
    const { request, notes } = translate(exchange, reading, attempt.target);
    // Counting is free, so that it uses no tokens.
    await reserve(exchange, () => 0, 0);
    const { modelId, messages, system, toolConfig, additionalModelRequestFields } = request;
    const tokens = await attempt.client.countTokens(
      { modelId, messages, system, toolConfig, additionalModelRequestFields },
      callOptions(exchange, attempt),
    );
    return { tokens, notes };
  });
  return respondWhole(exchange, { input_tokens: tokens }, headersOf(exchange, failover, notes));
}

async function answerWhole(exchange: Exchange, reading: Reading): Promise<Response> {
  const { protocol, record } = exchange;
  const { read, failover } = reading;
  const context = answerContext(exchange);
  const { result, plan, notes } = await failover.first(async (attempt) => {
    const { request, plan, notes } = translate(exchange, reading, attempt.target);
    await reserveAnswer(exchange, request);
    const result = await recordWhole(startChatRecording(exchange, attempt, request), () =>
      attempt.client.converse(request, callOptions(exchange, attempt)),
    );
    return { result, plan, notes };
  });
  record.partial = result;
  notes.addRepairs(result.repairs);
  const answer = readAnswer(result, plan);
  return respondWhole(
    exchange,
    protocol.writeAnswer(answer, read, context),
    headersOf(exchange, failover, notes),
  );
}

/** Answers with JSON. The exchange is over when the client has read it. */
export function respondWhole(
  { run, onEnd }: Exchange,
  body: object,
  headers: Record<string, string>,
): Response {
  const bytes = new TextEncoder().encode(JSON.stringify(body));
  const length = { 'content-length': String(bytes.length) };
  return respondJson(createWholeBody(bytes, run, onEnd), 200, { ...headers, ...length });
}

async function answerStream(exchange: Exchange, reading: Reading): Promise<Response> {
  const { settings, run, record } = exchange;
  const answers = new StreamedAnswers(exchange, reading);
  const { startTimer } = settings;
  const responseBody = await startBody(answers, run, { pingMs: PING_MS, startTimer }, (outcome) => {
    const { stream, recording } = answers.current ?? {};
    record.partial = stream?.partial;
    recording?.end(outcome, stream?.partial);
    exchange.onEnd(outcome);
  });
  const { stream, notes } = answers.current ?? {};
  notes?.addRepairs(stream?.partial.repairs ?? []);
  return new Response(responseBody, {
    headers: {
      ...headersOf(exchange, reading.failover, notes),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      // Otherwise nginx would hold the answer back until its buffer is full.
      'x-accel-buffering': 'no',
    },
  });
}

/** A call to one target whose answer is streamed. */
interface StreamedAnswer {
  stream: ConverseStream;
  notes: Notes;
  frames: FrameSource;
  recording: CallRecording;
}

/**
 * The frames of the first answer that has content. Each target has a writer of its own, and nothing of it is sent before its first
 * content, so that clients see nothing of those that failed.
 */
class StreamedAnswers implements FrameSource {
  readonly ping: string;
  readonly #exchange: Exchange;
  readonly #reading: Reading;
  #current: StreamedAnswer | undefined;
  #hasContent = false;

  constructor(exchange: Exchange, reading: Reading) {
    this.#exchange = exchange;
    this.#reading = reading;
    this.ping = exchange.protocol.ping;
  }

  /** The answer of the target that was called last; undefined before the first call. */
  get current(): StreamedAnswer | undefined {
    return this.#current;
  }

  async next(): Promise<string | undefined> {
    if (this.#hasContent) return this.#current?.frames.next();
    const frame = await this.#reading.failover.first(async (attempt) => {
      this.#current = await this.#open(attempt);
      return readFirst(this.#current);
    });
    this.#hasContent = true;
    return frame;
  }

  fail(error: unknown): string {
    if (this.#current !== undefined) return this.#current.frames.fail(error);
    const writer = this.#createWriter();
    return writer.open() + writer.fail(failureOf(error));
  }

  async #open(attempt: Attempt): Promise<StreamedAnswer> {
    const { protocol } = this.#exchange;
    const { request, plan, notes } = translate(this.#exchange, this.#reading, attempt.target);
    await reserveAnswer(this.#exchange, request);
    const recording = startChatRecording(this.#exchange, attempt, request);
    const stream = attempt.client.stream(request, callOptions(this.#exchange, attempt));
    const events = stream[Symbol.asyncIterator]();
    const frames = createFrames(events, new AnswerReader(plan), this.#createWriter(), protocol.ping);
    return { stream, notes, frames, recording };
  }

  #createWriter(): StreamWriter {
    const { protocol, requestId } = this.#exchange;
    return protocol.createStream(this.#reading.read, answerContext(this.#exchange), requestId);
  }
}

/** Reads up to the first content. If there is none, the call is over; otherwise it ends with the answer. */
async function readFirst({ frames, recording, stream }: StreamedAnswer): Promise<string | undefined> {
  try {
    const frame = await frames.next();
    recording.noteContent();
    return frame;
  } catch (error) {
    recording.end({ error }, stream.partial);
    throw error;
  }
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

/** Headers of an answer: its id, what is left of limits, which target answered, and what was left out. */
export function headersOf(exchange: Exchange, failover: Failover, notes?: Notes): Record<string, string> {
  const { requestId, protocol, record, budget, settings } = exchange;
  if (notes !== undefined) record.notes = notes.list();
  const noted = notes?.header();
  return {
    ...protocol.errors.limitHeaders?.(budget.states(), settings.now()),
    [protocol.errors.requestIdHeader]: requestId,
    ...failover.headers(),
    ...(noted !== undefined && { 'x-bedrock-anywhere-notes': noted }),
  };
}
