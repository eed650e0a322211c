import { readAttachment } from '../ask/attachments.js';
import { type Terminal, wrapped } from '../print/terminal.js';
import { didYouMean } from '../settings/closest.js';
import { saveAs } from './save.js';
import type { Session } from './session.js';

interface ChatCommand {
  usage: string;
  summary: string;
  /** Runs it; resolves to true if the chat is to end. */
  run(argument: string, session: Session, terminal: Terminal): Promise<boolean | undefined>;
}

const COMMANDS: Readonly<Record<string, ChatCommand>> = {
  model: {
    usage: '/model [id]',
    summary: 'show the model, or use another one from now on',
    async run(argument, session, terminal) {
      if (argument !== '') session.modelId = argument;
      terminal.out(`${session.modelId} in ${session.connection.region}\n`);
      return undefined;
    },
  },
  system: {
    usage: '/system [text|-]',
    summary: 'show the system prompt, set it, or remove it with -',
    async run(argument, session, terminal) {
      if (argument !== '') session.system = argument === '-' ? undefined : argument;
      terminal.out(`${session.system ?? 'There is no system prompt.'}\n`);
      return undefined;
    },
  },
  attach: {
    usage: '/attach <file>',
    summary: 'attach an image, document or text file to the next message',
    async run(argument, session, terminal) {
      if (argument === '') throw new Error('/attach needs a file, as in /attach report.pdf');
      session.attachments.push({ path: argument, block: await readAttachment(argument) });
      terminal.out(
        `Attached to the next message: ${session.attachments.map(({ path }) => path).join(', ')}\n`,
      );
      return undefined;
    },
  },
  save: {
    usage: '/save <file>',
    summary: 'write the conversation to a new file, as Markdown or, for .json, as messages',
    async run(argument, session, terminal) {
      if (argument === '') throw new Error('/save needs a file, as in /save chat.md');
      await saveAs(argument, session);
      terminal.out(`Saved to ${argument}\n`);
      return undefined;
    },
  },
  clear: {
    usage: '/clear',
    summary: 'begin a new conversation',
    async run(_argument, session, terminal) {
      session.messages = [];
      session.models = [];
      session.attachments = [];
      terminal.out('This is a new conversation.\n');
      return undefined;
    },
  },
  help: {
    usage: '/help',
    summary: 'show this',
    async run(_argument, _session, terminal) {
      terminal.out(help(terminal));
      return undefined;
    },
  },
  exit: {
    usage: '/exit',
    summary: 'leave, like Ctrl+D',
    async run() {
      return true;
    },
  },
};

const WIDTH = 20;

const HOW = `A line that ends in \\ goes on in the next one, and so does everything between two lines of """. Ctrl+C stops an answer; Ctrl+D leaves. To send a message that begins with /, put a space in front of it.`;

function help({ columns = Number.POSITIVE_INFINITY }: Terminal): string {
  const room = { columns: Math.max(20, columns - WIDTH) };
  const lines = Object.values(COMMANDS).map(
    ({ usage, summary }) =>
      `  ${usage.padEnd(WIDTH - 2)}${wrapped(summary, room).join(`\n${' '.repeat(WIDTH)}`)}\n`,
  );
  return `${lines.join('')}\n${wrapped(HOW, { columns }).join('\n')}\n`;
}

/** Runs a line that begins with `/`; resolves to true if the chat is to end. */
export async function runChatCommand(line: string, session: Session, terminal: Terminal): Promise<boolean> {
  const [, name = '', argument = ''] = /^\/(\S*)\s*([\s\S]*)$/.exec(line) ?? [];
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    const names = Object.keys(COMMANDS).map((known) => `/${known}`);
    throw new Error(`There is no command /${name}.${didYouMean(`/${name}`, names)} /help lists them.`);
  }
  return (await command.run(argument.trim(), session, terminal)) === true;
}

/** How a line can go on: names of commands, and models after /model. */
export function completeLine(line: string, models: readonly string[]): string[] {
  if (line.startsWith('/model '))
    return models.map((id) => `/model ${id}`).filter((whole) => whole.startsWith(line));
  if (!line.startsWith('/') || line.includes(' ')) return [];
  return Object.keys(COMMANDS)
    .map((name) => `/${name}`)
    .filter((whole) => whole.startsWith(line));
}
