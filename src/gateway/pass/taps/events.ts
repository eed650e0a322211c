import { encodeText } from '../../../encoding.js';
import type { Usage } from '../../../index.js';
import { isObject } from '../../../input/read.js';
import { type ServerSentEvent, ServerSentEventReader } from '../../../responses/server-sent-events.js';
import type { Failure } from '../../failure.js';
import type { Tap } from './tap.js';
import { truncatedError } from './tap.js';

/** What a tap of server-sent events knows of an answer. */
export interface Seen {
  usage: Usage | undefined;
  failure: Error | undefined;
  /** Whether the last event of a complete answer has passed. */
  hasEnded: boolean;
}

/** Letters of an event besides those that the model wrote, and letters per token. */
const FRAME_LETTERS = 100;
const LETTERS_PER_TOKEN = 3;

/** How a protocol writes an answer as server-sent events. */
export interface EventForm {
  /** Whether an event has something that the model wrote. */
  isWritten(event: ServerSentEvent): boolean;
  see(event: ServerSentEvent, seen: Seen): void;
  fail(failure: Failure): string;
}

/** Watches server-sent events. */
export class EventTap implements Tap {
  readonly #reader = new ServerSentEventReader();
  readonly #form: EventForm;
  #writtenTokens = 0;
  readonly #seen: Seen = { usage: undefined, failure: undefined, hasEnded: false };

  constructor(form: EventForm) {
    this.#form = form;
  }

  get usage(): Usage | undefined {
    return this.#seen.usage;
  }

  get writtenTokens(): number {
    return this.#writtenTokens;
  }

  get failure(): Error | undefined {
    return this.#seen.failure;
  }

  get isWhole(): boolean {
    return !this.#reader.isInsideEvent;
  }

  see(chunk: Uint8Array): void {
    this.#reader.feed(chunk);
    for (let event = this.#reader.next(); event !== undefined; event = this.#reader.next()) {
      this.#form.see(event, this.#seen);
      if (this.#form.isWritten(event))
        this.#writtenTokens += Math.max(1, (event.data.length - FRAME_LETTERS) / LETTERS_PER_TOKEN);
    }
  }

  end(): void {
    if (!this.#seen.hasEnded && this.#seen.failure === undefined) throw truncatedError();
  }

  fail(failure: Failure): Uint8Array {
    return encodeText(this.#form.fail(failure));
  }
}

/** The JSON object of an event; an empty one for data that is none. */
export function parseData({ data }: ServerSentEvent): Readonly<Record<string, unknown>> {
  try {
    const json: unknown = JSON.parse(data);
    return isObject(json) ? json : {};
  } catch {
    return {};
  }
}

/** A member that is an object; an empty object in place of anything else. */
export function objectIn(json: Readonly<Record<string, unknown>>, name: string): Record<string, unknown> {
  const value = json[name];
  return isObject(value) ? value : {};
}
