import type { BedrockRuntimeClientConfig } from '@aws-sdk/client-bedrock-runtime';
import {
  eventStreamSerdeProvider as awsProvider,
  EventStreamCodec,
  getMessageUnmarshaller,
} from '@smithy/core/event-streams';
import { FrameReader } from '../wire/frame.js';
import { HeaderReader } from '../wire/headers.js';
import { Serial } from '../wire/serial.js';
import { type Body, openBody } from './body.js';
import { quickEvent } from './quick-event.js';

type Provider = NonNullable<BedrockRuntimeClientConfig['eventStreamSerdeProvider']>;
type Marshaller = ReturnType<Provider>;

/** Makes of a whole frame what AWS's own code makes of it; undefined for one to pass over. Throws its exceptions. */
type ReadFrame = (frame: Uint8Array) => Promise<unknown>;

/**
 * The decoder of this library as an option of the AWS client: the same events, exceptions and blobs for a fraction of
 * the CPU time. Deltas of text and chunks of bytes are read here; every other frame goes to AWS's own code, as does what
 * the client sends.
 *
 * It is stricter than the client's own decoder where bytes are not what the service sends. A frame that is longer than
 * 24 MiB, or whose lengths cannot be, is an error before memory is set aside for it; a stream that ends inside a frame
 * always is one. These errors are a `BedrockError`, `ERR_PROTOCOL` or `ERR_TRUNCATED`.
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
/** What AWS's deserializers give: an event or exception by its name. */
type Unmarshalled = Record<string, unknown>;
type Step = IteratorResult<unknown, undefined>;

const DONE: Step = { done: true, value: undefined };

class Events implements AsyncIterator<unknown, undefined> {
  readonly #body: Body;
  readonly #read: ReadFrame;
  readonly #frames = new FrameReader();
  readonly #headers = new HeaderReader();
  /** A frame was found that AWS's code has to read. */
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

  /** Hands out what is decoded already without waiting. */
  #step(): Promise<Step> {
    if (this.#isOver) return Promise.resolve(DONE);
    try {
      const value = this.#quick();
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
        // A held frame may be of a kind to pass over; the next may be there already.
        const wasHeld = this.#isHeld;
        const value = wasHeld ? await this.#held() : this.#quick();
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

  /** The next event, if its frame is there and of a quick kind. Another frame is held. */
  #quick(): object | undefined {
    const frames = this.#frames;
    if (this.#isHeld || !frames.next()) return undefined;
    const headers = this.#headers.read(frames.bytes, frames.view, frames.headersStart, frames.headersEnd);
    const event = headers.messageType === 'event' ? quickEvent(headers.eventType, frames) : undefined;
    this.#isHeld = event === undefined;
    return event;
  }

  /** What AWS's code makes of the held frame. */
  #held(): Promise<unknown> {
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

/** What stands before a frame's headers and behind its payload. */
const PRELUDE_BYTES = 12;
const CHECKSUM_BYTES = 4;
