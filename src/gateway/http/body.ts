import { concatBytes } from '../../encoding.js';
import { findExcess } from '../../wire/json-bounds.js';
import { Refusal } from '../failure.js';
import { type Body, readObject } from '../fields.js';
import type { StartTimer } from './timers.js';

/** Parsing takes about a microsecond for each value, during which no other request goes on. */
const MOST_VALUES = 500_000;

/** How much of a body is read, and for how long. */
export interface BodyLimits {
  maxBytes: number;
  maxMs: number;
  startTimer: StartTimer;
  /** Counts bytes that are kept; it throws if there are too many of all requests. */
  hold(bytes: number): void;
  /** Ends the reading. */
  signal: AbortSignal;
}

/** A body as it came, and what it says. */
export interface ReadBody {
  bytes: Uint8Array;
  json: Body;
}

/**
 * Reads the JSON body of a request. Bytes are counted as they arrive, whatever `content-length` says.
 *
 * @throws Refusal for a body that is too large, too slow, compressed, or not a JSON object; the reason of the signal
 */
export async function readBody(request: Request, limits: BodyLimits): Promise<ReadBody> {
  const { maxBytes } = limits;
  const encoding = request.headers.get('content-encoding')?.trim().toLowerCase();
  if (encoding && encoding !== 'identity')
    throw new Refusal(
      'wrong-encoding',
      `The body is compressed (${encoding.slice(0, 20)}). Send it without content-encoding.`,
    );
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge(maxBytes);
  const bytes = await readBytes(request, limits);
  const excess = findExcess(bytes, 0, bytes.length, MOST_VALUES);
  if (excess !== undefined) throw new Refusal('input', `The body ${excess}. Send less at once.`);
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    // The parser's own words would repeat a part of the body.
    throw new Refusal(
      'input',
      'The body is not JSON. Send a JSON object, with content-type: application/json.',
    );
  }
  return { bytes, json: readObject(json, 'The body') };
}

async function readBytes(
  request: Request,
  { maxBytes, maxMs, startTimer, hold, signal }: BodyLimits,
): Promise<Uint8Array> {
  signal.throwIfAborted();
  // Firefox has no streams of requests, but the whole body already.
  const body = request.body === undefined ? new Blob([await request.arrayBuffer()]).stream() : request.body;
  if (body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = body.getReader();
  let tooSlow: Refusal | undefined;
  // A read that waits resolves as done then.
  const stopReading = (): void => void reader.cancel().catch(() => undefined);
  const stopTimer = startTimer(() => {
    tooSlow = new Refusal(
      'timeout',
      `The body did not arrive within ${maxMs} ms, which is this gateway's limits.bodyMs. Send the request again.`,
      { status: 408 },
    );
    stopReading();
  }, maxMs);
  signal.addEventListener('abort', stopReading);
  try {
    for (;;) {
      // Not every server aborts the request's signal when its client disconnects.
      const { done, value } = await reader.read().catch(() => {
        signal.throwIfAborted();
        throw new Refusal('gone', 'The client has left.');
      });
      signal.throwIfAborted();
      if (tooSlow !== undefined) throw tooSlow;
      if (done) return concatBytes(chunks);
      length += value.length;
      if (length > maxBytes) {
        stopReading();
        throw tooLarge(maxBytes);
      }
      try {
        hold(value.length);
      } catch (error) {
        stopReading();
        throw error;
      }
      chunks.push(value);
    }
  } finally {
    stopTimer();
    signal.removeEventListener('abort', stopReading);
  }
}

function tooLarge(maxBytes: number): Refusal {
  return new Refusal(
    'too-large',
    `The body has more than ${maxBytes} bytes, which is the limit of this gateway. Send less.`,
  );
}
