/** What a command needs from the process that it runs in. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** Resolves when the command is to end: SIGINT or SIGTERM. */
  ended(): Promise<void>;
  /** Width of standard output; omitted if that is not a terminal: lines may then have any length. */
  columns?: number | undefined;
  /** Whether standard output shows colour. Default: false. */
  colour?: boolean | undefined;
  /** Writes to standard error without {@link protect}, so that a line can be replaced; omitted if that is not a terminal. */
  animate?: ((text: string) => void) | undefined;
}

/** The command line was wrong: exit code 2. The message says what, why, and what to do, in one line. */
export class UsageError extends Error {}

const BOLD = '\u001B[1m';
const DIM = '\u001B[2m';
const NORMAL = '\u001B[22m';

/** Text in bold, where there is colour. */
export function bold(text: string, { colour }: Terminal): string {
  return colour === true ? `${BOLD}${text}${NORMAL}` : text;
}

/** Text that stands back, where there is colour. */
export function dim(text: string, { colour }: Terminal): string {
  return colour === true ? `${DIM}${text}${NORMAL}` : text;
}

const OWN: ReadonlySet<string> = new Set(['\n', BOLD, DIM, NORMAL]);

/**
 * A terminal that shows control characters as `\u001b`, as in JSON, unless they are this program's own. Names of models, errors,
 * variables and cached files may contain any, and a terminal would obey them.
 */
export function protect(terminal: Terminal): Terminal {
  const show = (text: string): string =>
    text.replace(/\n|\p{Cc}(?:\[\d+m)?|\p{Cf}/gu, (found) => (OWN.has(found) ? found : writeEscapes(found)));
  return { ...terminal, out: (text) => terminal.out(show(text)), err: (text) => terminal.err(show(text)) };
}

function writeEscapes(found: string): string {
  return found.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
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
