import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readErrorPages } from '../src/cli/help/error-pages.js';

const pages = readdirSync('docs').filter((name) => name.endsWith('.md') && name !== 'README.md');
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as {
  exports: Record<string, unknown>;
  files: string[];
};
const llms = readFileSync('llms.txt', 'utf8');

/** Where the links of a text lead, without headings. */
function targetsOf(text: string): string[] {
  return [...text.matchAll(/\]\(([^)\s#]+)[^)]*\)/g)].map(([, target = '']) => target);
}

it('docs/README.md lists every page', () => {
  const listed = targetsOf(readFileSync('docs/README.md', 'utf8'));
  expect(pages.filter((page) => !listed.includes(page))).toEqual([]);
});

describe('llms.txt', () => {
  it('lists every page', () => {
    const listed = targetsOf(llms);
    expect(pages.filter((page) => !listed.includes(`docs/${page}`))).toEqual([]);
  });

  it('leads to files that are there, and is in the package', () => {
    expect(targetsOf(llms).filter((target) => !existsSync(target))).toEqual([]);
    expect(manifest.files).toContain('llms.txt');
  });

  it('names every entry of the package and every error code', () => {
    const entries = Object.keys(manifest.exports)
      .filter((name) => name !== '.' && name !== './package.json')
      .map((name) => `\`${name.slice(1)}\``);
    const codes = readErrorPages().map(({ code }) => `\`${code}\``);
    expect([...entries, ...codes].filter((name) => !llms.includes(name))).toEqual([]);
  });
});
