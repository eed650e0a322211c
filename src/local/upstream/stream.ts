import { ServerSentEventReader } from '../../responses/server-sent-events.js';
import { event, type WireEvent } from '../model/events.js';
import type { OpenAnswer, Question } from '../model/upstream.js';
import { parseJsonIfPossible } from '../parse-json.js';
import { ChunkReader } from './chunk-reader.js';
import { type Connection, incomplete, sayIncomplete } from './connection.js';
import type { Target } from './target.js';

const EMPTY = new Error('it is empty');

/**
 * Reads a stream of Chat Completions as it arrives. Returns once there is a first event, so that an answer that fails before is
 * not a stream that fails.
 *
 * @throws ServiceException if nothing that can be read arrives
 */
export async function readStream(
  response: Response,
  connection: Connection,
  question: Question,
  target: Target,
): Promise<OpenAnswer> {
  const chunks = new ChunkReader(question);
  const body = response.body?.getReader();
  if (body === undefined) throw incomplete(EMPTY, target);
  const events = readEvents(body, chunks);
  let first: IteratorResult<WireEvent, void>;
  try {
    first = await events.next();
    if (first.done === true) throw EMPTY;
  } catch (error) {
    throw incomplete(error, target);
  }

  function close(): void {
    connection.close();
    // Where `fetch` does not hear the signal any more.
    body?.cancel().catch(() => undefined);
  }

  let isOver = false;
  const content: AsyncIterable<WireEvent> = {
    [Symbol.asyncIterator]: () => ({
      async next() {
        if (isOver) return { done: true, value: undefined };
        if (first.done !== true) {
          const { value } = first;
          first = { done: true, value: undefined };
          return { done: false, value };
        }
        try {
          const step = await events.next();
          if (step.done !== true) return step;
          isOver = true;
          close();
          return { done: true, value: undefined };
        } catch (error) {
          isOver = true;
          close();
          const message = sayIncomplete(error, target);
          return { done: false, value: event('modelStreamErrorException', { message }) };
        }
      },
      async return() {
        isOver = true;
        close();
        return { done: true, value: undefined };
      },
    }),
  };
  return { answer: chunks.answer, content };
}

/** Reads only as far as its own reader does. */
async function* readEvents(
  body: ReadableStreamDefaultReader<Uint8Array>,
  chunks: ChunkReader,
): AsyncGenerator<WireEvent, void> {
  const lines = new ServerSentEventReader();
  let isAtEnd = false;
  for (;;) {
    const sent = lines.next();
    if (sent !== undefined) {
      if (sent.data === '[DONE]') break;
      const chunk = parseJsonIfPossible(sent.data);
      if (chunk === undefined) throw new Error('it sent something that is not JSON');
      yield* chunks.read(chunk);
      continue;
    }
    if (isAtEnd) {
      // The end of the body is also one of an answer that has said why it ends.
      if (chunks.hasEnded) break;
      throw new Error('its stream ended before the answer did');
    }
    const { done, value } = await body.read();
    isAtEnd = done;
    // The last event may lack the empty line.
    lines.feed(done ? new Uint8Array([10, 10]) : value);
  }
  yield* chunks.finish();
}
