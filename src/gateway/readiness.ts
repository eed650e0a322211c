import { type Bedrock, explain } from '../index.js';
import { readClientOptions } from './client-options.js';
import type { StartTimer } from './http/timers.js';

/** How long it is believed that credentials were there, and that they were missing, in milliseconds. Anybody may ask. */
const BELIEVED_MS = 30_000;
const DOUBTED_MS = 5_000;

/** How long credentials may take. By then the client that asks has given up. */
const PATIENCE_MS = 5_000;

/** Finds out whether a gateway could call a model, without calling one. */
export class Readiness {
  readonly #clients: readonly Bedrock[];
  readonly #now: () => number;
  readonly #startTimer: StartTimer;
  #last: { hasCredentials: boolean; until: number } | undefined;

  /** @param clients The clients of the gateway. One that has credentials is enough. */
  constructor(
    clients: Iterable<Bedrock>,
    { now, startTimer }: { now: () => number; startTimer: StartTimer },
  ) {
    this.#clients = [...clients];
    this.#now = now;
    this.#startTimer = startTimer;
  }

  /** Whether any client has credentials that have not expired. */
  async hasCredentials(): Promise<boolean> {
    if (this.#last !== undefined && this.#now() < this.#last.until) return this.#last.hasCredentials;
    const found = await Promise.all(this.#clients.map((client) => this.#check(client)));
    const hasCredentials = found.includes(true);
    this.#last = { hasCredentials, until: this.#now() + (hasCredentials ? BELIEVED_MS : DOUBTED_MS) };
    return hasCredentials;
  }

  async #check(client: Bedrock): Promise<boolean> {
    const patience = new AbortController();
    const stop = this.#startTimer(() => patience.abort(), PATIENCE_MS);
    try {
      const defaults = readClientOptions(client);
      const { failure, credentials } = await explain({ defaults, resolve: true, signal: patience.signal });
      return failure === undefined && credentials.failure === undefined;
    } catch {
      return false;
    } finally {
      stop();
    }
  }
}
