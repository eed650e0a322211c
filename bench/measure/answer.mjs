import { Digest } from './digest.mjs';

/** Takes what a contender reads of one answer, and tells at its end whether it was whole. */
export class Answer {
  /** When the first content came, on the clock of `performance`. */
  first;
  #text = new Digest();
  #hasText = false;
  #tool;
  #usage;
  #bytes = 0;

  /** Bytes, where a contender does not look into them. */
  chunk(length) {
    this.first ??= performance.now();
    this.#bytes += length;
  }

  text(piece) {
    this.first ??= performance.now();
    this.#hasText = true;
    this.#text.add(piece);
  }

  /** A piece of a tool's input has come. */
  toolPiece() {
    this.first ??= performance.now();
  }

  /** The input of the tool, parsed. */
  tool(input) {
    this.#tool = input;
  }

  usage(inputTokens, outputTokens) {
    this.#usage = { inputTokens, outputTokens };
  }

  /** Throws unless the answer is what the server sent. */
  check(facts) {
    if (this.#bytes > 0) return same('bytes', this.#bytes, facts.bytes);
    if (this.#hasText || facts.text !== undefined) same('text', this.#text.value, facts.text);
    if (facts.tool !== undefined) {
      const content = new Digest();
      content.add(this.#tool?.content ?? '');
      same('tool input', content.value, facts.tool);
    }
    same('input tokens', this.#usage?.inputTokens, facts.inputTokens);
    same('output tokens', this.#usage?.outputTokens, facts.outputTokens);
  }
}

function same(what, actual, expected) {
  if (actual === expected) return;
  throw new Error(`The answer is not whole: ${what} ${actual} instead of ${expected}`);
}
