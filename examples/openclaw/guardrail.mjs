import { bedrockFailure } from 'bedrock-anywhere/pi';

/**
 * If a guardrail stopped the model, makes the guardrail's words the answer. For a failure, OpenClaw would show words of its own
 * instead and start the turn again. What the guardrail saw stays in the message's diagnostics.
 *
 * @param {import('bedrock-anywhere/pi').PiAssistantMessage} message
 */
export function acceptGuardrailAnswer(message) {
  if (bedrockFailure(message)?.reason !== 'guardrail' || message.content.length === 0) return;
  message.stopReason = 'stop';
  delete message.errorMessage;
}
