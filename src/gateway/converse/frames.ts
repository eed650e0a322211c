import type { AnswerReader } from '../answer/reader.js';
import { failureOf } from '../failure.js';
import type { FrameSource } from '../http/stream-body.js';
import type { StreamWriter } from '../protocol.js';

/**
 * The events of an answer as frames. Those before the first content wait for it, so that a call that fails right away is
 * answered with a status.
 */
export function createFrames(
  events: AsyncIterator<Parameters<AnswerReader['read']>[0], undefined>,
  reader: AnswerReader,
  writer: StreamWriter,
  ping: string,
): FrameSource {
  let isDone = false;
  /** What has been written and not sent yet. Events may be numbered, so that they are written in their order. */
  let unsent: string | undefined;
  const open = (): void => {
    unsent ??= writer.open();
  };
  const send = (text: string): string => {
    const all = (unsent ?? '') + text;
    unsent = '';
    return all;
  };
  return {
    ping,
    async next() {
      while (!isDone) {
        const { done, value } = await events.next();
        open();
        if (done === true) {
          isDone = true;
          return send(writer.close());
        }
        try {
          const text = reader
            .read(value)
            .map((event) => writer.write(event))
            .join('');
          if (text !== '') return send(text);
        } catch (error) {
          events.return?.().catch(() => undefined);
          throw error;
        }
      }
      return undefined;
    },
    fail(error) {
      open();
      return send(writer.fail(failureOf(error)));
    },
  };
}
