import type { BedrockRuntimeClientConfig } from '@aws-sdk/client-bedrock-runtime';
import {
  eventStreamSerdeProvider as awsProvider,
  EventStreamCodec,
  getMessageUnmarshaller,
} from '@smithy/core/event-streams';
import { FrameReader, protocolError } from '../wire/frame.js';
import { HeaderReader } from '../wire/headers.js';
import { findExcess } from '../wire/json-bounds.js';
import { Serial } from '../wire/serial.js';
import { type Body, openBody } from './body.js';
import { readQuickEvent } from './quick-event.js';

type Provider = NonNullable<BedrockRuntimeClientConfig['eventStreamSerdeProvider']>;
type Marshaller = ReturnType<Provider>;

/** Decodes a whole frame with AWS's own code; undefined for a frame to skip. Throws the exceptions in it. */
type ReadFrame = (frame: Uint8Array) => Promise<unknown>;

/**
 * This library's decoder, as an option of the AWS client: the same events, exceptions and blobs for a fraction of the CPU
 * time. Text deltas and chunks of bytes are decoded here; AWS's own code decodes all other frames, and encodes everything
 * that the client sends.
 *
 * It is stricter than the client's own decoder. A frame over 24 MiB, or with impossible lengths, is an error before any
 * memory is allocated for it, a payload with more nesting or values than any event has is one before it is parsed, and a stream that ends inside a frame is always an error. These are a `BedrockError` with the
 * code `ERR_PROTOCOL` or `ERR_TRUNCATED`.
 *
 * Source: Smithy, "Amazon Event Stream Specification".
 *
 * @example
 * ```ts
 * import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
 * import { eventStreamSerdeProvider } from 'bedrock-anywhere/aws';
 *
 * const client = new BedrockRuntimeClient({ region: 'eu-central-1', eventStreamSerdeProvider });
 * ```
 */
export const eventStreamSerdeProvider: Provider = (options): Marshaller => {
  const aws: Marshaller = awsProvider(options);
  const { utf8Encoder, utf8Decoder } = options;
  const codec = new EventStreamCodec(utf8Encoder, utf8Decoder);
  return {
    serialize: (events, serializer) => aws.serialize(events, serializer),
    deserialize: <T>(body: Parameters<typeof openBody>[0], deserializer: Deserializer<T>) => {
      const unmarshal = getMessageUnmarshaller(deserializer as Deserializer<Unmarshalled>, utf8Encoder);
      return {
        [Symbol.asyncIterator]: () =>
          new Events(openBody(body), (frame) => unmarshal(codec.decode(frame))) as AsyncIterator<T>,
      };
    },
  };
};

type Deserializer<T> = (input: Parameters<Parameters<Marshaller['deserialize']>[1]>[0]) => Promise<T>;
/** The result of AWS's deserializers: an event or exception by its name. */
type Unmarshalled = Record<string, unknown>;
type Step = IteratorResult<unknown, undefined>;

const DONE: Step = { done: true, value: undefined };

class Events implements AsyncIterator<unknown, undefined> {
  readonly #body: Body;
  readonly #read: ReadFrame;
  readonly #frames = new FrameReader();
  readonly #headers = new HeaderReader();
  /** Whether the current frame waits for AWS's code. */
  #isHeld = false;
  #isOver = false;
  readonly #steps = new Serial(() => this.#step());

  constructor(body: Body, read: ReadFrame) {
    this.#body = body;
    this.#read = read;
  }

  next(): Promise<Step> {
    return this.#steps.next();
  }

  async return(): Promise<Step> {
    this.#end();
    return DONE;
  }

  /** Takes the next event without waiting if its bytes have arrived. */
  #step(): Promise<Step> {
    if (this.#isOver) return Promise.resolve(DONE);
    try {
      const value = this.#readQuick();
      if (value !== undefined) return Promise.resolve({ done: false, value });
    } catch (error) {
      this.#end();
      return Promise.reject(error);
    }
    return this.#wait();
  }

  async #wait(): Promise<Step> {
    this.#steps.begin();
    try {
      while (!this.#isOver) {
        // AWS's code may skip a held frame, and the next one may have arrived already.
        const wasHeld = this.#isHeld;
        const value = wasHeld ? await this.#readHeld() : this.#readQuick();
        if (value !== undefined) return { done: false, value };
        if (wasHeld || this.#isHeld) continue;
        const chunk = await this.#body.read();
        if (chunk.done !== true) {
          if (chunk.value !== undefined) this.#frames.feed(chunk.value);
          continue;
        }
        this.#isOver = true;
        this.#frames.end();
      }
      return DONE;
    } catch (error) {
      this.#end();
      throw error;
    } finally {
      this.#steps.end();
    }
  }

  /** Reads the next event if its frame has arrived and is of a quick kind. A frame of another kind is held for AWS's code. */
  #readQuick(): object | undefined {
    const frames = this.#frames;
    if (this.#isHeld || !frames.next()) return undefined;
    const headers = this.#headers.read(frames.bytes, frames.view, frames.headersStart, frames.headersEnd);
    const excess = findExcess(frames.bytes, frames.headersEnd, frames.payloadEnd);
    if (excess !== undefined) throw protocolError(`The payload of an event ${excess}`);
    const event = headers.messageType === 'event' ? readQuickEvent(headers.eventType, frames) : undefined;
    this.#isHeld = event === undefined;
    return event;
  }

  /** Decodes the held frame with AWS's code. */
  #readHeld(): Promise<unknown> {
    this.#isHeld = false;
    const { bytes, headersStart, payloadEnd } = this.#frames;
    return this.#read(bytes.subarray(headersStart - PRELUDE_BYTES, payloadEnd + CHECKSUM_BYTES));
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#body.close();
  }
}

/** Lengths of a frame's parts before its headers and behind its payload. */
const PRELUDE_BYTES = 12;
const CHECKSUM_BYTES = 4;
