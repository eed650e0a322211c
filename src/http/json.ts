import { BedrockError } from '../errors.js';
import { foreignBody } from '../wire/error-body.js';
import { Abort } from './abort.js';
import { connectionError } from './connection-error.js';
import type { Target } from './options.js';
import { Attempts } from './retry.js';
import { type Outgoing, send } from './send.js';
import { callOf } from './transport.js';

/** The JSON object of an answer, and what its head told. */
export interface JsonAnswer {
  json: Record<string, unknown>;
  requestId: string | undefined;
  /** How many requests were sent for it. */
  attempts: number;
  warnings: string[];
}

/** What bounds a call from outside. */
export interface Bounds {
  signal?: AbortSignal | undefined;
  timeoutMs?: number | undefined;
  /** Collects the attempts of each request, for those who count the requests of several. */
  calls?: Attempts[];
}

/** Sends a request, again where that may help, and reads its JSON answer. */
export async function requestJson(target: Target, request: Outgoing, bounds: Bounds): Promise<JsonAnswer> {
  const abort = new Abort(bounds.signal, bounds.timeoutMs ?? 0);
  const attempts = new Attempts(target);
  bounds.calls?.push(attempts);
  try {
    abort.throwIfAborted();
    for (;;) {
      try {
        const { transport } = target;
        const answer =
          transport === undefined
            ? await readAnswer(await send(target, request, abort, attempts), target, abort)
            : await attempts.through(abort, () => transport.request(callOf(target, request, abort)));
        attempts.succeeded();
        return { attempts: attempts.sent, warnings: attempts.warnings, ...answer };
      } catch (error) {
        await attempts.next(error, abort);
      }
    }
  } catch (error) {
    throw attempts.failure(error, abort);
  } finally {
    abort.dispose();
  }
}

/** The error for JSON that is not an answer to the operation. */
export function wrongAnswer(message: string, { requestId, attempts }: JsonAnswer): BedrockError {
  return new BedrockError({
    code: 'ERR_PROTOCOL',
    name: 'ProtocolError',
    message,
    requestId,
    attempts,
    phase: 'request',
  });
}

async function readAnswer(
  response: Response,
  target: Target,
  abort: Abort,
): Promise<Pick<JsonAnswer, 'json' | 'requestId'>> {
  const requestId = response.headers.get('x-amzn-requestid') ?? undefined;
  let text: string;
  try {
    text = await abort.race(response.text());
  } catch (cause) {
    abort.throwIfAborted();
    throw connectionError(cause, target.endpoint, 'request');
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // Reported below, like any other body that is not an answer.
  }
  if (typeof json === 'object' && json !== null) return { json: json as Record<string, unknown>, requestId };
  throw new BedrockError({
    code: 'ERR_PROTOCOL',
    name: 'ProtocolError',
    message: foreignBody(response.status, response.headers, text),
    status: response.status,
    requestId,
    phase: 'request',
  });
}
