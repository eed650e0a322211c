import { readFile } from 'node:fs/promises';
import { runLocal } from './local.js';
import { type Terminal, UsageError } from './terminal.js';

const HELP = `Usage: bedrock-anywhere <command> [options]

Commands
  local       start a Bedrock on this machine that answers AWS's own clients

Options
  --help      show this, or behind a command what it takes
  --version   show the version
`;

/**
 * Runs a command line.
 *
 * @returns the exit code: 0 when all went well, 1 when something failed, 2 when the command line was wrong
 */
export async function main(args: readonly string[], terminal: Terminal): Promise<number> {
  const [command, ...rest] = args;
  try {
    switch (command) {
      case 'local':
        await runLocal(rest, terminal);
        return 0;
      case '--version':
      case '-v':
        terminal.out(`${await version()}\n`);
        return 0;
      case '--help':
      case '-h':
        terminal.out(HELP);
        return 0;
      case undefined:
        throw new UsageError('No command was given. Start a local Bedrock with: bedrock-anywhere local');
      default:
        throw new UsageError(
          `There is no command "${command}", only "local". See what there is with: bedrock-anywhere --help`,
        );
    }
  } catch (error) {
    terminal.err(`bedrock-anywhere: ${error instanceof Error ? error.message : String(error)}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

/** package.json stands two levels up from the sources, and from what is built of them. */
async function version(): Promise<string> {
  const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
  return String((JSON.parse(text) as { version?: unknown }).version);
}
