import { describe, expect, it } from 'vitest';
import { parseFileText } from '../../src/cli/json-text.js';

const parse = (text: string): unknown =>
  parseFileText(text, (reason) => {
    throw new Error(reason);
  });

describe('the JSON of a file', () => {
  it('may begin with a byte order mark, as Windows editors write it', () => {
    expect(parse('\uFEFF{"port": 8787}')).toEqual({ port: 8787 });
    expect(() => parse('\uFEFF\uFEFF{}')).toThrow('is not JSON (line 1, column 1)');
    expect(() => parse('\uFEFF{,}')).toThrow('is not JSON (line 1, column 2)');
  });

  it.each([
    ['{"keys": "a",\n "keys": "b"}', 'keys', 'line 2, column 2'],
    ['{"keys": 1, "\\u006beys": 2}', 'keys', 'line 1, column 13'],
    ['{"a": [{"b": 1}, {"c": [], "b": {}, "b": 2}]}', 'a[1].b', 'line 1, column 37'],
    ['[[], [1, {"x": 1, "x": 1}]]', '[1][1].x', 'line 1, column 19'],
    [
      '{"models": {"aliases": {"gpt-4o": "a", "gpt-4o": "b"}}}',
      'models.aliases["gpt-4o"]',
      'line 1, column 40',
    ],
    ['{"": 1, "": 2}', '[""]', 'line 1, column 9'],
  ])('may not repeat a member: %s', (text, path, place) => {
    expect(() => parse(text)).toThrow(`has the member ${path} twice (${place})`);
  });

  it.each([
    '{"a": "a", "b": {"a": 1}, "c": [{"a": 1}, {"a": 1}]}',
    '{"a": "\\"a\\": {,", "b": ["a", "a"], "A": ":"}',
    '"a"',
    '[]',
    '{"a": {}, "b": [], "c": {}}',
  ])('is otherwise what JSON.parse makes of it: %s', (text) => {
    expect(parse(text)).toEqual(JSON.parse(text));
  });
});
