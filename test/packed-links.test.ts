import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { brokenLinks } from '../scripts/packed-links.mjs';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bedrock-anywhere-links-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Writes files, and looks at their links. */
function linksIn(files: Record<string, string>): string[] {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return brokenLinks(folder);
}

describe('the links of the packed pages', () => {
  it('may lead to files, folders, headings and the web', () => {
    const readme = [
      '[a page](docs/a.md), [its heading](docs/a.md#two-words), [`code`](src/a.ts), [a folder](docs), [b](<docs/a.md>)',
      '[here](#the-end) [a web page](https://example.com/x#y) [mail](mailto:ada@example.com) <a href="docs/a.md">a</a>',
      '[by name][name], [again](docs/a.md#two-words-1), [marked](docs/a.md#arn-of-a-model-x)',
      '',
      '[name]: docs/a.md',
      '',
      '`[not](nowhere.md)` and',
      '```md',
      '[not](nowhere.md)',
      '# Not a heading',
      '```',
      '## The end',
    ];
    const page = [
      '# Two words',
      '[up](../README.md)',
      '## Two words',
      '### `arn:` of a [model](a.md) (x)',
      '<a id="own"></a>',
    ];
    expect(
      linksIn({
        'README.md': `${readme.join('\n')}\n[own](docs/a.md#own)`,
        'docs/a.md': page.join('\n'),
        'src/a.ts': '',
      }),
    ).toEqual([]);
  });

  it('are looked at in llms.txt too', () => {
    expect(linksIn({ 'llms.txt': '[a](docs/a.md)\n[b](docs/b.md)', 'docs/a.md': '' })).toEqual([
      'llms.txt links to docs/b.md: there is no such file.',
    ]);
  });

  it.each([
    ['[a](docs/b.md)', 'docs/b.md: there is no such file.'],
    ['![a](picture.png)', 'picture.png: there is no such file.'],
    ['<img src="picture.png">', 'picture.png: there is no such file.'],
    ['[a]: docs/b.md', 'docs/b.md: there is no such file.'],
    ['[a](../LICENSE)', '../LICENSE: it points outside the package.'],
    ['[a](docs/a.md#three)', 'docs/a.md#three: there is no such heading.'],
    ['[a](#nowhere)', '#nowhere: there is no such heading.'],
    ['```sh\n# comment\n```\n[a](#comment)', '#comment: there is no such heading.'],
    ['[a](src/a.ts#L1)', 'src/a.ts#L1: only pages have headings.'],
    ['`a` [a](docs/b.md) `b`', 'docs/b.md: there is no such file.'],
  ])('are reported where they lead nowhere: %j', (text, problem) => {
    const files = { 'README.md': text, 'docs/a.md': '# One', 'src/a.ts': '' };
    expect(linksIn(files)).toEqual([`README.md links to ${problem}`]);
  });
});
