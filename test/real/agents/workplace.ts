import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalServer, type LocalServerOptions, startLocalBedrock } from 'bedrock-anywhere/local/node';
import { onTestFinished } from 'vitest';
import { Program } from '../program.js';

/** A local Bedrock, and a folder with one file for an agent to find. */
export interface Workplace {
  bedrock: LocalServer;
  folder: string;
}

/** The file in the folder. */
export const FILE = 'shopping-list.txt';

/** Makes a folder with one file, until the test is over. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'bedrock-anywhere-agent-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  writeFileSync(join(folder, FILE), 'milk\n');
  return folder;
}

/** Prepares a test. */
export async function prepareWorkplace(options: LocalServerOptions): Promise<Workplace> {
  const folder = makeFolder();
  const bedrock = await startLocalBedrock(options);
  onTestFinished(() => bedrock.close());
  return { bedrock, folder };
}

/** Runs an agent to its end in an empty environment, and returns what it printed. */
export async function runAgent(
  path: string,
  args: readonly string[],
  folder: string,
  env: Record<string, string>,
): Promise<string> {
  await using program = new Program(path, args, folder, env);
  await program.complete();
  return program.log;
}
