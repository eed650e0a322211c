/** @typedef {import('bedrock-anywhere/pi').PiAssistantMessage} Message */
/** @typedef {import('bedrock-anywhere/pi').PiEventStream} Stream */

/**
 * The stream that will begin, but its failure is changed before OpenClaw sees it. A change may turn it into an answer. The message is one
 * object for all who hold it, so a second change has to leave it as it is.
 *
 * @param {Promise<Stream>} begun
 * @param {(failed: Message) => void} change
 * @returns {Stream}
 */
export function changeFailure(begun, change) {
  return {
    async *[Symbol.asyncIterator]() {
      for await (const event of await begun) {
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
      const message = await (await begun).result();
      if (message.stopReason === 'error') change(message);
      return message;
    },
  };
}
