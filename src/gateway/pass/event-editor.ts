import { encodeText } from '../../encoding.js';
import { isObject } from '../../input/read.js';
import { writeJson } from '../http/sse.js';
import type { Json } from './usage.js';

/** A change to an answer that is passed on. */
export interface Edit {
  /** Matches the text of events that may have to change. All others are passed on unchanged. */
  concerns: RegExp;
  /** Returns the JSON for the client: the same object if nothing changes, undefined to drop the event. */
  apply(json: Json): Json | undefined;
}

/** An empty line, which ends an event. */
const END = /\n\r?\n|\r\r/g;

/** Changes the events of a stream. Each is buffered until its end has arrived; the tap limits how long one may be. */
export class EventEditor {
  readonly #edit: Edit;
  readonly #utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
  #held: string[] = [];
  /** The last characters of what is held: the end of an event may be split between two chunks. */
  #last = '';

  constructor(edit: Edit) {
    this.#edit = edit;
  }

  /** Takes a chunk and returns what to pass on, which may be nothing. */
  take(chunk: Uint8Array): Uint8Array {
    const text = this.#utf8.decode(chunk, { stream: true });
    const seen = this.#last + text;
    let passed = '';
    let from = 0;
    for (const { index, 0: end } of seen.matchAll(END)) {
      const to = index + end.length - this.#last.length;
      this.#held.push(text.slice(from, to));
      passed += editEvent(this.#held.join(''), this.#edit);
      this.#held = [];
      from = to;
    }
    if (from < text.length) this.#held.push(text.slice(from));
    this.#last = (from === 0 ? seen : text.slice(from)).slice(-2);
    return encodeText(passed);
  }

  /** Returns what is left when the answer has ended. */
  end(): Uint8Array {
    return encodeText(this.#held.join('') + this.#utf8.decode());
  }
}

function editEvent(event: string, { concerns, apply }: Edit): string {
  if (!concerns.test(event)) return event;
  const lines = event.split(/\r\n|[\r\n]/).filter((line) => line !== '');
  const isData = (line: string): boolean => line.startsWith('data:');
  const json = parse(
    lines
      .filter(isData)
      .map((line) => line.slice(5))
      .join('\n'),
  );
  if (json === undefined) return event;
  const edited = apply(json);
  if (edited === json) return event;
  if (edited === undefined) return '';
  const others = lines.filter((line) => !isData(line)).map((line) => `${line}\n`);
  return `${others.join('')}data: ${writeJson(edited)}\n\n`;
}

function parse(text: string): Json | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return isObject(json) ? json : undefined;
  } catch {
    return undefined;
  }
}
