import { getEventListeners } from 'node:events';
import { inspect } from 'node:util';
import { afterAll, beforeAll, vi } from 'vitest';
import { isBedrockError } from '../../src/index.js';
import { expectNoMark, MARK } from '../credentials/marks.js';
import type { Peer } from './peer.js';
import type { Random } from './random.js';

/** Turns of the event loop without any progress after which only a timer could help. Nothing here waits for a clock. */
const QUIET_TURNS = 40;

/** Timers that may run in one run; something that goes on for longer does not end. */
const MOST_TIMERS = 500;

const unhandled: unknown[] = [];
const note = (reason: unknown): void => void unhandled.push(reason);

/**
 * Stops the clock for a file of fuzzers and collects unhandled rejections. Time passes only when nothing else happens, so an
 * hour of silence takes no time.
 */
export function watchProcess(): void {
  const { stackTraceLimit } = Error;
  beforeAll(() => {
    process.on('unhandledRejection', note);
    // The places of thousands of errors that nobody reads are found by source maps, which takes longer than all else.
    Error.stackTraceLimit = 2;
    vi.useFakeTimers({
      toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance', 'Date'],
    });
  });
  afterAll(() => {
    process.off('unhandledRejection', note);
    Error.stackTraceLimit = stackTraceLimit;
    vi.useRealTimers();
    vi.restoreAllMocks();
  });
}

/** Makes the jitter of retries follow from the run, and forgets what an earlier run left behind. */
export function beginRun(random: Random): void {
  unhandled.length = 0;
  vi.clearAllTimers();
  vi.spyOn(Math, 'random').mockImplementation(random.next);
}

export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Runs something after some turns of the event loop. */
export async function afterTurns(turns: number, action: () => void): Promise<void> {
  for (let n = 0; n < turns; n++) await turn();
  action();
}

/** Waits for all promises; fails if one cannot settle, because nothing happens and no timer is set. */
export async function settle(
  promises: readonly PromiseLike<unknown>[],
  progress: () => number = () => 0,
): Promise<PromiseSettledResult<unknown>[]> {
  let left = promises.length;
  const count = (): void => void (left -= 1);
  for (const promise of promises) promise.then(count, count);
  for (let timers = 0; left > 0; timers++) {
    let seen = progress();
    for (let quiet = 0; quiet < QUIET_TURNS && left > 0; quiet++) {
      await turn();
      if (progress() !== seen) quiet = 0;
      seen = progress();
    }
    if (left === 0) break;
    if (vi.getTimerCount() === 0) throw new Error(`${left} of ${promises.length} promises never settle`);
    if (timers > MOST_TIMERS) throw new Error('The timers never end');
    await vi.advanceTimersToNextTimerAsync();
  }
  return Promise.allSettled(promises);
}

/** Fails unless everything that a run used has been given back. */
export async function expectNothingLeft(peer?: Peer, signal?: AbortSignal): Promise<void> {
  for (let n = 0; n < 3; n++) await turn();
  const left = {
    'mistakes of the fuzzer': peer?.mistakes.length ?? 0,
    'unhandled rejections': unhandled.length,
    'open bodies': peer?.openBodies ?? 0,
    'listeners on the signal': signal === undefined ? 0 : getEventListeners(signal, 'abort').length,
    timers: vi.getTimerCount(),
  };
  const names = Object.entries(left).flatMap(([name, count]) => (count === 0 ? [] : `${count} ${name}`));
  if (names.length > 0)
    throw new Error(`Left behind: ${names.join(', ')}`, { cause: peer?.mistakes[0] ?? unhandled[0] });
}

/** Fails unless an error is of this library, or is the reason that the caller gave for an abort. */
export function expectTyped(error: unknown, reason?: unknown): void {
  if (isBedrockError(error) || (reason !== undefined && Object.is(error, reason))) return;
  throw new Error(`Untyped: ${inspect(error)}`, { cause: error });
}

/** Fails if a secret of the call can be seen. Looking thoroughly takes long, so not where nobody repeated it. */
export function expectSecretKept(value: unknown, wasEchoed: boolean): void {
  if (wasEchoed) expectNoMark(value);
  else if (inspect(value, { depth: 6 }).includes(MARK)) throw new Error('A secret shows', { cause: value });
}

/** What came of a call, and the signal that it had. */
export interface Left {
  outcome: PromiseSettledResult<unknown>;
  signal: AbortSignal;
  /** The reason of the abort, if there was one. */
  reason: unknown;
}

/** Makes a call with one promise. In some runs its signal aborts: before it, at a chunk of an answer, or after some turns. */
export async function callWithLeaving(
  random: Random,
  peer: Peer,
  call: (signal: AbortSignal) => PromiseLike<unknown>,
): Promise<Left> {
  const controller = new AbortController();
  const { signal } = controller;
  const reason = new Error('the caller left');
  const when = random.chance(0.25) ? random.pick(['before', 'chunk', 'turns']) : 'never';
  if (when === 'before') controller.abort(reason);
  const at = random.below(6);
  if (when === 'chunk') {
    peer.onChunk = (given) => {
      if (given === at) controller.abort(reason);
    };
  }
  const promise = call(signal);
  const left = afterTurns(at, () => {
    if (when === 'turns') controller.abort(reason);
  });
  const [outcome] = await settle([promise, left], () => peer.asked);
  return {
    outcome: outcome as PromiseSettledResult<unknown>,
    signal,
    reason: signal.aborted ? reason : undefined,
  };
}
