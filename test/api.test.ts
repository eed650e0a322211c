import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { findGaps } from '../scripts/api/judge.mjs';
import { type Api, readApi } from '../scripts/api/read.mjs';

let api: Api;
beforeAll(() => {
  api = readApi();
}, 60_000);

describe('what the package exports', () => {
  it('is read from every entry', () => {
    const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as { exports: object };
    const entries = new Set([...api.exported, ...api.foreign].map(({ entry }) => entry));
    expect(entries.size).toBe(Object.keys(exports).length - 1);
    expect(api.exported.map(({ name }) => name)).toContain('createBedrock');
  });

  it('has descriptions, examples, errors, defaults and units', () => {
    expect(findGaps(api)).toEqual([]);
  });
});

/** Sources, and what is missing in each. */
const TRIED: readonly (readonly [source: string, gaps: readonly string[]])[] = [
  ['export const a = () => 1;', ['has no description.', 'has no example.']],
  ['/** A. */\nexport async function a() {}', ['has no example.', 'does not say what it throws (@throws).']],
  ['/** A. It never rejects.\n@example x */\nexport async function a() {}', []],
  ['/** A.\n@example x */\nexport class A {}', []],
  [
    '/** A. */\nexport interface AOptions {\n/** It. */\nb?: string }',
    ['.b does not say what holds without it.'],
  ],
  ['/** A. */\nexport interface AOptions {\n/** It. Default: none. */\nb?: string }', []],
  ['/** A. */\nexport interface A { b?: string; c: string }', ['.b has no description.']],
  ['/** A. */\nexport interface A {\n/** It. */\nwait: number }', ['.wait has no unit.']],
  ['/** A. */\nexport interface A { waitMs: number;\n/** In seconds. */\nlife: number }', []],
  ['/** A, in tokens. */\nexport interface A { most: number }', []],
];

describe('the gate', () => {
  let gaps: string[];
  beforeAll(() => {
    gaps = findGaps(readApi(Object.fromEntries(TRIED.map(([source], i) => [`try-${i}`, source]))));
  }, 60_000);

  it.each(TRIED.map(([source, expected], i) => [source, i, expected] as const))(
    'looks at %j',
    (_source, i, expected) => {
      const own = gaps.filter((gap) => gap.startsWith(`try-${i}: `));
      expect(own.map((gap) => gap.replace(/^\S+ \S+ /, ''))).toEqual(expected);
    },
  );
});
