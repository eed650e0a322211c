import { ensure, equal } from '../check.js';
import { client, PING, PONG } from '../requests.js';
import type { Case, Context } from '../suite.js';

const DELTAS = 30_000;
/** Events after which the loop turns at the latest: a share, and what passes before the clock is looked at. */
const SHARE = 8192 + 16;
/** No machine reads as many within the millisecond or four that a timer of 0 ms takes. */
const VERY_MANY = 1_000_000;

/** Streams share the event loop, with each other and with everything else. */
export function fairness(): Case[] {
  return [
    {
      name: 'the event loop turns while an answer is read that has arrived whole',
      async run(context) {
        const answer = await longAnswer(context);
        const turns = countTurns();
        const text = await answer.stream(PING).text();
        const turned = turns.stop();
        equal(text.length, DELTAS * answer.lettersPerDelta);
        const least = Math.floor(DELTAS / SHARE);
        ensure(turned >= least, `The loop turned ${turned} times and should have ${least} times at least.`);
      },
    },
    {
      name: 'a timer fires while an answer goes on and on',
      async run(context) {
        let fired = false;
        const answer = await endlessAnswer(context, {
          onRead: () => setTimeout(() => (fired = true)),
          isOver: (deltas) => fired || deltas >= VERY_MANY,
        });
        await answer.stream(PING).text();
        ensure(fired, `No timer fired while ${VERY_MANY} events were read.`);
      },
    },
    {
      name: 'streams go on in turn',
      async run(context) {
        const progress = [0, 0, 0, 0];
        const answer = await longAnswer(context, progress.length);
        let least = DELTAS;
        await Promise.all(
          progress.map(async (_, i) => {
            for await (const { type } of answer.stream(PING))
              if (type === 'contentBlockDelta') progress[i] = (progress[i] ?? 0) + 1;
            least = Math.min(least, ...progress);
          }),
        );
        equal(progress, [DELTAS, DELTAS, DELTAS, DELTAS]);
        ensure(
          least >= DELTAS - 2 * SHARE,
          `One had read ${least} of ${DELTAS} events when another had all.`,
        );
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

/**
 * A client whose answers are long and there at once: the server's own, with its first delta many times over. They are
 * held until as many requests as `together` have been sent, so that signing does not decide who reads first.
 */
async function longAnswer(context: Context, together = 1) {
  const { start, delta, rest, lettersPerDelta } = await shortAnswer(context);
  const body = joined([start, ...Array.from({ length: DELTAS }, () => delta), ...rest]);
  let missing = together;
  let release = (): void => {};
  const all = new Promise<void>((resolve) => (release = resolve));
  const { stream } = client(context, {
    fetch: async () => {
      missing -= 1;
      if (missing <= 0) release();
      await all;
      return new Response(body, { headers: HEADERS });
    },
  });
  return { stream, lettersPerDelta };
}

/** A client whose answer always has more deltas that have arrived, until it is over. */
async function endlessAnswer(
  context: Context,
  { onRead, isOver }: { onRead(): void; isOver(deltas: number): boolean },
) {
  const { start, delta, rest } = await shortAnswer(context);
  const many = joined(Array.from({ length: 1000 }, () => delta));
  let deltas = 0;
  const source: UnderlyingDefaultSource<Uint8Array> = {
    pull(controller) {
      if (deltas === 0) {
        onRead();
        controller.enqueue(start);
      }
      if (isOver(deltas)) {
        controller.enqueue(joined(rest));
        controller.close();
        return;
      }
      deltas += 1000;
      controller.enqueue(many.slice());
    },
  };
  return client(context, {
    fetch: async () => new Response(new ReadableStream(source, { highWaterMark: 0 }), { headers: HEADERS }),
  });
}

const HEADERS = { 'content-type': 'application/vnd.amazon.eventstream' };

/** The frames of an answer of the server. */
async function shortAnswer(context: Context) {
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
  const json = /\{.*\}/s.exec(new TextDecoder().decode(delta))?.[0] ?? '{}';
  const { delta: piece } = JSON.parse(json) as { delta?: { text?: string } };
  return { start, delta, rest: rest.slice(-3), lettersPerDelta: piece?.text?.length ?? 0 };
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

/** Counts turns of the event loop by a chain of tasks of the kind that streams wait with. */
function countTurns() {
  let turned = 0;
  let isOver = false;
  const next = (): void => {
    if (isOver) return;
    turned += 1;
    later(next);
  };
  const later = taskQueue();
  later(next);
  return {
    stop: () => {
      isOver = true;
      return turned;
    },
  };
}

function taskQueue(): (task: () => void) => void {
  const { setImmediate, document } = globalThis as {
    setImmediate?: (task: () => void) => void;
    document?: unknown;
  };
  try {
    setImmediate?.(() => {});
    if (setImmediate !== undefined) return (task) => setImmediate(task);
  } catch {
    // The edge sandbox of Next.js defines one that throws.
  }
  if (document === undefined) return (task) => void setTimeout(task);
  const { port1, port2 } = new MessageChannel();
  return (task) => {
    port1.onmessage = task;
    port2.postMessage(0);
  };
}
