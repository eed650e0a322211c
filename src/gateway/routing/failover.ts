import type { Bedrock, CallOptions } from '../../index.js';
import { readClientOptions } from '../client-options.js';
import { type FailureKind, failureOf, Refusal } from '../failure.js';
import type { Run } from '../http/running.js';
import type { StartTimer } from '../http/timers.js';
import type { CoolDowns } from './cool-downs.js';
import { pickFailure, readTargetFailure } from './failure-cause.js';
import type { GatewayTarget, Target } from './target.js';

/** The longest wait for another attempt with a target while others have not been tried, in milliseconds. */
const RETRY_WAIT_MS = 1000;

/** A target that a request was sent to, for the log. */
export interface TriedTarget extends GatewayTarget {
  /** Why it did not answer; undefined for the one that did. */
  failure: FailureKind | undefined;
}

/** A call to one target: with which client and options. */
export interface Attempt {
  target: Target;
  client: Bedrock;
  options: Pick<CallOptions, 'signal' | 'region' | 'maxRetryDelayMs'>;
}

/** What all requests of a gateway share about targets. */
export interface Routing {
  /** Clients by name; the client of targets without a name is under the empty one. */
  clients: ReadonlyMap<string, Bedrock>;
  coolDowns: CoolDowns;
  /** Time for all targets of a request together. */
  deadlineMs: number;
  startTimer: StartTimer;
}

/** The targets of one request: they are tried one after the other until one answers. */
export class Failover {
  readonly #targets: readonly Target[];
  readonly #routing: Routing;
  readonly #run: Run;
  readonly #tried: TriedTarget[] = [];
  #answered: Target | undefined;

  /** @param targets At least one. */
  constructor(targets: readonly Target[], routing: Routing, run: Run) {
    this.#targets = targets;
    this.#routing = routing;
    this.#run = run;
  }

  /** Targets that the request was sent to so far, in their order. */
  get tried(): readonly TriedTarget[] {
    return this.#tried;
  }

  /** Headers that say which target answered; none if there is only one, or none has answered yet. */
  headers(): Record<string, string> {
    if (this.#targets.length < 2 || this.#answered === undefined) return {};
    return {
      'x-bedrock-anywhere-target': String(this.#answered.position),
      'x-bedrock-anywhere-tried': String(this.#tried.length),
    };
  }

  /**
   * Makes a call to one target after the other. It has to resolve when content has begun: a failure after that is final.
   *
   * @throws what the call to the only target threw, or the failure that says most to the client
   */
  async first<T>(call: (attempt: Attempt) => Promise<T>): Promise<T> {
    const { coolDowns } = this.#routing;
    const [only] = this.#targets;
    if (this.#targets.length === 1 && only !== undefined)
      return this.#try(only, { signal: this.#run.signal }, call);
    const deadline = this.#startDeadline();
    const errors: unknown[] = [];
    const left = [...this.#targets];
    try {
      for (;;) {
        const target =
          coolDowns.firstReady(left) ?? (errors.length === 0 ? coolDowns.firstToReturn(left) : undefined);
        if (target === undefined) throw pickFailure(errors);
        left.splice(left.indexOf(target), 1);
        try {
          const options = { signal: deadline.signal, ...this.#shortenRetries(target, left) };
          return await this.#try(target, options, call);
        } catch (error) {
          if (this.#run.signal.aborted) throw error;
          errors.push(error);
          const failure = deadline.signal.aborted ? SILENT : readTargetFailure(error);
          if (failure?.cause !== undefined) coolDowns.start(target, failure.cause, failure.retryAfterMs);
          if (failure === undefined || deadline.signal.aborted) throw pickFailure(errors);
        }
      }
    } finally {
      deadline.stop();
    }
  }

  async #try<T>(
    target: Target,
    options: Attempt['options'],
    call: (attempt: Attempt) => Promise<T>,
  ): Promise<T> {
    const { modelId, client: name, region } = target;
    const tried: TriedTarget = { modelId, client: name, region, failure: undefined };
    this.#tried.push(tried);
    const client = this.#clientOf(target);
    try {
      const answer = await call({
        target,
        client,
        options: { ...options, ...(region !== undefined && { region }) },
      });
      this.#answered = target;
      return answer;
    } catch (error) {
      tried.failure = failureOf(error).kind;
      throw error;
    }
  }

  #clientOf({ client = '' }: Target): Bedrock {
    // The options of the gateway were checked: each target names a client that there is.
    return this.#routing.clients.get(client) as Bedrock;
  }

  /** Waiting long for a target makes no sense while another one is free. */
  #shortenRetries(target: Target, left: readonly Target[]): Pick<CallOptions, 'maxRetryDelayMs'> {
    if (this.#routing.coolDowns.firstReady(left) === undefined) return {};
    const { maxRetryDelayMs = RETRY_WAIT_MS } = readClientOptions(this.#clientOf(target));
    return { maxRetryDelayMs: Math.min(maxRetryDelayMs, RETRY_WAIT_MS) };
  }

  /** A signal for the calls of this request, which also ends them when the time for all targets is over. */
  #startDeadline(): { signal: AbortSignal; stop(): void } {
    const { deadlineMs, startTimer } = this.#routing;
    const { signal } = this.#run;
    const ending = new AbortController();
    const end = (): void => ending.abort(signal.reason);
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
    const stop = startTimer(
      () => ending.abort(new Refusal('timeout', 'None of the models behind this name answered in time.')),
      deadlineMs,
    );
    return { signal: ending.signal, stop };
  }
}

/** What it means for a target that the time for all was over while it was tried. */
const SILENT = { cause: 'unavailable', retryAfterMs: undefined } as const;
