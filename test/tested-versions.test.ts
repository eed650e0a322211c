import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const releasing = readFileSync('RELEASING.md', 'utf8');
const [, table = ''] = /\n## Versions of other software\n([\s\S]*?)\n## /.exec(releasing) ?? [];

/** The rows of the table: which versions are in which file. */
const rows = [...table.matchAll(/^\| (.+?) \| .+? \| (\d.+?) \| `(.+?)` \| `npm .+?` \|$/gm)].map(
  ([, software = '', versions = '', file = '']) => ({ software, versions: versions.split(', '), file }),
);

it('RELEASING.md has a row for each peer of package.json', () => {
  const { peerDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    peerDependencies: Record<string, string>;
  };
  for (const [name, range] of Object.entries(peerDependencies))
    expect(table).toContain(`| \`${name}\` | \`${range}\` |`);
});

it.each(rows)('RELEASING.md has the tested versions of $software', ({ versions, file }) => {
  const text = readFileSync(file, 'utf8');
  expect(versions.filter((version) => !text.includes(version))).toEqual([]);
});

it('all rows of the table were read', () => {
  expect(rows).toHaveLength(table.split('\n').filter((line) => line.startsWith('| ')).length - 1);
});
