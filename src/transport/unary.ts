import { type BedrockError, makeError, settingsError } from '../errors.js';
import { cleanJson, cleanText } from '../foreign-text/foreign-text.js';
import { isObject } from '../input/read.js';
import type { TransportAnswer, TransportBytes, TransportCall } from '../options.js';
import { findWords } from '../wire/foreign-json.js';
import { Abort } from './abort.js';
import { isBytes } from './body.js';
import { IDLE_TIMEOUT_MS, idleError } from './idle.js';
import { type Adapt, Attempts } from './retry.js';
import { type Outgoing, type Route, transportError } from './route.js';

/**
 * Default of `idleTimeoutMs` until a whole answer of a model begins. Source: Amazon Nova user guide, "Timeout configuration",
 * 2026-11-28: inference can take up to 60 minutes.
 */
const MODEL_TIMEOUT_MS = 3_600_000;
const RUNS_A_MODEL: ReadonlySet<string> = new Set(['Converse', 'InvokeModel']);

/** How an answer was obtained. */
interface CallRecord {
  /** How many requests were sent for it. */
  attempts: number;
  warnings: string[];
  /** What no error may repeat. */
  secrets: readonly string[];
}

/** A whole answer, and how it was obtained. */
export type UnaryAnswer = TransportAnswer & CallRecord;

/** A body in the model's own form, and how it was obtained. */
export type BytesAnswer = TransportBytes & CallRecord;

/** What may abort a call. */
export interface Bounds {
  signal?: AbortSignal | undefined;
  timeoutMs?: number | undefined;
  /** When that time began, by `performance.now()`. Default: now. */
  since?: number | undefined;
}

/** Operations whose answer is the caller's own data, which is returned unchanged. Other answers are shown, logged and stored. */
const OWN_DATA: ReadonlySet<string> = new Set(['Converse', 'Rerank', 'ApplyGuardrail']);

/** Makes a call whose answer is not streamed, and retries it if that may help. */
export async function callUnary(
  route: Route,
  outgoing: Outgoing,
  bounds: Bounds,
  adapt?: Adapt,
): Promise<UnaryAnswer> {
  const { transport } = route;
  const attempt = async (call: TransportCall) => readAnswer(await transport.unary(call));
  const answer = await callWhole(route, outgoing, bounds, attempt, adapt);
  return OWN_DATA.has(outgoing.operation)
    ? answer
    : { ...answer, json: cleanJson(answer.json, answer.secrets) };
}

/** Makes a call whose answer is a body in the model's own form, and retries it if that may help. */
export function callBytes(route: Route, outgoing: Outgoing, bounds: Bounds): Promise<BytesAnswer> {
  const { transport } = route;
  if (transport.bytes === undefined) {
    throw settingsError(
      'The option transport has no method bytes(call), which InvokeModel needs. Add it, or spread fetchTransport.',
    );
  }
  return callWhole(route, outgoing, bounds, async (call) => readBody(await transport.bytes?.(call)));
}

async function callWhole<T extends object>(
  route: Route,
  outgoing: Outgoing,
  { signal, timeoutMs = 0, since }: Bounds,
  attempt: (call: TransportCall) => Promise<T>,
  adapt?: Adapt,
): Promise<T & CallRecord> {
  const abort = new Abort(signal, 0);
  abort.limit(timeoutMs, since === undefined ? 0 : performance.now() - since);
  const { operation } = outgoing;
  let idle: ReturnType<typeof setTimeout> | undefined;
  const watch = (isAnswer: boolean): void => {
    clearTimeout(idle);
    const byDefault = RUNS_A_MODEL.has(operation) && !isAnswer ? MODEL_TIMEOUT_MS : IDLE_TIMEOUT_MS;
    const { idleTimeoutMs: ms = byDefault } = route.settings;
    if (ms > 0 && abort.reason === undefined)
      idle = setTimeout(() => abort.abort(silenceError(operation, ms)), ms);
  };
  const attempts = new Attempts(route, outgoing, abort, adapt, watch);
  try {
    for (;;) {
      try {
        const answer = await attempts.make(attempt);
        attempts.succeeded();
        const { sent, warnings, secrets } = attempts;
        return { ...answer, attempts: sent, warnings, secrets };
      } catch (error) {
        clearTimeout(idle);
        await attempts.next(error);
      }
    }
  } finally {
    clearTimeout(idle);
    abort.dispose();
  }
}

function silenceError(operation: string, ms: number): BedrockError {
  return idleError(
    ms,
    'request',
    `answer to ${operation}`,
    RUNS_A_MODEL.has(operation)
      ? `The answer begins only when the model has written everything: use ${operation === 'Converse' ? 'stream' : 'invokeModelStream'}(), ` +
          'increase the limit, or set it to 0 for none.'
      : 'Check the endpoint and the network.',
  );
}

function readAnswer(answer: TransportAnswer): TransportAnswer {
  if (isObject(answer) && isObject(answer['json'])) return answer;
  throw transportError('answer, { json, requestId }');
}

function readBody(answer: TransportBytes | undefined): TransportBytes {
  if (isObject(answer) && isBytes(answer.body) && isObject(answer.headers)) return answer;
  throw transportError('answer, { body, headers, requestId }');
}

/** The error for JSON that is not an answer to the operation. A gateway may have put an error into it. */
export function wrongAnswerError(
  message: string,
  { json, secrets, requestId, attempts }: UnaryAnswer,
): BedrockError {
  const words = cleanText(findWords(json) ?? '', secrets, 200);
  const said = words === '' ? '' : ` It says: "${words}".`;
  return makeError('ERR_PROTOCOL', message + said, { requestId, attempts, phase: 'request' });
}
