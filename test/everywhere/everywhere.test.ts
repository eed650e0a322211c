import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installPackage } from './install.js';
import { findRuntimes } from './runtimes.js';
import { openStage, type Stage } from './stage.js';
import { casesFor, type Outcome } from './suite.js';

const runtimes = await findRuntimes();
/** Where everything has to run, a runtime that is missing is a failure. */
const all = process.env['BEDROCK_EVERYWHERE'] === 'all';

let installed: string;
let stage: Stage;
beforeAll(async () => {
  installed = await installPackage();
  stage = await openStage(installed);
});
afterAll(async () => {
  await stage?.close();
  await rm(installed, { recursive: true, force: true });
});

describe.each(runtimes)('$name', ({ name, storages, missing, run }) => {
  const skipped = missing !== undefined && !all;
  const outcomes = new Map<string, Outcome>();
  beforeAll(async () => {
    if (skipped) return;
    if (missing !== undefined) throw new Error(`${name} has to run here: ${missing}.`);
    for (const outcome of await run(stage, installed))
      outcomes.set(`${outcome.group} ${outcome.name}`, outcome);
  }, 180_000);

  describe.skipIf(skipped)(skipped ? `skipped: ${missing}` : 'everywhere', () => {
    for (const { group, name: title } of casesFor(storages)) {
      it(`${group}: ${title}`, () => {
        const outcome = outcomes.get(`${group} ${title}`);
        expect(outcome, 'It was not run.').toBeDefined();
        if (outcome?.failure !== undefined) throw new Error(outcome.failure);
      });
    }
  });
});
