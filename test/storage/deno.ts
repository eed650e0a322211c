import { findNpmRuntime } from '../../scripts/runtimes.mjs';

/** The path of the Deno that npm carries, undefined where npm cannot bring it. */
export const findDeno = (): Promise<string | undefined> => findNpmRuntime('deno');

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
