import type { Usage } from '../../../index.js';
import { isObject } from '../../../input/read.js';
import { readEnding } from '../../../invoke/endings.js';
import type { JsonObject } from '../../../types.js';
import { fromBase64 } from '../../../wire/base64.js';
import { encodeException } from '../../../wire/encode-frame.js';
import { FrameReader } from '../../../wire/frame.js';
import { type FrameHeaders, HeaderReader } from '../../../wire/headers.js';
import { exceptionOf, wordsOf } from '../../aws/errors.js';
import type { Failure } from '../../failure.js';
import { readConverseUsage, readMetrics } from '../usage.js';
import { failureInAnswer, type Tap, truncatedError } from './tap.js';

/** Bytes of an event besides those that the model wrote, and bytes per token. */
const FRAME_BYTES = 120;
const BYTES_PER_TOKEN = 3;

const utf8 = new TextDecoder();

/** Watches frames of ConverseStream, or of InvokeModelWithResponseStream, whose events are all chunks. */
export class FrameTap implements Tap {
  readonly #frames = new FrameReader();
  readonly #headers = new HeaderReader();
  #usage: Usage | undefined;
  #failure: Error | undefined;
  #hasStopped = false;
  #writtenTokens = 0;
  /** The counts are in the last chunk, and only at the end it is known which one that is. */
  #lastChunk: Uint8Array | undefined;

  get usage(): Usage | undefined {
    return this.#usage;
  }

  get writtenTokens(): number {
    return this.#writtenTokens;
  }

  get failure(): Error | undefined {
    return this.#failure;
  }

  get isWhole(): boolean {
    try {
      this.#frames.end();
      return true;
    } catch {
      return false;
    }
  }

  see(chunk: Uint8Array): void {
    const frames = this.#frames;
    frames.feed(chunk);
    while (frames.next()) {
      const { bytes, view, headersStart, headersEnd, payloadEnd } = frames;
      const headers = this.#headers.read(bytes, view, headersStart, headersEnd);
      this.#seeFrame(headers, bytes.subarray(headersEnd, payloadEnd));
    }
  }

  #seeFrame(headers: FrameHeaders, payload: Uint8Array): void {
    const { messageType, eventType, exceptionType, errorCode, errorMessage } = headers;
    if (messageType === 'exception') {
      this.#failure = failureInAnswer(exceptionType, parse(payload)?.['message']);
    } else if (messageType === 'error') {
      this.#failure = failureInAnswer(errorCode, errorMessage);
    } else if (eventType === 'messageStop') {
      this.#hasStopped = true;
    } else if (eventType === 'metadata') {
      this.#usage = readConverseUsage(parse(payload) ?? {});
    } else if (eventType === 'contentBlockDelta') {
      this.#writtenTokens += Math.max(1, (payload.length - FRAME_BYTES) / BYTES_PER_TOKEN);
    } else if (eventType === 'chunk') {
      // In base64.
      this.#writtenTokens += Math.max(1, ((payload.length * 3) / 4 - FRAME_BYTES) / BYTES_PER_TOKEN);
      this.#lastChunk = payload.slice();
    }
  }

  end(): void {
    this.#frames.end();
    if (this.#failure !== undefined) return;
    if (this.#lastChunk === undefined) {
      if (!this.#hasStopped) throw truncatedError();
      return;
    }
    const { bytes } = parse(this.#lastChunk) ?? {};
    const json = typeof bytes === 'string' ? parse(fromBase64(bytes)) : undefined;
    this.#usage = readMetrics(json ?? {});
    if (readEnding(json as JsonObject | undefined) === 'more') throw truncatedError();
  }

  fail(failure: Failure): Uint8Array {
    // The exception of whole answers does not exist in streams.
    const name = failure.kind === 'model' ? 'ModelStreamErrorException' : exceptionOf(failure);
    return encodeException(name, wordsOf(failure));
  }
}

/** The JSON object in some bytes; undefined for anything else. */
function parse(bytes: Uint8Array | undefined): Readonly<Record<string, unknown>> | undefined {
  try {
    const json: unknown = JSON.parse(utf8.decode(bytes));
    return isObject(json) ? json : undefined;
  } catch {
    return undefined;
  }
}
