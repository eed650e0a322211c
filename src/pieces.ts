/** Joining costs time, and each short string takes about 40 bytes, so this many are joined at a time. */
const MOST_PIECES = 250;

/** A text that arrives in pieces. It takes little more memory than its letters. */
export class Pieces {
  #joined = '';
  #pieces: string[] = [];

  add(piece: string): void {
    if (this.#pieces.push(piece) >= MOST_PIECES) this.read();
  }

  /** The text so far. */
  read(): string {
    this.#joined += this.#pieces.join('');
    this.#pieces = [];
    return this.#joined;
  }
}
