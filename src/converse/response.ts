import { type BedrockError, type BedrockErrorCode, isBedrockError } from '../errors.js';
import type { ConverseEvent } from '../types.js';
import { toBase64 } from '../wire/base64.js';

/** Statuses for failures that came without one. */
const STATUS: Partial<Record<BedrockErrorCode, number>> = {
  ERR_INPUT: 400,
  ERR_ACCESS_DENIED: 403,
  ERR_NOT_FOUND: 404,
  ERR_THROTTLED: 429,
  ERR_QUOTA: 429,
  ERR_MODEL: 502,
  ERR_NETWORK: 502,
  ERR_REDIRECT: 502,
  ERR_TRUNCATED: 502,
  ERR_PROTOCOL: 502,
  ERR_SERVICE: 503,
  ERR_TIMEOUT: 504,
};

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  // nginx would otherwise hold the events back until its buffer is full.
  'x-accel-buffering': 'no',
};

/**
 * Server-sent events of a stream: the name is the event's type, the data its JSON with bytes as base64.
 * Source: WHATWG HTML, "Server-sent events".
 */
export async function toResponse(
  events: AsyncIterator<ConverseEvent, undefined>,
  init: ResponseInit = {},
): Promise<Response> {
  let ahead: IteratorResult<ConverseEvent, undefined> | undefined;
  try {
    ahead = await events.next();
  } catch (error) {
    if (!isBedrockError(error)) throw error;
    return Response.json({ error: failure(error) }, { status: error.status ?? STATUS[error.code] ?? 500 });
  }
  const headers = new Headers(HEADERS);
  new Headers(init.headers).forEach((value, name) => {
    headers.set(name, value);
  });
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = ahead ?? (await events.next());
          ahead = undefined;
          if (done !== true) return controller.enqueue(sse(value.type, value));
        } catch (error) {
          if (!isBedrockError(error)) throw error;
          controller.enqueue(sse('error', failure(error)));
        }
        controller.close();
      },
      async cancel() {
        await events.return?.();
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body, { ...init, headers });
}

const encoder = new TextEncoder();

function sse(name: string, data: unknown): Uint8Array {
  const json = JSON.stringify(data, (_key, value: unknown) =>
    value instanceof Uint8Array ? toBase64(value) : value,
  );
  return encoder.encode(`event: ${name}\ndata: ${json}\n\n`);
}

/** What a client may know of a failure. */
function failure({ code, name, message, status, requestId, retryable, retryAfterMs }: BedrockError): object {
  return { type: 'error', code, name, message, status, requestId, retryable, retryAfterMs };
}
