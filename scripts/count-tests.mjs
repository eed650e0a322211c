// Reads the reports in a folder: vitest's `*.json`, and `*.failed` for any other failure.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/**
 * How many tests passed, and which failed: where, and the first line of the reason.
 *
 * @param {string} folder
 * @returns {{ passed: number, failed: string[] }}
 */
export function countTests(folder) {
  /** @type {Map<string, string | undefined>} why it failed by test, so that one that ran twice has to pass each time */
  const outcomes = new Map();
  const note = (/** @type {string} */ test, /** @type {string | undefined} */ reason) =>
    outcomes.set(test, outcomes.get(test) ?? reason);

  for (const name of readdirSync(folder)) {
    if (name.endsWith('.failed')) note(name.slice(0, -'.failed'.length), 'see its output above');
    if (!name.endsWith('.json')) continue;
    const { testResults } = JSON.parse(readFileSync(join(folder, name), 'utf8'));
    for (const file of testResults) {
      const path = relative(process.cwd(), file.name);
      for (const { status, fullName, failureMessages } of file.assertionResults) {
        if (status === 'passed') note(`${path} ${fullName}`, undefined);
        if (status === 'failed') note(`${path} ${fullName}`, reasonOf(failureMessages?.[0], file.name));
      }
      // A file that could not be loaded fails without any test of its own.
      if (file.assertionResults.length === 0)
        note(path, file.status === 'passed' ? undefined : reasonOf(file.message, file.name));
    }
  }
  const failed = [...outcomes].filter(([, reason]) => reason !== undefined);
  return {
    passed: outcomes.size - failed.length,
    failed: failed.map(([test, reason]) => `${test}\n    ${reason}`),
  };
}

/**
 * @param {string | undefined} message Includes the stack.
 * @param {string} file The absolute path of the test file.
 */
function reasonOf(message, file) {
  const [first = '', ...stack] = message?.split('\n') ?? [];
  const line = stack.find((one) => one.includes(file))?.match(/:(\d+):\d+\)?$/)?.[1];
  return `${first.slice(0, 300) || 'no reason given'}${line ? ` (line ${line})` : ''}`;
}
