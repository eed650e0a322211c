import { ensure, equal } from '../check.js';
import { client, PING, PONG } from '../requests.js';
import type { Case, Context } from '../suite.js';

const DELTAS = 30_000;

/** Streams share the event loop, with each other and with everything else. */
export function fairness(): Case[] {
  return [
    {
      name: 'timers fire while an answer is read that has arrived whole',
      async run(context) {
        const answer = await longAnswer(context);
        const timers = countTimers();
        const text = await answer.stream(PING).text();
        const fired = timers.stop();
        equal(text.length, DELTAS * answer.lettersPerDelta);
        ensure(fired >= 3, `Only ${fired} timers fired meanwhile.`);
      },
    },
    {
      name: 'streams go on in turn',
      async run(context) {
        const answer = await longAnswer(context);
        const progress = [0, 0, 0, 0];
        let least = DELTAS;
        await Promise.all(
          progress.map(async (_, i) => {
            for await (const { type } of answer.stream(PING))
              if (type === 'contentBlockDelta') progress[i] = (progress[i] ?? 0) + 1;
            least = Math.min(least, ...progress);
          }),
        );
        equal(progress, [DELTAS, DELTAS, DELTAS, DELTAS]);
        ensure(least > DELTAS / 10, `One had read ${least} of ${DELTAS} events when another had all.`);
      },
    },
    {
      name: 'many at once all end',
      async run(context) {
        const bedrock = client(context);
        const texts = await Promise.all(Array.from({ length: 30 }, () => bedrock.stream(PING).text()));
        equal([...new Set(texts)], [PONG]);
      },
    },
    {
      // In a Worker its request is over with that: what it waited for never comes.
      name: 'streams may be left behind in the middle of their turn',
      async run(context) {
        const answer = await longAnswer(context);
        for (let i = 0; i < 8; i++)
          answer
            .stream(PING)
            .text()
            .catch(() => {});
        await new Promise((resolve) => setTimeout(resolve));
      },
    },
    {
      name: 'the next call does not wait for them',
      async run(context) {
        equal(await client(context).stream(PING).text(), PONG);
        const answer = await longAnswer(context);
        equal((await answer.stream(PING).text()).length, DELTAS * answer.lettersPerDelta);
      },
    },
  ];
}

/** A client whose answers are long and there at once: the server's own, with its first delta many times over. */
async function longAnswer(context: Context) {
  let short: Uint8Array<ArrayBuffer> | undefined;
  const recorder: typeof fetch = async (...request) => {
    const response = await fetch(...request);
    short = new Uint8Array(await response.arrayBuffer());
    return new Response(short, response);
  };
  await client(context, { fetch: recorder }).stream(PING).text();
  ensure(short !== undefined, 'Nothing was recorded.');
  const [start, delta, ...rest] = framesOf(short);
  ensure(start !== undefined && delta !== undefined, 'The answer has no delta.');
  const body = joined([start, ...Array.from({ length: DELTAS }, () => delta), ...rest.slice(-3)]);
  const headers = { 'content-type': 'application/vnd.amazon.eventstream' };
  const { stream } = client(context, { fetch: async () => new Response(body, { headers }) });
  const json = /\{.*\}/s.exec(new TextDecoder().decode(delta))?.[0] ?? '{}';
  const { delta: piece } = JSON.parse(json) as { delta?: { text?: string } };
  return { stream, lettersPerDelta: piece?.text?.length ?? 0 };
}

/** An event stream's frames begin with their length. */
function framesOf(bytes: Uint8Array): Uint8Array[] {
  const frames: Uint8Array[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length; ) {
    const end = at + view.getUint32(at);
    frames.push(bytes.subarray(at, end));
    at = end;
  }
  return frames;
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function countTimers() {
  let fired = 0;
  let isOver = false;
  const next = (): void => {
    if (isOver) return;
    fired += 1;
    setTimeout(next);
  };
  setTimeout(next);
  return {
    stop: () => {
      isOver = true;
      return fired;
    },
  };
}
