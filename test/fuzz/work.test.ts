import { afterAll, beforeAll, vi } from 'vitest';
import type * as Library from '../../src/index.js';
import { type StepCounter, startCounting } from '../local/steps.js';
import { bodyOf, type WireEvent } from '../wire/frames.js';
import { answer } from './answers.js';
import type { Random } from './random.js';
import { fuzz } from './seed.js';

let counter: StepCounter;
let library: typeof Library;

beforeAll(async () => {
  counter = await startCounting();
  // Only what is loaded now is counted, so nothing that was loaded before may be used.
  vi.resetModules();
  library = await import('../../src/index.js');
});
afterAll(() => counter.stop());

/** An answer that grows with a number. */
type Growing = (count: number) => readonly WireEvent[];

const isDelta = ([type]: WireEvent): boolean => type === 'contentBlockDelta';

/** Ways to make an answer long: one of its pieces, its blocks, or what nobody knows, many times. */
function growing(random: Random): Growing {
  let events = answer(random);
  while (!events.some(isDelta)) events = answer(random);
  const deltas = events.flatMap((event, at) => (isDelta(event) ? [at] : []));
  const at = random.pick(deltas);
  const piece = events[at] as WireEvent;
  const around = (more: WireEvent[]): WireEvent[] => [...events.slice(0, at), ...more, ...events.slice(at)];
  const last = Math.max(...events.map(([, body]) => Number(body['contentBlockIndex'] ?? 0)));
  return random.pick<Growing>([
    (count) => around(Array<WireEvent>(count).fill(piece)),
    (count) =>
      around(
        Array.from(
          { length: count },
          (_, n): WireEvent => [
            'contentBlockDelta',
            { contentBlockIndex: last + 1 + n, delta: piece[1]['delta'] },
          ],
        ),
      ),
    (count) =>
      around(
        Array.from(
          { length: count },
          (_, n): WireEvent => [
            'contentBlockDelta',
            { contentBlockIndex: last + 1 + (n % 7), delta: piece[1]['delta'] },
          ],
        ),
      ),
    (count) => around(Array.from({ length: count }, (_, n): WireEvent => [`news${n}`, { n }])),
    (count) =>
      around(
        Array.from(
          { length: count },
          (_, n): WireEvent => [
            'contentBlockDelta',
            { contentBlockIndex: last + 1, delta: { [`kind${n}`]: n } },
          ],
        ),
      ),
  ]);
}

/** Events of the shorter of the two answers: enough that what grows with their square outweighs all else. */
const COUNT = 400;

/** Twice as many events are twice the work at most, and some more for lists that grow by doubling. */
const MOST = 2.4;

fuzz('twice as long an answer is at most about twice the work', {
  share: 0.002,
  async run(random) {
    const grow = growing(random);
    const size = random.pick([100, 1000, 1_000_000]);
    const isRelayed = random.chance(0.4);
    const work = async (count: number): Promise<number> => {
      const bytes = bodyOf(grow(count));
      return counter.count(async () => {
        const body = new ReadableStream<Uint8Array>({
          start(controller) {
            for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.subarray(at, at + size));
            controller.close();
          },
        });
        const headers = { 'content-type': 'application/vnd.amazon.eventstream' };
        const stream = library
          .createBedrock({
            region: 'us-east-1',
            credentials: { token: 'some-token' },
            fetch: async () => new Response(body, { headers }),
            maxAttempts: 1,
          })
          .stream({ modelId: 'm', messages: [{ role: 'user', content: [{ text: 'Hi' }] }] });
        const read = isRelayed ? library.fromResponse(await stream.toResponse()) : stream;
        await read.result();
      });
    };
    await work(1);
    const growth = (await work(2 * COUNT)) / (await work(COUNT));
    if (growth > MOST) throw new Error(`Twice the events are ${growth.toFixed(2)} times the work`);
    if (growth < 1.1) throw new Error(`Nothing was counted: ${growth}`);
  },
});
