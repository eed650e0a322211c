import type { Terminal } from './terminal.js';

/** What a description needs next to its option; with less room it goes below. */
const LEAST_WIDTH = 30;
const INDENT = '      ';

/** Prints the help of a command, which is written in lines of up to 120 characters, in lines that the terminal has room for. */
export function writeHelp(text: string, terminal: Pick<Terminal, 'out' | 'columns'>): void {
  const { columns = Number.POSITIVE_INFINITY } = terminal;
  const isTooWide = text.split('\n').some((line) => line.length > columns);
  terminal.out(isTooWide ? refold(text, columns) : text);
}

/** A paragraph, an option with its description, or lines that stay as they are. */
interface Part {
  term: string;
  text: string;
  /** Where the text begins, so that lines that begin there belong to it. */
  column: number;
}

function refold(text: string, columns: number): string {
  const lines: string[] = [];
  let part: Part | undefined;
  const end = (): void => {
    if (part !== undefined) lines.push(...foldPart(part, columns));
    part = undefined;
  };
  for (const line of text.split('\n')) {
    const indent = line.length - line.trimStart().length;
    if (part !== undefined && line !== '' && indent === part.column) {
      part.text += ` ${line.trim()}`;
      continue;
    }
    end();
    const gap = line.indexOf('  ', indent);
    const description = gap < 0 ? '' : line.slice(gap).trimStart();
    if (indent > 0 && description !== '')
      part = { term: line.slice(0, gap), text: description, column: line.length - description.length };
    else if (indent === 0 && line !== '' && !line.startsWith('Usage:'))
      part = { term: '', text: line, column: 0 };
    else lines.push(line);
  }
  end();
  return lines.join('\n');
}

function foldPart({ term, text, column }: Part, columns: number): string[] {
  if (column === 0) return fold(text, columns);
  const isBelow = columns - column < LEAST_WIDTH;
  const indent = isBelow ? INDENT : ' '.repeat(column);
  const [first = '', ...rest] = fold(text, columns - indent.length).map((line) => `${indent}${line}`);
  return isBelow ? [term, first, ...rest] : [term + first.slice(term.length), ...rest];
}

function fold(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
