export type { ConversationState } from './conversation.js';
export type { AnswerDetails, ContentInput, ConversationMessage, StoredMessage } from './message.js';
export type { AnswerRequest, UseConverseOptions } from './options.js';
export { type UseConverseResult, useConverse } from './use-converse.js';
