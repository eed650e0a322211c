import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { RunnableTools } from '../../index.js';
import { showControls } from '../print/terminal.js';
import type { Keyboard } from './keyboard.js';

/** Loads the tools of a module: its default export, or the one named `tools`. */
export async function loadTools(path: string): Promise<RunnableTools> {
  let loaded: { default?: unknown; tools?: unknown };
  try {
    loaded = (await import(pathToFileURL(resolve(path)).href)) as typeof loaded;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`The tools ${path} cannot be loaded: ${reason}`, { cause });
  }
  const tools = loaded.default ?? loaded.tools;
  if (typeof tools === 'object' && tools !== null && Object.keys(tools).length > 0)
    return tools as RunnableTools;
  throw new Error(
    `The module ${path} exports no tools. Export default { name: tool({ description, input, run }) }.`,
  );
}

/** Longer inputs are shortened in the middle, which says so: what is approved must not hide behind harmless words. */
const MOST_LETTERS = 1_000;

/**
 * Makes tools ask the user before they run: a model decides to call them, and what it has read may have told it to. Questions
 * of tools that are called together come one after the other.
 */
export function askBeforeRunning(tools: RunnableTools, keyboard: Pick<Keyboard, 'ask'>): RunnableTools {
  const always = new Set<string>();
  let last: Promise<unknown> = Promise.resolve();
  const confirm = async (name: string, input: unknown): Promise<boolean> => {
    if (always.has(name)) return true;
    const whole = showInvisible(`${name} ${JSON.stringify(input)}`);
    let shown = shortenInside(whole);
    for (;;) {
      const more = shown === whole ? '' : ', [s]how all of it';
      const answer = (await keyboard.ask(`Run ${shown}? [y]es, [n]o, [a]lways${more} `))
        ?.trim()
        .toLowerCase();
      if (shown !== whole && (answer === 's' || answer === 'show')) {
        shown = whole;
        continue;
      }
      if (answer === 'a' || answer === 'always') always.add(name);
      return answer === 'y' || answer === 'yes' || always.has(name);
    }
  };
  const asking = Object.entries(tools).map(([name, tool]) => {
    const approve: typeof tool.approve = async (input, context) => {
      const own = (await tool.approve?.(input, context)) ?? true;
      if (own !== true) return own;
      const mine = last.then(() => confirm(name, input));
      last = mine.catch(() => undefined);
      return mine;
    };
    return [name, { ...tool, approve }] as const;
  });
  return Object.fromEntries(asking);
}

/** Text with everything that a terminal would obey or not show, joiners included, as escapes. */
function showInvisible(text: string): string {
  return showControls(text).replace(/\p{Cf}/gu, (letter) => `\\u{${letter.codePointAt(0)?.toString(16)}}`);
}

function shortenInside(text: string): string {
  const left = text.length - MOST_LETTERS;
  if (left <= 0) return text;
  const half = MOST_LETTERS / 2;
  return `${text.slice(0, half)} … ${left} more letters … ${text.slice(-half)}`;
}
