import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { REFUSALS } from './all.js';
import { listChecks, listForgotten, writeServiceRules } from './service-rules.js';
import { findThrow } from './thrown.js';

/** Sentences of checks that no request of the lists can lead to, and why. */
const ELSEWHERE: readonly (readonly [file: string, words: string, why: string])[] = [
  ['count-tokens', "doesn't support counting tokens", 'another operation: answers.ts'],
  ['model', 'createRejection(fields)', 'the option `rejects`, which is not a rule of the service'],
  ['parse-body', 'is not valid UTF-8', 'bytes that are not a text: refusals.test.ts'],
];

it('docs/service-rules.md is up to date (npm run service-rules)', async () => {
  await expect(writeServiceRules()).toMatchFileSnapshot('../../docs/service-rules.md');
});

it('every file of local/check says something of the lists, or is known to be silent', () => {
  expect(listForgotten()).toEqual([]);
});

it('every sentence of local/check is in the lists', () => {
  const said = new Set(
    Object.values(REFUSALS).flatMap((list) =>
      list.flatMap((one) => findThrow(one).map(({ file, line }) => `${file}:${line}`)),
    ),
  );
  const missing = listChecks().flatMap((name) => {
    const path = fileURLToPath(new URL(`../../src/local/check/${name}.ts`, import.meta.url));
    const lines = readFileSync(path, 'utf8').split('\n');
    return lines.flatMap((line, i) => {
      if (!/\bthrow /.test(line)) return [];
      const end = lines.findIndex((other, j) => j >= i && other.includes(';'));
      const statement = lines.slice(i, end + 1).join('\n');
      const isSaid = lines.some((_, j) => j >= i && j <= end && said.has(`check/${name}:${j + 1}`));
      const isElsewhere = ELSEWHERE.some(([file, words]) => file === name && statement.includes(words));
      return isSaid || isElsewhere ? [] : [`${name}:${i + 1} ${statement}`];
    });
  });
  expect(missing).toEqual([]);
});
