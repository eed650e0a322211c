import { copyFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { defineConfig, type Options } from 'tsup';

type Plugin = NonNullable<Options['esbuildPlugins']>[number];

const INDEX = 'src/index.ts';
/** What programs import. */
const library = ['src/aws/index.ts', 'src/catalog/index.ts', 'src/adapters/pi/index.ts'];
const nodeLibrary = [...library, 'src/storage/file.ts'];
/** What tests and people run. Built apart: code that it shares with the library would cut the library into more files. */
const tools = ['src/local/index.ts', 'src/local/msw.ts'];
const nodeTools = [...tools, 'src/local/node.ts'];

/** What a runtime has, chosen here: to look a name up in the imports map of a package takes Node 2 ms. */
const ambient = (variant: 'node' | 'none'): Plugin => ({
  name: 'ambient',
  setup({ onResolve }) {
    onResolve({ filter: /^#ambient$/ }, () => ({ path: resolve(`src/ambient/${variant}.ts`) }));
  },
});

/** The adapter is a file over another: it shares what the library remembers, and who waits for the event loop. */
const besideIndex: Plugin = {
  name: 'beside-index',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\.\/\.\.\/index\.js$/ }, ({ path, importer }) =>
      /[\\/]adapters[\\/]/.test(importer) ? { path, external: true } : undefined,
    );
  },
};

const options: Options = {
  format: 'esm',
  platform: 'neutral',
  target: 'es2022',
  external: [/^node:/],
  noExternal: [/^@noble\//],
  // workerd and Deno know Node's modules by their full name only.
  removeNodeProtocol: false,
  esbuildOptions: (esbuild) => {
    esbuild.outbase = 'src';
  },
  sourcemap: true,
  plugins: [
    {
      // esbuild keeps an import of each shared chunk for its side effects. There are none, and users' bundlers would warn of
      // it. The line stays, empty, for the source map.
      name: 'no-bare-chunk-imports',
      renderChunk: (code, { map }) => ({
        code: code.replace(/^import ["'][./]*chunk-[^"']+["'];$/gm, ''),
        map: map ?? null,
      }),
    },
  ],
  silent: true,
};

const web: Options = { ...options, esbuildPlugins: [ambient('none')] };
const node: Options = { ...options, esbuildPlugins: [ambient('node')], outDir: 'dist/node' };

export default defineConfig([
  {
    ...web,
    entry: [INDEX, ...library],
    dts: { entry: [INDEX, ...nodeLibrary, ...nodeTools] },
    onSuccess: () => copyFile('node_modules/@noble/hashes/LICENSE', 'dist/noble-hashes.LICENSE'),
  },
  { ...web, entry: tools },
  // Node opens and compiles each file of a package anew: every entry is one.
  {
    ...node,
    entry: [INDEX, ...nodeLibrary],
    esbuildPlugins: [ambient('node'), besideIndex],
    splitting: false,
  },
  { ...node, entry: [...nodeTools, 'src/cli/index.ts'] },
]);
