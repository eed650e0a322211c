import { readFile } from 'node:fs/promises';
import { isBedrockError } from '../index.js';
import type { ScriptRule } from '../local/index.js';
import type { LocalServer, LocalServerOptions } from '../local/node.js';
import { FLAG, filled, HELP_FLAG, listed, readOptions, regionOf, TEXT, TEXTS } from './arguments.js';
import { describePlace, findJsonError } from './json-error.js';
import { type Terminal, UsageError } from './terminal.js';

const HELP = `Usage: bedrock-anywhere local [options]

Starts a Bedrock on this machine: it checks signatures, streams answers, and costs nothing.
It calls a tool only if the script or the request's toolChoice requires it.

Options
  --port <n>                 port to listen on; 0, the default, uses any free port
  --host <address>           address to listen on; default 127.0.0.1, this machine only
  --allowed-host <name>      serve this host name too, besides localhost and --host; may be given several times
  --allowed-origin <origin>  serve pages of this origin, such as https://app.example.com, instead of this machine's;
                             may be given several times
  --region <region>          region that requests must be signed for; default us-east-1
  --script <file>            JSON file with a list of rules: what to answer, and when
  --tools demo               also call tools that a prompt seems to want, with input made from its words: for demos,
                             not for agents that really run their tools
  --tokens-per-second <n>    speed of the answers; default as fast as they are read
  --json                     print one line of JSON instead of text
  --help                     show this
`;

interface LocalArguments {
  port: number;
  host: string;
  allowedHosts: string[] | undefined;
  allowedOrigins: string[] | undefined;
  region: string;
  script: string | undefined;
  tools: 'demo' | undefined;
  tokensPerSecond: number | undefined;
  json: boolean;
}

/** Runs `bedrock-anywhere local` until the terminal says that it ends. */
export async function runLocal(args: readonly string[], terminal: Terminal): Promise<void> {
  const options = read(args);
  if (options === 'help') {
    terminal.out(HELP);
    return;
  }
  const { json, script, ...rest } = options;
  const rules = script === undefined ? undefined : await readScript(script);
  const ended = terminal.ended();
  const local = await start({ ...rest, script: rules }, script);
  terminal.out(json ? `${JSON.stringify(facts(local))}\n` : welcome(local));
  await ended;
  await local.close();
}

function read(args: readonly string[]): LocalArguments | 'help' {
  const values = readOptions('local', args, {
    port: TEXT,
    host: TEXT,
    'allowed-host': TEXTS,
    'allowed-origin': TEXTS,
    region: TEXT,
    script: TEXT,
    tools: TEXT,
    'tokens-per-second': TEXT,
    json: FLAG,
    help: HELP_FLAG,
  });
  if (values.help === true) return 'help';
  return {
    port: values.port === undefined ? 0 : portOf(values.port),
    host: filled('--host', values.host) ?? '127.0.0.1',
    allowedHosts: listed('--allowed-host', values['allowed-host'])?.map(hostOf),
    allowedOrigins: listed('--allowed-origin', values['allowed-origin'])?.map(originOf),
    region: regionOf(values.region) ?? 'us-east-1',
    script: filled('--script', values.script),
    tools: toolsOf(filled('--tools', values.tools)),
    tokensPerSecond: paceOf(values['tokens-per-second']),
    json: values.json === true,
  };
}

function portOf(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new UsageError(
      `--port ${text} is not a port. Pass a number from 1 to 65535, or 0 for any free port.`,
    );
  }
  return port;
}

function hostOf(text: string): string {
  if (/^(?:\[[\da-f:.]+\]|[^\s:/?#@[\]]+)$/i.test(text)) return text;
  throw new UsageError(
    `--allowed-host ${text} is not a host name. Pass it without scheme and port, such as bedrock.test.`,
  );
}

function originOf(text: string): string {
  if (/^(?:\*|null|[a-z][a-z0-9+.-]*:\/\/[^\s/?#@]+)$/i.test(text)) return text;
  throw new UsageError(
    `--allowed-origin ${text} is not an origin. Pass scheme, host and port, such as https://app.example.com.`,
  );
}

function toolsOf(text: string | undefined): 'demo' | undefined {
  if (text === undefined || text === 'demo') return text;
  throw new UsageError(`--tools ${text} is not a mode. Pass demo, or omit --tools.`);
}

function paceOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const pace = Number(text);
  if (!(pace > 0) || !Number.isFinite(pace)) {
    throw new UsageError(`--tokens-per-second ${text} is not a speed. Pass a number above 0, such as 50.`);
  }
  return pace;
}

async function readScript(path: string): Promise<ScriptRule[]> {
  const refuse = (reason: string): never => {
    throw new Error(`The script ${path} cannot be read: ${reason}. Pass a JSON file with a list of rules.`);
  };
  const text = await readFile(path, 'utf8').catch((error: unknown) =>
    refuse(reasonOf(error, 'there is no such file')),
  );
  try {
    return JSON.parse(text) as ScriptRule[];
  } catch {
    // JSON.parse repeats what it could not read, and the file may be one of passwords that was named by mistake.
    return refuse(`it is not JSON (${describePlace(text, findJsonError(text))})`);
  }
}

async function start(options: LocalServerOptions, script: string | undefined): Promise<LocalServer> {
  // The other commands start faster without it.
  const { startLocalBedrock } = await import('../local/node.js');
  try {
    return await startLocalBedrock(options);
  } catch (cause) {
    // The other options were checked when they were read.
    if (isBedrockError(cause))
      throw new Error(`The script ${script} cannot be used. ${cause.message}`, { cause });
    const at = `${options.host}:${options.port}`;
    throw new Error(
      `Cannot listen on ${at}: ${reasonOf(cause)}. Choose another with --port or --host, or leave them out.`,
      { cause },
    );
  }
}

/** Why the system refused, in words. */
function reasonOf(error: unknown, absent = 'the address is not one of this machine'): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  switch (code) {
    case 'EADDRINUSE':
      return 'the port is in use';
    case 'EACCES':
      return 'it is not permitted';
    case 'EISDIR':
      return 'it is a folder';
    case 'ENOENT':
    case 'ENOTFOUND':
    case 'EADDRNOTAVAIL':
      return absent;
    default:
      return error instanceof Error ? error.message : String(error);
  }
}

/** What a program needs to use it. */
function facts(server: LocalServer): Record<string, string> {
  const { url, region, credentials, apiKey, identityPoolId, guestRoleArn } = server;
  return { url, region, ...credentials, apiKey, identityPoolId, guestRoleArn };
}

function welcome({ url, region, credentials, apiKey }: LocalServer): string {
  return `Local Bedrock at ${url}

AWS's own clients use it with this environment:

  unset AWS_PROFILE AWS_SESSION_TOKEN
  export AWS_ENDPOINT_URL=${url}
  export AWS_REGION=${region}
  export AWS_ACCESS_KEY_ID=${credentials.accessKeyId}
  export AWS_SECRET_ACCESS_KEY=${credentials.secretAccessKey}

or, with an API key instead of the access keys:

  export AWS_BEARER_TOKEN_BEDROCK=${apiKey}

The API key expires in 12 hours, the access keys when it stops. Press Ctrl+C to stop it.
`;
}
