/** Finds out where a JSON object ends that arrives in pieces. */
export class ObjectEnd {
  #depth = 0;
  #isInText = false;
  #isEscaped = false;
  /** Whether the object has begun. */
  hasBegun = false;
  /** Whether the object has ended. */
  hasEnded = false;
  /** Whether there is something else before or after it. */
  isBroken = false;

  /** Reads the next piece. */
  feed(piece: string): void {
    for (const letter of piece) this.#read(letter);
  }

  #read(letter: string): void {
    if (this.#isInText) {
      if (this.#isEscaped) this.#isEscaped = false;
      else if (letter === '\\') this.#isEscaped = true;
      else if (letter === '"') this.#isInText = false;
      return;
    }
    if (/\s/.test(letter)) return;
    if (this.hasEnded || (!this.hasBegun && letter !== '{')) this.isBroken = true;
    this.hasBegun = true;
    if (letter === '"') this.#isInText = true;
    else if (letter === '{' || letter === '[') this.#depth += 1;
    else if (letter === '}' || letter === ']') {
      this.#depth -= 1;
      if (this.#depth <= 0) this.hasEnded = true;
    }
  }
}
