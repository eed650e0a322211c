import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keepMatrix, matrixTable, type Row, writtenMatrix } from '../../scripts/matrix.mjs';
import { bundleEntry, installPackage } from './install.js';
import { findRuntimes, type Runtime } from './runtimes.js';
import { openStage, type Stage } from './stage.js';
import { casesFor, GROUPS, type Outcome } from './suite.js';

const runtimes = await findRuntimes();
/** Where everything has to run, a runtime that is missing is a failure. */
const all = process.env['BEDROCK_EVERYWHERE'] === 'all';

const rows: Row[] = [];
let installed: string;
let stage: Stage;
beforeAll(async () => {
  installed = await installPackage();
  stage = await openStage(installed);
});
afterAll(async () => {
  await stage?.close();
  if (installed !== undefined) await rm(installed, { recursive: true, force: true });
  if (rows.length === 0) return;
  const skipped = runtimes.filter(({ missing }) => missing !== undefined && !all);
  for (const runtime of skipped) rows.push(rowOf(runtime, new Map()));
  keepMatrix(rows.sort((a, b) => placeOf(a) - placeOf(b)));
});

describe.each(runtimes)('$name', (runtime) => {
  const { name, storages, missing, run } = runtime;
  const skipped = missing !== undefined && !all;
  const outcomes = new Map<string, Outcome>();
  /** Why outcomes are missing: each of those cases then fails, so that the count is right. */
  let crash: unknown;

  describe.skipIf(skipped)(skipped ? `skipped: ${missing}` : 'everywhere', () => {
    beforeAll(async () => {
      try {
        if (missing !== undefined) throw new Error(`${name} has to run here: ${missing}.`);
        await run({ stage, installed, note: (outcome) => outcomes.set(titleOf(outcome), outcome) });
      } catch (error) {
        crash = error;
      }
    }, 1_500_000);
    afterAll(() => {
      rows.push(rowOf(runtime, outcomes));
    });

    for (const one of casesFor(storages)) {
      it(titleOf(one), () => {
        const outcome = outcomes.get(titleOf(one));
        if (outcome === undefined) throw crash ?? new Error('It was not run.');
        if (outcome.failure !== undefined) throw new Error(outcome.failure);
      });
    }
  });
});

describe('beside the runtimes', () => {
  it.each(['page', 'worker', 'edge'] as const)(
    'the %s names no module of Node and none of AWS',
    async (entry) => {
      const script = await bundleEntry(entry, installed);
      expect(script).toContain('AWS4-HMAC-SHA256');
      expect(script).not.toMatch(/["'`]node:|require\(|@aws-sdk|@smithy/);
    },
  );

  it('docs/runtimes.md has the matrix (after a whole run: node scripts/matrix.mjs --write)', () => {
    const full = runtimes.map((runtime) => {
      const cases = casesFor(runtime.storages).map((one) => ({ ...one, durationMs: 0 }));
      return rowOf({ ...runtime, missing: undefined }, new Map(cases.map((one) => [titleOf(one), one])));
    });
    expect(writtenMatrix()).toBe(matrixTable(full).trim());
  });
});

function titleOf({ group, name }: { group: string; name: string }): string {
  return `${group}: ${name}`;
}

function placeOf({ runtime }: Row): number {
  return runtimes.findIndex(({ name }) => name === runtime);
}

function rowOf({ name, storages, missing }: Runtime, outcomes: ReadonlyMap<string, Outcome>): Row {
  const cases = casesFor(storages);
  const counts = Object.keys(GROUPS).map((group): [string, [number, number]] => {
    const ofGroup = cases.filter((one) => one.group === group);
    const passed = ofGroup.filter((one) => {
      const outcome = outcomes.get(titleOf(one));
      return outcome !== undefined && outcome.failure === undefined;
    });
    return [group, [passed.length, ofGroup.length]];
  });
  const milliseconds = [...outcomes.values()].reduce((sum, { durationMs }) => sum + durationMs, 0);
  return {
    runtime: name,
    groups: Object.fromEntries(counts),
    ...(missing !== undefined && { missing }),
    seconds: milliseconds / 1000,
  };
}
