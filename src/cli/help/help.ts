import type { Command } from '../command.js';
import { toPlainText } from '../print/markdown.js';
import { bold, type Terminal, UsageError } from '../print/terminal.js';
import { didYouMean, findClosest } from '../settings/closest.js';
import { bareCode, type ErrorPage, findErrorPage, readErrorPages } from './error-pages.js';

/** The topic that lists the error codes. */
const ERRORS = 'errors';

/**
 * Prints the options of a command, what an error code means, or the list of codes.
 *
 * @throws UsageError if the topic does not exist
 */
export async function printHelp(
  topic: string,
  commands: readonly Command[],
  terminal: Terminal,
): Promise<void> {
  const command = commands.find(({ name }) => name === topic);
  if (command !== undefined) return command.run(['--help'], terminal);
  const pages = readErrorPages();
  if (topic === ERRORS) return terminal.out(listCodes(pages, terminal));
  const page = findErrorPage(topic, pages);
  if (page === undefined) throw unknownTopic(topic, commands, pages);
  terminal.out(`${bold(page.code, terminal)}\n\n${toPlainText(page.text, terminal.columns)}\n`);
}

function listCodes(pages: readonly ErrorPage[], { columns }: Terminal): string {
  const list = pages.map(({ code, summary }) => `- ${code}: ${summary}`).join('\n');
  return `${toPlainText(list, columns)}\n\nMore about one: npx bedrock-anywhere help <code>\n`;
}

function unknownTopic(topic: string, commands: readonly Command[], pages: readonly ErrorPage[]): UsageError {
  const bare = bareCode(topic);
  const closest = findClosest(
    bare,
    pages.map(({ code }) => bareCode(code)),
  );
  const code = closest === undefined ? undefined : `ERR_${closest}`;
  if (/^err_/i.test(topic)) {
    const meant = code === undefined ? '' : ` Did you mean "${code}"?`;
    return new UsageError(
      `There is no error code "${topic}".${meant} List the codes with: npx bedrock-anywhere help ${ERRORS}`,
    );
  }
  const ofCommands = didYouMean(topic, [...commands.map(({ name }) => name), ERRORS]);
  const meant = ofCommands !== '' || code === undefined ? ofCommands : ` Did you mean "${code}"?`;
  return new UsageError(
    `There is no command or error code "${topic}".${meant} List them with: npx bedrock-anywhere --help`,
  );
}
