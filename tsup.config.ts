import { copyFile } from 'node:fs/promises';
import { defineConfig } from 'tsup';

export default defineConfig({
  entry: [
    'src/index.ts',
    'src/aws/index.ts',
    'src/models/catalog.ts',
    'src/local/{index,node,msw}.ts',
    'src/ambient/{node,none}.ts',
    'src/adapters/pi/index.ts',
    'src/storage/file.ts',
    'src/cli/index.ts',
  ],
  format: 'esm',
  platform: 'neutral',
  target: 'es2022',
  // Not external, the alias would be resolved here and now, and every runtime would get the same variant.
  external: ['#ambient-credentials', /^node:/],
  // Node opens and compiles each file of a package anew: with the five of these in one, an import takes two thirds of the time.
  noExternal: [/^@noble\//],
  onSuccess: () => copyFile('node_modules/@noble/hashes/LICENSE', 'dist/noble-hashes.LICENSE'),
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
  clean: true,
  silent: true,
  dts: {
    entry: [
      'src/index.ts',
      'src/aws/index.ts',
      'src/models/catalog.ts',
      'src/local/index.ts',
      'src/local/node.ts',
      'src/local/msw.ts',
      'src/storage/file.ts',
      'src/adapters/pi/index.ts',
    ],
  },
});
