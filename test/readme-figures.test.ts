import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { writtenMatrix } from '../scripts/matrix.mjs';
import { SIZE_BUDGETS } from '../scripts/size-budgets.mjs';

const readme = readFileSync('README.md', 'utf8');
const results = readFileSync('bench/RESULTS.md', 'utf8');
const [compared = ''] = /<!-- compare -->[\s\S]*?\n## In other runtimes/.exec(results) ?? [];

const AWS = ['NodeHttpHandler', 'FetchHttpHandler', 'its default (HTTP/2)'].map(
  (name) => `AWS client, ${name}`,
);
const AI_SDK = '@ai-sdk/amazon-bedrock 5 doStream';

/** The cells of a table's row, without those that only its border makes. */
function cellsOf(line: string): string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

/** The rows below a title in the comparison: what each contender needed, by its name. */
function rowsBelow(title: string): Map<string, string[]> {
  const lines = compared.split('\n');
  const at = lines.findIndex((line) => line.startsWith(`| **${title}**`));
  expect(at, `${title} is in bench/RESULTS.md`).toBeGreaterThan(-1);
  const below = lines.slice(at + 1);
  const end = below.findIndex((line) => !line.startsWith('| ') || line.startsWith('| **'));
  return new Map(below.slice(0, end).map((line) => [cellsOf(line)[0] ?? '', cellsOf(line)]));
}

/** The medians of contenders on Node 24, or the only figure of a row. */
function mediansOf(title: string, names: readonly string[], column: 1 | 3): number[] {
  const rows = rowsBelow(title);
  return names.map((name) => {
    const median = Number.parseFloat(rows.get(name)?.[column] ?? '');
    expect(median, `${name} has a figure in ${title}`).toBeGreaterThan(0);
    return median;
  });
}

/** A figure, or the range of several, in the words of the README. */
function inWords(figures: readonly number[], unit: string, write: (figure: number) => string): string {
  const written = [Math.min(...figures), Math.max(...figures)].map(write);
  return `${[...new Set(written)].join('–')} ${unit}`;
}

const whole = (figure: number) => figure.toFixed(0);
const tenths = (figure: number) => figure.toFixed(1);

const ROWS = [
  {
    name: 'CPU per event of a long stream',
    title: '20,000 deltas, chunks of 64 KiB: CPU, µs per event',
    signed: '',
    ours: (figures: number[]) => inWords(figures, 'µs', tenths),
    theirs: (figures: number[]) => inWords(figures, 'µs', whole),
  },
  {
    name: 'longest block of the event loop, 200 streams',
    title: '200 streams × 500 events, replies as they come: longest block of the event loop, ms',
    signed: '',
    ours: (figures: number[]) => inWords(figures, 'ms', whole),
    theirs: (figures: number[]) => inWords(figures, 's', (ms) => tenths(ms / 1000)),
  },
  {
    name: 'first event of a warm call, signed',
    title: 'First event, warm: call → first content, ms',
    signed: ', SigV4',
    ours: (figures: number[]) => inWords(figures, 'ms', tenths),
    theirs: (figures: number[]) => inWords(figures, 'ms', tenths),
  },
  {
    name: 'import to first request, signed',
    title: 'Cold start: import → first request at the server, ms',
    signed: ', SigV4',
    ours: (figures: number[]) => inWords(figures, 'ms', whole),
    theirs: (figures: number[]) => inWords(figures, 'ms', whole),
  },
];

/** A row of the README's comparison without its name. */
function inReadme(name: string): string[] {
  return (
    readme
      .split('\n')
      .map(cellsOf)
      .find(([first]) => first === name)
      ?.slice(1) ?? []
  );
}

it.each(ROWS)('the README has the measured figures: $name', ({ name, title, signed, ours, theirs }) => {
  const of = (names: readonly string[]) =>
    mediansOf(
      title,
      names.map((one) => one + signed),
      3,
    );
  expect(inReadme(name)).toEqual([
    ours(of(['bedrock-anywhere'])),
    theirs(of(AWS)),
    theirs(of([AI_SDK])),
    '–',
  ]);
});

it('the README has the measured bundles, and the budget of ours', () => {
  const title = 'Bundle for browsers, streaming with SigV4 and bearer: gzip, KB';
  const of = (name: string) => inWords(mediansOf(title, [name], 1), 'KB', whole);
  const theirs = [of('AWS client, FetchHttpHandler'), of('@ai-sdk/amazon-bedrock')];
  expect(inReadme('streaming in a page, minified and gzipped')).toEqual([
    `at most ${SIZE_BUDGETS.stream} KB`,
    ...theirs,
    '–',
  ]);
});

it('the README has the day and the versions of the comparison', () => {
  const [, day = ''] = /^- Date: (\d{4}-\d{2}-\d{2})/m.exec(compared) ?? [];
  const versionOf = (name: string, major: number) =>
    [...compared.matchAll(/(@[\w-]+\/[\w-]+) (\d+)([\d.]+)/g)].find(
      ([, one, first]) => one === name && Number(first) === major,
    );
  const written = new Date(`${day}T00:00Z`).toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  });
  expect(readme).toContain(`of ${written}`);
  expect(readme).toContain(
    `\`@aws-sdk/client-bedrock-runtime\` ${versionOf('@aws-sdk/client-bedrock-runtime', 3)?.slice(2).join('')}`,
  );
  expect(readme).toContain(
    `\`@ai-sdk/amazon-bedrock\` ${versionOf('@ai-sdk/amazon-bedrock', 5)?.slice(2).join('')}`,
  );
  expect(readme).toContain(`the bundle: ${versionOf('@ai-sdk/amazon-bedrock', 4)?.slice(2).join('')}`);
});

it('the README has the budget of a page that streams wherever it mentions it', () => {
  expect(readme).toMatch(new RegExp(`loads \\[at most ${SIZE_BUDGETS.stream}\\s+KB\\]`));
});

it('the README names every runtime of the matrix, and no other', () => {
  const [, sentence = ''] = /\*\*\[Runs everywhere\][^*]*\*\*([\s\S]*?)\n\n/.exec(readme) ?? [];
  const rows = writtenMatrix()
    .split('\n')
    .slice(2)
    .map((line) => cellsOf(line)[0] ?? '');
  const wordsOf = (text: string) => new Set(text.match(/[A-Z]\w+|workerd|\d+/g));
  expect([...wordsOf(sentence)].sort()).toEqual([...wordsOf(`One ${rows.join(' ')}`)].sort());
});
