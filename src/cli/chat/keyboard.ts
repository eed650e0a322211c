import { createInterface, type Interface } from 'node:readline';
import { Writable } from 'node:stream';
import type { Process } from '../print/terminal.js';

type Devices = NonNullable<Process['keyboard']>;

/** Reads messages from a terminal, while answers are printed there too. */
export interface Keyboard {
  /** Waits for the next message; undefined if the user leaves. */
  read(prompt: string): Promise<string | undefined>;
  /** Waits for the answer to a question; undefined if the user interrupts it or leaves. */
  ask(question: string): Promise<string | undefined>;
  /** Sets what Ctrl+C does while no message is awaited. */
  onInterrupt(listener: (() => void) | undefined): void;
  close(): void;
}

const PASTE_ON = '\u001B[?2004h';
const PASTE_OFF = '\u001B[?2004l';
const MORE = '… ';
const HINT = '\n(Press Ctrl+C again, or Ctrl+D, to leave.)\n';

/**
 * Opens the keyboard. A line that ends in `\` goes on in the next one, and so does what stands between two lines of `"""`. A
 * pasted text is one message, whatever lines it has. What the user types while an answer is printed is kept, but not shown,
 * until the next message is awaited.
 *
 * @param complete Returns how a line can go on, as whole lines.
 */
export function openKeyboard(devices: Devices, complete: (line: string) => string[]): Keyboard {
  return new LineReader(devices, complete);
}

/** Puts lines together to messages. */
class LineReader implements Keyboard {
  readonly #output: Writable;
  readonly #lines: Interface;
  /** Lines that were typed before they were awaited. */
  readonly #early: string[] = [];
  #waiting: ((line: string | undefined) => void) | undefined;
  #interrupt: (() => void) | undefined;
  #pasted: string[] = [];
  #isPasting = false;
  #isQuestion = false;
  #isWarned = false;
  #isClosed = false;

  constructor({ input, output }: Devices, complete: (line: string) => string[]) {
    this.#output = output;
    this.#lines = createInterface({
      input,
      output: this.#createScreen(output),
      terminal: true,
      completer: (line: string): [string[], string] => [complete(line), line],
    });
    output.write(PASTE_ON);
    input.on('keypress', (_text, key: { name?: string } | undefined) => {
      if (key?.name === 'paste-start') this.#isPasting = true;
      if (key?.name === 'paste-end') this.#isPasting = false;
    });
    this.#lines.on('line', (line) => this.#take(line));
    this.#lines.on('SIGINT', () => this.#stop());
    this.#lines.on('close', () => {
      this.#isClosed = true;
      this.#waiting?.(undefined);
      this.#interrupt?.();
    });
  }

  async read(prompt: string): Promise<string | undefined> {
    const message: string[] = [];
    let isOpen = false;
    for (;;) {
      const line = await this.#next(message.length === 0 && !isOpen ? prompt : MORE);
      if (line === undefined) return undefined;
      if (line.trim() === '"""') {
        if (isOpen) return message.join('\n');
        isOpen = true;
      } else if (isOpen) message.push(line);
      else if (line.endsWith('\\')) message.push(line.slice(0, -1));
      else return [...message, line].join('\n');
    }
  }

  ask(question: string): Promise<string | undefined> {
    this.#isQuestion = true;
    return this.#await(question).finally(() => {
      this.#isQuestion = false;
    });
  }

  onInterrupt(listener: (() => void) | undefined): void {
    this.#interrupt = listener;
  }

  close(): void {
    this.#interrupt = undefined;
    this.#lines.close();
    this.#output.write(PASTE_OFF);
  }

  /** The terminal as readline sees it: nothing is echoed while an answer is printed. */
  #createScreen(output: Writable): Writable {
    const screen = new Writable({
      write: (chunk: Uint8Array, _encoding, done) => {
        if (this.#waiting !== undefined) output.write(chunk);
        done();
      },
    });
    const size = output as Writable & { columns?: number; rows?: number };
    Object.defineProperties(screen, {
      columns: { get: () => size.columns || 80 },
      rows: { get: () => size.rows || 24 },
    });
    output.on('resize', () => screen.emit('resize'));
    return screen;
  }

  #next(prompt: string): Promise<string | undefined> {
    const early = this.#early.shift();
    if (early === undefined) return this.#await(prompt);
    this.#output.write(`${prompt}${early}\n`);
    return Promise.resolve(early);
  }

  #await(prompt: string): Promise<string | undefined> {
    if (this.#isClosed) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      this.#waiting = (line) => {
        this.#waiting = undefined;
        resolve(line);
      };
      this.#lines.setPrompt(prompt);
      this.#lines.prompt(true);
    });
  }

  #take(line: string): void {
    if (this.#isPasting) {
      this.#pasted.push(line);
      return;
    }
    const text = [...this.#pasted, line].join('\n');
    this.#pasted = [];
    this.#isWarned = false;
    if (this.#waiting === undefined) this.#early.push(text);
    else this.#waiting(text);
  }

  /** Stops the answer. While a message is awaited, clears it; if there is nothing to clear, leaves at the second time. */
  #stop(): void {
    if (this.#waiting === undefined || this.#isQuestion) {
      this.#waiting?.(undefined);
      this.#interrupt?.();
      return;
    }
    const isEmpty = this.#lines.line === '' && this.#pasted.length === 0;
    this.#pasted = [];
    if (isEmpty && this.#isWarned) {
      this.#lines.close();
      return;
    }
    this.#isWarned = isEmpty;
    // Ctrl+E and Ctrl+U: readline has no other way to clear a line.
    this.#lines.write(null, { ctrl: true, name: 'e' });
    this.#lines.write(null, { ctrl: true, name: 'u' });
    if (!isEmpty) return;
    this.#output.write(HINT);
    this.#lines.prompt();
  }
}
