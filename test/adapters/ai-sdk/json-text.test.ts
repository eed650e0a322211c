import { describe, expect, it } from 'vitest';
import { JsonText } from '../../../src/adapters/ai-sdk/answer/json-text.js';

const ANSWERS: [text: string, json: string, starts: '{' | '{['][] = [
  ['{"a":1}', '{"a":1}', '{'],
  ['Sure, as in [1]:\n```json\n{"a":[1,{"b":2}]}\n```\nAnd {more}.', '{"a":[1,{"b":2}]}', '{'],
  [String.raw`{"a":"} \" { \\"}`, String.raw`{"a":"} \" { \\"}`, '{'],
  [String.raw`So: {"a":"\\"} {"b":1}`, String.raw`{"a":"\\"}`, '{'],
  ['Well: [{"a":"]"}] done', '[{"a":"]"}]', '{['],
  ['There is none.', '', '{['],
  ['{"a": {"b"', '{"a": {"b"', '{'],
];

describe('the JSON in what a model writes', () => {
  it.each(ANSWERS)('%s', (text, json, starts) => {
    expect(new JsonText(starts).feed(text)).toBe(json);
  });

  it.each(ANSWERS)('is the same wherever the text is cut: %s', (text, json, starts) => {
    for (let at = 0; at <= text.length; at++) {
      const reader = new JsonText(starts);
      expect(reader.feed(text.slice(0, at)) + reader.feed(text.slice(at))).toBe(json);
    }
    const signs = new JsonText(starts);
    expect(Array.from(text, (sign) => signs.feed(sign)).join('')).toBe(json);
  });
});
