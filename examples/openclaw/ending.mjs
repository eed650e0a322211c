/** @typedef {import('bedrock-anywhere/pi').PiAssistantMessage} Message */
/** @typedef {import('bedrock-anywhere/pi').PiEventStream} Stream */

/**
 * Wraps a stream so that `change` sees a failed message before OpenClaw does, and may turn it into an answer. All readers share the
 * message object, so a second change must not alter it again.
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
