import { Lateness } from './lateness.mjs';
import { Ticker } from './ticker.mjs';

/** The clock of the server, in ms: monotonic, and the same for all processes of a machine. */
const offset = Number(process.hrtime.bigint() / 1000n) / 1000 - performance.now();

/** Takes the events of one paced answer and tells of each how late it was. */
class PacedAnswer {
  #next = 0;
  #begun = 0;
  #isClosed = false;
  #setup;

  constructor(setup) {
    this.#setup = setup;
  }

  text(piece) {
    const now = performance.now() + offset;
    const { count, period, all, atEnd } = this.#setup;
    const seen = this.#next;
    if (seen === 0) this.#begun = Number(piece.slice(1)) / 1000;
    else if (Number(piece) !== seen) throw new Error(`Event ${piece} came in the place of ${seen}`);
    this.#next += 1;
    const late = now - (this.#begun + seen * period);
    all.add(late);
    if (seen >= count * 0.9) atEnd.add(late);
  }

  usage() {
    this.#isClosed = true;
  }

  get isWhole() {
    return this.#isClosed && this.#next === this.#setup.count;
  }
}

/**
 * Many streams at a pace: how late their events are handed out, in ms (half and 99 of 100 below; the last tenth apart, to
 * tell whether the client fell behind), the share of one core that it takes, and the longest block of the event loop.
 */
export async function run({ open, options: { streams, rate, seconds } }) {
  const count = Math.round(rate * seconds);
  const read = await open();
  const setup = { period: 1000 / rate, all: new Lateness(), atEnd: new Lateness() };
  const readAll = (events, lateness) =>
    Promise.all(
      Array.from({ length: streams }, async (_, number) => {
        const answer = new PacedAnswer({ ...setup, ...lateness, count: events });
        await read({ model: `load.${rate}.${events}.none.${number}` }, answer);
        return answer.isWhole;
      }),
    );
  await readAll(Math.max(2, Math.round(rate)), { all: new Lateness(), atEnd: new Lateness() });
  const before = process.cpuUsage();
  const start = performance.now();
  const ticker = new Ticker();
  const whole = await readAll(count);
  const block = ticker.stop();
  const { user, system } = process.cpuUsage(before);
  if (whole.includes(false)) throw new Error('An answer is not whole.');
  const { all, atEnd } = setup;
  return {
    half: all.quantile(0.5),
    most: all.quantile(0.99),
    max: all.max,
    halfAtEnd: atEnd.quantile(0.5),
    core: (user + system) / 1000 / (performance.now() - start),
    block,
  };
}
