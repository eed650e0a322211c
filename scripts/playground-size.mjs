// What the built playground weighs: before it is drawn, and in all.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** What the files of the page import at once, and what they may import later. */
const IMPORT = /(?:from|import)\s{0,9}"\.\/([\w.-]+\.js)"/g;

/**
 * Weighs the page, gzipped, in KB of 1000 bytes: `first` is what a browser needs before it draws, `core` what the engine loads at once
 * behind it, and `later` everything else: local Bedrock, Markdown, code.
 *
 * @param {string} folder dist/playground
 */
export function weighPlayground(folder) {
  const files = readdirSync(folder);
  const find = (/** @type {string} */ prefix) => files.find((file) => file.startsWith(prefix)) ?? '';
  const first = withImports(folder, ['index.html', 'style.css', 'icon.svg', 'main.js']);
  const engine = withImports(folder, [find('engine-')]).filter((file) => !first.includes(file));
  const later = files.filter((file) => ![...first, ...engine].includes(file));
  const weigh = (/** @type {string[]} */ names) =>
    names.reduce((sum, file) => sum + gzipSync(readFileSync(join(folder, file)), { level: 9 }).length, 0) /
    1000;
  return { first: weigh(first), core: weigh(engine), later: weigh(later) };
}

/**
 * Files with everything that they import at once.
 *
 * @param {string} folder
 * @param {string[]} names
 */
function withImports(folder, names) {
  const found = new Set(names);
  for (const file of found) {
    if (!file.endsWith('.js')) continue;
    const code = readFileSync(join(folder, file), 'utf8');
    for (const [, name] of code.matchAll(IMPORT)) if (name !== undefined) found.add(name);
  }
  return [...found];
}
