import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { Program } from '../program.js';

const COMMAND = fileURLToPath(new URL('../../../dist/node/cli.js', import.meta.url));

/** A line of the gateway's log, as far as tests read it. */
export interface LogLine {
  path: string;
  status: number;
  outcome: string;
  model?: string;
  modelId?: string;
  isStream: boolean;
  usage?: { inputTokens: number; outputTokens: number };
}

/** A gateway that runs as its users start it. */
export interface Served {
  url: string;
  apiKey: string;
  /** Its requests about models so far, in the order in which they ended. */
  log(): LogLine[];
}

/** Starts `serve` over a local Bedrock in the same process, which answers by a script. */
export function serveLocal(folder: string, script: readonly object[]): Promise<Served> {
  const file = join(folder, '.script.json');
  writeFileSync(file, JSON.stringify(script));
  return serve(folder, ['--local', '--script', file]);
}

/** Starts `serve` in front of a Bedrock that the environment names. */
export async function serve(
  folder: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Served> {
  const all = [COMMAND, 'serve', '--port', '0', '--json', ...args];
  const program = new Program(process.execPath, all, folder, env);
  onTestFinished(() => program[Symbol.asyncDispose]());
  const { url, apiKey } = JSON.parse(await program.waitFor(/(\{"url":.*\})/)) as Record<string, string>;
  return {
    url: url ?? '',
    apiKey: apiKey ?? '',
    log: () =>
      program.log
        .split('\n')
        .filter((line) => line.includes('"requestId"'))
        .map((line) => JSON.parse(line) as LogLine),
  };
}
