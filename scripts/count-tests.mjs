// Prints `N passed, N failed` for vitest's JSON reports in a folder.
// Usage: node scripts/count-tests.mjs <folder> <exit status of the run>
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder = '.', status = '0'] = process.argv.slice(2);
/** @type {Map<string, boolean>} by test, so that one that ran twice counts once and has to pass each time */
const passed = new Map();

for (const name of readdirSync(folder)) {
  const { testResults } = JSON.parse(readFileSync(join(folder, name), 'utf8'));
  for (const file of testResults) {
    for (const test of file.assertionResults) {
      if (test.status === 'passed' || test.status === 'failed')
        note(`${file.name} ${test.fullName}`, test.status);
    }
    // A file that could not be loaded fails without any test of its own.
    if (file.assertionResults.length === 0) note(file.name, file.status);
  }
}

/**
 * @param {string} test
 * @param {string} outcome
 */
function note(test, outcome) {
  passed.set(test, outcome === 'passed' && passed.get(test) !== false);
}

const outcomes = [...passed.values()];
const failures = outcomes.filter((ok) => !ok).length;
// What failed outside of any test, such as lint or types, counts as one.
const failed = status !== '0' && failures === 0 ? 1 : failures;
console.log(`${outcomes.length - failures} passed, ${failed} failed`);
