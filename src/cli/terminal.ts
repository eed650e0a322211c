/** What a command needs of the process that it runs in. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** Resolves when the command is to end: SIGINT or SIGTERM. */
  ended(): Promise<void>;
  /** Width of standard output; left out where that is no terminal: lines may then have any length. */
  columns?: number | undefined;
  /** Whether standard output shows colour. Default: false. */
  colour?: boolean | undefined;
  /** Whether standard error is a terminal on which a line can be written over. Default: false. */
  animated?: boolean | undefined;
}

/** The command line was wrong: exit code 2. The message says what, why, and what to do, in one line. */
export class UsageError extends Error {}

/** Text in bold, where there is colour. */
export function bold(text: string, { colour }: Terminal): string {
  return colour === true ? `\u001B[1m${text}\u001B[22m` : text;
}

/** Text that stands back, where there is colour. */
export function dim(text: string, { colour }: Terminal): string {
  return colour === true ? `\u001B[2m${text}\u001B[22m` : text;
}

/** Text in lines that the terminal has room for; the second line and those behind it are indented. */
export function wrapped(text: string, { columns = Number.POSITIVE_INFINITY }: Terminal): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (longer.length <= columns || line === '') {
      line = longer;
      continue;
    }
    lines.push(line);
    line = `  ${word}`;
  }
  return [...lines, line];
}
