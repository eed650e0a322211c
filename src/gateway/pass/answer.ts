import { concatBytes, encodeText } from '../../encoding.js';
import { makeError } from '../../errors.js';
import { cleanText } from '../../foreign-text/foreign-text.js';
import type { Usage } from '../../index.js';
import { isObject } from '../../input/read.js';
import type { ClientOptions } from '../../options.js';
import type { AskedTier } from '../aws/service-tier.js';
import type { Exchange, Passed } from '../exchange/exchange.js';
import { createWholeBody } from '../http/whole-body.js';
import type { CallRecording } from '../telemetry/telemetry.js';
import { passBody } from './body.js';
import { type ReadingOptions, readChunks } from './chunks.js';
import { chargeFor } from './client-options.js';
import type { PassedAnswer } from './endpoint.js';
import { type Edit, EventEditor } from './event-editor.js';
import type { Tap } from './taps/tap.js';
import type { Json } from './usage.js';

/** What is known about an answer that will be passed on. */
export interface Passing {
  exchange: Passed<Exchange>;
  /** Options of the client that sent the request. */
  client: ClientOptions;
  modelId: string;
  tier: AskedTier;
  answer: PassedAnswer;
  recording: CallRecording | undefined;
  /** Ends the call to this target only. */
  call: AbortController;
}

/** Default of `idleTimeoutMs` while an answer is read. */
const IDLE_MS = 120_000;

/** More than any model writes. Source: botocore, bedrock-runtime, `Body`, which has at most 25,000,000 bytes. */
const MOST_BYTES = 32 * 1024 * 1024;

/**
 * Passes a stream on as it arrives.
 *
 * @throws BedrockError if something other than a stream of this type was answered, or nothing
 */
export async function passStream(
  { exchange, client, modelId, tier, answer, recording, call }: Passing,
  type: 'application/vnd.amazon.eventstream' | 'text/event-stream',
  tap: Tap,
  edit?: Edit,
): Promise<Response> {
  const { run, record, settings, onEnd } = exchange;
  const { body } = answer.response;
  if (body === null || !isOfType(answer, type)) throw wrongTypeError(answer);
  const passed = await passBody(body as ReadableStream<Uint8Array>, {
    run,
    tap,
    editor: edit && new EventEditor(edit),
    call,
    idleMs: idleOf(client),
    startTimer: settings.startTimer,
    onEnd: (outcome) => {
      record.partial = chargeFor(usageOf(tap, outcome === 'complete'), { modelId, ...tier }, client) ?? {
        writtenTokens: Math.ceil(tap.writtenTokens),
      };
      recording?.end(outcome, record.partial);
      onEnd(outcome);
    },
  });
  return new Response(passed, {
    headers: {
      ...answer.headers,
      'cache-control': 'no-cache, no-transform',
      // Otherwise nginx would hold the answer back until its buffer is full.
      'x-accel-buffering': 'no',
    },
  });
}

/** The tokens of an answer. Those of one that broke off are counted at its end only, so that what was written is an estimate. */
function usageOf({ usage, writtenTokens }: Tap, isComplete: boolean): Usage | undefined {
  if (usage === undefined || isComplete) return usage;
  const outputTokens = Math.max(usage.outputTokens, Math.ceil(writtenTokens));
  return { ...usage, outputTokens, totalTokens: usage.totalTokens - usage.outputTokens + outputTokens };
}

/**
 * Passes a whole answer on once all of it has arrived, which is when the model has written it.
 *
 * @throws BedrockError if something other than JSON was answered, or nothing for too long, or the connection broke off
 */
export async function passWhole(
  { exchange, client, modelId, tier, answer, recording, call }: Passing,
  readUsage: (json: Json, headers: Headers) => Usage | undefined,
  edit?: Edit,
): Promise<Response> {
  const { run, record, settings, onEnd } = exchange;
  const { startTimer } = settings;
  const bytes = await readAll(answer, { call, idleMs: idleOf(client), startTimer });
  const json = parseAnswer(bytes, answer);
  record.partial = chargeFor(readUsage(json, answer.response.headers), { modelId, ...tier }, client);
  recording?.end('complete', record.partial);
  const edited = edit?.apply(json) ?? json;
  const sent = edited === json ? bytes : encodeText(JSON.stringify(edited));
  return new Response(createWholeBody(sent, run, onEnd), {
    headers: { ...answer.headers, 'content-length': String(sent.length), 'cache-control': 'no-store' },
  });
}

function idleOf({ idleTimeoutMs = IDLE_MS }: ClientOptions): number {
  return idleTimeoutMs === Number.POSITIVE_INFINITY ? 0 : idleTimeoutMs;
}

/** Reads a body to its end. */
export async function readAll({ response }: PassedAnswer, options: ReadingOptions): Promise<Uint8Array> {
  if (response.body === null) return new Uint8Array();
  const chunks = readChunks(response.body as ReadableStream<Uint8Array>, options);
  const found: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const chunk = await chunks.read();
    if (chunk === undefined) return concatBytes(found);
    found.push(chunk);
    length += chunk.length;
    if (length <= MOST_BYTES) continue;
    chunks.cancel();
    throw makeError('ERR_PROTOCOL', `The answer has over ${MOST_BYTES} bytes.`);
  }
}

/** The JSON of a whole answer. bedrock-runtime answers a path that it does not know with a 200 that names an exception. */
function parseAnswer(bytes: Uint8Array, answer: PassedAnswer): Json {
  if (!isOfType(answer, 'application/json')) throw wrongTypeError(answer);
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw wrongTypeError(answer);
  }
  if (!isObject(json) || isUnknownOperation(json)) throw wrongTypeError(answer);
  return json;
}

function isUnknownOperation({ Output }: Record<string, unknown>): boolean {
  return isObject(Output) && String(Output['__type']).includes('UnknownOperationException');
}

function isOfType({ response }: PassedAnswer, type: string): boolean {
  const given = response.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  return given === type;
}

function wrongTypeError({ response }: PassedAnswer): Error {
  void response.body?.cancel().catch(() => undefined);
  return makeError(
    'ERR_PROTOCOL',
    `The endpoint answered with something that is not from a model (status ${response.status}, ${cleanText(response.headers.get('content-type') ?? 'no content type', [], 100)}).`,
    { status: response.status, phase: 'request' },
  );
}
