import { COMMENT_PING } from '../http/sse.js';
import { openAiErrors } from '../openai-errors.js';
import type { Protocol } from '../protocol.js';
import { type ResponsesRequest, readRequest } from './read-request.js';
import { writeAnswer } from './write-answer.js';
import { createStream } from './write-stream.js';

/** OpenAI's Responses, without stored state. */
export const responses: Protocol<ResponsesRequest> = {
  errors: openAiErrors,
  ping: COMMENT_PING,
  read: readRequest,
  writeAnswer,
  createStream,
};
