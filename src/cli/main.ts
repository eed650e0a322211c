import { createRequire } from 'node:module';
import { isBedrockError } from '../index.js';
import { runLocal } from './local.js';
import { runModels } from './models.js';
import { runPolicy } from './policy.js';
import { type Terminal, UsageError } from './terminal.js';
import { runWhoami } from './whoami.js';

const HELP = `Usage: bedrock-anywhere <command> [options]

Commands
  local       start a Bedrock on this machine that answers AWS's own clients
  models      list the models that can be invoked, with their limits and prices
  whoami      show which credentials, account, region and endpoint are used, and why
  policy      print the least IAM policy for the calls you make

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
 * @returns the exit code: 0 when all went well, 1 when something failed, 2 when the command line was wrong
 */
export async function main(args: readonly string[], terminal: Terminal): Promise<number> {
  const [command, ...rest] = args;
  try {
    if (command === undefined) {
      throw new UsageError('No command was given. See what there is with: bedrock-anywhere --help');
    }
    if (Object.hasOwn(COMMANDS, command)) await COMMANDS[command]?.(rest, terminal);
    else if (command === '--version' || command === '-v') terminal.out(`${version()}\n`);
    else if (command === '--help' || command === '-h') terminal.out(HELP);
    else {
      throw new UsageError(
        `There is no command "${command}". See what there is with: bedrock-anywhere --help`,
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

/** What went wrong, with AWS's own name for it where AWS said so: it is what people search for. */
function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isOfAws = isBedrockError(error) && !error.name.endsWith('Error');
  return isOfAws ? `${error.name}: ${error.message}` : error.message;
}
