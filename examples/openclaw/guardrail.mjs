import { bedrockFailure } from 'bedrock-anywhere/pi';

/**
 * Makes the words of a guardrail the answer where it stopped the model. As a failure OpenClaw would show words of its own instead,
 * and begin the turn again. What the guardrail saw stays among the message's diagnostics.
 *
 * @param {import('bedrock-anywhere/pi').PiAssistantMessage} message
 */
export function acceptGuardrailAnswer(message) {
  if (bedrockFailure(message)?.reason !== 'guardrail' || message.content.length === 0) return;
  message.stopReason = 'stop';
  delete message.errorMessage;
}
