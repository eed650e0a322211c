import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { attacksOn, CountedRegex } from './regex-steps.js';

const src = fileURLToPath(new URL('../src', import.meta.url));

/** Every regular expression of the library, with the file and line of each. */
function* regexesOfSources(): Generator<[where: string, regex: RegExp]> {
  for (const name of readdirSync(src, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts')) continue;
    const file = ts.createSourceFile(
      name,
      readFileSync(join(src, name), 'utf8'),
      ts.ScriptTarget.Latest,
      true,
    );
    const found: [string, RegExp][] = [];
    const visit = (node: ts.Node): void => {
      if (ts.isRegularExpressionLiteral(node)) {
        const { line } = file.getLineAndCharacterOfPosition(node.getStart());
        const end = node.text.lastIndexOf('/');
        found.push([`${name}:${line + 1}`, new RegExp(node.text.slice(1, end), node.text.slice(end + 1))]);
      }
      ts.forEachChild(node, visit);
    };
    visit(file);
    yield* found;
  }
}

/** How many steps a search takes, at worst, for texts of a length. */
function worst(regex: RegExp, length: number): { steps: number; text: string } {
  const counted = new CountedRegex(regex);
  let most = { steps: 0, text: '' };
  for (const text of attacksOn(counted, length)) {
    counted.steps = 0;
    try {
      counted.search(text);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
    if (counted.steps > most.steps) most = { steps: counted.steps, text };
  }
  return most;
}

describe('the counter', () => {
  it.each([/a+$/, /<title[^>]*>x/, /[.\s]+$/, /(?:a|b)*c/, /<b>(.*?)<\/b>/s])(
    'finds that %s takes four times the steps for twice the text',
    (regex) => {
      expect(worst(regex, 400).steps / worst(regex, 200).steps).toBeGreaterThan(3.5);
    },
  );

  it.each([/^a+$/, /<title[^>]{0,50}>x/, /a/, /\d{3}-\d{4}/])(
    'finds that %s takes twice the steps',
    (regex) => {
      expect(worst(regex, 400).steps / worst(regex, 200).steps).toBeLessThan(2.5);
    },
  );

  it.each<[regex: RegExp, text: string]>([
    [/^(\d+)\.(\d+)$/, '12.5'],
    [/\barn:[^:]*:(s3|ec2):/, 'an arn:aws:ec2: here'],
    [/a(?=b)/, 'ac'],
    [/x{2,3}y|z/i, 'XXXY'],
    [/(?<!a)b/, 'ab'],
  ])('matches as the engine does: %s', (regex, text) => {
    expect(new CountedRegex(regex).search(text)).toBe(regex.test(text));
  });
});

/**
 * Files that build expressions from what a program passes: patterns of its own catalog and script. Nobody else's text becomes
 * one, and what is built here cannot be found and measured.
 */
const BUILT = ['catalog/index.ts', 'local/script/script-check.ts', 'local/script/script.ts'];

it('no other file builds an expression', () => {
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.ts') && /\bRegExp\(/.test(readFileSync(join(src, name), 'utf8')),
  );
  expect(files.map((name) => name.replaceAll('\\', '/')).sort()).toEqual(BUILT);
});

describe('the steps of a search grow as the text does', () => {
  it.each([...regexesOfSources()])('%s %s', (_where, regex) => {
    const short = worst(regex, 200);
    const long = worst(regex, 400);
    expect(long.steps / Math.max(1, short.steps), JSON.stringify(long.text.slice(0, 60))).toBeLessThan(3.3);
  });
});
