import { invalid } from '../exception.js';
import type { CheckedRequest } from './checked-request.js';

/** Checks the order of the messages, and that each holds something. */
export function checkMessages({ body: { messages = [] }, blocks, model, prompt }: CheckedRequest): void {
  if (prompt !== true && messages.length === 0) {
    throw invalid('The messages field is empty. Add a user message to the messages field and try again.');
  }
  const roles = messages.map(({ role }) => role).filter((role) => role !== 'system');
  if (roles[0] === 'assistant') {
    throw invalid(
      'A conversation must start with a user message. Try again with a conversation that starts with a user message.',
    );
  }
  // Titan accepts several messages of one role in a row.
  const mustAlternate = !model.modelId.startsWith('amazon.titan-text');
  if (mustAlternate && roles.some((role, i) => role === roles[i - 1])) {
    throw invalid(
      'A conversation must alternate between user and assistant roles. ' +
        'Make sure the conversation alternates between user and assistant roles and try again.',
    );
  }
  const empty = messages.findIndex(({ content }) => content.length === 0);
  if (empty >= 0) {
    throw invalid(
      `The content field in the Message object at messages.${empty} is empty. ` +
        'Add a ContentBlock object to the content field and try again.',
    );
  }
  for (const [block, path] of blocks) {
    const members = Object.keys(block);
    if (members.length === 1) continue;
    const found = members.length === 0 ? 'has none' : `has ${members.join(', ')}`;
    throw invalid(`The ContentBlock object at ${path} must have exactly one member, and ${found}.`);
  }
  for (const [{ text, guardContent }, path] of blocks) {
    const [said, kind] =
      text === undefined
        ? [guardContent?.text?.text, 'GuardrailConverseContentBlock']
        : [text, 'ContentBlock'];
    if (said === undefined || said.trim() !== '') continue;
    throw invalid(
      `The text field in the ${kind} object at ${path} is blank. Add text to the text field, and try again.`,
    );
  }
}
