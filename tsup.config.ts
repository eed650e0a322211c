import { copyFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { defineConfig, type Options } from 'tsup';
import { BUNDLED_PACKAGES } from './scripts/bundled-packages.mjs';

/** The files of the build by name: those of `exports` in package.json, and what they share. */
const index = { index: 'src/index.ts' };
const everywhere = {
  'ai-sdk': 'src/adapters/ai-sdk/index.ts',
  'ai-sdk-v3': 'src/adapters/ai-sdk/v3.ts',
  aws: 'src/aws/index.ts',
  catalog: 'src/catalog/index.ts',
  fetch: 'src/fetch.ts',
  gateway: 'src/gateway/index.ts',
  local: 'src/local/index.ts',
  'local-msw': 'src/local/msw.ts',
  pi: 'src/adapters/pi/index.ts',
  react: 'src/adapters/react/index.ts',
};
const inNode = {
  'gateway-node': 'src/gateway/node/index.ts',
  'local-node': 'src/local/node.ts',
  'storage-file': 'src/storage/file.ts',
};
const internal = { cli: 'src/cli/index.ts', 'local-service': 'src/local/whole-service.ts' };

const files = Object.entries({ ...index, ...everywhere, ...inNode, ...internal });
const fileOf = new Map(files.map(([name, source]) => [resolve(source), `./${name}.js`]));
fileOf.set(resolve('src/bedrock-error.ts'), './index.js');

/** A file imports the others and contains no copy of them, so that their classes exist once. */
const onlyOnce: NonNullable<Options['esbuildPlugins']>[number] = {
  name: 'only-once',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\.?\/.*\.js$/ }, ({ path, resolveDir }) => {
      const file = fileOf.get(resolve(resolveDir, path.replace(/js$/, 'ts')));
      return file === undefined ? undefined : { path: file, external: true, sideEffects: false };
    });
  },
};

const options: Options = {
  format: 'esm',
  target: 'es2022',
  noExternal: BUNDLED_PACKAGES.map(({ name }) => new RegExp(`^${name}(?:/|$)`)),
  // workerd and Deno know Node's modules by their full name only.
  removeNodeProtocol: false,
  silent: true,
};
/** tsconfig.node.json decides which file `#ambient` is. Node opens every file anew, so that one is faster than chunks. */
const node: Options = {
  ...options,
  platform: 'node',
  tsconfig: 'tsconfig.node.json',
  splitting: false,
  outDir: 'dist/node',
};

export default defineConfig([
  {
    ...options,
    platform: 'neutral',
    entry: { ...index, ...everywhere },
    dts: { entry: { ...index, ...everywhere, ...inNode } },
    onSuccess: async () => {
      for (const { name, licence, copy } of BUNDLED_PACKAGES)
        await copyFile(`node_modules/${name}/${licence}`, `dist/${copy}`);
    },
  },
  { ...node, entry: index },
  { ...node, entry: { ...everywhere, ...inNode, ...internal }, esbuildPlugins: [onlyOnce] },
]);
