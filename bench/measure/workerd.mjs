import { Miniflare } from 'miniflare';
import { pack } from '../runtimes/pack.mjs';
import { median } from './statistics.mjs';

/** A request that takes longer hangs. */
const HANGS_AFTER_MS = 30_000;

/**
 * Many streams at once in one request to a Worker. It is measured from outside, as the clocks of Workers may stand still
 * while code runs. Another request is answered at once as soon as the Worker's loop turns; the longest that one had to wait is
 * the block. `idle` is what it takes to answer when there is nothing else to do.
 */
export async function run({ ask, contender, contenderUrl, options }) {
  const { model, streams, warmUps, together } = options;
  const { modules, contender: packed } = await pack('worker', contender);
  const miniflare = new Miniflare({
    modules: Object.entries(modules).map(([path, contents]) => ({ type: 'ESModule', path, contents })),
    modulesRoot: '.',
    compatibilityDate: '2025-09-01',
    // A socket of its own: the one for all goes through a Worker of miniflare, whose turns would count too.
    unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }],
  });
  try {
    const address = await miniflare.unsafeGetDirectURL();
    const facts = await ask(`facts/${model}`);
    const read = (job, what = 'The request', signal = undefined) =>
      send(what, new URL('/read', address), {
        method: 'POST',
        body: JSON.stringify({ contender: packed, url: contenderUrl, model, facts, ...job }),
        signal,
      });
    await read({ streams: warmUps });
    const idle = new Pings(address);
    await sleep(200);
    const { times } = await idle.stop();

    const start = performance.now();
    const pings = new Pings(address);
    const all = read({ streams, together });
    await Promise.all([all, read({ streams: 1 }, 'A second request')]);
    const wall = performance.now() - start;
    const { longest } = await pings.stop();

    await leaveBehind((signal) => read({ streams }, undefined, signal));
    await read({ streams: 1 }, 'The request after one that was left behind');
    return { block: longest, wall, idle: median(times) };
  } finally {
    await miniflare.dispose();
  }
}

/** Begins a request and is gone before its answer. */
async function leaveBehind(begin) {
  const leaving = new AbortController();
  const left = begin(leaving.signal).catch(() => {});
  await sleep(30);
  leaving.abort();
  await left;
}

/** Asks for an answer again and again, 1 ms after the one before. The one that is awaited at the end counts too. */
class Pings {
  #isOver = false;
  #times = [];
  #loop;

  constructor(address) {
    this.#loop = this.#run(new URL('/ping', address));
    // Whoever stops it hears of a failure.
    this.#loop.catch(() => {});
  }

  async stop() {
    this.#isOver = true;
    await this.#loop;
    return { times: this.#times, longest: Math.max(...this.#times) };
  }

  async #run(url) {
    while (!this.#isOver) {
      const start = performance.now();
      await send('A second request', url);
      this.#times.push(performance.now() - start);
      await sleep(1);
    }
  }
}

/** Sends a request, and throws unless it was answered well and in time. */
async function send(what, url, { signal, ...init } = {}) {
  const limit = AbortSignal.timeout(HANGS_AFTER_MS);
  const signals = signal === undefined ? [limit] : [limit, signal];
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.any(signals) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${what} to the Worker failed: ${text.split('\n')[0]}`);
  } catch (error) {
    if (limit.aborted) throw new Error(`${what} to the Worker hangs: no answer in ${HANGS_AFTER_MS} ms`);
    throw error;
  }
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
