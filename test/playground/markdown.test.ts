import { describe, expect, it } from 'vitest';
import { type Block, readBlocks } from '../../playground/markdown/blocks.js';
import { type Inline, readInline } from '../../playground/markdown/inline.js';
import { safeHref, showDeceptive } from '../../playground/markdown/safe-link.js';
import { type Section, splitSections } from '../../playground/markdown/sections.js';

const text = (words: string): Inline => ({ kind: 'text', text: words });
const paragraph = (words: string): Block => ({ kind: 'paragraph', text: words });

describe('blocks', () => {
  it('reads headings, paragraphs, rules and quotes', () => {
    expect(readBlocks('## Two ##\nlines\nof text\n\n---\n> quoted\n> > twice')).toEqual([
      { kind: 'heading', level: 2, text: 'Two' },
      paragraph('lines\nof text'),
      { kind: 'rule' },
      { kind: 'quote', blocks: [paragraph('quoted'), { kind: 'quote', blocks: [paragraph('twice')] }] },
    ]);
  });

  it('reads code with its language, and says whether its end has come', () => {
    expect(readBlocks('```TS\nif (a) {\n  b();\n}\n```')).toEqual([
      { kind: 'code', language: 'ts', text: 'if (a) {\n  b();\n}', isOpen: false },
    ]);
    expect(readBlocks('~~~~\n``` inside\n')).toEqual([
      { kind: 'code', language: '', text: '``` inside\n', isOpen: true },
    ]);
  });

  it('reads lists in lists, code in items, and numbers that start anywhere', () => {
    expect(readBlocks('3. three\n   - inner\n\n4. four\n\n   ```\n   code\n   ```')).toEqual([
      {
        kind: 'list',
        start: 3,
        items: [
          [paragraph('three'), { kind: 'list', start: undefined, items: [[paragraph('inner')]] }],
          [paragraph('four'), { kind: 'code', language: '', text: 'code', isOpen: false }],
        ],
      },
    ]);
  });

  it('reads tables, with pipes in code and behind a backslash as text', () => {
    expect(readBlocks('| a | b |\n|:-:|--:|\n| `x|y` | 1 \\| 2 |\n\nafter')).toEqual([
      { kind: 'table', aligns: ['center', 'right'], head: ['a', 'b'], rows: [['`x|y`', '1 | 2']] },
      paragraph('after'),
    ]);
  });

  it('leaves HTML as text', () => {
    expect(readBlocks('<script>alert(1)</script>')).toEqual([paragraph('<script>alert(1)</script>')]);
  });
});

describe('inline text', () => {
  it.each<[string, Inline[]]>([
    [
      'a **b *c* d** e',
      [
        text('a '),
        { kind: 'strong', content: [text('b '), { kind: 'emphasis', content: [text('c')] }, text(' d')] },
        text(' e'),
      ],
    ],
    ['2 * 3 * 4', [text('2 * 3 * 4')]],
    ['snake_case_name', [text('snake_case_name')]],
    ['~~gone~~', [{ kind: 'deleted', content: [text('gone')] }]],
    ['`` a ` b ``', [{ kind: 'code', text: 'a ` b' }]],
    ['\\*plain\\*', [text('*plain*')]],
    ['**never closed', [text('**never closed')]],
    ['*a **b* c**', [{ kind: 'emphasis', content: [text('a **b')] }, text(' c**')]],
    ['one  \ntwo', [text('one'), { kind: 'break' }, text('two')]],
    [
      '[name](https://a.example/x_(y) "t")',
      [{ kind: 'link', href: 'https://a.example/x_(y)', content: [text('name')] }],
    ],
    [
      'see https://a.example/b.',
      [
        text('see '),
        { kind: 'link', href: 'https://a.example/b', content: [text('https://a.example/b')] },
        text('.'),
      ],
    ],
    ['![alt](https://a.example/i.png)', [{ kind: 'image', href: 'https://a.example/i.png', alt: 'alt' }]],
    ['[not a link] (x)', [text('[not a link] (x)')]],
  ])('reads %s', (given, expected) => {
    expect(readInline(given)).toEqual(expected);
  });

  it('closes what a growing text has begun, so that no marks flash up', () => {
    expect(readInline('a **bo', true)).toEqual([text('a '), { kind: 'strong', content: [text('bo')] }]);
    expect(readInline('call `run', true)).toEqual([text('call '), { kind: 'code', text: 'run' }]);
  });
});

describe('sections of a growing text', () => {
  const TEXT = [
    '# Title\n',
    'A paragraph\nof two lines.\n',
    '1. one\n\n2. two\n\n   more of two\n',
    '```ts\nlet a;\n\nlet b;\n```\n',
    '| a | b |\n|--|--|\n| 1 | 2 |\n',
    'The end.',
  ].join('\n');

  it('are the whole text, cut at blank lines outside of lists and code', () => {
    const sections = splitSections(TEXT);
    expect(sections.map(({ text: part }) => part).join('')).toBe(TEXT);
    expect(sections.map(({ text: part }) => part.slice(0, 6))).toEqual([
      '# Titl',
      'A para',
      '1. one',
      '```ts\n',
      '| a | ',
      'The en',
    ]);
  });

  it('come out the same, letter by letter or at once', () => {
    let growing: readonly Section[] = [];
    for (let end = 1; end <= TEXT.length; end++) growing = splitSections(TEXT.slice(0, end), growing);
    expect(growing).toEqual(splitSections(TEXT));
  });

  it('are read again at the end only, however long the answer is', () => {
    const paragraphs = Array.from({ length: 400 }, (_, i) => `Paragraph ${i} of a long answer.\n\n`);
    let sections: readonly Section[] = [];
    let read = 0;
    for (let i = 1; i <= paragraphs.length; i++) {
      const next = splitSections(paragraphs.slice(0, i).join(''), sections);
      const known = new Set(sections);
      read += next.filter((section) => !known.has(section)).length;
      sections = next;
    }
    expect(sections).toHaveLength(400);
    // Each section once, and never all of them in each step.
    expect(read).toBe(400);
  });

  it('begin anew for another text', () => {
    const before = splitSections('one\n\ntwo\n\nthree');
    expect(splitSections('uno\n\ntwo', before)).toEqual(splitSections('uno\n\ntwo'));
  });
});

describe('hostile text', () => {
  const HUGE = 20_000;
  it.each([
    ['opened marks', '*a **b ~~c [d '.repeat(HUGE)],
    ['runs of backticks', Array.from({ length: 300 }, (_, i) => '`'.repeat(i + 1)).join(' ')],
    ['brackets', '['.repeat(HUGE) + ']('.repeat(HUGE)],
    ['quotes', '>'.repeat(HUGE)],
    ['items', '- '.repeat(HUGE)],
    ['one line', 'x'.repeat(50 * HUGE)],
    ['spaces in code', `\`${' '.repeat(HUGE)}\``],
    ['a table of pipes', `${'|'.repeat(HUGE)}\n${'-|'.repeat(HUGE)}`],
  ])('is read to its end: %s', (_name, hostile) => {
    const seen: string[] = [];
    const collect = (pieces: readonly Inline[]): void => {
      for (const piece of pieces) {
        if ('content' in piece) collect(piece.content);
        else if ('text' in piece) seen.push(piece.text);
      }
    };
    for (const { text: part } of splitSections(hostile))
      for (const block of readBlocks(part)) if (block.kind === 'paragraph') collect(readInline(block.text));
    expect(seen.join('').length).toBeLessThanOrEqual(hostile.length);
  });

  it.each([
    'javascript:alert(1)',
    'JAVASCRIPT:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'file:///etc/passwd',
    'https://user:pass@a.example/',
    '/relative',
    'blob:https://a.example/1',
  ])('is no link: %s', (href) => {
    expect(safeHref(href)).toBeUndefined();
  });

  it.each(['https://a.example/x', 'http://a.example/', 'mailto:a@b.example'])(
    'may be followed: %s',
    (href) => {
      expect(safeHref(href)).toBe(href);
    },
  );

  it('shows signs that turn the direction of code', () => {
    expect(showDeceptive('a\u202Eb\u200Bc\u2066')).toBe('a‹U+202E›b‹U+200B›c‹U+2066›');
    expect(showDeceptive('naïve 👩‍👩‍👧 עברית')).toBe('naïve 👩‍👩‍👧 עברית');
  });
});
