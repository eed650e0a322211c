// Builds the playground into dist/playground: static files that any server can serve.
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const source = `${root}playground`;

/**
 * Bundles the page from the sources of the library.
 *
 * @param {string} outdir
 */
export async function buildPlayground(outdir) {
  rmSync(outdir, { recursive: true, force: true });
  mkdirSync(outdir, { recursive: true });
  const { metafile } = await build({
    entryPoints: { main: `${source}/main.tsx`, style: `${source}/style/main.css` },
    entryNames: '[name]',
    chunkNames: '[name]-[hash]',
    outdir,
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    tsconfig: `${source}/tsconfig.json`,
    alias: { react: `${source}/engine/react.ts` },
    metafile: true,
    logLevel: 'warning',
  });
  for (const file of ['index.html', 'icon.svg']) cpSync(`${source}/${file}`, `${outdir}/${file}`);
  return metafile;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildPlayground(`${root}dist/playground`);
