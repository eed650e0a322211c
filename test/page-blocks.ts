import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A fenced block of a page, or of a comment. */
export interface Block {
  /** The file that it is in, from the root of the repository. */
  readonly source: string;
  /** The line of its opening fence, from 1. */
  readonly line: number;
  /** As the fence writes it: `ts`, `sh`, … */
  readonly language: string;
  /** What follows the language on that line. */
  readonly tag: string;
  readonly code: string;
}

export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** The margin is that of a list in a page, or the asterisks of a comment. */
const OPENING = /^([\s*]*)```(\w+)\b(.*)$/;

/** The blocks of a page, or of the comments of a source file, that name a language; none if the file is missing. */
export function blocksOf(source: string): Block[] {
  const path = `${ROOT}${source}`;
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split(/\r?\n/);
  return lines.flatMap((opening, index) => {
    const [, margin = '', language = '', tag = ''] = OPENING.exec(opening) ?? [];
    if (language === '') return [];
    const body = lines.slice(index + 1);
    const end = body.findIndex((line) => line.slice(margin.length).startsWith('```'));
    const code = body.slice(0, end < 0 ? undefined : end).map((line) => line.slice(margin.length));
    return { source, line: index + 1, language, tag: tag.trim(), code: code.join('\n') };
  });
}
