// Counts passed and failed tests from the reports in a folder: vitest's `*.json`, and `*.failed` for any other failure.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * How many tests passed and failed.
 *
 * @param {string} folder
 * @returns {{ passed: number, failed: number }}
 */
export function countTests(folder) {
  /** @type {Map<string, boolean>} by test, so that one that ran twice counts once and has to pass each time */
  const outcomes = new Map();
  const note = (/** @type {string} */ test, /** @type {boolean} */ passed) =>
    outcomes.set(test, passed && outcomes.get(test) !== false);

  for (const name of readdirSync(folder)) {
    if (name.endsWith('.failed')) note(name, false);
    if (!name.endsWith('.json')) continue;
    const { testResults } = JSON.parse(readFileSync(join(folder, name), 'utf8'));
    for (const file of testResults) {
      for (const { status, fullName } of file.assertionResults) {
        if (status === 'passed' || status === 'failed') note(`${file.name} ${fullName}`, status === 'passed');
      }
      // A file that could not be loaded fails without any test of its own.
      if (file.assertionResults.length === 0) note(file.name, file.status === 'passed');
    }
  }
  const failed = [...outcomes.values()].filter((passed) => !passed).length;
  return { passed: outcomes.size - failed, failed };
}
