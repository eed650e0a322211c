import { type BedrockError, makeError } from '../errors.js';
import { dropHalfSecret } from '../foreign-text/foreign-text.js';
import type {
  EventDecoder,
  EventReader,
  Transport,
  TransportAnswer,
  TransportBytes,
  TransportCall,
  TransportStreamCall,
} from '../options.js';
import { type ChunkReader, openBody } from '../wire/chunks.js';
import { foreignBody, isEventStream } from '../wire/error-body.js';
import { fetchError, pickHeaders, readBytes, readErrorText, readJson, requireBytes } from './body.js';
import { connectionError } from './connection-error.js';
import { resolveDestination } from './destination.js';
import { ISSUES_KEYS, readRequestId, send } from './send.js';

/**
 * The default transport: signs requests, sends them with `fetch` and decodes the answers. It is exported for transports that
 * wrap it.
 *
 * @example
 * ```ts
 * import { createBedrock, fetchTransport, type Transport } from 'bedrock-anywhere';
 *
 * const slow: Transport = {
 *   ...fetchTransport,
 *   async unary(call) {
 *     await new Promise((resolve) => setTimeout(resolve, 1000));
 *     return fetchTransport.unary(call);
 *   },
 * };
 * const bedrock = createBedrock({ transport: slow });
 * ```
 */
export const fetchTransport: Transport = {
  destination: resolveDestination,
  unary: async (call) => readAnswer(await send(call), call),
  bytes: async (call) => readBody(await send(call), call),
  async stream(call) {
    const response = await send(call);
    if (isEventStream(response.headers) && response.body !== null) return new BodyReader(response, call);
    throw foreignAnswerError(response, call, await readErrorText(response, call.signal, call.secrets));
  },
};

/** Reads the events of a response body while it arrives. */
class BodyReader<E> implements EventReader<E> {
  readonly requestId: string | undefined;
  readonly #body: ChunkReader;
  readonly #decoder: EventDecoder<E>;
  readonly #endpoint: URL;

  constructor(response: Response, call: TransportStreamCall<E>) {
    const body = openBody(response, false);
    if (body === undefined) {
      throw fetchError(
        ': it has neither a stream nor arrayBuffer(). Pass a fetch whose Response has one of them, or call converse().',
      );
    }
    this.requestId = readRequestId(response, call);
    this.#body = body;
    this.#decoder = call.decoder();
    this.#endpoint = call.destination.endpoint;
  }

  take(): E | undefined {
    return this.#decoder.next();
  }

  more(): Promise<boolean> {
    return this.#body.read().then(this.#onChunk, this.#onFailure);
  }

  readonly #onChunk = ({ done, value }: { done?: boolean | undefined; value?: unknown }): boolean => {
    if (done) this.#decoder.end();
    else this.#decoder.feed(requireBytes(value));
    return !done;
  };

  readonly #onFailure = (cause: unknown): never => {
    throw connectionError(cause, this.#endpoint, 'stream');
  };

  close(): void {
    this.#body.cancel();
  }
}

async function readAnswer(response: Response, call: TransportCall): Promise<TransportAnswer> {
  let text: string;
  try {
    text = await readJson(response, call);
  } catch (cause) {
    throw connectionError(cause, call.destination.endpoint, 'request');
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // Reported below, like any other body that Bedrock did not send.
  }
  if (typeof json !== 'object' || json === null) {
    // Half an answer of these may hold half a key, which nobody would recognize as a secret.
    throw foreignAnswerError(
      response,
      call,
      ISSUES_KEYS.test(call.operation) ? undefined : dropHalfSecret(text, call.secrets),
    );
  }
  return { json: json as Record<string, unknown>, requestId: readRequestId(response, call) };
}

async function readBody(response: Response, call: TransportCall): Promise<TransportBytes> {
  let body: Uint8Array;
  try {
    body = await readBytes(response, call.operation, call.signal, call.onChunk);
  } catch (cause) {
    throw connectionError(cause, call.destination.endpoint, 'request');
  }
  const headers = pickHeaders(response.headers, call.secrets);
  return { body, headers, requestId: readRequestId(response, call) };
}

function foreignAnswerError(response: Response, call: TransportCall, text: string | undefined): BedrockError {
  return makeError('ERR_PROTOCOL', foreignBody(response.status, response.headers, text), {
    status: response.status,
    requestId: readRequestId(response, call),
    phase: 'request',
  });
}
