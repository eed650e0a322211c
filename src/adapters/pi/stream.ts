import type { PiAssistantMessage, PiEvent } from './types.js';

/** pi's stream of events. It begins by itself and never throws. */
export interface PiEventStream extends AsyncIterable<PiEvent> {
  /** The events. Leaving the loop ends the call and closes the connection. */
  [Symbol.asyncIterator](): AsyncIterator<PiEvent, undefined>;
  /** The final message, also of a call that failed. Never rejects. */
  result(): Promise<PiAssistantMessage>;
}

/** Where events come from. */
export interface PiEventSource {
  /** The message so far. */
  readonly message: PiAssistantMessage;
  /** The next events; the last one is `done` or `error`. Never rejects. */
  next(): Promise<PiEvent[]>;
  /** Ends the call and completes the message. */
  leave(): void;
}

type Step = IteratorResult<PiEvent, undefined>;

const DONE: Step = { done: true, value: undefined };

/** How many unread events are kept before the source has to wait. */
const ROOM = 64;

/**
 * Reads a source from the start, and pauses while too many events are unread. `result()` lifts the limit, because it needs the
 * end. If no loop has begun by then, older events are dropped, and a loop that begins later gets the last ones.
 */
export class BoundedStream implements PiEventStream {
  readonly #source: PiEventSource;
  #events: PiEvent[] = [];
  /** The first unread one: taking events off a long list one by one would move all others each time. */
  #first = 0;
  readonly #readers: ((step: Step) => void)[] = [];
  readonly #message: Promise<PiAssistantMessage>;
  #settle!: (message: PiAssistantMessage) => void;
  #over = false;
  #read = false;
  #asked = false;
  #makeRoom: (() => void) | undefined;

  constructor(source: PiEventSource) {
    this.#source = source;
    this.#message = new Promise((resolve) => {
      this.#settle = resolve;
    });
    void this.#run();
  }

  [Symbol.asyncIterator](): AsyncIterator<PiEvent, undefined> {
    this.#read = true;
    return {
      next: () => this.#next(),
      return: async () => {
        this.#leave();
        return DONE;
      },
    };
  }

  result(): Promise<PiAssistantMessage> {
    this.#asked = true;
    this.#makeRoom?.();
    return this.#message;
  }

  async #run(): Promise<void> {
    while (!this.#over) {
      for (const event of await this.#source.next()) this.#push(event);
      if (!this.#over && !this.#asked && this.#unread >= ROOM) {
        await new Promise<void>((resolve) => {
          this.#makeRoom = resolve;
        });
        this.#makeRoom = undefined;
      }
    }
  }

  #push(event: PiEvent): void {
    if (this.#over) return;
    const isLast = event.type === 'done' || event.type === 'error';
    const reader = this.#readers.shift();
    if (reader !== undefined) reader({ done: false, value: event });
    else {
      if (this.#asked && !this.#read && this.#unread >= ROOM) this.#forget(this.#events.length);
      this.#events.push(event);
    }
    if (isLast) this.#end(event.type === 'done' ? event.message : event.error);
  }

  #next(): Promise<Step> {
    const event = this.#events[this.#first];
    if (event !== undefined) {
      this.#first += 1;
      if (this.#first >= ROOM && this.#first >= this.#unread) this.#forget(this.#first);
      if (this.#unread < ROOM / 2) this.#makeRoom?.();
      return Promise.resolve({ done: false, value: event });
    }
    if (this.#over) return Promise.resolve(DONE);
    return new Promise((resolve) => this.#readers.push(resolve));
  }

  get #unread(): number {
    return this.#events.length - this.#first;
  }

  /** Drops events from the front. */
  #forget(count: number): void {
    this.#events = this.#events.slice(count);
    this.#first = 0;
  }

  #end(message: PiAssistantMessage): void {
    this.#over = true;
    this.#settle(message);
    for (const reader of this.#readers.splice(0)) reader(DONE);
  }

  #leave(): void {
    if (this.#over) return;
    this.#forget(this.#events.length);
    try {
      this.#source.leave();
    } finally {
      this.#end(this.#source.message);
      this.#makeRoom?.();
    }
  }
}
