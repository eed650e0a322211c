import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const VERSION = '2.9.6';
const folder = fileURLToPath(new URL(`../../node_modules/.cache/deno-${VERSION}`, import.meta.url));

/**
 * The path of the Deno that npm carries, undefined where npm cannot bring it. It is too large for a dependency of
 * everybody; only the first run loads it.
 */
export async function findDeno(): Promise<string | undefined> {
  const there = executable();
  if (there !== undefined) return there;
  await mkdir(folder, { recursive: true });
  const options = [
    '--no-save',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--prefer-offline',
    '--fetch-retries=0',
  ];
  const install = spawn('npm', ['install', '--prefix', folder, ...options, `deno@${VERSION}`], {
    cwd: folder,
    stdio: 'ignore',
    // On Windows the commands of npm are .cmd files, which only a shell starts.
    shell: process.platform === 'win32',
    timeout: 240_000,
  });
  await Promise.race([once(install, 'exit'), once(install, 'error')]);
  return executable();
}

/** The package deno starts the executable of a package for this platform; without it in between, signals arrive. */
function executable(): string | undefined {
  const platforms = join(folder, 'node_modules/@deno');
  if (!existsSync(platforms)) return undefined;
  return readdirSync(platforms)
    .flatMap((platform) => [join(platforms, platform, 'deno'), join(platforms, platform, 'deno.exe')])
    .find((path) => existsSync(path));
}

/** How a script is run that only may do what Deno KV needs, and asks nothing of the network. */
export function denoArguments(script: string, ...args: string[]): string[] {
  return [
    'run',
    '--allow-read',
    '--allow-write',
    '--allow-env',
    '--no-remote',
    '--no-npm',
    '--unstable-kv',
    script,
    ...args,
  ];
}
