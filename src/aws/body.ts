/** The bytes of a response, from whichever kind of stream the AWS client's request handler returns. */
export interface Body {
  read(): Promise<{ done?: boolean | undefined; value?: Uint8Array | undefined }>;
  /** Closes the connection if the stream can do that. */
  close(): void;
}

type WebStream = ReadableStream<Uint8Array>;
type NodeStream = AsyncIterable<Uint8Array>;

/** Opens a web stream, which browsers and `FetchHttpHandler` return, or a Node stream. */
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
 * Makes sure that an abort closes a body. Node's fetch forgets the signal of a `Request` once the `Request` has been
 * garbage-collected, and `FetchHttpHandler` does not keep it. The handlers that return Node streams close them themselves.
 */
export function closeOnAbort<T>(body: T, signal: AbortSignal): T | WebStream {
  return body instanceof ReadableStream ? body.pipeThrough(new TransformStream(), { signal }) : body;
}

function ignore(): void {}
