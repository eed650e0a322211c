import { writeEvent } from '../http/sse.js';
import type { Protocol } from '../protocol.js';
import { messagesErrors } from './errors.js';
import { readRequest } from './read-request.js';
import { writeAnswer } from './write-answer.js';
import { createStream } from './write-stream.js';

/** Anthropic's Messages. */
export const messages: Protocol = {
  errors: messagesErrors,
  ping: writeEvent('ping', { type: 'ping' }),
  read: (body, context) => readRequest(body, context),
  writeAnswer: (answer, _read, context) => writeAnswer(answer, context),
  createStream: (_read, context, requestId) => createStream(context, requestId),
};

/** Counting tokens: the same request without an answer. */
export const countTokens: Protocol = {
  ...messages,
  read: (body, context) => readRequest(body, context, false),
};
