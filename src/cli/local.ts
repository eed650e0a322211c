import { isBedrockError } from '../index.js';
import type { LocalUpstream, ReceivedRequest, ScriptRule } from '../local/index.js';
import type { LocalServer, LocalServerOptions } from '../local/node.js';
import { FLAG, filled, HELP_FLAG, listed, portOf, readOptions, regionOf, TEXT, TEXTS } from './arguments.js';
import { accountOf, readJson, reasonOf } from './local-files.js';
import { keepKeys } from './local-keys.js';
import { writeHelp } from './print/help-text.js';
import { requestLine } from './print/request-line.js';
import { type Terminal, UsageError, wrapped } from './print/terminal.js';

const HELP = `Usage: bedrock-anywhere local [options]

Starts a Bedrock on this machine: it checks signatures, streams answers, and costs nothing.
On a terminal, it prints a line for each request: status, model, tokens, time, and the fault if there was one.
A page in your browser shows the requests too, and makes the next one fail at the push of a button.
It calls a tool only if the script or the request's toolChoice requires it, or if a model behind it (--upstream) does.

Options
  --port <n>                 port to listen on; 0, the default, uses any free port
  --host <address>           address to listen on; default 127.0.0.1, this machine only
  --allowed-host <name>      serve this host name too, besides localhost and --host; may be repeated
  --allowed-origin <origin>  serve pages of this origin, such as https://app.example.com, instead of this machine's;
                             may be repeated
  --region <region>          region that requests must be signed for; default us-east-1. With commas, several
  --model <id>               one more model, which answers in text; may be repeated
  --models <file>            JSON file with the models of the account instead: a list of ids and of models in AWS's
                             shape, or { models, profiles }
  --api-key <key>            accept this API key too, so that it is the same at each start
  --access-key-id <id>       accept this access key too, with --secret-access-key
  --secret-access-key <key>  its secret
  --script <file>            JSON file with a list of rules: what to answer, and when
  --upstream <url>           let a real model answer what the script does not: the base URL of a server with
                             OpenAI's Chat Completions API, such as Ollama (http://127.0.0.1:11434/v1) or vLLM
  --upstream-model <name>    its model; default: the first in its list that is not an embedding model
  --upstream-embed <name>    its embedding model; without it, vectors are made from the words of a text
  --upstream-key <key>       its API key
  --tools demo               also call tools that a prompt seems to want, with input made from its words: for demos,
                             not for agents that really run their tools
  --keep-keys                the same keys at each start with this option, from a file that only you can read
  --tokens-per-second <n>    speed of the answers; default as fast as they are read
  --json                     print one line of JSON instead of text
  --help                     show this
`;

interface LocalArguments {
  port: number;
  host: string;
  allowedHosts: string[] | undefined;
  allowedOrigins: string[] | undefined;
  regions: string[];
  addModels: string[] | undefined;
  models: string | undefined;
  apiKey: string | undefined;
  credentials: { accessKeyId: string; secretAccessKey: string } | undefined;
  script: string | undefined;
  upstream: LocalUpstream | undefined;
  tools: 'demo' | undefined;
  tokensPerSecond: number | undefined;
  keepsKeys: boolean;
  json: boolean;
}

/** Runs `bedrock-anywhere local` until the terminal says that it ends. */
export async function runLocal(args: readonly string[], terminal: Terminal): Promise<void> {
  const options = read(args);
  if (options === 'help') {
    writeHelp(HELP, terminal);
    return;
  }
  const { json, script, models: file, regions, keepsKeys, ...given } = options;
  const [region = 'us-east-1', ...more] = regions;
  const rules = script === undefined ? undefined : ((await readJson('script', script)) as ScriptRule[]);
  const account = file === undefined ? {} : accountOf(await readJson('list of models', file), file);
  const kept = keepsKeys ? await keepKeys() : undefined;
  const { credentials = kept?.keys.credentials, apiKey = kept?.keys.apiKey } = given;
  const rest = { ...given, credentials, apiKey };
  const ended = terminal.ended();
  const isWatched = !json && terminal.columns !== undefined;
  const onRequestEnd = (request: ReceivedRequest): void => {
    terminal.out(`${wrapped(requestLine(request), terminal).join('\n')}\n`);
  };
  const server = { ...rest, ...account, region, regions: more, script: rules };
  let pageUrl: string | undefined;
  const onPageUrl = (url: string): void => {
    if (pageUrl !== undefined) terminal.out(`The page is open. Its address for another tab: ${url}\n`);
    pageUrl = url;
  };
  const local = await start(
    { ...server, ...(isWatched && { onRequestEnd }), ...(!json && { onPageUrl }) },
    script,
  );
  const shown = {
    ...facts(local),
    ...rest.credentials,
    ...(rest.apiKey !== undefined && { apiKey: rest.apiKey }),
  };
  terminal.out(
    json
      ? `${JSON.stringify(shown)}\n`
      : welcome(shown, {
          pageUrl,
          validity: validityOf(apiKey, kept?.folder),
          upstream: rest.upstream?.baseURL,
        }),
  );
  await ended;
  await local.close();
}

function read(args: readonly string[]): LocalArguments | 'help' {
  const values = readOptions('local', args, {
    port: TEXT,
    host: TEXT,
    'allowed-host': TEXTS,
    'allowed-origin': TEXTS,
    region: TEXTS,
    model: TEXTS,
    models: TEXT,
    'api-key': TEXT,
    'access-key-id': TEXT,
    'secret-access-key': TEXT,
    script: TEXT,
    upstream: TEXT,
    'upstream-model': TEXT,
    'upstream-embed': TEXT,
    'upstream-key': TEXT,
    tools: TEXT,
    'tokens-per-second': TEXT,
    'keep-keys': FLAG,
    json: FLAG,
    help: HELP_FLAG,
  });
  if (values.help === true) return 'help';
  const upstream = upstreamOf(filled('--upstream', values.upstream), {
    model: filled('--upstream-model', values['upstream-model']),
    embeddingModel: filled('--upstream-embed', values['upstream-embed']),
    apiKey: filled('--upstream-key', values['upstream-key']),
  });
  if (upstream !== undefined && values.tools !== undefined) {
    throw new UsageError(
      '--tools and --upstream exclude each other: the model behind --upstream decides on tools.',
    );
  }
  return {
    port: values.port === undefined ? 0 : portOf(values.port),
    host: filled('--host', values.host) ?? '127.0.0.1',
    allowedHosts: listed('--allowed-host', values['allowed-host'])?.map(hostOf),
    allowedOrigins: listed('--allowed-origin', values['allowed-origin'])?.map(originOf),
    regions: listed('--region', values.region)?.map((one) => regionOf(one) ?? one) ?? ['us-east-1'],
    addModels: listed('--model', values.model),
    models: filled('--models', values.models),
    apiKey: filled('--api-key', values['api-key']),
    credentials: keysOf(
      filled('--access-key-id', values['access-key-id']),
      filled('--secret-access-key', values['secret-access-key']),
    ),
    script: filled('--script', values.script),
    upstream,
    tools: toolsOf(filled('--tools', values.tools)),
    tokensPerSecond: paceOf(values['tokens-per-second']),
    keepsKeys: values['keep-keys'] === true,
    json: values.json === true,
  };
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

function upstreamOf(
  baseURL: string | undefined,
  more: Omit<LocalUpstream, 'baseURL'>,
): LocalUpstream | undefined {
  if (baseURL !== undefined) return { baseURL, ...more };
  if (Object.values(more).every((value) => value === undefined)) return undefined;
  throw new UsageError('--upstream-model, --upstream-embed and --upstream-key need --upstream <url>.');
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

function keysOf(accessKeyId: string | undefined, secretAccessKey: string | undefined) {
  if (accessKeyId === undefined && secretAccessKey === undefined) return undefined;
  if (accessKeyId !== undefined && secretAccessKey !== undefined) return { accessKeyId, secretAccessKey };
  throw new UsageError('--access-key-id and --secret-access-key belong together. Pass both or neither.');
}

async function start(options: LocalServerOptions, script: string | undefined): Promise<LocalServer> {
  // The other commands start faster without it.
  const { startLocalBedrock } = await import('../local/node.js');
  if (options.upstream !== undefined) await checkUpstream(options.upstream);
  try {
    return await startLocalBedrock(options);
  } catch (cause) {
    // The other options have been checked.
    if (isBedrockError(cause))
      throw new Error(`The script ${script} cannot be used. ${cause.message}`, { cause });
    const at = `${options.host}:${options.port}`;
    throw new Error(
      `Cannot listen on ${at}: ${reasonOf(cause)}. Choose another with --port or --host, or leave them out.`,
      { cause },
    );
  }
}

/** Nothing but the upstream can be wrong here. */
async function checkUpstream(upstream: LocalServerOptions['upstream']): Promise<void> {
  const { createLocalBedrock } = await import('../local/index.js');
  try {
    createLocalBedrock({ upstream });
  } catch (cause) {
    throw new UsageError(`--upstream cannot be used. ${reasonOf(cause)}`);
  }
}

/** What a program needs to use it. */
function facts(server: LocalServer): Record<string, string> {
  const { url, region, credentials, apiKey, identityPoolId, guestRoleArn } = server;
  return { url, region, ...credentials, apiKey, identityPoolId, guestRoleArn };
}

interface Welcome {
  pageUrl: string | undefined;
  validity: string;
  upstream: string | undefined;
}

function welcome(shown: Record<string, string>, { pageUrl, validity, upstream }: Welcome): string {
  const { url, region, accessKeyId, secretAccessKey, apiKey, identityPoolId, guestRoleArn } = shown;
  return `Local Bedrock at ${url}${upstream === undefined ? '' : `, answered by ${upstream}`}

This library, AWS's SDKs and the aws command use it with this environment:

  unset AWS_PROFILE AWS_SESSION_TOKEN
  export AWS_ENDPOINT_URL=${url}
  export AWS_REGION=${region}
  export AWS_DEFAULT_REGION=${region}
  export AWS_ACCESS_KEY_ID=${accessKeyId}
  export AWS_SECRET_ACCESS_KEY=${secretAccessKey}

or, with an API key instead of the access keys:

  export AWS_BEARER_TOKEN_BEDROCK=${apiKey}

A page on this machine uses it as a guest, with the options endpoint: '${url}' and credentials:

  fromCognitoIdentityPool({
    identityPoolId: '${identityPoolId}',
    guestRoleArn: '${guestRoleArn}',
    clientConfig: { endpoint: '${url}' },
  })

Watch the requests, and make them fail, in a browser. This address opens one tab:

  ${pageUrl}

${validity} Press Ctrl+C to stop it.
`;
}

function validityOf(ownKey: string | undefined, folder: string | undefined): string {
  if (folder !== undefined)
    return `The keys are valid whenever it runs with --keep-keys. To get new ones, delete ${folder}.`;
  return ownKey === undefined
    ? 'The API key expires in 12 hours, the access keys when it stops.'
    : 'The keys are valid until it stops.';
}
