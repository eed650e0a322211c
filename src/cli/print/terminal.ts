import type { Readable, Writable } from 'node:stream';

/** What a command needs from the process that it runs in. */
export interface Process {
  out(text: string): void;
  err(text: string): void;
  /** Resolves when the command is to end: SIGINT or SIGTERM. */
  ended(): Promise<void>;
  /** Width of standard output; omitted if that is not a terminal: lines may then have any length. */
  columns?: number | undefined;
  /** Width of standard error, for notes while standard output goes into a pipe; omitted if that is not a terminal. */
  noteColumns?: number | undefined;
  /** Whether standard output shows colour. Default: false. */
  colour?: boolean | undefined;
  /** Writes to standard error unchanged, so that a line can be replaced; omitted if that is not a terminal. */
  animate?: ((text: string) => void) | undefined;
  /** Reads standard input to its end; omitted if nothing is piped into it. */
  input?: (() => AsyncIterable<Uint8Array>) | undefined;
  /** What the user types into, and where it is shown; omitted unless both are a terminal. */
  keyboard?: { input: Readable; output: Writable } | undefined;
}

/** A process whose output no foreign text can control. */
export interface Terminal extends Process {
  /** Writes what a model says: unchanged into pipes and files, and on a terminal without the characters that control it. */
  answer(text: string): void;
}

/** The command line was wrong: exit code 2. The message says what, why, and what to do, in one line. */
export class UsageError extends Error {}

/** The model answered, but not to the end: exit code 3. What there is of the answer has been printed. */
export class IncompleteError extends Error {}

const BOLD = '\u001B[1m';
const DIM = '\u001B[2m';
const NORMAL = '\u001B[22m';

/** Text in bold, where there is colour. */
export function bold(text: string, { colour }: Pick<Process, 'colour'>): string {
  return colour === true ? `${BOLD}${text}${NORMAL}` : text;
}

/** Text that stands back, where there is colour. */
export function dim(text: string, { colour }: Pick<Process, 'colour'>): string {
  return colour === true ? `${DIM}${text}${NORMAL}` : text;
}

/** Text that stands back on standard error, if that is a terminal too. */
export function dimNote(text: string, { colour, animate }: Pick<Process, 'colour' | 'animate'>): string {
  return dim(text, { colour: colour === true && animate !== undefined });
}

const OWN: ReadonlySet<string> = new Set(['\n', BOLD, DIM, NORMAL]);

/**
 * A terminal that shows control characters as `\u001b`, as in JSON, unless they are this program's own. Names of models, errors,
 * variables and cached files may contain any, and a terminal would obey them.
 */
export function protect(given: Process): Terminal {
  const show = (text: string): string =>
    text.replace(/\n|\p{Cc}(?:\[\d+m)?|\p{Cf}/gu, (found) => (OWN.has(found) ? found : writeEscapes(found)));
  return {
    ...given,
    out: (text) => given.out(show(text)),
    err: (text) => given.err(show(text)),
    answer: (text) => given.out(given.columns === undefined ? text : showControls(text)),
  };
}

/** Control characters other than tab and line feed, and those that turn the direction of the text that follows. */
const CONTROLS = /(?![\t\n])\p{Cc}|[\u202A-\u202E\u2066-\u2069]/gu;

/** Text of a model for a terminal. Joiners stay, because emoji and some scripts need them. */
export function showControls(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(CONTROLS, writeEscapes);
}

function writeEscapes(found: string): string {
  return found.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Text in lines that the terminal has room for; the second line and those behind it are indented. */
export function wrapped(
  text: string,
  { columns = Number.POSITIVE_INFINITY }: Pick<Process, 'columns'>,
): string[] {
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

type NoteWidth = Pick<Process, 'columns' | 'noteColumns' | 'animate'>;

/** A note in lines that standard error has room for, if it is a terminal. */
export function wrappedNote(note: string, { columns, noteColumns, animate }: NoteWidth): string[] {
  return wrapped(note, { columns: noteColumns ?? (animate === undefined ? undefined : columns) });
}

/** Writes a note to standard error, in lines that the terminal has room for if it is one. */
export function writeNote(note: string, terminal: Pick<Process, 'err'> & NoteWidth): void {
  terminal.err(`${wrappedNote(note, terminal).join('\n')}\n`);
}
