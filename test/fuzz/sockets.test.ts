import { afterAll, beforeAll } from 'vitest';
import { createBedrock } from '../../src/index.js';
import { until } from '../clock.js';
import { openEventStream, type Answer as Serve, startServer, type TestServer } from '../converse/server.js';
import { secret } from '../credentials/marks.js';
import { answer } from './answers.js';
import { damageAnswer } from './faults.js';
import { Outcomes } from './outcomes.js';
import { chunksOf } from './peer.js';
import { READINGS } from './readings.js';
import { fuzz } from './seed.js';
import { expectTyped } from './watch.js';

const unhandled: unknown[] = [];
const note = (reason: unknown): void => void unhandled.push(reason);
const outcomes = new Outcomes();

/** What the server does with the next request. */
let serve: Serve = (response) => void response.end();
let server: TestServer;
const answering = new Set<unknown>();

beforeAll(async () => {
  process.on('unhandledRejection', note);
  server = await startServer((response, request) => {
    // Whatever a client does with idle connections, this one is closed when its answer is over.
    response.setHeader('connection', 'close');
    answering.add(response);
    response.on('close', () => answering.delete(response));
    return serve(response, request);
  });
});
afterAll(async () => {
  // Connections that Node's fetch opened ahead are closed after a while by itself.
  await until(() => server.sockets.size === 0);
  process.off('unhandledRejection', note);
  await server.close();
});

/** Ways that leave a stream open for the runner: there is no clock here that could end them. */
const LEFT_OPEN = 'many steps at once';

fuzz('no stream leaves a socket open', {
  share: 0.02,
  async run(random) {
    const { bytes } = damageAnswer(random, answer(random), 'nothing');
    const end = random.pick(['close', 'close', 'break', 'silence'] as const);
    const controller = new AbortController();
    const reason = new Error('the caller left');
    let atEnd = (): void => undefined;
    serve = (response) => {
      openEventStream(response);
      for (const chunk of chunksOf(random, bytes)) response.write(chunk);
      if (end === 'close') response.end();
      else if (end === 'break') response.destroy();
      atEnd();
    };
    const stream = createBedrock({
      endpoint: server.url,
      region: 'us-east-1',
      credentials: { token: secret('bearer') },
      maxAttempts: 1,
    }).stream(
      { modelId: 'amazon.nova-lite-v1:0', messages: [{ role: 'user', content: [{ text: 'Hi' }] }] },
      { signal: controller.signal },
    );
    const [name, read] = random.pick(READINGS);
    // A server that goes silent is left once it has said everything.
    const actions = end === 'silence' || name === LEFT_OPEN ? [(): void => void stream.cancel()] : [];
    atEnd = () => {
      for (const action of actions) action();
    };
    const hands = {
      random,
      abort: () => controller.abort(reason),
      later: (action: () => void) => void actions.unshift(action),
    };
    const settled = await Promise.allSettled(read(stream, hands));
    // Nobody has asked the server where the stream was left before it was read.
    const [result] = await Promise.allSettled([stream.result()]);
    for (const one of [...settled, result])
      if (one?.status === 'rejected') expectTyped(one.reason, controller.signal.aborted ? reason : undefined);
    await until(() => answering.size === 0);
    if (unhandled.length > 0) throw new Error('Unhandled', { cause: unhandled.splice(0)[0] });
    if (result !== undefined) outcomes.count(result, reason);
  },
  finish: () => outcomes.expectEach('ok', 'ERR_CANCELLED'),
});
