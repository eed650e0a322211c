import { COMMANDS, findCommand } from './commands.js';
import { printHelp } from './help/help.js';
import { writeError } from './print/error.js';
import { writeHelp } from './print/help-text.js';
import { IncompleteError, type Process, protect, type Terminal, UsageError } from './print/terminal.js';
import { didYouMean } from './settings/closest.js';
import { version } from './version.js';

const WIDTH = 12;

const HELP = `Usage: bedrock-anywhere "a prompt in quotes"
       bedrock-anywhere <command> [options]

Commands
${[
  ...COMMANDS,
  { name: 'help', summary: "show this help, a command's options, or an error code: help ERR_THROTTLED" },
]
  .map(({ name, summary }) => `  ${name.padEnd(WIDTH)}${summary}\n`)
  .join('')}
Options of every command
  --help      show its options
  --profile   AWS profile, instead of the credentials in the environment
  --region    AWS region

  --version   show the version

Exit codes: 0 success, 1 failure, 2 wrong command line, 3 an answer that is not complete.
`;

/**
 * Runs a command line.
 *
 * @returns the exit code: 0 for success, 1 for a failure, 2 for a wrong command line, 3 for an answer that is not complete
 */
export async function main(args: readonly string[], given: Process): Promise<number> {
  const terminal = protect(given);
  try {
    await run(args, terminal);
    return 0;
  } catch (error) {
    writeError(error, terminal, 'bedrock-anywhere: ');
    return error instanceof UsageError ? 2 : error instanceof IncompleteError ? 3 : 1;
  }
}

async function run(args: readonly string[], terminal: Terminal): Promise<void> {
  const [first, ...rest] = args;
  if (first === undefined || first === '--help' || first === '-h') return writeHelp(HELP, terminal);
  if (first === '--version' || first === '-v') return terminal.out(`${version()}\n`);
  if (first === 'help') {
    const [topic, ...more] = rest;
    if (topic === undefined || topic === 'help' || topic === '--help') return writeHelp(HELP, terminal);
    if (more.length > 0)
      throw new UsageError('help takes one topic. Put a prompt in quotes, or use: npx bedrock-anywhere ask');
    return printHelp(topic, COMMANDS, terminal);
  }
  const command = findCommand(first);
  if (command !== undefined) return command.run(rest, terminal);
  // A prompt costs money, so a mistyped command must never become one: a prompt is an argument of several words.
  const isPrompt = first.startsWith('-') ? rest.some(hasSpace) : hasSpace(first.trim());
  return isPrompt ? requireCommand('ask').run(args, terminal) : refuse(first, rest);
}

function hasSpace(text: string): boolean {
  return /\s/.test(text);
}

function requireCommand(name: string) {
  return findCommand(name) ?? refuse(name, []);
}

function refuse(name: string, rest: readonly string[]): never {
  if (name.startsWith('-'))
    throw new UsageError(`"${name}" is not a command. List the commands with: npx bedrock-anywhere --help`);
  const meant = didYouMean(name, [...COMMANDS.map((command) => command.name), 'help']);
  const words = [name, ...rest];
  const isSentence = meant === '' && rest.length > 0 && !words.some((word) => word.startsWith('-'));
  throw new UsageError(
    isSentence
      ? `There is no command "${name}". Put a prompt in quotes: npx bedrock-anywhere "${words.join(' ')}"`
      : `There is no command "${name}".${meant} List the commands with: npx bedrock-anywhere --help`,
  );
}
