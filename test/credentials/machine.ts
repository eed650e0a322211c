import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type LocalServer, type LocalServerOptions, startLocalBedrock } from 'bedrock-anywhere/local/node';
import { afterEach, vi } from 'vitest';

/** What a machine has on it. */
export interface MachineSketch {
  /** Files below the home folder, by their path. */
  files?: Record<string, string>;
  /** Environment variables; every other one of AWS is unset, and instance metadata is off. */
  env?: Record<string, string>;
}

/** The library, loaded anew: it finds the machine as a process does that has just begun. */
export type Library = typeof import('bedrock-anywhere');

/** A machine of one's own. */
export interface Machine {
  home: string;
  library: Library;
}

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

/** Does something behind the test. */
export function behind(cleanUp: () => unknown): void {
  cleanUps.push(cleanUp);
}

/** A local Bedrock that is closed behind the test. */
export async function start(options?: LocalServerOptions): Promise<LocalServer> {
  const local = await startLocalBedrock(options);
  behind(() => local.close());
  return local;
}

/** Makes this process find the home folder and the environment of a machine of its own. */
export async function machine({ files = {}, env = {} }: MachineSketch): Promise<Machine> {
  const home = mkdtempSync(join(tmpdir(), 'machine-'));
  behind(() => rmSync(home, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    const file = join(home, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text.replaceAll('$HOME', home));
  }
  for (const name of Object.keys(process.env)) {
    if (name.startsWith('AWS_')) vi.stubEnv(name, undefined);
  }
  const variables = { HOME: home, AWS_EC2_METADATA_DISABLED: 'true', ...env };
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value.replaceAll('$HOME', home));
  vi.resetModules();
  return { home, library: await import('bedrock-anywhere') };
}

/** Counts tokens at a local Bedrock with whatever credentials the machine has. */
export function count({ library }: Machine, local: LocalServer): Promise<number> {
  return library.createBedrock({ endpoint: local.url }).countTokens({
    modelId: 'anthropic.claude-3-5-haiku-20241022-v1:0',
    messages: [{ role: 'user', content: [{ text: 'How many?' }] }],
  });
}

/** What the local Bedrock was asked and how it answered, such as `CountTokens 200`. */
export function seen(local: LocalServer, from = 0): string[] {
  return local.requests.slice(from).map(({ operation, status }) => `${operation} ${status}`);
}

/** Access key ids that requests of one operation were signed with. */
export function signers(local: LocalServer, operation = 'CountTokens'): string[] {
  return local.requests
    .filter((request) => request.operation === operation)
    .map(({ headers }) => /Credential=([^/]+)/.exec(headers['authorization'] ?? '')?.[1] ?? '');
}

/** Everything that is printed from now on. */
export function printed(): string[] {
  const lines: string[] = [];
  for (const name of ['debug', 'error', 'info', 'log', 'warn'] as const) {
    vi.spyOn(console, name).mockImplementation((...values: unknown[]) => {
      lines.push(values.map(String).join(' '));
    });
  }
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((text: string | Uint8Array) => {
      lines.push(String(text));
      return true;
    });
  }
  return lines;
}
