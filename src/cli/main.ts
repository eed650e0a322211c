import { createRequire } from 'node:module';
import { isBedrockError } from '../index.js';
import { runLocal } from './local.js';
import { runModels } from './models.js';
import { runPolicy } from './policy.js';
import { protect, type Terminal, UsageError } from './print/terminal.js';
import { runWhoami } from './whoami.js';

const HELP = `Usage: bedrock-anywhere <command> [options]

Commands
  local       start a Bedrock on this machine that answers AWS's own clients
  models      list the models that you can invoke, with their limits and prices
  whoami      show which credentials, account, region and endpoint are used, and why
  policy      print the minimal IAM policy for your calls

Options
  --help      show this help, or a command's options
  --version   show the version
`;

const COMMANDS: Readonly<Record<string, (args: readonly string[], terminal: Terminal) => Promise<void>>> = {
  local: runLocal,
  models: runModels,
  policy: runPolicy,
  whoami: runWhoami,
};

/**
 * Runs a command line.
 *
 * @returns the exit code: 0 for success, 1 for a failure, 2 for a wrong command line
 */
export async function main(args: readonly string[], given: Terminal): Promise<number> {
  const terminal = protect(given);
  const [command, ...rest] = args;
  try {
    if (command === undefined) {
      throw new UsageError('No command given. List the commands with: bedrock-anywhere --help');
    }
    if (Object.hasOwn(COMMANDS, command)) await COMMANDS[command]?.(rest, terminal);
    else if (command === '--version' || command === '-v') terminal.out(`${version()}\n`);
    else if (command === '--help' || command === '-h') terminal.out(HELP);
    else {
      throw new UsageError(
        `There is no command "${command}". List the commands with: bedrock-anywhere --help`,
      );
    }
    return 0;
  } catch (error) {
    terminal.err(`bedrock-anywhere: ${describeError(error)}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

/** By the package's own name: the sources and what is built of them lie at other depths. */
function version(): string {
  const require = createRequire(import.meta.url);
  return (require('bedrock-anywhere/package.json') as { version: string }).version;
}

/** What went wrong, with AWS's exception name if there is one: it is what people search for. */
function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isOfAws = isBedrockError(error) && !error.name.endsWith('Error');
  return isOfAws ? `${error.name}: ${error.message}` : error.message;
}
