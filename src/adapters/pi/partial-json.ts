/** A value of JSON. */
type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
type Container = Json[] | { [key: string]: Json };

const LITERALS: ReadonlyMap<string, Json> = new Map<string, Json>([
  ['true', true],
  ['false', false],
  ['null', null],
]);
const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/**
 * The depth that the service accepts in the next request. A deeper value blocks the event loop, and overflows the stack of code
 * that walks through it.
 */
const MAX_DEPTH = 200;

/** How many members each piece allows to be copied. Few tools have more arguments. */
const COPIES_PER_PIECE = 32;

/** The largest object that is copied: a larger one would hold up the event loop. */
const LARGEST_COPY = 10_000;

/**
 * Parses JSON that arrives in pieces and shows the value so far. Each character is read once. Strings appear as they grow; a
 * number or literal counts once something follows it. Raw control characters and unknown escapes are kept as they are, because
 * models write them. Anything after the value, or that cannot be parsed, is skipped.
 */
export class PartialJson {
  #root: Json | undefined;
  readonly #open: { container: Container; key: string | undefined }[] = [];
  /** What the next character is part of. */
  #in: 'value' | 'string' | 'escape' | 'unicode' | 'word' | 'broken' = 'value';
  #token = '';
  #digits = '';
  /** Whether the last item of an array is a string that still grows. */
  #growing = false;
  /** Members of the outermost object. */
  #members = 0;
  /** How many members may be copied. */
  #copies = 0;
  #isTooDeep = false;

  /**
   * The object so far; empty until there is one. Up to 32 members, each piece makes a new outermost object, for callers that
   * compare. A larger one is replaced less often and grows in place until then, so that the work stays linear.
   */
  get object(): Record<string, Json> {
    const root = this.#root;
    return typeof root === 'object' && root !== null && !Array.isArray(root) ? root : {};
  }

  /** Whether the value is nested deeper than 200 levels: the rest of it is skipped, and nothing else should parse it. */
  get isTooDeep(): boolean {
    return this.#isTooDeep;
  }

  /** Parses the next piece. */
  feed(piece: string): void {
    this.#renew();
    let at = 0;
    while (at < piece.length) at = this.#in === 'string' ? this.#string(piece, at) : this.#letter(piece, at);
    if (this.#in === 'string' || this.#in === 'escape' || this.#in === 'unicode') this.#show(this.#token);
  }

  /** Parses a number or literal at the very end. */
  end(): void {
    this.#endWord();
  }

  /** Leaves the object that was handed out as it is, and goes on with a copy. */
  #renew(): void {
    const root = this.#root;
    if (typeof root !== 'object' || root === null || Array.isArray(root)) return;
    this.#copies += COPIES_PER_PIECE;
    if (this.#members > Math.min(this.#copies, LARGEST_COPY)) return;
    this.#copies -= this.#members;
    const copy = { ...root };
    const [outermost] = this.#open;
    if (outermost?.container === root) outermost.container = copy;
    this.#root = copy;
  }

  /** Reads a string up to its end or the next escape. */
  #string(piece: string, from: number): number {
    for (let at = from; at < piece.length; at++) {
      const letter = piece[at];
      if (letter !== '"' && letter !== '\\') continue;
      this.#token += piece.slice(from, at);
      if (letter === '"') this.#endString();
      else this.#in = 'escape';
      return at + 1;
    }
    this.#token += piece.slice(from);
    return piece.length;
  }

  #letter(piece: string, at: number): number {
    const letter = piece[at] ?? '';
    switch (this.#in) {
      case 'escape':
        return this.#escape(letter, at);
      case 'unicode':
        return this.#unicode(letter, at);
      case 'word':
        if (/[\w.+-]/.test(letter)) {
          this.#token += letter;
          return at + 1;
        }
        this.#endWord();
        return at;
      case 'value':
        this.#structure(letter);
        return at + 1;
      default:
        return piece.length;
    }
  }

  #escape(letter: string, at: number): number {
    this.#in = letter === 'u' ? 'unicode' : 'string';
    this.#digits = '';
    if (letter === 'u') return at + 1;
    const known = ESCAPES[letter] ?? (/["\\/]/.test(letter) ? letter : undefined);
    this.#token += known ?? `\\${letter}`;
    return at + 1;
  }

  #unicode(letter: string, at: number): number {
    if (!/[0-9a-f]/i.test(letter)) {
      this.#token += `\\u${this.#digits}`;
      this.#in = 'string';
      return at;
    }
    this.#digits += letter;
    if (this.#digits.length === 4) {
      this.#token += String.fromCharCode(Number.parseInt(this.#digits, 16));
      this.#in = 'string';
    }
    return at + 1;
  }

  #structure(letter: string): void {
    if (letter === '{') this.#openContainer({});
    else if (letter === '[') this.#openContainer([]);
    else if (letter === '}' || letter === ']') this.#open.pop();
    else if (letter === '"') {
      this.#token = '';
      this.#in = 'string';
    } else if (/[\w-]/.test(letter)) {
      this.#token = letter;
      this.#in = 'word';
    } else if (letter === ',') {
      const parent = this.#open.at(-1);
      if (parent !== undefined) parent.key = undefined;
    }
  }

  #openContainer(container: Container): void {
    this.#isTooDeep ||= this.#open.length >= MAX_DEPTH;
    if (this.#isTooDeep || (this.#open.length === 0 && this.#root !== undefined)) {
      this.#in = 'broken';
      return;
    }
    this.#put(container);
    this.#open.push({ container, key: undefined });
  }

  #endString(): void {
    const parent = this.#open.at(-1);
    this.#in = 'value';
    if (parent !== undefined && !Array.isArray(parent.container) && parent.key === undefined) {
      parent.key = this.#token;
      return;
    }
    this.#show(this.#token);
    this.#growing = false;
  }

  #endWord(): void {
    if (this.#in !== 'word') return;
    this.#in = 'value';
    const literal = LITERALS.get(this.#token);
    const value = literal === undefined ? Number(this.#token) : literal;
    if (!Number.isNaN(value)) this.#put(value);
  }

  /** Shows a string that may still grow. In an array it replaces its own last version. */
  #show(text: string): void {
    const parent = this.#open.at(-1);
    if (parent === undefined || (!Array.isArray(parent.container) && parent.key === undefined)) return;
    this.#set(parent, text, true);
  }

  #put(value: Json): void {
    const parent = this.#open.at(-1);
    if (parent === undefined) {
      this.#root ??= value;
      return;
    }
    this.#set(parent, value, false);
  }

  #set(parent: { container: Container; key: string | undefined }, value: Json, growing: boolean): void {
    const { container, key } = parent;
    if (Array.isArray(container)) {
      if (this.#growing) container[container.length - 1] = value;
      else container.push(value);
      this.#growing = growing;
    } else if (key !== undefined) {
      if (container === this.#root && !Object.hasOwn(container, key)) this.#members += 1;
      // A key such as __proto__ must become a member like any other.
      Object.defineProperty(container, key, { value, writable: true, enumerable: true, configurable: true });
    }
  }
}
