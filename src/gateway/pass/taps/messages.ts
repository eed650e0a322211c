import { writeEvent } from '../../http/sse.js';
import { messagesErrors } from '../../messages/errors.js';
import { readMessagesUsage } from '../usage.js';
import { type EventForm, objectIn, parseData } from './events.js';
import { failureInAnswer } from './tap.js';

/** Events of Messages. */
export function createMessagesForm(requestId: string): EventForm {
  /** Those of the beginning; the end repeats some of them. */
  let counts: Record<string, unknown> = {};
  return {
    isWritten: ({ data }) => data.includes('_delta"'),
    see(event, seen) {
      if (event.name === 'content_block_delta') return;
      const json = parseData(event);
      switch (event.name === 'message' ? json['type'] : event.name) {
        case 'message_start':
          counts = objectIn(objectIn(json, 'message'), 'usage');
          seen.usage = readMessagesUsage({ usage: counts });
          break;
        case 'message_delta':
          counts = { ...counts, ...objectIn(json, 'usage') };
          seen.usage = readMessagesUsage({ usage: counts });
          break;
        case 'message_stop':
          seen.hasEnded = true;
          break;
        case 'error': {
          const { type, message } = objectIn(json, 'error');
          seen.failure = failureInAnswer(String(type), message);
          break;
        }
      }
    },
    fail: (failure) => writeEvent('error', messagesErrors.body(failure, requestId)),
  };
}
