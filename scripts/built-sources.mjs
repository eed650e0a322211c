import { readFileSync } from 'node:fs';

/** How the build marks where the code of a source file begins. */
const MARK = /^\/\/ (src\/\S+|(?:\S+\/)?node_modules\/\S+)$/;

/**
 * The source file of every line of a built file, by index; undefined before the first mark.
 *
 * @param {string} file
 * @returns {(string | undefined)[]}
 */
export function sourceOfLines(file) {
  /** @type {string | undefined} */
  let source;
  return readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => {
      source = MARK.exec(line)?.[1] ?? source;
      return source;
    });
}
