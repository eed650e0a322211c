import { type GatewayServer, serveGateway } from '../../gateway/node/index.js';
import { BedrockError, explain } from '../../index.js';
import { AWS_OPTIONS, FLAG, portOf, readOptions, TEXT } from '../arguments.js';
import { isWithoutCredentials } from '../ask/connection.js';
import { reasonOf } from '../local-files.js';
import { CREDENTIAL_LABELS } from '../origins.js';
import { writeHelp } from '../print/help-text.js';
import { type Terminal, UsageError, writeNote } from '../print/terminal.js';
import { applyDefaults } from '../settings/defaults.js';
import { type Files, readFiles } from './files.js';
import { createHandler } from './handler.js';
import { createMachine, type Machine } from './machine.js';
import { createSessions } from './sessions.js';

const HELP = `Usage: bedrock-anywhere playground [options]

Serves a page to talk with models in: on a local Bedrock inside the page, or on AWS with the credentials of this
machine, which never enter the page.

Options
  --aws              begin on AWS; otherwise the page begins on its local Bedrock, and you can switch in it
  --local            give the page no credentials of this machine
  --port <n>         port to listen on; default 8788; 0 uses any free port
  --profile <name>   AWS profile, instead of the credentials in the environment
  --region <region>  AWS region; default as whoami shows
  --json             print one line of JSON, { url }, instead of text
  --help             show this

It serves this machine only. An address with a token is good for one page; then the next one is printed.
`;

const HOST = '127.0.0.1';

interface PlaygroundArguments {
  port: number;
  region: string | undefined;
  begin: 'local' | 'machine';
  isLocal: boolean;
  json: boolean;
}

/**
 * Runs `bedrock-anywhere playground` until the terminal says that it ends.
 *
 * @param files The page. Default: the built one.
 */
export async function runPlayground(
  args: readonly string[],
  terminal: Terminal,
  files: () => Files = readFiles,
): Promise<void> {
  const options = await read(args);
  if (options === 'help') {
    writeHelp(HELP, terminal);
    return;
  }
  const machine = options.isLocal ? undefined : await findMachine(options, terminal);
  let url = '';
  const show = (): void => terminal.out(addressLine(url, machine && sessions.token(), options.json));
  const sessions = createSessions(show);
  const ended = terminal.ended();
  const handler = createHandler({
    files: files(),
    sessions,
    machine,
    begin: machine === undefined ? 'local' : options.begin,
    host: () => (url === '' ? undefined : new URL(url).host),
  });
  const server = await listen(handler, options.port);
  url = `${server.url}/`;
  if (!options.json) terminal.out(welcome(machine));
  show();
  await ended;
  await server.close();
}

async function read(args: readonly string[]): Promise<PlaygroundArguments | 'help'> {
  const values = readOptions('playground', args, {
    ...AWS_OPTIONS,
    port: TEXT,
    aws: FLAG,
    local: FLAG,
    json: FLAG,
  });
  if (values.help === true) return 'help';
  if (values.aws === true && values.local === true)
    throw new UsageError('--aws and --local exclude each other. Pass one of them.');
  return {
    port: values.port === undefined ? 8788 : portOf(values.port),
    region: (await applyDefaults(values)).region,
    begin: values.aws === true ? 'machine' : 'local',
    isLocal: values.local === true,
    json: values.json === true,
  };
}

/** The credentials of the machine, if it has any that work. */
async function findMachine(
  { region, begin }: PlaygroundArguments,
  terminal: Terminal,
): Promise<Machine | undefined> {
  const explanation = await explain({ region, resolve: true });
  const { credentials, failure = credentials.failure } = explanation;
  if (failure !== undefined) {
    if (begin === 'machine') throw new BedrockError(failure);
    // Where nothing was set up, nothing is missing.
    if (!isWithoutCredentials(explanation))
      writeNote(`The page gets no credentials. ${failure.message}`, terminal);
    return undefined;
  }
  const source = CREDENTIAL_LABELS[credentials.effective] ?? credentials.effective;
  return createMachine(region, { region: explanation.region ?? 'us-east-1', source });
}

async function listen(
  handler: (request: Request) => Promise<Response>,
  port: number,
): Promise<GatewayServer> {
  try {
    // The handler ends nothing of its own: the server waits for its answers.
    return await serveGateway({ fetch: handler, close: async () => undefined }, { port, host: HOST });
  } catch (cause) {
    throw new Error(
      `Cannot listen on ${HOST}:${port}: ${reasonOf(cause)}. Choose another port with --port.`,
      { cause },
    );
  }
}

function welcome(machine: Machine | undefined): string {
  const what =
    machine === undefined
      ? 'A local Bedrock inside the page makes up the answers. In the page, you can connect to AWS instead.'
      : `The page may use: ${machine.source}, in ${machine.region}. Each address is good for one page.`;
  return `${what}\nPress Ctrl+C to stop it.\n\n`;
}

/** Behind the sign # an address is never sent to a server, nor to the next page. */
function addressLine(url: string, token: string | undefined, json: boolean): string {
  const whole = token === undefined ? url : `${url}#token=${token}`;
  return json ? `${JSON.stringify({ url: whole })}\n` : `  ${whole}\n`;
}
