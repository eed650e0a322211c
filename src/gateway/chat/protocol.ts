import { COMMENT_PING } from '../http/sse.js';
import { openAiErrors } from '../openai-errors.js';
import type { Protocol } from '../protocol.js';
import { type ChatRequest, readRequest } from './read-request.js';
import { writeAnswer } from './write-answer.js';
import { createStream } from './write-stream.js';

/** OpenAI's Chat Completions. */
export const chat: Protocol<ChatRequest> = {
  errors: openAiErrors,
  ping: COMMENT_PING,
  read: readRequest,
  writeAnswer: (answer, _read, context) => writeAnswer(answer, context),
  createStream,
};
