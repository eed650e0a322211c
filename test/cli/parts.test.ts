import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inWords } from '../../src/cli/print/duration.js';
import { type Column, tableLines } from '../../src/cli/print/table.js';
import { bold, dim, protect, type Terminal, wrapped, writeNote } from '../../src/cli/print/terminal.js';
import { cacheFolder } from '../../src/cli/settings/folders.js';
import { findChainStep } from '../../src/explain/chain-step.js';

describe('cacheFolder()', () => {
  it.each([
    ['linux', { XDG_CACHE_HOME: '/x/cache', HOME: '/h' }, '/x/cache'],
    ['darwin', { XDG_CACHE_HOME: '/x/cache', HOME: '/h' }, '/x/cache'],
    ['linux', { XDG_CACHE_HOME: 'relative', HOME: '/h' }, '/h/.cache'],
    ['linux', { HOME: '/h' }, '/h/.cache'],
    ['freebsd', { HOME: '/h' }, '/h/.cache'],
    ['darwin', { HOME: '/h' }, '/h/Library/Caches'],
    ['win32', { LOCALAPPDATA: '/l', USERPROFILE: '/u' }, '/l'],
    ['win32', { USERPROFILE: '/u' }, '/u/AppData/Local'],
    ['linux', {}, undefined],
  ] as const)('on %s with %j is in %s', (platform, env, folder) => {
    expect(cacheFolder(platform, env)).toBe(folder && join(folder, 'bedrock-anywhere'));
  });
});

describe('inWords()', () => {
  it.each([
    [0, '0 seconds'],
    [1000, '1 second'],
    [119_499, '119 seconds'],
    [119_999, '120 seconds'],
    [120_000, '2 minutes'],
    [3_599_900, '60 minutes'],
    [7_199_000, '120 minutes'],
    [7_200_000, '2 hours'],
    [47 * 3_600_000, '47 hours'],
    [48 * 3_600_000, '2 days'],
  ])('%i ms are %s', (ms, words) => {
    expect(inWords(ms)).toBe(words);
  });
});

describe('findChainStep()', () => {
  it.each([
    [{ CREDENTIALS_IMDS: '0' }, 'instance role, from instance metadata'],
    [{ CREDENTIALS_HTTP: 'z' }, 'container credentials'],
    [{ CREDENTIALS_PROFILE_SSO: 'r', CREDENTIALS_SSO: 's' }, 'single sign-on'],
    [{ CREDENTIALS_PROFILE_PROCESS: 'v', CREDENTIALS_PROCESS: 'w' }, 'credential_process'],
    [{ CREDENTIALS_PROFILE_LOGIN: 'AC' }, 'login session'],
    [{ CREDENTIALS_ENV_VARS_STS_WEB_ID_TOKEN: 'h' }, 'web identity token'],
    [{ CREDENTIALS_PROFILE_SOURCE_PROFILE: 'o', CREDENTIALS_STS_ASSUME_ROLE: 'i' }, 'assumed role'],
    [{ CREDENTIALS_PROFILE: 'n' }, 'config and credentials files'],
    [{ CREDENTIALS_TO_COME: '?' }, undefined],
    [undefined, undefined],
  ])('of %j is %s', ($source, step) => {
    expect(findChainStep({ accessKeyId: 'a', secretAccessKey: 's', $source })).toBe(step);
  });
});

describe('tableLines()', () => {
  const columns: Column<string[]>[] = [
    { title: 'A', rank: 0, cell: ([a = '']) => a },
    { title: 'B', rank: 2, align: 'right', cell: ([, b = '']) => b },
    { title: 'C', rank: 1, cell: ([, , c = '']) => c },
  ];
  const rows = [
    ['long one', '1', 'x'],
    ['s', '100', 'yy'],
  ];

  it('aligns columns and leaves no blank at the end', () => {
    expect(tableLines(columns, rows, 80)).toEqual([
      'A           B  C',
      'long one    1  x',
      's         100  yy',
    ]);
  });

  it('drops columns by rank, exactly where there is no room', () => {
    expect(tableLines(columns, rows, 17)).toHaveLength(3);
    expect(tableLines(columns, rows, 17)[0]).toBe('A           B  C');
    expect(tableLines(columns, rows, 16)[0]).toBe('A         C');
    expect(tableLines(columns, rows, 11)[0]).toBe('A');
    expect(tableLines(columns, rows, 1)[1]).toBe('long one');
  });
});

describe('wrapped()', () => {
  it('breaks between words, and indents what follows', () => {
    const terminal = { columns: 12 } as Terminal;
    expect(wrapped('one two three four', terminal)).toEqual(['one two', '  three four']);
    expect(wrapped('unbreakable-and-long x', terminal)).toEqual(['unbreakable-and-long', '  x']);
    expect(wrapped('one two three four', {} as Terminal)).toEqual(['one two three four']);
  });
});

describe('protect()', () => {
  function shown(text: string): { out: string; err: string } {
    const written = { out: '', err: '' };
    const terminal = protect({
      out: (text) => void (written.out += text),
      err: (text) => void (written.err += text),
      ended: async () => {},
    });
    terminal.out(text);
    terminal.err(text);
    return written;
  }

  it.each([
    ['a colour', 'a\u001b[31mred', 'a\\u001b[31mred'],
    ['the title of the terminal', '\u001b]0;x\u0007', '\\u001b]0;x\\u0007'],
    ['a line that is written over', 'bad\rgood', 'bad\\u000dgood'],
    ['a carriage return before what looks like a colour', '\r[1mgood', '\\u000d[1mgood'],
    ['controls of eight bits', '\u009b31m', '\\u009b31m'],
    ['a direction that is turned', 'a\u202eb', 'a\\u202eb'],
    ['a tag of a language', '\u{e0041}', '\\udb40\\udc41'],
    ['a tab', 'a\tb', 'a\\u0009b'],
    ['lines before a bracket', 'one\n[31mtwo\n', 'one\n[31mtwo\n'],
    ['letters of any script', 'é 漢字 😀', 'é 漢字 😀'],
  ])('shows %s, and does not obey it', (_what, text, expected) => {
    expect(shown(text)).toEqual({ out: expected, err: expected });
  });

  it('leaves the styles of this program as they are', () => {
    const terminal = { colour: true } as Terminal;
    const text = `${bold('title', terminal)} ${dim('remark', terminal)}\n`;
    expect(text).toContain('\u001b[');
    expect(shown(text).out).toBe(text);
  });

  it('leaves JSON the same document', () => {
    const document = { name: '\u007f\u009b\u202e\u{e0041} "quoted"' };
    const { out } = shown(JSON.stringify(document));
    expect(out).toMatch(/^[\x20-\x7e]*$/);
    expect(JSON.parse(out)).toEqual(document);
  });
});

describe('a note', () => {
  const written = (terminal: { columns?: number; noteColumns?: number; animate?: () => void }): string => {
    let text = '';
    writeNote('one two three', { ...terminal, err: (part) => void (text += part) });
    return text;
  };
  const animate = () => {};

  it('fits the terminal that shows it, a dumb one too, even if standard output goes into a pipe', () => {
    expect(written({ animate, noteColumns: 8 })).toBe('one two\n  three\n');
    expect(written({ animate, columns: 80, noteColumns: 8 })).toBe('one two\n  three\n');
    expect(written({ noteColumns: 8 })).toBe('one two\n  three\n');
    expect(written({ columns: 8 })).toBe('one two three\n');
  });
});
