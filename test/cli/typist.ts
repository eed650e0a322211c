import { PassThrough, Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { main } from '../../src/cli/main.js';

/** Wide enough for the lines that tests look for. */
const WIDTH = 160;

/** Someone at a terminal: types, and reads what appears. */
export class Typist {
  readonly input = new PassThrough();
  readonly output: Writable;
  /** All that has appeared, on standard output and standard error, without control characters. */
  screen = '';
  /** The same with control characters. */
  raw = '';
  #read = 0;
  #wake: () => void = () => undefined;

  constructor() {
    const screen = new Writable({
      write: (chunk: Uint8Array, _encoding, done) => {
        this.show(String(chunk));
        done();
      },
    });
    this.output = Object.assign(screen, { columns: WIDTH, rows: 24 });
  }

  show(text: string): void {
    this.raw += text;
    this.screen = stripVTControlCharacters(this.raw).replaceAll('\r', '');
    this.#wake();
  }

  /** Starts a command. Its output appears here. */
  run(args: string[]): Promise<number> {
    return main(args, {
      out: (text) => this.show(text),
      err: (text) => this.show(text),
      ended: () => new Promise(() => undefined),
      columns: WIDTH,
      keyboard: { input: this.input, output: this.output },
    });
  }

  type(keys: string): void {
    this.input.write(keys);
  }

  /** Waits until something appears after what was read before; what it returns is read then. */
  async sees(expected: string | RegExp): Promise<string> {
    for (;;) {
      const unread = this.screen.slice(this.#read);
      const found = typeof expected === 'string' ? unread.indexOf(expected) : unread.search(expected);
      if (found >= 0) {
        const length =
          typeof expected === 'string' ? expected.length : (expected.exec(unread)?.[0].length ?? 0);
        this.#read += found + length;
        return unread.slice(0, found + length);
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

export const CTRL_C = '\u0003';
export const CTRL_D = '\u0004';
export const ENTER = '\r';
/** A text as a terminal passes on what is pasted. */
export const paste = (text: string): string => `\u001B[200~${text.replaceAll('\n', '\r')}\u001B[201~`;
