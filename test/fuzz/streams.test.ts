import { isDeepStrictEqual } from 'node:util';
import { createBedrock } from '../../src/index.js';
import { secret } from '../credentials/marks.js';
import { referenceFold } from '../wire/reference-fold.js';
import { answer } from './answers.js';
import { type Damaged, damageAnswer } from './faults.js';
import { Outcomes } from './outcomes.js';
import { Peer, serve } from './peer.js';
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
  watchProcess,
} from './watch.js';

const TOKEN = secret('bearer');
const EVENT_STREAM = 'application/vnd.amazon.eventstream';

watchProcess();

const outcomes = new Outcomes();

/** Whether an answer says what was sent; without its metadata, if those were cut off. */
function isSame(answer: unknown, expected: Record<string, unknown>): boolean {
  const { message, toolUses, stopReason, usage } = answer as Record<string, unknown>;
  const isWhole = usage !== undefined || expected['usage'] === undefined;
  const found = { message, toolUses, stopReason, usage };
  return isDeepStrictEqual(found, isWhole ? expected : { ...expected, usage: undefined });
}

fuzz('any stream settles, is typed, closes its body and keeps the secret', {
  share: 1,
  async run(random, index) {
    beginRun(random);
    const events = answer(random);
    let sent = 0;
    const damaged: Damaged[] = [];
    let isRight = true;
    const peer = new Peer(random, () => {
      const one = damageAnswer(random, events, TOKEN);
      damaged.push(one);
      sent += one.bytes.length;
      const served = serve(random, one.bytes, EVENT_STREAM, TOKEN);
      isRight = served.isRight && one.byteFaults.length + one.eventFaults.length === 0;
      return served;
    });
    const controller = new AbortController();
    const reason = random.pick<unknown>([new Error('the caller left'), 'left', { left: true }]);
    const stream = createBedrock({
      endpoint: `https://bedrock-${index}.example`,
      region: 'us-east-1',
      credentials: { token: TOKEN },
      fetch: peer.fetch,
      maxAttempts: random.pick([1, 1, 2, 3]),
    }).stream(
      { modelId: 'amazon.nova-lite-v1:0', messages: [{ role: 'user', content: [{ text: 'Hi' }] }] },
      {
        signal: controller.signal,
        price: { input: 1, output: 2 },
        ...(random.chance(0.3) && { timeoutMs: 600_000 }),
      },
    );
    const waiting: Promise<void>[] = [];
    const later = (action: () => void): void => {
      const at = random.below(10);
      peer.onChunk = (given) => {
        // Partial answers may be looked at at any time.
        expectAnswer(stream.partial, false, sent);
        if (given === at) action();
      };
      // A peer that gives nothing more never gets there.
      waiting.push(afterTurns(20, action));
    };
    const [name, read] = random.pick(READINGS);
    const failed: unknown[] = [];
    try {
      const hands = { random, abort: () => controller.abort(reason), later };
      const promises = [...read(stream, hands), ...waiting];
      for (const one of await settle(promises, () => peer.asked))
        if (one.status === 'rejected') failed.push(one.reason);
      if (name === 'many steps at once') await stream.cancel();
      const [result] = await settle([stream.result()], () => peer.asked);
      if (result?.status === 'rejected') failed.push(result.reason);
      for (const error of failed) {
        expectTyped(error, controller.signal.aborted ? reason : undefined);
        // What an answer says goes on to the page, which does not know the server's secrets.
        if (name.startsWith('relay') && damaged.some((one) => one.eventFaults.includes('an unknown delta')))
          continue;
        expectSecretKept(error, damaged.some(({ eventFaults }) => eventFaults.length > 0) && index % 8 === 0);
      }
      expectAnswer(stream.partial, false, sent);
      if (result?.status === 'fulfilled') {
        expectAnswer(result.value as never, true, sent);
        // What an attempt delivers before it fails stays delivered.
        const isOther = damaged.some(({ eventFaults }) => eventFaults.length > 0);
        if (!isOther && !isSame(result.value, referenceFold(events)))
          throw new Error('A damaged answer was taken for a whole one');
      } else if (isRight && readsAll(name))
        throw new Error('A whole answer failed', { cause: failed.at(-1) });
      await expectNothingLeft(peer, controller.signal);
      if (result !== undefined) outcomes.count(result, reason);
    } catch (error) {
      throw new Error(
        `${name} of ${JSON.stringify(damaged.map(({ bytes: _, ...faults }) => faults))}: ${String(error)}`,
        { cause: error },
      );
    }
  },
  finish: () =>
    outcomes.expectEach(
      'ok',
      'ERR_PROTOCOL',
      'ERR_TRUNCATED',
      'ERR_NETWORK',
      'ERR_CANCELLED',
      'ERR_TIMEOUT',
      'abort',
    ),
});

const readsAll = (name: string): boolean =>
  ['loop', 'result', 'text', 'loop and result', 'text stream', 'web stream', 'tee', 'text response'].includes(
    name,
  );
