import { isDeepStrictEqual } from 'node:util';
import { type ConverseResult, createBedrock } from '../../src/index.js';
import { secret } from '../credentials/marks.js';
import { referenceFold } from '../wire/reference-fold.js';
import { answer } from './answers.js';
import { damageBytes } from './faults.js';
import { damage, type Json } from './odd-json.js';
import { Outcomes } from './outcomes.js';
import { Peer, serve } from './peer.js';
import { fuzz } from './seed.js';
import { expectAnswer } from './shape.js';
import {
  beginRun,
  callWithLeaving,
  expectNothingLeft,
  expectSecretKept,
  expectTyped,
  watchProcess,
} from './watch.js';

const TOKEN = secret('bearer');
const MESSAGES = [{ role: 'user' as const, content: [{ text: 'Hi' }] }];
const outcomes = new Outcomes();

watchProcess();

/** As JSON has bytes: in base64. */
function written(value: unknown): string {
  return JSON.stringify(value, (_name, member: unknown) =>
    member instanceof Uint8Array ? Buffer.from(member).toString('base64') : member,
  );
}

fuzz('any whole answer settles, is typed, closes its body and keeps the secret', {
  share: 0.25,
  async run(random, index) {
    beginRun(random);
    const { message, stopReason, usage } = referenceFold(answer(random));
    const right = { output: { message }, stopReason, usage, metrics: { latencyMs: 1 } };
    const isCount = random.chance(0.15);
    let sent = 0;
    let isDamaged = false;
    const peer = new Peer(random, () => {
      let json: unknown = JSON.parse(written(isCount ? { inputTokens: 7 } : right));
      const faults = random.chance(0.6) ? random.below(4) : 0;
      for (let n = 0; n < faults; n++) json = damage(random, json);
      const { bytes, byteFaults } = damageBytes(random, new TextEncoder().encode(JSON.stringify(json)));
      sent += bytes.length;
      const served = serve(random, bytes, 'application/json', TOKEN);
      isDamaged = faults + byteFaults.length > 0 || !served.isRight;
      return served;
    });
    const bedrock = createBedrock({
      endpoint: `https://whole-${index}.example`,
      region: 'us-east-1',
      credentials: { token: TOKEN },
      fetch: peer.fetch,
      maxAttempts: random.pick([1, 1, 2]),
    });
    const { outcome, signal, reason } = await callWithLeaving(random, peer, (own) =>
      isCount
        ? bedrock.countTokens(
            { modelId: 'amazon.nova-lite-v1:0', input: { converse: { messages: MESSAGES } } },
            { signal: own },
          )
        : bedrock.converse({ modelId: 'amazon.nova-lite-v1:0', messages: MESSAGES }, { signal: own }),
    );
    await expectNothingLeft(peer, signal);
    outcomes.count(outcome, reason);
    if (outcome.status === 'rejected') {
      expectTyped(outcome.reason, reason);
      expectSecretKept(outcome.reason, index % 8 === 0);
      if (!isDamaged && !signal.aborted) throw outcome.reason;
      return;
    }
    if (isCount) {
      if (typeof outcome.value !== 'number') throw new Error(`${String(outcome.value)} tokens`);
      return;
    }
    const result = outcome.value as never as { message: Json; stopReason: unknown };
    // Blocks are those of the service, which may have members that nobody here uses.
    expectAnswer(
      { ...(result as never as ConverseResult), message: { role: 'assistant', content: [] } },
      true,
      sent,
    );
    if (!isDamaged && !isDeepStrictEqual(result.message, message))
      throw new Error('The answer is not what was sent');
  },
  finish: () => outcomes.expectEach('ok', 'ERR_PROTOCOL', 'ERR_NETWORK', 'ERR_TIMEOUT', 'abort'),
});
