// The table of runtimes and groups that the suite in test/everywhere leaves behind.
// Usage: node scripts/matrix.mjs           prints the one of the last run
//        node scripts/matrix.mjs --write   writes it into docs/runtimes.md, if everything ran and passed
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * How a runtime fared: a row.
 *
 * @typedef {object} Row
 * @property {string} runtime
 * @property {Record<string, [passed: number, total: number]>} groups
 * @property {string} [missing] Why it was not run.
 * @property {number} [seconds]
 */

const PAGE = fileURLToPath(new URL('../docs/runtimes.md', import.meta.url));
const LAST = fileURLToPath(new URL('../node_modules/.cache/everywhere.json', import.meta.url));
const MARKED = /(<!-- matrix -->\n)[\s\S]*?(<!-- \/matrix -->)/;

/**
 * Keeps the rows of a run for when it has ended.
 *
 * @param {Row[]} rows
 */
export function keepMatrix(rows) {
  mkdirSync(dirname(LAST), { recursive: true });
  writeFileSync(LAST, JSON.stringify(rows));
}

/** Forgets the last run. */
export function forgetMatrix() {
  rmSync(LAST, { force: true });
}

/**
 * The rows of the last run, undefined where there was none.
 *
 * @returns {Row[] | undefined}
 */
export function lastMatrix() {
  return existsSync(LAST) ? JSON.parse(readFileSync(LAST, 'utf8')) : undefined;
}

/**
 * The rows as Markdown that is readable in a terminal, too.
 *
 * @param {Row[]} rows
 * @param {{ seconds?: boolean }} [options] Whether to tell how long each took.
 */
export function matrixTable(rows, { seconds = false } = {}) {
  const groups = Object.keys(rows[0]?.groups ?? {});
  const cells = rows.map((row) => [
    row.runtime,
    ...groups.map((group) => cell(row, group)),
    ...(seconds ? [row.missing ?? `${row.seconds?.toFixed(1)} s`] : []),
  ]);
  const head = ['', ...groups, ...(seconds ? [''] : [])];
  const widths = head.map((title, column) =>
    Math.max(3, title.length, ...cells.map((line) => (line[column] ?? '').length)),
  );
  const line = (/** @type {string[]} */ texts) =>
    `| ${texts.map((text, column) => text.padEnd(widths[column] ?? 0)).join(' | ')} |\n`;
  return line(head) + line(widths.map((width) => '-'.repeat(width))) + cells.map(line).join('');
}

/** The matrix in docs/runtimes.md. */
export function writtenMatrix() {
  return MARKED.exec(readFileSync(PAGE, 'utf8'))?.[0].split('\n').slice(1, -1).join('\n').trim() ?? '';
}

/**
 * @param {Row} row
 * @param {string} group
 */
function cell({ groups, missing }, group) {
  const [passed, total] = groups[group] ?? [0, 0];
  return missing === undefined ? `${passed}/${total}` : `–/${total}`;
}

/** @param {Row[]} rows */
function writePage(rows) {
  const incomplete = rows.filter(
    ({ missing, groups }) =>
      missing !== undefined || Object.values(groups).some(([passed, total]) => passed < total),
  );
  if (incomplete.length > 0) {
    console.error(
      `Not written: not everything ran and passed in ${incomplete.map((row) => row.runtime).join(', ')}.`,
    );
    process.exitCode = 1;
    return;
  }
  const text = readFileSync(PAGE, 'utf8');
  writeFileSync(
    PAGE,
    text.replace(MARKED, (_, open, close) => `${open}\n${matrixTable(rows)}\n${close}`),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const rows = lastMatrix();
  if (rows === undefined) {
    console.error('There is no run yet: npx vitest run --project runtimes');
    process.exitCode = 1;
  } else if (process.argv.includes('--write')) writePage(rows);
  else console.log(matrixTable(rows, { seconds: true }));
}
