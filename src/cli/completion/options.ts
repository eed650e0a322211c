import type { Command } from '../command.js';

/** Words that are not options. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  completion: ['bash', 'zsh'],
  serve: ['keys', 'usage'],
};

/** Lists the words that may follow each command. The options are read from its help, so that they are written only once. */
export async function listOptions(commands: readonly Command[]): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  for (const { name, run } of commands) {
    let help = '';
    await run(['--help'], {
      out: (text) => {
        help += text;
      },
      answer: () => undefined,
      err: () => undefined,
      ended: async () => undefined,
    });
    const lines = [...help.matchAll(/^ {2,6}(?:-\w, )?(--[a-z-]+)/gm)];
    const words = WORDS[name] ?? [];
    found.set(name, [...words, ...new Set(lines.map(([, option = '']) => option))]);
  }
  return found;
}
