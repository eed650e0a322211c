/**
 * Finds the JSON in what a model writes when it was asked for JSON in words: models put a sentence or a code fence around it. Text
 * comes in pieces; what belongs to the first object or list is passed on.
 */
export class JsonText {
  readonly #starts: string;
  /** Closing brackets that are still to come. */
  #depth = 0;
  #isInString = false;
  #isEscaped = false;
  #state: 'before' | 'inside' | 'behind' = 'before';

  /** @param starts What it may begin with: `{`, or `{[` if it may be a list. */
  constructor(starts: '{' | '{[') {
    this.#starts = starts;
  }

  /** The part of the piece that is JSON; empty if none of it is. */
  feed(piece: string): string {
    if (this.#state === 'behind') return '';
    let from = this.#state === 'inside' ? 0 : -1;
    for (let i = 0; i < piece.length; i++) {
      const sign = piece[i] as string;
      if (this.#state === 'before') {
        if (!this.#starts.includes(sign)) continue;
        this.#state = 'inside';
        from = i;
      }
      if (!this.#closes(sign)) continue;
      this.#state = 'behind';
      return piece.slice(from, i + 1);
    }
    return from < 0 ? '' : piece.slice(from);
  }

  /** Whether the sign closes the whole. */
  #closes(sign: string): boolean {
    if (this.#isInString) {
      if (this.#isEscaped) this.#isEscaped = false;
      else if (sign === '\\') this.#isEscaped = true;
      else if (sign === '"') this.#isInString = false;
      return false;
    }
    if (sign === '"') this.#isInString = true;
    else if (sign === '{' || sign === '[') this.#depth += 1;
    else if (sign === '}' || sign === ']') this.#depth -= 1;
    return this.#depth === 0;
  }
}
