import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { main } from '../../src/cli/main.js';
import type { Process } from '../../src/cli/print/terminal.js';

/** What a command line did. */
export interface Run {
  code: number;
  out: string;
  err: string;
}

/** What a command line runs in. */
interface Setup extends Omit<Partial<Process>, 'input'> {
  /** Whether standard error is a terminal. */
  animated?: boolean;
  /** What is piped into standard input. */
  piped?: string | Uint8Array;
}

/** Runs a command line to its end. By default it writes into pipes, and nothing is piped into it. */
export async function run(
  args: string[],
  { animated = false, piped, ...terminal }: Setup = {},
): Promise<Run> {
  let out = '';
  let err = '';
  const writeError = (text: string): void => {
    err += text;
  };
  const code = await main(args, {
    out: (text) => {
      out += text;
    },
    err: writeError,
    ended: () => new Promise(() => undefined),
    ...(animated && { animate: writeError }),
    ...(piped !== undefined && { input: () => chunksOf(piped) }),
    ...terminal,
  });
  return { code, out, err };
}

/** Two chunks, the second of one byte. */
async function* chunksOf(given: string | Uint8Array): AsyncIterable<Uint8Array> {
  const bytes = typeof given === 'string' ? new TextEncoder().encode(given) : given;
  yield bytes.subarray(0, -1);
  yield bytes.subarray(-1);
}

const NAMES = [
  'AWS_ACCESS_KEY_ID',
  'AWS_BEARER_TOKEN_BEDROCK',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_DEFAULT_REGION',
  'AWS_ENDPOINT_URL',
  'AWS_ENDPOINT_URL_BEDROCK',
  'AWS_ENDPOINT_URL_BEDROCK_RUNTIME',
  'AWS_ENDPOINT_URL_STS',
  'AWS_PROFILE',
  'AWS_REGION',
  'AWS_SECRET_ACCESS_KEY',
  'ALL_PROXY',
  'AWS_SESSION_TOKEN',
  'BEDROCK_ANYWHERE_CONFIG',
  'HTTPS_PROXY',
  'NODE_USE_ENV_PROXY',
  'https_proxy',
];

/** Sets the environment of a command: of AWS nothing but these, and an empty home and cache. Gives the home. */
export function environment(variables: Record<string, string | undefined> = {}): string {
  const home = mkdtempSync(join(tmpdir(), 'bedrock-anywhere-cli-'));
  const all: Record<string, string | undefined> = {
    ...Object.fromEntries(NAMES.map((name) => [name, undefined])),
    AWS_CONFIG_FILE: join(home, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: join(home, 'credentials'),
    AWS_EC2_METADATA_DISABLED: 'true',
    XDG_CACHE_HOME: join(home, 'cache'),
    XDG_CONFIG_HOME: join(home, 'settings'),
    XDG_STATE_HOME: join(home, 'state'),
    ...variables,
  };
  for (const [name, value] of Object.entries(all)) vi.stubEnv(name, value);
  return home;
}

/** The variables that lead a command to a local Bedrock. */
export function variablesFor(local: {
  url: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
}): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: local.url,
    AWS_REGION: local.region,
    AWS_ACCESS_KEY_ID: local.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: local.credentials.secretAccessKey,
  };
}
