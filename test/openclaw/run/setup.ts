import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { OpenClaw } from './openclaw.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** An empty home, but for the plugin that was installed there. */
    home: string;
    /** What `openclaw plugins install` said. */
    installed: string;
  }
}

const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url));
const EXAMPLE = join(REPOSITORY, 'examples/openclaw');

/** Packs library and plugin, and installs them as the plugin's README says, into a home of their own. */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'openclaw-run-'));
  const home = join(folder, 'home');
  const plugin = join(folder, 'plugin');
  await mkdir(home);
  await mkdir(plugin);
  const [library, example] = [REPOSITORY, EXAMPLE].map((from) => pack(from, folder));
  execFileSync('tar', ['-xzf', String(example), '-C', plugin, '--strip-components=1']);
  npm(plugin, 'install', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', String(library));
  const { output } = await new OpenClaw(home).run(
    'plugins',
    'install',
    plugin,
    '--force',
    '--accept-capabilities',
  );
  provide('home', home);
  provide('installed', output);
  return () => rm(folder, { recursive: true, force: true });
}

function pack(from: string, to: string): string {
  const said = npm(from, 'pack', '--json', '--ignore-scripts', '--pack-destination', to);
  const [packed] = JSON.parse(said) as { filename: string }[];
  return join(to, String(packed?.filename));
}

const npm = (cwd: string, ...args: string[]): string => execFileSync('npm', args, { cwd, encoding: 'utf8' });
