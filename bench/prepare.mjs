/** What has to be there before anything is measured. Nothing is installed but by npm, and only into `node_modules`. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { devNull } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

export const BENCH = fileURLToPath(new URL('.', import.meta.url));
export const ROOT = dirname(BENCH.replace(/[\\/]$/, ''));
const CACHE = join(ROOT, 'node_modules', '.cache', 'bench');

/** The versions of Node that are measured; the last of their line when the peers were chosen. */
const NODES = { 20: '20.20.2', 24: '24.21.0' };

const npm = (args, cwd) =>
  execFileSync('npm', [...args, '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'], {
    cwd,
    stdio: ['ignore', 'ignore', 'inherit'],
  });

/** Installs the peers, unless those of the lock file are there. */
export function installPeers() {
  const lock = createHash('sha256')
    .update(readFileSync(join(BENCH, 'package-lock.json')))
    .digest('hex');
  const stamp = join(BENCH, 'node_modules', '.lock-sha256');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  console.error('Installing the peers into bench/node_modules …');
  npm(['ci'], BENCH);
  writeFileSync(stamp, lock);
}

/** Builds the library as it is published. */
export function buildLibrary() {
  console.error('Building the library …');
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
}

/**
 * A Node to measure with.
 *
 * @returns {{ name: string, path: string } | { name: string, missing: string }}
 */
export function findNode(major, mayInstall) {
  const own = { name: `Node ${process.versions.node}`, path: process.execPath };
  const version = NODES[major];
  if (major === 'this' || process.versions.node === version) return own;
  const name = `Node ${version ?? major}`;
  if (version === undefined) return { name, missing: `only ${Object.keys(NODES).join(' and ')} are known` };
  const isMajor = process.versions.node.startsWith(`${major}.`);
  const alias = `node-${process.platform}-${process.arch}`;
  const folder = join(CACHE, `node-${version}`);
  const path = join(folder, 'node_modules', alias, 'bin', 'node');
  if (!existsSync(path) && mayInstall) {
    console.error(`Installing ${name} into node_modules/.cache …`);
    try {
      mkdirSync(folder, { recursive: true });
      npm(['install', '--no-save', '--prefix', folder, `${alias}@${version}`], folder);
    } catch {
      // The caller that needs it says what is missing.
    }
  }
  if (existsSync(path)) return { name, path };
  return isMajor ? own : { name, missing: `the package ${alias}@${version} is not there` };
}

/** The environment of a measurement: nothing of this machine's AWS settings, proxies or Node options. */
export function cleanEnvironment() {
  const env = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (!/^(?:AWS_|NODE_|.*_proxy$)/i.test(name)) env[name] = value;
  }
  return {
    ...env,
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

/** What a build without fair turns has in their place. */
const NO_TURNS = `
  export class Turns {
    mayRead() { return true; }
    mayStart() { return true; }
    async next() {}
  }
`;

/**
 * Three builds of the library: as it is, and two that do not share the event loop, which are alike.
 * Undefined where the library has no such module.
 */
export async function buildFairnessPair() {
  if (!existsSync(join(ROOT, 'src', 'event-loop.ts'))) return undefined;
  const folder = join(CACHE, 'fairness');
  const bundle = async (name, plugins) => {
    const outfile = join(folder, `${name}.mjs`);
    await build({
      entryPoints: [join(ROOT, 'src', 'index.ts')],
      bundle: true,
      format: 'esm',
      platform: 'neutral',
      mainFields: ['module', 'main'],
      target: 'es2022',
      alias: { '#ambient': join(ROOT, 'src', 'ambient', 'none.ts') },
      tsconfigRaw: {},
      outfile,
      plugins,
    });
    return pathToFileURL(outfile).href;
  };
  const withoutTurns = {
    name: 'without-turns',
    setup({ onLoad }) {
      onLoad({ filter: /event-loop\.ts$/ }, () => ({ contents: NO_TURNS }));
    },
  };
  return [
    await bundle('as-it-is', []),
    await bundle('without-turns', [withoutTurns]),
    await bundle('without-turns-again', [withoutTurns]),
  ];
}

/** The package.json of an installed package, by the name it is installed under; undefined where it is not. */
export function packageFacts(name) {
  for (const folder of [BENCH, ROOT]) {
    const path = join(folder, 'node_modules', name, 'package.json');
    if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8'));
  }
  return undefined;
}
