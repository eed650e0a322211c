import { copyFile } from 'node:fs/promises';
import { defineConfig, type Options } from 'tsup';

const options: Options = {
  format: 'esm',
  platform: 'neutral',
  target: 'es2022',
  // Not external, the alias would be resolved here and now, and every runtime would get the same variant.
  external: ['#ambient-credentials', /^node:/],
  // Node opens and compiles each file of a package anew: with fewer of them an import takes two thirds of the time.
  noExternal: [/^@noble\//],
  // workerd and Deno know Node's modules by their full name only.
  removeNodeProtocol: false,
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

/** What programs import. */
const library = [
  'src/index.ts',
  'src/aws/index.ts',
  'src/models/catalog.ts',
  'src/storage/file.ts',
  'src/adapters/pi/index.ts',
];
/** What tests and people run. Code that it shares with the library would cut the library into more files than it needs. */
const tools = ['src/local/index.ts', 'src/local/node.ts', 'src/local/msw.ts'];

export default defineConfig([
  {
    ...options,
    entry: [...library, 'src/ambient/{node,none}.ts'],
    dts: { entry: [...library, ...tools] },
    onSuccess: () => copyFile('node_modules/@noble/hashes/LICENSE', 'dist/noble-hashes.LICENSE'),
  },
  { ...options, entry: [...tools, 'src/cli/index.ts'] },
]);
