import { isObject } from '../../../input/read.js';
import { writeEvent } from '../../http/sse.js';
import { openAiError } from '../../openai-errors.js';
import type { Edit } from '../event-editor.js';
import { readOpenAiUsage } from '../usage.js';
import { type EventForm, objectIn, parseData } from './events.js';
import { failureInAnswer } from './tap.js';

/** What chunks have that need to be parsed; all others are text. */
const COUNTS_OR_FAILS = /"(?:usage|error)"\s{0,3}:\s{0,3}\{/;

/** The model's last chunk. We do not know whether bedrock-mantle always sends `[DONE]` after it. */
const ENDS = /"finish_reason"\s{0,3}:\s{0,3}"/;

/** Drops the chunk that has only the usage, for clients that did not request it: many read `choices[0]` of every chunk. */
export const usageHidden: Edit = {
  concerns: /"usage"\s{0,3}:\s{0,3}\{/,
  apply(json) {
    const { choices } = json;
    return isObject(json['usage']) && Array.isArray(choices) && choices.length === 0 ? undefined : json;
  },
};

/** Chunks of Chat Completions. */
export const chatForm: EventForm = {
  isWritten: ({ data }) => data.includes('"delta"'),
  see(event, seen) {
    if (event.data === '[DONE]' || ENDS.test(event.data)) seen.hasEnded = true;
    if (COUNTS_OR_FAILS.test(event.data)) {
      const json = parseData(event);
      seen.usage = readOpenAiUsage(json) ?? seen.usage;
      const { message, type } = objectIn(json, 'error');
      if (message !== undefined) seen.failure = failureInAnswer(String(type), message);
    }
  },
  fail: (failure) => writeEvent(undefined, { error: openAiError(failure) }),
};
