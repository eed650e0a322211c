import type { ServerSentEvent } from '../../../responses/server-sent-events.js';
import { writeEvent } from '../../http/sse.js';
import { openAiError } from '../../openai-errors.js';
import { readOpenAiUsage } from '../usage.js';
import { type EventForm, objectIn, parseData } from './events.js';
import { failureInAnswer } from './tap.js';

/** Events of Responses. bedrock-mantle names some of them only inside of their data. */
export function createResponsesForm(): EventForm {
  let response: Record<string, unknown> = {};
  let last: ServerSentEvent | undefined;
  return {
    isWritten: ({ data }) => data.includes('.delta"'),
    see(event, seen) {
      last = event;
      if (event.name.endsWith('.delta')) return;
      const json = parseData(event);
      switch (event.name === 'message' ? json['type'] : event.name) {
        case 'response.created':
          response = objectIn(json, 'response');
          break;
        case 'response.completed':
        case 'response.incomplete':
          seen.usage = readOpenAiUsage(objectIn(json, 'response')) ?? seen.usage;
          seen.hasEnded = true;
          break;
        case 'response.failed': {
          const { code, message } = objectIn(objectIn(json, 'response'), 'error');
          seen.usage = readOpenAiUsage(objectIn(json, 'response')) ?? seen.usage;
          seen.failure = failureInAnswer(String(code), message);
          break;
        }
        case 'error':
          seen.failure ??= failureInAnswer(String(json['code']), json['message']);
          break;
      }
    },
    fail(failure) {
      const { code, type, message, param } = openAiError(failure);
      const number = last && Number(parseData(last)['sequence_number']);
      const next = number !== undefined && Number.isInteger(number) ? number + 1 : 0;
      const error = { code: code ?? type, message };
      return (
        writeEvent('response.failed', {
          type: 'response.failed',
          sequence_number: next,
          response: { ...response, status: 'failed', error },
        }) +
        writeEvent('error', {
          type: 'error',
          sequence_number: next + 1,
          ...error,
          param,
          error: { ...error, type, param },
        })
      );
    },
  };
}
