/** A piece of the text of a block. */
export type Inline =
  | { kind: 'text'; text: string }
  | { kind: 'code'; text: string }
  | { kind: 'break' }
  | { kind: 'strong' | 'emphasis' | 'deleted'; content: Inline[] }
  | { kind: 'link'; href: string; content: Inline[] }
  | { kind: 'image'; href: string; alt: string };

/** A mark that has begun something which may never end. */
interface Open {
  mark: string;
  /** Where its content begins in the list of pieces. */
  at: number;
}

const KINDS: Readonly<Record<string, 'strong' | 'emphasis' | 'deleted'>> = {
  '**': 'strong',
  __: 'strong',
  '*': 'emphasis',
  _: 'emphasis',
  '~~': 'deleted',
};

const PLAIN = /[^\\`*_~[\]!<\n h]+|[ h]/y;
const ESCAPED = /\\([!-/:-@[-`{-~])/y;
const DELIMITER = /\*\*|__|~~|\*|_/y;
const TARGET =
  /\(\s{0,5}<?([^\s()<>]{1,2000}(?:\([^\s()<>]{0,200}\)[^\s()<>]{0,200})?)>?(?:\s{1,5}"[^"\n]{0,300}")?\s{0,5}\)/y;
const ANGLED = /<((?:https?:\/\/|mailto:)[^\s<>]{1,2000})>/y;
const BARE = /https?:\/\/[^\s<>"'`|\\^{}[\]]{1,2000}/y;
const BREAK = /(?: {2,}|\\)?\n/y;

/** Marks inside one another, at most. */
const MOST_OPEN = 50;

/** Reads the text of a block. What is not closed is text, except for what a growing text has just begun. */
export function readInline(text: string, isGrowing = false): Inline[] {
  return new InlineReader(text).read(isGrowing);
}

class InlineReader {
  readonly #text: string;
  #at = 0;
  #pieces: Inline[] = [];
  #open: Open[] = [];
  /** Lengths of runs of backticks that occur no more, so that each is looked for in vain only once. */
  readonly #noRuns = new Set<number>();

  constructor(text: string) {
    this.#text = text;
  }

  read(isGrowing: boolean): Inline[] {
    while (this.#at < this.#text.length) this.#step(isGrowing);
    while (this.#open.length > 0) {
      const open = this.#open.at(-1) as Open;
      if (isGrowing && open.mark === '**') this.#close(open, 'strong');
      else this.#giveUp();
    }
    return joinTexts(this.#pieces);
  }

  #step(isGrowing: boolean): void {
    const letter = this.#text.charAt(this.#at);
    switch (letter) {
      case '\\':
        this.#escape();
        break;
      case '`':
        this.#code(isGrowing);
        break;
      case '*':
      case '_':
      case '~':
        this.#delimiter();
        break;
      case '!':
        if (this.#text.charAt(this.#at + 1) === '[') this.#push('![');
        else this.#add('!');
        break;
      case '[':
        this.#push('[');
        break;
      case ']':
        this.#bracket();
        break;
      case '<':
        this.#angledLink();
        break;
      case 'h':
        this.#bareLink();
        break;
      case ' ':
      case '\n':
        if (this.#match(BREAK) === undefined) this.#add(letter);
        else this.#pieces.push({ kind: 'break' });
        break;
      default:
        this.#add(this.#match(PLAIN)?.[0] ?? letter, true);
    }
  }

  /** Matches here, and moves on if it does. */
  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match === null) return undefined;
    this.#at = pattern.lastIndex;
    return match;
  }

  #add(text: string, isRead = false): void {
    if (!isRead) this.#at += text.length;
    this.#pieces.push({ kind: 'text', text });
  }

  #push(mark: string): void {
    this.#at += mark.length;
    // What is given up later becomes this text.
    this.#pieces.push({ kind: 'text', text: mark });
    if (this.#open.length < MOST_OPEN) this.#open.push({ mark, at: this.#pieces.length });
  }

  #escape(): void {
    if (this.#text.charAt(this.#at + 1) === '\n') {
      this.#match(BREAK);
      this.#pieces.push({ kind: 'break' });
      return;
    }
    const match = this.#match(ESCAPED);
    if (match === undefined) this.#add('\\');
    else this.#add(match[1] ?? '', true);
  }

  #code(isGrowing: boolean): void {
    let length = 1;
    while (this.#text.charAt(this.#at + length) === '`') length += 1;
    const from = this.#at + length;
    const end = this.#noRuns.has(length) ? -1 : this.#findRun(length, from);
    if (end >= 0 || (isGrowing && length === 1 && from < this.#text.length && !this.#noRuns.has(length))) {
      const text = this.#text.slice(from, end < 0 ? undefined : end).replaceAll('\n', ' ');
      const isPadded = text.startsWith(' ') && text.endsWith(' ') && text.trim() !== '';
      this.#pieces.push({ kind: 'code', text: isPadded ? text.slice(1, -1) : text });
      this.#at = end < 0 ? this.#text.length : end + length;
      return;
    }
    this.#noRuns.add(length);
    this.#add('`'.repeat(length));
  }

  #findRun(length: number, from: number): number {
    for (let at = this.#text.indexOf('`', from); at >= 0; ) {
      let end = at + 1;
      while (this.#text.charAt(end) === '`') end += 1;
      if (end - at === length) return at;
      at = this.#text.indexOf('`', end);
    }
    return -1;
  }

  #delimiter(): void {
    const from = this.#at;
    const mark = this.#match(DELIMITER)?.[0];
    if (mark === undefined) {
      this.#add(this.#text.charAt(from));
      return;
    }
    const before = this.#text.charAt(from - 1);
    const after = this.#text.charAt(this.#at);
    const isWordMark = mark.startsWith('_');
    const canOpen = /\S/.test(after) && !(isWordMark && isWord(before));
    const canClose = /\S/.test(before) && !(isWordMark && isWord(after));
    const opened = canClose ? this.#open.filter((open) => open.mark === mark).at(-1) : undefined;
    const kind = KINDS[mark];
    if (opened !== undefined && kind !== undefined && opened.at < this.#pieces.length) {
      while (this.#open.at(-1) !== opened) this.#giveUp();
      this.#close(opened, kind);
      return;
    }
    this.#at = from;
    if (canOpen) this.#push(mark);
    else this.#add(mark);
  }

  /** The pieces since a mark become its content. */
  #close({ at }: Open, kind: 'strong' | 'emphasis' | 'deleted'): void {
    this.#open.pop();
    const content = joinTexts(this.#pieces.splice(at));
    this.#pieces[at - 1] = { kind, content };
  }

  #giveUp(): void {
    this.#open.pop();
  }

  #bracket(): void {
    const open = this.#open.filter(({ mark }) => mark.endsWith('[')).at(-1);
    if (open === undefined) {
      this.#add(']');
      return;
    }
    this.#at += 1;
    const href = this.#match(TARGET)?.[1];
    while (this.#open.at(-1) !== open) this.#giveUp();
    this.#giveUp();
    if (href === undefined) {
      this.#pieces.push({ kind: 'text', text: ']' });
      return;
    }
    const content = joinTexts(this.#pieces.splice(open.at));
    this.#pieces[open.at - 1] =
      open.mark === '![' ? { kind: 'image', href, alt: plainText(content) } : { kind: 'link', href, content };
  }

  #angledLink(): void {
    const href = this.#match(ANGLED)?.[1];
    if (href === undefined) this.#add('<');
    else this.#pieces.push({ kind: 'link', href, content: [{ kind: 'text', text: href }] });
  }

  /** Signs at the end of a bare address belong to the sentence. */
  #bareLink(): void {
    const from = this.#at;
    const isInWord = isWord(this.#text.charAt(from - 1));
    const isInLink = this.#open.some(({ mark }) => mark.endsWith('['));
    const found = isInWord || isInLink ? undefined : this.#match(BARE)?.[0];
    if (found === undefined) {
      this.#at = from;
      this.#add('h');
      return;
    }
    let end = found.length;
    while (end > 0 && /[.,:;!?*_~)]/.test(found.charAt(end - 1))) {
      if (found.charAt(end - 1) === ')' && found.slice(0, end).includes('(')) break;
      end -= 1;
    }
    const href = found.slice(0, end);
    this.#at = from + end;
    this.#pieces.push({ kind: 'link', href, content: [{ kind: 'text', text: href }] });
  }
}

function isWord(letter: string): boolean {
  return /[\p{L}\p{N}]/u.test(letter);
}

function joinTexts(pieces: readonly Inline[]): Inline[] {
  const joined: Inline[] = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    if (piece.kind === 'text' && last?.kind === 'text')
      joined[joined.length - 1] = { kind: 'text', text: last.text + piece.text };
    else joined.push(piece);
  }
  return joined;
}

/** The text of pieces without their marks. */
function plainText(pieces: readonly Inline[]): string {
  return pieces
    .map((piece) => {
      if (piece.kind === 'break') return ' ';
      if (piece.kind === 'image') return piece.alt;
      return 'content' in piece ? plainText(piece.content) : piece.text;
    })
    .join('');
}
