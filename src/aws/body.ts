/** The bytes of an answer, whatever stream the AWS client's request handler gives. */
export interface Body {
  read(): Promise<{ done?: boolean | undefined; value?: Uint8Array | undefined }>;
  /** Closes the connection, where the stream can. */
  close(): void;
}

type WebStream = ReadableStream<Uint8Array>;
type NodeStream = AsyncIterable<Uint8Array>;

/** Opens a web stream, as browsers and `FetchHttpHandler` give it, or a stream of Node. */
export function openBody(stream: WebStream | NodeStream): Body {
  if ('getReader' in stream) {
    const reader = stream.getReader();
    return {
      read: () => reader.read() as ReturnType<Body['read']>,
      close: () => void reader.cancel().catch(ignore),
    };
  }
  const iterator = stream[Symbol.asyncIterator]();
  return {
    read: () => iterator.next(),
    close: () => void iterator.return?.().catch(ignore),
  };
}

/**
 * A body that an abort closes for certain. Node's fetch forgets the signal of a `Request` once the `Request` itself is
 * garbage, and `FetchHttpHandler` keeps none; streams of Node are closed by the handlers that give them.
 */
export function closedOnAbort<T>(body: T, signal: AbortSignal): T | WebStream {
  return body instanceof ReadableStream ? body.pipeThrough(new TransformStream(), { signal }) : body;
}

function ignore(): void {}
