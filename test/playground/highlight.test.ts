import { describe, expect, it } from 'vitest';
import { highlight } from '../../playground/markdown/highlight.js';

const kinds = (code: string, language: string) =>
  highlight(code, language)
    .filter(([kind]) => kind !== undefined && kind !== 'mark')
    .map(([kind, text]) => `${kind}:${text}`);

describe('highlight()', () => {
  it.each([
    ['ts', "const a = 'x'; // why", ['keyword:const', "string:'x'", 'comment:// why']],
    [
      'python',
      'def f(x): return """a\nb""" # c',
      ['keyword:def', 'name:f', 'keyword:return', 'string:"""a\nb"""', 'comment:# c'],
    ],
    ['json', '{"a": "b", "n": -1.5e3}', ['name:"a"', 'string:"b"', 'name:"n"', 'number:1.5e3']],
    ['sql', 'SELECT * FROM t -- all', ['keyword:SELECT', 'keyword:FROM', 'comment:-- all']],
    ['diff', '+a\n-b\n c', ['added:+a\n', 'removed:-b\n']],
  ])('knows %s', (language, code, expected) => {
    expect(kinds(code, language)).toEqual(expected);
  });

  it.each(['', 'brainfuck', 'constructor', '__proto__'])(
    'leaves an unknown language alone: %s',
    (language) => {
      expect(highlight('const a = 1', language)).toEqual([[undefined, 'const a = 1']]);
    },
  );

  it.each(['js', 'py', 'sh', 'c', 'go', 'rust', 'sql', 'json', 'yaml', 'css', 'html', 'diff'])(
    'loses nothing of hostile code in %s',
    (language) => {
      const hostile = "\"'`/*<!--#\\ \"\" ''' é 𝒳 0x ```\n".repeat(300);
      expect(
        highlight(hostile, language)
          .map(([, text]) => text)
          .join(''),
      ).toBe(hostile);
    },
  );
});
