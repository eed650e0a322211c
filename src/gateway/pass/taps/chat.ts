import { writeEvent } from '../../http/sse.js';
import { openAiError } from '../../openai-errors.js';
import { readOpenAiUsage } from '../usage.js';
import { type EventForm, objectIn, parseData } from './events.js';
import { failureInAnswer } from './tap.js';

/** What chunks have that need to be parsed; all others are text. */
const COUNTS_OR_FAILS = /"(?:usage|error)"\s{0,3}:\s{0,3}\{/;

/** Chunks of Chat Completions. */
export const chatForm: EventForm = {
  isWritten: ({ data }) => data.includes('"delta"'),
  see(event, seen) {
    if (event.data === '[DONE]') {
      seen.hasEnded = true;
    } else if (COUNTS_OR_FAILS.test(event.data)) {
      const json = parseData(event);
      seen.usage = readOpenAiUsage(json) ?? seen.usage;
      const { message, type } = objectIn(json, 'error');
      if (message !== undefined) seen.failure = failureInAnswer(String(type), message);
    }
  },
  fail: (failure) => writeEvent(undefined, { error: openAiError(failure) }),
};
