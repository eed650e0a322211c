import { execFile } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build, type Plugin } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = join(here, '../..');

/** Packs what was built and installs it alone, as a user would: gives the folder that `node_modules` is in. */
export async function installPackage(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'bedrock-anywhere-installed-'));
  const packed = await npm(['pack', '--json', '--ignore-scripts', '--pack-destination', folder], root);
  const [{ filename }] = JSON.parse(packed) as [{ filename: string }];
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
  await npm(['install', ...options, `./${filename}`], folder);
  return folder;
}

/** The suite as one file. `process`: beside the package, which the runtime resolves; else both in one, for browsers. */
export async function bundleEntry(
  entry: 'process' | 'page' | 'worker' | 'edge',
  installed: string,
): Promise<string> {
  const isProcess = entry === 'process';
  const { outputFiles, warnings } = await build({
    entryPoints: [join(here, 'entries', `${entry}.ts`)],
    bundle: true,
    format: entry === 'page' || entry === 'edge' ? 'iife' : 'esm',
    platform: 'browser',
    target: 'es2022',
    ...(isProcess ? { external: ['node:*', 'bedrock-anywhere'] } : { plugins: [fromFolder(installed)] }),
    // The paths of tsconfig.json lead to the sources; what runs here is the build.
    tsconfigRaw: {},
    write: false,
    logLevel: 'silent',
  });
  if (warnings.length > 0) throw new Error(`esbuild warns: ${warnings.map(({ text }) => text).join('; ')}`);
  return outputFiles[0]?.text ?? '';
}

/** Finds the package where it was installed; from here it would be found in this repository. */
function fromFolder(resolveDir: string): Plugin {
  return {
    name: 'installed-package',
    setup(build) {
      build.onResolve({ filter: /^bedrock-anywhere/ }, ({ path, kind, resolveDir: from }) =>
        from === resolveDir ? undefined : build.resolve(path, { kind, resolveDir }),
      );
    },
  };
}

async function npm(args: string[], cwd: string): Promise<string> {
  // On Windows the commands of npm are .cmd files, which only a shell starts.
  const shell = process.platform === 'win32';
  return (await promisify(execFile)('npm', args, { cwd, shell })).stdout;
}
