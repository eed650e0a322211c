import type { ConverseEvent, ConverseStream } from '../../src/index.js';
import { fromResponse } from '../../src/index.js';
import type { Random } from './random.js';
import { expectEvent } from './shape.js';

/** What a reader may do to a stream, besides reading it. */
interface Hands {
  random: Random;
  /** Aborts the caller's signal. */
  abort(): void;
  /** Runs something when the peer is about to give another chunk, or after some turns if it never does. */
  later(action: () => void): void;
}

/** Begins to read, and returns every promise that must settle. */
type Reading = (stream: ConverseStream, hands: Hands) => PromiseLike<unknown>[];

async function readAll(events: AsyncIterable<ConverseEvent>): Promise<void> {
  for await (const event of events) expectEvent(event);
}

/** The first events, or pieces of text. */
async function readSome(items: AsyncIterable<ConverseEvent | string>, count: number): Promise<void> {
  let seen = 0;
  for await (const item of items) {
    if (typeof item !== 'string') expectEvent(item);
    if (++seen > count) break;
  }
}

async function readBody(body: ReadableStream<unknown>): Promise<void> {
  const reader = body.getReader();
  while (!(await reader.read()).done);
}

/** Reads the answer that a server of ours would pass on, as its page does. */
async function relay(stream: ConverseStream, hands: Hands): Promise<unknown> {
  const { random } = hands;
  let failures = 0;
  const onError = random.chance(0.5)
    ? () => {
        failures += 1;
        throw new Error('a logger that fails');
      }
    : undefined;
  const response = await stream.toResponse(onError && { onError });
  const page = fromResponse(response);
  const [, read] = random.pick(PLAIN);
  const outcomes = await Promise.allSettled([...read(page, hands), page.result()]);
  if (failures > 1) throw new Error('onError was called twice');
  const failed = outcomes.find((one): one is PromiseRejectedResult => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return undefined;
}

/** Ways to read that end by themselves, if the answer does. */
const PLAIN: readonly (readonly [name: string, reading: Reading])[] = [
  ['loop', (stream) => [readAll(stream)]],
  ['result', (stream) => [stream.result()]],
  ['text', (stream) => [stream.text()]],
  ['loop and result', (stream) => [stream.result(), readAll(stream)].reverse()],
  ['text stream', (stream) => [readSome(stream.textStream(), Number.POSITIVE_INFINITY)]],
  ['web stream', (stream) => [readBody(stream.toReadableStream())]],
  ['tee', (stream) => stream.toReadableStream().tee().map(readBody)],
  ['break', (stream, { random }) => [readSome(stream, random.below(8))]],
  ['break of the text', (stream, { random }) => [readSome(stream.textStream(), random.below(4))]],
];

/** Every way to read. A reading that could leave a stream open ends it at last. */
export const READINGS: readonly (readonly [name: string, reading: Reading])[] = [
  ...PLAIN,
  [
    'many steps at once',
    (stream, { random }) => {
      const events = stream[Symbol.asyncIterator]();
      return random.list(1, 30, () => events.next());
    },
  ],
  [
    'step, then return while another step waits',
    (stream) => {
      const events = stream[Symbol.asyncIterator]();
      return [events.next(), events.next(), events.return?.() as Promise<unknown>, events.next()];
    },
  ],
  [
    'cancel',
    (stream, { random, later }) => {
      const cause = random.pick([undefined, new Error('enough'), 'enough', null]);
      later(() => void stream.cancel(cause));
      return random.pick(PLAIN)[1](stream, { random, later, abort: () => undefined });
    },
  ],
  [
    'abort',
    (stream, hands) => {
      hands.later(hands.abort);
      return hands.random.pick(PLAIN)[1](stream, hands);
    },
  ],
  ['cancel before reading', (stream) => [stream.cancel(), stream.result()]],
  [
    'abort before reading',
    (stream, { abort }) => {
      abort();
      return [stream.result()];
    },
  ],
  ['dispose', (stream, { random }) => [readSome(stream, random.below(4)), stream[Symbol.asyncDispose]()]],
  [
    'cancel of a web stream',
    (stream, { random }) => {
      const reader = stream.toReadableStream().getReader();
      const steps = random.list(0, 4, () => reader.read());
      return [...steps, reader.cancel('enough')];
    },
  ],
  ['relay', (stream, hands) => [relay(stream, hands)]],
  [
    'relay, and cancel or abort',
    (stream, hands) => {
      hands.later(hands.random.chance(0.5) ? hands.abort : () => void stream.cancel());
      return [relay(stream, hands)];
    },
  ],
  [
    'relay that is left',
    (stream, { random }) => [
      stream.toResponse().then(async (response) => {
        const reader = response.body?.getReader();
        for (let n = random.below(5); n > 0; n--) await reader?.read();
        await reader?.cancel();
      }),
    ],
  ],
  ['text response', (stream) => [stream.toTextResponse().then((response) => response.text())]],
];
