import { encodeText } from '../encoding.js';
import { BedrockError } from '../errors.js';
import { headers } from '../input/call-options.js';
import { readOptions } from '../input/options.js';
import { callback, type Read, refuse } from '../input/read.js';
import type { ConverseEvent } from '../types.js';
import { toBase64 } from '../wire/base64.js';
import { errorResponse, type PublicError, toPublicError } from './public-error.js';
import { publicEvent } from './public-event.js';

/** Options of `toResponse()` and `toTextResponse()`: status and headers for success, and a callback for failures. */
export interface ToResponseInit extends ResponseInit {
  /**
   * Gets the whole error, while the response shows only a public part: a BedrockError with its `partial`, the reason for an
   * abort, or anything else that was thrown. Called once for a response that fails, before or after its headers are sent. A
   * client that leaves is not a failure, unless the call's `signal` reports it. Anything that `onError` throws is ignored.
   * Default: none.
   */
  onError?: ((error: unknown) => void) | undefined;
}

/** Fetch does not make a response of any other status or text: 204, 205 and 304 have no body. */
const OPTIONS = {
  status: (value, path) =>
    Number.isInteger(value) && /^(?!204|205|304)[2-5]..$/.test(String(value))
      ? value
      : refuse(path, value, 'a status from 200 to 599 that allows a body'),
  statusText: (value, path) =>
    typeof value === 'string' && /^[\t\x20-\x7e\x80-\xff]*$/.test(value)
      ? value
      : refuse(path, value, 'one line of Latin text'),
  headers,
  onError: callback,
} satisfies Record<keyof ToResponseInit, Read>;

type Source = { [Symbol.asyncIterator](): AsyncIterator<ConverseEvent, undefined> };
type IsAbort = (error: unknown) => boolean;

/** How events become a body. */
interface Format {
  contentType: string;
  /** Returns an empty string for an event that is not written. */
  write(event: ConverseEvent): string;
  /** What follows the last event, if anything. */
  writeEnd?(): string;
  /** Writes a failure after the headers; without it the body fails, so that nobody takes a part for the whole. */
  writeFailure?(error: PublicError): string;
}

/**
 * Server-sent events of a stream: the name is the event's type, the data its JSON with bytes as base64, without names that
 * belong to the account.
 * Source: WHATWG HTML, "Server-sent events".
 *
 * @param isAbort Distinguishes the reason of the caller's abort from a failure.
 */
export function toResponse(source: Source, init?: ToResponseInit, isAbort?: IsAbort): Promise<Response> {
  let isWhole = false;
  const format: Format = {
    contentType: 'text/event-stream; charset=utf-8',
    write(event) {
      isWhole = event.type === 'metadata';
      return writeServerSentEvent(event.type, publicEvent(event));
    },
    // Readers take the metadata for the end: without them, an answer that is whole would look truncated.
    writeEnd() {
      const end = isWhole ? '' : writeServerSentEvent('end', { type: 'end' });
      isWhole = true;
      return end;
    },
    writeFailure: (error) => writeServerSentEvent('error', { type: 'error', ...error }),
  };
  return respond('toResponse()', source, format, init, isAbort);
}

/** Only the text of a stream; otherwise like `toResponse`. */
export function toTextResponse(source: Source, init?: ToResponseInit, isAbort?: IsAbort): Promise<Response> {
  /** The first half of a surrogate pair, which cannot be encoded alone. */
  let half = '';
  const format: Format = {
    contentType: 'text/plain; charset=utf-8',
    write(event) {
      const text = half + (event.type === 'contentBlockDelta' ? (event.delta.text ?? '') : '');
      const whole = text.replace(/[\ud800-\udbff]$/, '');
      half = text.slice(whole.length);
      return whole;
    },
  };
  return respond('toTextResponse()', source, format, init, isAbort);
}

async function respond(
  of: string,
  source: Source,
  format: Format,
  given: ToResponseInit = {},
  isAbort: IsAbort = () => false,
): Promise<Response> {
  const { onError, ...init } = readOptions<ToResponseInit>(given, OPTIONS, of);
  // Only now, so that a wrong status or header costs no call and leaves the stream unread.
  const events = source[Symbol.asyncIterator]();
  let ahead: Uint8Array | undefined;
  let isClientGone = false;

  async function next(): Promise<Uint8Array | undefined> {
    for (;;) {
      const { done, value } = await events.next();
      const text = done === true ? (format.writeEnd?.() ?? '') : format.write(value);
      if (text !== '') return encodeText(text);
      if (done === true) return undefined;
    }
  }

  function leave(): void {
    events.return?.().catch(ignore);
  }

  /** The failure may be the response's own, such as an event that is not JSON: then the call is still running. */
  function fail(error: unknown): PublicError {
    leave();
    new Promise((resolve) => resolve(onError?.(error))).catch(ignore);
    return toPublicError(error, isAbort(error));
  }

  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const chunk = ahead ?? (await next());
          ahead = undefined;
          if (chunk === undefined) controller.close();
          else controller.enqueue(chunk);
        } catch (error) {
          if (isClientGone) return;
          const failure = fail(error);
          if (format.writeFailure === undefined) {
            controller.error(new BedrockError({ ...failure, phase: 'stream' }));
          } else {
            controller.enqueue(encodeText(format.writeFailure(failure)));
            controller.close();
          }
        }
      },
      cancel() {
        isClientGone = true;
        leave();
      },
    },
    { highWaterMark: 0 },
  );
  const response = new Response(body, { ...init, headers: withDefaults(init.headers, format.contentType) });
  try {
    ahead = await next();
  } catch (error) {
    return errorResponse(fail(error), init.headers);
  }
  return response;
}

function withDefaults(own: HeadersInit | undefined, contentType: string): Headers {
  const headers = new Headers({
    'content-type': contentType,
    'cache-control': 'no-cache, no-transform',
    // Otherwise nginx would hold the answer back until its buffer is full.
    'x-accel-buffering': 'no',
  });
  new Headers(own).forEach((value, name) => {
    headers.set(name, value);
  });
  return headers;
}

function writeServerSentEvent(name: string, data: unknown): string {
  const json = JSON.stringify(data, (_key, value: unknown) =>
    value instanceof Uint8Array ? toBase64(value) : value,
  );
  return `event: ${name}\ndata: ${json}\n\n`;
}

function ignore(): void {}
