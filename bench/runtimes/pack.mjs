import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** What the entries import the library as. */
const LIBRARY = './library.mjs';

/**
 * An entry of this folder for a runtime that reads no files, and the build of the library that it imports.
 *
 * @returns modules by their name, and the contender as the entry has to open it
 */
export async function pack(entry, contender) {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`${entry}.mjs`, import.meta.url))],
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
    write: false,
    logLevel: 'silent',
  });
  const modules = { [`./${entry}.mjs`]: outputFiles[0].text };
  if (contender.library === undefined) return { modules, contender };
  modules[LIBRARY] = readFileSync(fileURLToPath(contender.library), 'utf8');
  return { modules, contender: { ...contender, library: LIBRARY } };
}
