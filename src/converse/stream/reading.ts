import { inputError, isBedrockError } from '../../errors.js';
import { Turns } from '../../event-loop.js';
import type { EventReader } from '../../options.js';
import { Abort } from '../../transport/abort.js';
import { IdleWatch, idleError } from '../../transport/idle.js';
import { protocolError } from '../../wire/frame.js';
import { Serial } from '../../wire/serial.js';
import { cancelledError } from './errors.js';

/** What ends a reading from outside; times are in milliseconds, 0 for no limit. */
export interface ReadingLimits {
  signal?: AbortSignal | undefined;
  timeoutMs?: number | undefined;
  /** The longest silence after a request was sent, and between two chunks. */
  idleTimeoutMs?: number | undefined;
}

/** An answer that can be read: where its events come from, and what is done with them. */
export interface Source<E> {
  /** Whether a connection is open already: an abort then closes it even if nobody reads. */
  readonly isOpen?: boolean;
  /** Checks the options. Called before anything else; when it throws, it is called again at the first read. */
  limits(): ReadingLimits;
  /**
   * Opens the answer: one attempt.
   *
   * @param onProgress Call when a request is sent and when it is answered: silence counts from then on.
   */
  open(abort: Abort, onProgress: () => void): Promise<EventReader<E>>;
  /** Ends only the attempt that is open, with this error, if `recover()` may have another one for it. False: it has none. */
  interrupt?(error: unknown): boolean;
  /** Waits until `open()` may be called again; throws the error that the reading fails with if it may not. */
  recover(error: unknown): Promise<void>;
  /** Keeps an event. False: it is not delivered. */
  accept(event: E): boolean;
  /** Called at the end of the answer; throws if it is incomplete. */
  finish(): void;
  /** The failure of a reading, with what had arrived. */
  describe(error: unknown): unknown;
  /** Called when the reading ends without an open answer. */
  discard?(): void;
}

/**
 * `idle` → `reading` → `done`, or from the first two:
 * `failed`: every reader gets the error; `left`: the only reader left, and gets nothing more.
 */
export type ReadingState = 'idle' | 'reading' | 'done' | 'failed' | 'left';

type Step<E> = IteratorResult<E, undefined>;

const DONE: Step<never> = { done: true, value: undefined };

/** Reads the events of one answer, once, and opens it again while nothing of it has been delivered. */
export class Reading<E> {
  /** Resolves when the answer is complete, rejects with the failure. */
  readonly over: Promise<void>;
  readonly #source: Source<E>;
  readonly #turns = new Turns();
  readonly #steps = new Serial(() => this.#step());
  #resolve!: () => void;
  #reject!: (error: unknown) => void;
  #state: ReadingState = 'idle';
  #failure: unknown;
  #isClaimed = false;
  #abort: Abort | undefined;
  #idle: IdleWatch | undefined;
  #events: EventReader<E> | undefined;
  /** Why the attempt that was open ends. */
  #interruption: unknown;

  constructor(source: Source<E>) {
    this.#source = source;
    this.over = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.over.catch(ignore);
    if (source.isOpen) this.#listenEarly();
  }

  get state(): ReadingState {
    return this.#state;
  }

  get isClaimed(): boolean {
    return this.#isClaimed;
  }

  /** The only iterator. */
  claim(): AsyncIterator<E, undefined> {
    if (this.#isClaimed) {
      throw inputError('This answer is already being read, and can be read once. Call again for a new one.');
    }
    this.#isClaimed = true;
    this.#listenEarly();
    return {
      next: () => this.#steps.next(),
      return: async () => {
        this.cancel(undefined);
        this.#state = 'left';
        return DONE;
      },
    };
  }

  /** Reads to the end unless somebody else reads, so that `over` settles. */
  drain(): void {
    if (this.#isClaimed || this.#state !== 'idle') return;
    const events = this.claim();
    const read = async (): Promise<void> => {
      while (!(await events.next()).done);
    };
    read().catch(ignore);
  }

  /** Ends a reading that is not over: readers reject with ERR_CANCELLED, or with the reason of an earlier abort. */
  cancel(cause: unknown): void {
    this.#listenEarly();
    if (this.#state === 'idle' || this.#state === 'reading') this.#fail(cancelledError(cause));
  }

  /** True if the error is the caller's own abort reason. */
  isCallersAbort(error: unknown): boolean {
    const reason = this.#abort?.reason;
    return reason?.isCallers === true && Object.is(reason.value, error);
  }

  /** An abort counts before the first read too. Wrong options do not: the first read reports them. */
  #listenEarly(): void {
    try {
      this.#listen();
    } catch {
      // The first read throws it again.
    }
  }

  /** Fails at an abort from now on: nobody may be reading when it comes. */
  #listen(): Abort {
    if (this.#abort !== undefined) return this.#abort;
    const abort = new Abort(this.#source.limits().signal, 0);
    this.#abort = abort;
    abort.listen((reason) => this.#fail(reason));
    if (abort.reason !== undefined) this.#fail(abort.reason.value);
    return abort;
  }

  /** An event that has arrived is returned without waiting; this is where a fast answer spends its time. */
  #step(): Promise<Step<E>> {
    if (this.#state === 'failed') return Promise.reject(this.#failure);
    if (this.#state === 'done' || this.#state === 'left') return Promise.resolve(DONE);
    if (this.#events !== undefined && this.#turns.mayRead()) {
      try {
        const event = this.#take(this.#events);
        if (event !== undefined) return Promise.resolve({ done: false, value: event });
      } catch (error) {
        return this.#wait(this.#recover(error));
      }
    }
    return this.#wait();
  }

  /** @param recovered Whether to continue after an earlier failure. */
  async #wait(recovered?: Promise<boolean>): Promise<Step<E>> {
    this.#steps.begin();
    try {
      let goesOn = recovered === undefined || (await recovered);
      while (goesOn) {
        try {
          const abort = this.#begin();
          const events = this.#events ?? (await this.#open(abort));
          for (;;) {
            if (!this.#turns.mayRead()) await abort.race(this.#turns.next());
            const event = this.#take(events);
            if (event !== undefined) return { done: false, value: event };
            this.#idle?.begin();
            const hasMore = await events.more();
            this.#idle?.end();
            abort.throwIfAborted();
            if (this.#interruption !== undefined) throw this.#interruption;
            if (!hasMore) return this.#finish();
          }
        } catch (error) {
          goesOn = await this.#recover(error);
        }
      }
      return DONE;
    } finally {
      this.#steps.end();
    }
  }

  #take(events: EventReader<E>): E | undefined {
    try {
      for (;;) {
        const event = events.take();
        if (event === undefined || this.#source.accept(event)) return event;
      }
    } catch (cause) {
      // Only what the peer sent is read here, so an error that is not ours means that it makes no sense.
      throw isBedrockError(cause) ? cause : protocolError('An event of the stream cannot be read', cause);
    }
  }

  #begin(): Abort {
    const abort = this.#listen();
    abort.throwIfAborted();
    if (this.#state !== 'idle') return abort;
    this.#state = 'reading';
    const { timeoutMs = 0, idleTimeoutMs = 0 } = this.#source.limits();
    abort.limit(timeoutMs);
    this.#idle = new IdleWatch(idleTimeoutMs, () =>
      this.#endSilence(idleError(idleTimeoutMs, 'stream'), abort),
    );
    return abort;
  }

  #endSilence(error: unknown, abort: Abort): void {
    if (this.#source.interrupt?.(error) !== true) {
      abort.abort(error);
      return;
    }
    this.#interruption = error;
    this.#closeEvents();
  }

  async #open(abort: Abort): Promise<EventReader<E>> {
    while (!this.#turns.mayStart()) await abort.race(this.#turns.next());
    const opening = this.#source.open(abort, () => this.#idle?.begin());
    // Kept in the same turn in which they come: an abort may come before this function continues.
    const events = await abort.race(opening.then((opened) => this.#keep(opened, abort)));
    abort.throwIfAborted();
    this.#idle?.end();
    return events;
  }

  #keep(events: EventReader<E>, abort: Abort): EventReader<E> {
    this.#events = events;
    if (abort.reason !== undefined) this.#closeEvents();
    return events;
  }

  /** Prepares another attempt; throws the failure if there is none. */
  async #recover(cause: unknown): Promise<boolean> {
    if (this.#isOver()) return false;
    const error =
      this.#abort?.reason === undefined ? (this.#interruption ?? cause) : this.#abort.reason.value;
    this.#interruption = undefined;
    this.#idle?.end();
    this.#closeEvents();
    try {
      await this.#source.recover(error);
    } catch (final) {
      if (this.#isOver()) return false;
      throw this.#fail(final);
    }
    return true;
  }

  /** Whether the reading was ended from outside: throws if the reader should get the error. */
  #isOver(): boolean {
    if (this.#state === 'failed') throw this.#failure;
    return this.#state === 'left';
  }

  #finish(): Step<E> {
    this.#source.finish();
    this.#state = 'done';
    this.#close();
    this.#resolve();
    return DONE;
  }

  /**
   * Ends the reading, once: with what had arrived, or with the caller's own reason as it is. The connection is closed before
   * the error is described: that depends on what the peer sent.
   */
  #fail(cause: unknown): unknown {
    if (this.#state !== 'idle' && this.#state !== 'reading') return this.#failure;
    this.#state = 'failed';
    this.#failure = cause;
    this.#abort?.abort(cause);
    this.#close();
    if (!this.isCallersAbort(cause)) this.#failure = this.#describe(cause);
    this.#reject(this.#failure);
    return this.#failure;
  }

  #describe(cause: unknown): unknown {
    try {
      return this.#source.describe(cause);
    } catch {
      return cause;
    }
  }

  #close(): void {
    this.#idle?.stop();
    this.#abort?.dispose();
    if (this.#events === undefined) this.#source.discard?.();
    this.#closeEvents();
  }

  /** Not every transport keeps the promise that this never throws, and readers must be told the failure in any case. */
  #closeEvents(): void {
    try {
      this.#events?.close();
    } catch {
      // There is nothing left to close.
    }
    this.#events = undefined;
  }
}

function ignore(): void {}
