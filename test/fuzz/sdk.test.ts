import { Readable } from 'node:stream';
import { BedrockRuntimeClient, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime';
import { eventStreamSerdeProvider, sdkTransport } from '../../src/aws/index.js';
import { createBedrock } from '../../src/index.js';
import { secret } from '../credentials/marks.js';
import { answer } from './answers.js';
import { damageAnswer } from './faults.js';
import { Outcomes } from './outcomes.js';
import { chunksOf, type End } from './peer.js';
import { READINGS } from './readings.js';
import { fuzz } from './seed.js';
import { expectAnswer } from './shape.js';
import {
  afterTurns,
  beginRun,
  expectNothingLeft,
  expectSecretKept,
  expectTyped,
  settle,
  turn,
  watchProcess,
} from './watch.js';

const KEYS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: secret('key'), sessionToken: secret('session') };
const HEADERS = { 'content-type': 'application/vnd.amazon.eventstream' };

watchProcess();

/** What the handler gives next, and the bodies that it gave. To make a client takes longer than to read a stream. */
let next: { statusCode: number; headers: Record<string, string>; chunks: Uint8Array[]; end: End };
let bodies: Readable[] = [];
let asked = 0;

const requestHandler = {
  handle: async (_request: unknown, { abortSignal }: { abortSignal?: AbortSignal } = {}) => {
    asked += 1;
    const { chunks, end, ...head } = next;
    const left = [...chunks];
    const body = new Readable({
      read() {
        asked += 1;
        const chunk = left.shift();
        if (chunk !== undefined) this.push(chunk);
        else if (end === 'close') this.push(null);
        else if (end === 'error') this.destroy(new Error('read ECONNRESET'));
      },
    });
    bodies.push(body);
    // As the AWS client's own handlers do.
    abortSignal?.addEventListener('abort', () => body.destroy(), { once: true });
    return { response: { ...head, body } };
  },
};
const clients = [{}, { eventStreamSerdeProvider }].map(
  (decoder) =>
    new BedrockRuntimeClient({
      region: 'us-east-1',
      credentials: KEYS,
      maxAttempts: 1,
      ...decoder,
      requestHandler,
    }),
);
const outcomes = new Outcomes();

// The first call of a client loads code, which takes turns of the event loop that nobody can count.
next = { statusCode: 200, headers: HEADERS, chunks: [], end: 'close' };
for (const client of clients) {
  const { stream } = await client.send(new ConverseStreamCommand({ modelId: 'm', messages: [] }));
  for await (const _event of stream ?? []);
}

fuzz('any stream over the AWS client settles, is typed, closes its body and keeps the secret', {
  share: 0.1,
  async run(random, index) {
    beginRun(random);
    bodies = [];
    const { bytes, eventFaults, byteFaults } = damageAnswer(random, answer(random), KEYS.sessionToken);
    const isRefusal = random.chance(0.1);
    next = {
      statusCode: isRefusal ? random.pick([400, 403, 429, 500]) : 200,
      headers: isRefusal ? { 'content-type': 'application/json' } : HEADERS,
      chunks: isRefusal
        ? [new TextEncoder().encode(JSON.stringify({ message: `not ${KEYS.sessionToken}` }))]
        : chunksOf(random, bytes).filter(({ length }) => length > 0),
      end: random.pick<End>(['close', 'close', 'close', 'error', 'silence']),
    };
    const controller = new AbortController();
    const reason = new Error('the caller left');
    const stream = createBedrock({ transport: sdkTransport({ client: random.pick(clients) }) }).stream(
      { modelId: 'amazon.nova-lite-v1:0', messages: [{ role: 'user', content: [{ text: 'Hi' }] }] },
      { signal: controller.signal },
    );
    const waiting: Promise<void>[] = [];
    const later = (action: () => void): void => {
      const turns = random.below(20);
      waiting.push(afterTurns(turns, action));
    };
    const [name, read] = random.pick(READINGS);
    try {
      const promises = read(stream, { random, later, abort: () => controller.abort(reason) });
      const settled = await settle([...promises, ...waiting], () => asked);
      if (name === 'many steps at once') await stream.cancel();
      const [result] = await settle([stream.result()], () => asked);
      for (const one of [...settled, result]) {
        if (one?.status !== 'rejected') continue;
        expectTyped(one.reason, controller.signal.aborted ? reason : undefined);
        if (!name.startsWith('relay')) expectSecretKept(one.reason, index % 8 === 0);
      }
      expectAnswer(stream.partial, false, bytes.length);
      if (result?.status === 'fulfilled') expectAnswer(result.value as never, true, bytes.length);
      if (result !== undefined) outcomes.count(result, reason);
      await expectNothingLeft(undefined, controller.signal);
      // Streams of Node close a few turns after they are told to.
      for (let n = 0; n < 50 && bodies.some(isOpen); n++) await turn();
      if (bodies.some(isOpen)) throw new Error('A body is open');
    } catch (error) {
      throw new Error(
        `${name} of ${JSON.stringify({ eventFaults, byteFaults, end: next.end })}: ${String(error)}`,
        {
          cause: error,
        },
      );
    }
  },
  finish: () => outcomes.expectEach('ok', 'ERR_PROTOCOL', 'ERR_TRUNCATED', 'ERR_CANCELLED', 'abort'),
});

const isOpen = (body: Readable): boolean => !body.destroyed && !body.readableEnded;
