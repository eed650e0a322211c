import { catalog } from '../../catalog/index.js';
import {
  createGateway,
  createMemoryBudgets,
  type Gateway,
  type GatewayOptions,
  type GatewayTargets,
  type StartTimer,
} from '../../gateway/index.js';
import { createImageFetcher, type GatewayServer, serveGateway } from '../../gateway/node/index.js';
import { createBedrock, isBedrockError } from '../../index.js';
import type { ScriptRule } from '../../local/index.js';
import { AWS_OPTIONS, FLAG, filled, portOf, readOptions, TEXT, TEXTS } from '../arguments.js';
import { readJson, reasonOf } from '../local-files.js';
import { writeHelp } from '../print/help-text.js';
import { type Terminal, UsageError } from '../print/terminal.js';
import { applyDefaults } from '../settings/defaults.js';
import { type Access, openAccess } from './access.js';
import { loadBudgetStore } from './budget-store.js';
import { createClients } from './clients.js';
import { runKeys } from './keys/command.js';
import { logLine } from './log-line.js';
import { findPlaces, type Places } from './places.js';
import { runUsage } from './usage/command.js';
import { createRecorder, type UsageRecorder } from './usage/recorder.js';
import { readUsage } from './usage/usage-file.js';
import { describeClients } from './welcome.js';

const HELP = `Usage: bedrock-anywhere serve [options]
       bedrock-anywhere serve keys create|list|revoke    manages its keys
       bedrock-anywhere serve usage                      shows what they used

Starts a gateway: clients of OpenAI's and Anthropic's APIs use the models of Bedrock, with the credentials that
bedrock-anywhere whoami shows. Every request needs the gateway's own key.

Options
  --config <file>         JSON file with models, limits, budgets and more; other options win over it
  --keys <file>           file with keys; default gateway-keys.json in the configuration folder, if there is one
  --port <n>              port to listen on; default 8787; 0 uses any free port
  --host <address>        address to listen on; default 127.0.0.1, this machine only
  --profile <name>        AWS profile, instead of the credentials in the environment
  --region <region>       AWS region; default as whoami shows
  --alias <name=model>    another name for a model, such as gpt-4o=us.amazon.nova-pro-v1:0; the name may have a *,
                          as in claude-*; may be repeated. Models with commas between them are tried in
                          turn; @ and a region after a model call it there: gpt-4o=<model>,<model>@eu-central-1
  --default-model <id>    model for names that are neither an alias nor an id of Bedrock
  --local                 use a local Bedrock in this process instead of AWS: for trying out and tests
  --script <file>         with --local: JSON file with a list of rules: what to answer, and when
  --json                  print one line of JSON, { url, apiKey }, instead of text
  --help                  show this

Keys are made by serve keys create, or one is in BEDROCK_GATEWAY_KEY. Without any, a new key is made at each start, and
printed.
Each request is a line on standard error: JSON, or text if that is a terminal.
`;

interface ServeArguments {
  port: number;
  host: string;
  region: string | undefined;
  aliases: Readonly<Record<string, GatewayTargets>>;
  defaultModel: GatewayTargets | undefined;
  places: Places;
  isLocal: boolean;
  script: string | undefined;
  json: boolean;
}

/** Runs `bedrock-anywhere serve` until the terminal says that it ends. */
export async function runServe(args: readonly string[], terminal: Terminal): Promise<void> {
  const [first, ...rest] = args;
  if (first === 'keys') return runKeys(rest, terminal);
  if (first === 'usage') return runUsage(rest, terminal);
  const options = await read(args);
  if (options === 'help') {
    writeHelp(HELP, terminal);
    return;
  }
  const tell = teller(terminal);
  const access = await openAccess(options.places, options.isLocal, tell);
  const { budgets, recorder } = await openBudgets(options, tell);
  const gateway = await createServed(options, terminal, { ...access, budgets, recorder });
  const ended = terminal.ended();
  const server = await listen(gateway, options);
  const { url } = server;
  const { apiKey = null } = access;
  if (options.json) terminal.out(`${JSON.stringify({ url, apiKey })}\n`);
  else terminal.out(describeClients(url, access, exampleModel(options), knowsClaude(options)));
  await ended;
  await server.close();
  await recorder?.flush();
}

/** Tells the operator about trouble: as text on a terminal, as a line of JSON between those of the log elsewhere. */
function teller({ err, animate }: Terminal): (warning: string) => void {
  return (warning) => err(`${animate === undefined ? JSON.stringify({ warning }) : warning}\n`);
}

const startTimer: StartTimer = (callback, ms) => {
  const timer = setTimeout(callback, ms);
  return () => clearTimeout(timer);
};

/** The budgets of the configuration file, and where what requests used is written. */
async function openBudgets(
  { places, isLocal }: ServeArguments,
  tell: (warning: string) => void,
): Promise<{ budgets: GatewayOptions['budgets']; recorder: UsageRecorder | undefined }> {
  const { configuration, usage, isNamed } = places;
  const isRecorded = !isLocal || isNamed || configuration.usage !== undefined;
  const file = isRecorded ? usage : undefined;
  const saved = file === undefined ? undefined : await readUsage(file);
  const { store: path, ...budgets } = configuration.budgets ?? {};
  const memory = path === undefined ? createMemoryBudgets(saved?.budgets) : undefined;
  const store = memory ?? (await loadBudgetStore(path ?? ''));
  const onStoreError = (error: unknown): void => tell(`The store of budgets failed: ${reasonOf(error)}`);
  return {
    budgets: { ...budgets, store, onStoreError },
    recorder:
      file === undefined ? undefined : createRecorder(file, memory, { startTimer, tell, now: Date.now }),
  };
}

async function read(args: readonly string[]): Promise<ServeArguments | 'help'> {
  const values = readOptions('serve', args, {
    ...AWS_OPTIONS,
    config: TEXT,
    keys: TEXT,
    port: TEXT,
    host: TEXT,
    alias: TEXTS,
    'default-model': TEXT,
    local: FLAG,
    script: TEXT,
    json: FLAG,
  });
  if (values.help === true) return 'help';
  const isLocal = values.local === true;
  const script = filled('--script', values.script);
  if (script !== undefined && !isLocal)
    throw new UsageError(
      '--script says what the local Bedrock answers. Pass --local with it, or leave it out.',
    );
  const places = await findPlaces(values);
  const { configuration } = places;
  const { profile = configuration.profile, region = configuration.region } = values;
  return {
    port: values.port === undefined ? (configuration.port ?? 8787) : portOf(values.port),
    host: filled('--host', values.host) ?? configuration.host ?? '127.0.0.1',
    region: (await applyDefaults({ profile, region })).region,
    aliases: { ...configuration.models?.aliases, ...Object.fromEntries((values.alias ?? []).map(aliasOf)) },
    defaultModel: filled('--default-model', values['default-model']) ?? configuration.models?.default,
    places,
    isLocal,
    script,
    json: values.json === true,
  };
}

function aliasOf(text: string): [name: string, targets: GatewayTargets] {
  const at = text.indexOf('=');
  const models = text.slice(at + 1).split(',');
  if (at > 0 && models.every((model) => /^[^@]+(?:@[^@]+)?$/.test(model))) {
    const targets = models.map((model) => {
      const [modelId = '', region] = model.split('@');
      return region === undefined ? modelId : { modelId, region };
    });
    return [text.slice(0, at), targets];
  }
  throw new UsageError(
    `--alias ${text} is not an alias. Pass a name, = and a model, such as gpt-4o=us.amazon.nova-pro-v1:0.`,
  );
}

async function createServed(
  options: ServeArguments,
  terminal: Terminal,
  { authorize, budgets, recorder }: Access & Awaited<ReturnType<typeof openBudgets>>,
): Promise<Gateway> {
  const { aliases, defaultModel, region } = options;
  const {
    models,
    clients,
    routing,
    limits,
    serviceTiers,
    passThrough,
    bedrockPaths,
    forwardHeaders = [],
    allowedOrigins,
  } = options.places.configuration;
  const shared: Omit<GatewayOptions, 'bedrock'> = {
    authorize,
    models: { ...models, aliases, ...(defaultModel !== undefined && { default: defaultModel }) },
    routing,
    limits,
    serviceTiers,
    passThrough,
    bedrockPaths,
    budgets,
    fetchImage: createImageFetcher(),
    forwardHeaders,
    allowedOrigins,
    log(entry) {
      recorder?.add(entry);
      terminal.err(`${logLine(entry, terminal.animate !== undefined)}\n`);
    },
  };
  if (!options.isLocal)
    return createGateway({
      ...shared,
      bedrock: createBedrock({ catalog, ...(region && { region }) }),
      clients: createClients(clients, region, undefined),
    });
  const local = await createLocalClient(options);
  return createGateway({
    ...shared,
    bedrock: local,
    clients: createClients(clients, region, local),
    // Only a local Bedrock knows the header, and only here it is passed on.
    forwardHeaders: [...forwardHeaders, 'x-local-fault'],
  });
}

async function createLocalClient({ region, script }: ServeArguments) {
  // It is not needed, and not loaded, in front of AWS.
  const { createLocalBedrock, localTransport } = await import('../../local/index.js');
  const rules = script === undefined ? undefined : ((await readJson('script', script)) as ScriptRule[]);
  try {
    const local = createLocalBedrock({ ...(region && { region }), ...(rules && { script: rules }) });
    return createBedrock({ transport: localTransport(local), catalog });
  } catch (cause) {
    if (isBedrockError(cause))
      throw new Error(`The script ${script} cannot be used. ${cause.message}`, { cause });
    throw cause;
  }
}

async function listen(gateway: Gateway, { host, port }: ServeArguments): Promise<GatewayServer> {
  try {
    return await serveGateway(gateway, { port, host });
  } catch (cause) {
    throw new Error(
      `Cannot listen on ${host}:${port}: ${reasonOf(cause)}. Choose another with --port or --host, or leave them out.`,
      {
        cause,
      },
    );
  }
}

/** Whether names such as claude-opus-5-5, which Claude Code sends, lead to a model. */
function knowsClaude({ aliases, defaultModel }: ServeArguments): boolean {
  return defaultModel !== undefined || Object.hasOwn(aliases, 'claude-*') || Object.hasOwn(aliases, '*');
}

/** A name that the printed examples can use. */
function exampleModel({ aliases, defaultModel }: ServeArguments): string {
  const alias = Object.keys(aliases).find((name) => !name.includes('*'));
  // A name that nothing else is known by leads to the default.
  const other = typeof defaultModel === 'string' ? defaultModel : defaultModel && 'default';
  return alias ?? other ?? 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
}
