import { encodeText } from '../encoding.js';

/** The body of a response, chunk by chunk. */
export interface ChunkReader {
  /** The next chunk, which can be anything if a fetch of the caller's own answered; `done` at the end. */
  read(): Promise<{ done?: boolean | undefined; value?: unknown }>;
  /** Closes the connection. Never throws. */
  cancel(): void;
}

/** What a fetch may return in place of the platform's Response. */
interface Answer {
  body?: Partial<ReadableStream & AsyncIterable<unknown> & { destroy(): void }> | null;
  arrayBuffer?(): Promise<ArrayBuffer>;
  text?(): Promise<string>;
}

/**
 * Opens the body of a response: a web stream; a Node stream, as node-fetch has; or, in a runtime without streams such as React
 * Native, all of it at once. Undefined if there is nothing that reads it.
 *
 * @param isText Whether the body is text: `text()` would destroy other bytes.
 */
export function openBody(response: Response, isText: boolean): ChunkReader | undefined {
  const { body, arrayBuffer, text } = response as Answer;
  if (body?.getReader !== undefined) {
    const reader = body.getReader();
    return { read: () => reader.read(), cancel: () => void reader.cancel().catch(ignore) };
  }
  const chunks = body?.[Symbol.asyncIterator]?.();
  if (chunks !== undefined) {
    return { read: () => chunks.next(), cancel: () => cancelBody(response) };
  }
  if (arrayBuffer !== undefined) return readAtOnce(async () => new Uint8Array(await response.arrayBuffer()));
  return isText && text !== undefined ? readAtOnce(async () => encodeText(await response.text())) : undefined;
}

/** Cancels a body that nobody reads anymore, so that its connection is closed or reused. */
export function cancelBody(response: Response): void {
  const { body } = response as Answer;
  body?.cancel?.().catch(ignore);
  body?.destroy?.();
}

function readAtOnce(readAll: () => Promise<Uint8Array>): ChunkReader {
  let isRead = false;
  return {
    async read() {
      if (isRead) return { done: true };
      isRead = true;
      return { value: await readAll() };
    },
    cancel: ignore,
  };
}

function ignore(): void {}
