/** @typedef {import('bedrock-anywhere/pi').PiAssistantMessage} Message */
/** @typedef {import('bedrock-anywhere/pi').PiEventStream} Stream */

/**
 * The same stream, but its failure is changed before OpenClaw sees it. A change may turn it into an answer. The message is one
 * object for all who hold it, so a second change has to leave it as it is.
 *
 * @param {Stream} stream
 * @param {(failed: Message) => void} change
 * @returns {Stream}
 */
export function changeFailure(stream, change) {
  return {
    async *[Symbol.asyncIterator]() {
      for await (const event of stream) {
        if (event.type !== 'error') {
          yield event;
          continue;
        }
        const { error: message } = event;
        change(message);
        yield message.stopReason === 'stop' ? { type: 'done', reason: 'stop', message } : event;
      }
      return undefined;
    },
    async result() {
      const message = await stream.result();
      if (message.stopReason === 'error') change(message);
      return message;
    },
  };
}
