import { join } from 'node:path';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import { build as esbuild } from 'esbuild';
import { rollup } from 'rollup';
import { createLogger, build as vite } from 'vite';
import webpack from 'webpack';

/** What is to be bundled: `page.js` or `worker.js` of a folder, to a file of the same name in another. */
interface Job {
  folder: string;
  entry: 'page' | 'worker';
  out: string;
}

/** A bundler with the settings that its users have, and nothing for this package. It gives what it complains of. */
export type Bundler = (job: Job) => Promise<string[]>;

/** Conditions of package.json that Cloudflare's wrangler bundles with. */
const WORKERD = ['workerd', 'worker', 'browser'];

export const BUNDLERS: Readonly<Record<string, Bundler>> = {
  async Vite({ folder, entry, out }) {
    const complaints: string[] = [];
    const complain = (message: string) => void complaints.push(message);
    const quiet = createLogger('silent');
    const isPage = entry === 'page';
    await vite({
      root: folder,
      configFile: false,
      logLevel: 'warn',
      customLogger: { ...quiet, warn: complain, warnOnce: complain, error: complain },
      ...(!isPage && { ssr: { target: 'webworker', noExternal: true } }),
      build: { outDir: out, emptyOutDir: true, ...(!isPage && { ssr: 'worker.js', minify: true }) },
    });
    return complaints;
  },

  async webpack({ folder, entry, out }) {
    const isPage = entry === 'page';
    const compiler = webpack({
      mode: 'production',
      context: folder,
      entry: `./${entry}.js`,
      target: isPage ? 'web' : 'webworker',
      output: {
        path: out,
        filename: `${entry}.js`,
        ...(!isPage && { module: true, library: { type: 'module' } }),
      },
      ...(!isPage && { experiments: { outputModule: true } }),
    });
    const stats = await new Promise<webpack.Stats | undefined>((resolve, reject) => {
      compiler?.run((error, result) => (error === null ? resolve(result) : reject(error)));
    });
    await new Promise((resolve) => compiler?.close(resolve));
    const { warnings = [], errors = [] } = stats?.toJson({ all: false, warnings: true, errors: true }) ?? {};
    return [...warnings, ...errors].map(({ message }) => message);
  },

  async esbuild({ folder, entry, out }) {
    const { warnings } = await esbuild({
      entryPoints: [join(folder, `${entry}.js`)],
      absWorkingDir: folder,
      outdir: out,
      bundle: true,
      minify: true,
      format: 'esm',
      platform: 'browser',
      ...(entry === 'worker' && { conditions: WORKERD }),
      logLevel: 'silent',
    });
    return warnings.map(({ text }) => text);
  },

  async Rollup({ folder, entry, out }) {
    const complaints: string[] = [];
    const bundle = await rollup({
      input: join(folder, `${entry}.js`),
      plugins: [nodeResolve({ browser: true, ...(entry === 'worker' && { exportConditions: WORKERD }) })],
      onwarn: ({ message }) => void complaints.push(message),
    });
    await bundle.write({ file: join(out, `${entry}.js`), format: 'es' });
    await bundle.close();
    return complaints;
  },
};
