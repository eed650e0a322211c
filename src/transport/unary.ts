import { type BedrockError, makeError } from '../errors.js';
import { cleanJson, cleanText } from '../foreign-text.js';
import { isObject } from '../input/read.js';
import type { TransportAnswer } from '../options.js';
import { findWords } from '../wire/foreign-json.js';
import { Abort } from './abort.js';
import { IDLE_TIMEOUT_MS, idleError } from './idle.js';
import { type Adapt, Attempts } from './retry.js';
import { type Outgoing, type Route, transportError } from './route.js';

/**
 * Default of `idleTimeoutMs` until a whole answer of a model begins. Source: Amazon Nova user guide, "Timeout configuration",
 * 2026-11-28: inference can take up to 60 minutes.
 */
const MODEL_TIMEOUT_MS = 3_600_000;

/** The answer to a call, and how it was obtained. */
export interface UnaryAnswer extends TransportAnswer {
  /** How many requests were sent for it. */
  attempts: number;
  warnings: string[];
  /** What no error may repeat. */
  secrets: readonly string[];
}

/** What may abort a call. */
export interface Bounds {
  signal?: AbortSignal | undefined;
  timeoutMs?: number | undefined;
}

/** Makes a call whose answer is not streamed, and retries it if that may help. */
export async function callUnary(
  route: Route,
  outgoing: Outgoing,
  { signal, timeoutMs = 0 }: Bounds,
  adapt?: Adapt,
): Promise<UnaryAnswer> {
  const abort = new Abort(signal, timeoutMs);
  const { operation } = outgoing;
  let idle: ReturnType<typeof setTimeout> | undefined;
  const watch = (isAnswer: boolean): void => {
    clearTimeout(idle);
    const byDefault = operation === 'Converse' && !isAnswer ? MODEL_TIMEOUT_MS : IDLE_TIMEOUT_MS;
    const { idleTimeoutMs: ms = byDefault } = route.settings;
    if (ms > 0 && abort.reason === undefined)
      idle = setTimeout(() => abort.abort(silenceError(operation, ms)), ms);
  };
  const attempts = new Attempts(route, outgoing, abort, adapt, watch);
  try {
    for (;;) {
      try {
        const answer = await attempts.make(async (call) => readAnswer(await route.transport.unary(call)));
        attempts.succeeded();
        // What a model says is the caller's; everything else is shown, logged and stored.
        const json =
          outgoing.operation === 'Converse' ? answer.json : cleanJson(answer.json, attempts.secrets);
        const { sent, warnings, secrets } = attempts;
        return { ...answer, json, attempts: sent, warnings, secrets };
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
    operation === 'Converse'
      ? 'It begins when the model has written everything: use stream(), increase the limit, or set it to 0 for none.'
      : 'Check the endpoint and the network.',
  );
}

function readAnswer(answer: TransportAnswer): TransportAnswer {
  if (isObject(answer) && isObject(answer['json'])) return answer;
  throw transportError('answer, { json, requestId }');
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
