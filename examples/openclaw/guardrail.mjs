import { bedrockFailure } from 'bedrock-anywhere/pi';

/** @typedef {import('bedrock-anywhere/pi').PiAssistantMessage} Message */
/** @typedef {import('bedrock-anywhere/pi').PiEventStream} Stream */

/**
 * The same stream, but where a guardrail stopped the answer its words are the answer. As a failure OpenClaw would show words
 * of its own instead, and begin the turn again.
 *
 * @param {Stream} stream
 * @returns {Stream}
 */
export function withGuardrailAnswer(stream) {
  return {
    async *[Symbol.asyncIterator]() {
      for await (const event of stream) {
        yield event.type === 'error' && isStopped(event.error)
          ? { type: 'done', reason: 'stop', message: asAnswer(event.error) }
          : event;
      }
      return undefined;
    },
    async result() {
      const message = await stream.result();
      return isStopped(message) ? asAnswer(message) : message;
    },
  };
}

/** @param {Message} message */
const isStopped = (message) => bedrockFailure(message)?.reason === 'guardrail' && message.content.length > 0;

/**
 * It is one object for all who hold it, and keeps what the guardrail saw among its diagnostics.
 *
 * @param {Message} message
 */
function asAnswer(message) {
  message.stopReason = 'stop';
  delete message.errorMessage;
  return message;
}
