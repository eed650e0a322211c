import { type BedrockErrorCode, isBedrockError } from '../../index.js';
import { dimNote, type Terminal, wrappedNote, writeNote } from './terminal.js';

/** What went wrong, with AWS's exception name if there is one: it is what people search for. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isOfAws = isBedrockError(error) && !error.name.endsWith('Error');
  // Programs call a function where people run a command.
  const message = error.message.replace(/\bdiscover\(\) lists\b/, 'npx bedrock-anywhere models lists');
  return isOfAws ? `${error.name}: ${message}` : message;
}

/** The code of a failure, or of the one that it was made from to say more. */
export function codeOf(error: unknown): BedrockErrorCode | undefined {
  if (isBedrockError(error)) return error.code;
  const cause = error instanceof Error ? error.cause : undefined;
  return isBedrockError(cause) ? cause.code : undefined;
}

/** The command that explains a code. */
export function pointToHelp(code: BedrockErrorCode): string {
  return `More: npx bedrock-anywhere help ${code}`;
}

/** Writes a failure to standard error; on a terminal, the command that explains it follows. */
export function writeError(error: unknown, terminal: Terminal, prefix = ''): void {
  writeNote(`${prefix}${describeError(error)}`, terminal);
  const code = codeOf(error);
  if (code === undefined || terminal.animate === undefined) return;
  for (const line of wrappedNote(pointToHelp(code), terminal)) terminal.err(`${dimNote(line, terminal)}\n`);
}
