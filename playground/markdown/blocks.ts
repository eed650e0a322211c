/** A block of Markdown. */
export type Block =
  | { kind: 'paragraph'; text: string }
  | { kind: 'heading'; level: number; text: string }
  | { kind: 'code'; language: string; text: string; isOpen: boolean }
  | { kind: 'quote'; blocks: Block[] }
  | { kind: 'list'; start: number | undefined; items: Block[][] }
  | { kind: 'table'; aligns: Align[]; head: string[]; rows: string[][] }
  | { kind: 'rule' };
type Align = 'left' | 'center' | 'right' | undefined;

/** Deeper nesting is shown as text: nobody writes it, and drawing it would take a deep stack. */
const MOST_DEPTH = 8;

const FENCE = /^ {0,3}(`{3,}|~{3,})\s*([^\s`]{0,40})/;
const HEADING = /^ {0,3}(#{1,6})(?:[ \t]+|$)/;
const RULE = /^ {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$/;
const QUOTE = /^ {0,3}> ?/;
const ITEM = /^( {0,3})([-*+]|\d{1,9}[.)])( {1,4}|$)/;
const DIVIDER = /^ {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*){0,60}\|?[ \t]*$/;

/** Reads Markdown: the parts of CommonMark and GitHub's dialect that models write. HTML is text like any other. */
export function readBlocks(text: string, depth = 0): Block[] {
  return readLines(text.split('\n'), depth);
}

function readLines(lines: readonly string[], depth: number): Block[] {
  const blocks: Block[] = [];
  let paragraph: string[] = [];
  const endParagraph = (): void => {
    if (paragraph.length > 0) blocks.push({ kind: 'paragraph', text: paragraph.join('\n') });
    paragraph = [];
  };
  for (let i = 0; i < lines.length; ) {
    const line = lines[i] ?? '';
    const read = line.trim() === '' ? blank(i) : readAt(lines, i, depth, paragraph.length > 0);
    if (read === undefined) {
      paragraph.push(line);
      i += 1;
      continue;
    }
    endParagraph();
    if (read.block !== undefined) blocks.push(read.block);
    i = read.next;
  }
  endParagraph();
  return blocks;
}

interface ReadBlock {
  block: Block | undefined;
  /** The line behind it. */
  next: number;
}

const blank = (i: number): ReadBlock => ({ block: undefined, next: i + 1 });

/** The block that begins in a line; undefined if that is a line of a paragraph. */
function readAt(
  lines: readonly string[],
  i: number,
  depth: number,
  isInParagraph: boolean,
): ReadBlock | undefined {
  const line = lines[i] ?? '';
  const [, mark, language = ''] = FENCE.exec(line) ?? [];
  if (mark !== undefined) return readCode(lines, i, mark, language);
  const [opening, hashes] = HEADING.exec(line) ?? [];
  if (opening !== undefined && hashes !== undefined) {
    const text = line
      .slice(opening.length)
      .trim()
      .replace(/(?:^|[ \t])#{1,50}$/, '');
    return { block: { kind: 'heading', level: hashes.length, text }, next: i + 1 };
  }
  if (isRule(line)) return { block: { kind: 'rule' }, next: i + 1 };
  if (depth < MOST_DEPTH && QUOTE.test(line)) return readQuote(lines, i, depth);
  if (depth < MOST_DEPTH && ITEM.test(line) && (!isInParagraph || /^ {0,3}(?:[-*+]|1[.)]) /.test(line)))
    return readList(lines, i, depth);
  if (!isInParagraph && line.includes('|') && isDivider(lines[i + 1])) return readTable(lines, i);
  return undefined;
}

function readCode(lines: readonly string[], i: number, mark: string, language: string): ReadBlock {
  const indent = (/^ */.exec(lines[i] ?? '')?.[0] ?? '').length;
  const code: string[] = [];
  let at = i + 1;
  for (; at < lines.length; at++) {
    const line = lines[at] ?? '';
    const trimmed = line.trim();
    if (
      trimmed.length >= mark.length &&
      trimmed.startsWith(mark) &&
      trimmed === mark.charAt(0).repeat(trimmed.length)
    )
      break;
    code.push(line.slice(0, indent).trim() === '' ? line.slice(indent) : line);
  }
  const isOpen = at >= lines.length;
  return {
    block: { kind: 'code', language: language.toLowerCase(), text: code.join('\n'), isOpen },
    next: at + 1,
  };
}

function readQuote(lines: readonly string[], i: number, depth: number): ReadBlock {
  let at = i;
  const inner: string[] = [];
  for (; at < lines.length && QUOTE.test(lines[at] ?? ''); at++)
    inner.push((lines[at] ?? '').replace(QUOTE, ''));
  return { block: { kind: 'quote', blocks: readLines(inner, depth + 1) }, next: at };
}

function readList(lines: readonly string[], i: number, depth: number): ReadBlock {
  const isOrdered = (mark: string): boolean => mark.length > 1;
  const first = ITEM.exec(lines[i] ?? '')?.[2] ?? '-';
  const items: Block[][] = [];
  let at = i;
  while (at < lines.length) {
    const line = lines[at] ?? '';
    const [whole, , mark] = ITEM.exec(line) ?? [];
    if (whole === undefined || mark === undefined || isOrdered(mark) !== isOrdered(first) || isRule(line))
      break;
    const inner = [line.slice(whole.length)];
    const width = Math.min(whole.length, 4);
    at += 1;
    for (; at < lines.length; at++) {
      const next = lines[at] ?? '';
      const isBlank = next.trim() === '';
      const indent = (/^ */.exec(next)?.[0] ?? '').length;
      if (
        !isBlank &&
        indent < 2 &&
        (inner.at(-1)?.trim() === '' || ITEM.test(next) || FENCE.test(next) || HEADING.test(next))
      )
        break;
      inner.push(isBlank ? '' : next.slice(Math.min(indent, width)));
    }
    items.push(readLines(inner, depth + 1));
  }
  const start = isOrdered(first) ? Number.parseInt(first, 10) : undefined;
  return { block: { kind: 'list', start, items }, next: at };
}

/** A line of marks alone; a longer one is not what anyone means by it. */
function isRule(line: string): boolean {
  return line.length < 200 && RULE.test(line);
}

function isDivider(line: string | undefined): boolean {
  return (
    line !== undefined && line.length < 1000 && line.includes('-') && line.includes('|') && DIVIDER.test(line)
  );
}

function readTable(lines: readonly string[], i: number): ReadBlock {
  const head = cellsOf(lines[i] ?? '');
  const aligns = cellsOf(lines[i + 1] ?? '').map((cell): Align => {
    const [starts, ends] = [cell.startsWith(':'), cell.endsWith(':')];
    return starts && ends ? 'center' : ends ? 'right' : starts ? 'left' : undefined;
  });
  const rows: string[][] = [];
  let at = i + 2;
  for (; at < lines.length && (lines[at] ?? '').includes('|') && (lines[at] ?? '').trim() !== ''; at++)
    rows.push(cellsOf(lines[at] ?? '').slice(0, head.length));
  return { block: { kind: 'table', aligns, head, rows }, next: at };
}

/** The cells of a row; `\|` and pipes in code are text. */
function cellsOf(line: string): string[] {
  const cells: string[] = [];
  let cell = '';
  let isCode = false;
  for (let i = 0; i < line.length; i++) {
    const letter = line.charAt(i);
    if (letter === '`') isCode = !isCode;
    if (letter === '\\' && line.charAt(i + 1) === '|') {
      cell += '|';
      i += 1;
    } else if (letter === '|' && !isCode) {
      cells.push(cell.trim());
      cell = '';
    } else cell += letter;
  }
  cells.push(cell.trim());
  if (cells[0] === '') cells.shift();
  if (cells.at(-1) === '') cells.pop();
  return cells;
}
