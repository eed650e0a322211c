import { makeError } from '../errors.js';

/** One event of a `text/event-stream`. */
export interface ServerSentEvent {
  /** The value of `event:`; `message` if there is none. */
  name: string;
  /** The lines of `data:`, joined with line feeds. */
  data: string;
}

/** The longest event that is read: 8 Mi, since frames from Bedrock are also limited to 8 MiB. */
const MAX_EVENT_CHARACTERS = 8_388_608;

const LINE_FEED = 10;
const SPACE = 32;

/**
 * Chunks of a response body in, server-sent events out. `id` and `retry` are for reconnecting, which an answer cannot do:
 * both are skipped, as are comments.
 *
 * Source: WHATWG HTML, "Server-sent events", "Interpreting an event stream".
 */
export class ServerSentEventReader {
  readonly #utf8 = new TextDecoder();
  readonly #lineEnd = /[\r\n]/g;
  readonly #maxCharacters: number;
  #text = '';
  #at = 0;
  /** A line feed right after a carriage return ends the same line, even in a later chunk. */
  #isAfterReturn = false;
  /** Pieces of a line whose end has not arrived. Joined once: appending each piece would copy the line every time. */
  #line: string[] = [];
  #lineCharacters = 0;
  #name = '';
  #data: string[] = [];
  #dataCharacters = 0;

  /** @param maxCharacters The longest event; a longer one is `ERR_PROTOCOL` before all of it is in memory. */
  constructor(maxCharacters: number = MAX_EVENT_CHARACTERS) {
    this.#maxCharacters = maxCharacters;
  }

  /** Whether the body would end in the middle of an event if it ended here. */
  get isInsideEvent(): boolean {
    return this.#lineCharacters > 0 || this.#data.length > 0 || this.#name !== '';
  }

  /** Accepts the next chunk, once `next()` has returned undefined. */
  feed(chunk: Uint8Array): void {
    this.#text = this.#utf8.decode(chunk, { stream: true });
    this.#at = 0;
  }

  /** The next event; undefined when more bytes are needed. */
  next(): ServerSentEvent | undefined {
    for (let line = this.#nextLine(); line !== undefined; line = this.#nextLine()) {
      if (line !== '') {
        this.#readField(line);
        continue;
      }
      const event = { name: this.#name || 'message', data: this.#data.join('\n') };
      const hasData = this.#data.length > 0;
      this.#name = '';
      this.#data = [];
      this.#dataCharacters = 0;
      if (hasData) return event;
    }
    return undefined;
  }

  #nextLine(): string | undefined {
    const text = this.#text;
    if (this.#isAfterReturn && this.#at < text.length) {
      if (text.charCodeAt(this.#at) === LINE_FEED) this.#at += 1;
      this.#isAfterReturn = false;
    }
    this.#lineEnd.lastIndex = this.#at;
    const found = this.#lineEnd.exec(text);
    const end = found?.index ?? text.length;
    this.#keep(text.slice(this.#at, end));
    if (found === null) {
      this.#at = end;
      return undefined;
    }
    this.#at = end + 1;
    this.#isAfterReturn = found[0] === '\r';
    const line = this.#line.join('');
    this.#line = [];
    this.#lineCharacters = 0;
    return line;
  }

  #keep(piece: string): void {
    if (piece === '') return;
    this.#line.push(piece);
    this.#lineCharacters += piece.length;
    if (this.#lineCharacters + this.#dataCharacters <= this.#maxCharacters) return;
    throw makeError(
      'ERR_PROTOCOL',
      `An event of the response is longer than ${this.#maxCharacters} characters, more than any model answer needs. Check which server this is.`,
      { phase: 'stream' },
    );
  }

  #readField(line: string): void {
    const colon = line.indexOf(':');
    const name = colon < 0 ? line : line.slice(0, colon);
    const start = colon < 0 ? line.length : colon + (line.charCodeAt(colon + 1) === SPACE ? 2 : 1);
    const value = line.slice(start);
    if (name === 'event') this.#name = value;
    if (name !== 'data') return;
    this.#data.push(value);
    this.#dataCharacters += value.length + 1;
  }
}
