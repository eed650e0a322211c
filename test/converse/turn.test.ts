import { createBedrock } from 'bedrock-anywhere';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Turns } from '../../src/converse/turn.js';
import { encodeEvent } from '../../src/local/frames.js';

const request = {
  modelId: 'amazon.nova-lite-v1:0',
  messages: [{ role: 'user' as const, content: [{ text: 'hi' }] }],
};

/** A body that is there at once, so that nothing but the library can let the loop turn. */
function answer(deltas: number): Uint8Array<ArrayBuffer> {
  const delta = encodeEvent({ type: 'contentBlockDelta', contentBlockIndex: 0, delta: { text: 'x' } });
  const frames = [
    encodeEvent({ type: 'messageStart', role: 'assistant' }),
    ...Array.from({ length: deltas }, () => delta),
    encodeEvent({ type: 'messageStop', stopReason: 'end_turn' }),
  ];
  const body = new Uint8Array(frames.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const frame of frames) {
    body.set(frame, at);
    at += frame.length;
  }
  return body;
}

function inMemory(deltas: number, onStart: () => void = () => {}) {
  const body = answer(deltas);
  return createBedrock({
    endpoint: 'http://127.0.0.1:9',
    region: 'us-east-1',
    credentials: { token: 'key' },
    fetch: async () => {
      onStart();
      return new Response(body, { headers: { 'content-type': 'application/vnd.amazon.eventstream' } });
    },
  });
}

/** Counts the turns of the loop until it is stopped. */
function turns() {
  const counter = { count: 0, stop: () => clearImmediate(handle) };
  const turn = () => {
    counter.count += 1;
    handle = setImmediate(turn);
  };
  let handle = setImmediate(turn);
  return counter;
}

describe('streams share the event loop', () => {
  it('lets requests begin after one that began the share is gone, and its tasks with it', async () => {
    const { setImmediate: real } = globalThis;
    let isGone = true;
    vi.stubGlobal('setImmediate', (task: () => void) => (isGone ? undefined : real(task)));
    vi.resetModules();
    const { Turns: Fresh } = await import('../../src/converse/turn.js');
    expect(new Fresh().mayStart()).toBe(true);
    isGone = false;
    let begun = 0;
    const start = async (): Promise<void> => {
      const own = new Fresh();
      while (!own.mayStart()) await own.next();
      begun += 1;
    };
    await Promise.race([
      Promise.all(Array.from({ length: 30 }, start)),
      new Promise((done) => setTimeout(done, 500)),
    ]);
    vi.unstubAllGlobals();
    expect(begun).toBe(30);
  });

  it('lets it turn while a long answer is read that has arrived whole', async () => {
    const bedrock = inMemory(50_000);
    const loop = turns();
    const text = await bedrock.stream(request).text();
    loop.stop();
    expect(text).toHaveLength(50_000);
    expect(loop.count).toBeGreaterThanOrEqual(50_000 / 8192 - 2);
  });

  it('goes on in turn: no stream waits until another has ended', async () => {
    const bedrock = inMemory(10_000);
    const progress = Array.from({ length: 8 }, () => 0);
    let atFirstEnd: number[] | undefined;
    await Promise.all(
      progress.map(async (_, i) => {
        for await (const { type } of bedrock.stream(request))
          if (type === 'contentBlockDelta') progress[i] = (progress[i] ?? 0) + 1;
        atFirstEnd ??= [...progress];
      }),
    );
    expect(progress).toEqual(progress.map(() => 10_000));
    expect(Math.min(...(atFirstEnd ?? []))).toBeGreaterThan(9_000);
  });

  it('begins few requests in one turn', async () => {
    const loop = turns();
    const startedIn = new Map<number, number>();
    const bedrock = inMemory(10, () => startedIn.set(loop.count, (startedIn.get(loop.count) ?? 0) + 1));
    await Promise.all(Array.from({ length: 40 }, () => bedrock.stream(request).text()));
    loop.stop();
    expect([...startedIn.values()].reduce((sum, count) => sum + count)).toBe(40);
    expect(Math.max(...startedIn.values())).toBeLessThanOrEqual(4);
  });

  it('hears an abort while it waits for its turn', async () => {
    const bedrock = inMemory(5_000);
    const controller = new AbortController();
    const busy = Array.from({ length: 20 }, () => bedrock.stream(request).text());
    const waiting = bedrock.stream(request, { signal: controller.signal }).text();
    queueMicrotask(() => controller.abort('enough'));
    await expect(waiting).rejects.toBe('enough');
    expect((await Promise.all(busy)).map(({ length }) => length)).toEqual(busy.map(() => 5_000));
  });
});

describe('a stream that waits', () => {
  /** How many others went on while one of them waited: at most, over many turns of streams that take unequal parts. */
  async function mostOvertakings(streams: number): Promise<number> {
    let part = 0;
    const parts = () => [300, 9_000, 40, 5_000, 1, 9_000, 700][part++ % 7] as number;
    let went = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: streams }, async () => {
        const turns = new Turns();
        while (went < streams * 40) {
          for (let left = parts(); left > 0 && turns.mayRead(); ) left -= 1;
          const before = went;
          await turns.next();
          went += 1;
          most = Math.max(most, went - before);
        }
      }),
    );
    return most;
  }

  it.each([2, 5, 30, 101])('goes on before one of %i others goes on twice', async (streams) => {
    expect(await mostOvertakings(streams)).toBeLessThanOrEqual(2 * streams);
  });

  it('has others give way after a part, until they have waited as well', async () => {
    const [one, other] = [new Turns(), new Turns()];
    while (one.mayStart());
    let read = 0;
    while (other.mayRead()) read += 1;
    await other.next();
    const waited = one.next();
    read = 0;
    while (other.mayRead()) read += 1;
    expect(read).toBe(128);
    expect(other.mayRead()).toBe(false);
    await other.next();
    await waited;
    expect(other.mayRead()).toBe(true);
  });

  it('may read while others wait to begin', () => {
    const turns = new Turns();
    while (turns.mayStart());
    expect(turns.mayRead()).toBe(true);
  });
});

describe('the turn of a runtime', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  /** As in the edge sandbox of Next.js: defined, and it throws when it is called. */
  function stub(): never {
    throw new Error('A Node.js API is used which is not supported in the Edge Runtime.');
  }
  const page = { process: undefined, navigator: { userAgent: 'Mozilla/5.0' } };
  const scheduled: [name: string, globals: Record<string, unknown>, used: 'setTimeout' | 'MessageChannel'][] =
    [
      ['a worker without setImmediate', { setImmediate: undefined }, 'setTimeout'],
      ['a sandbox whose setImmediate throws', { setImmediate: stub }, 'setTimeout'],
      ['a page', { ...page, setImmediate: undefined }, 'MessageChannel'],
      ['a page whose setImmediate throws', { ...page, setImmediate: stub }, 'MessageChannel'],
      [
        'a page without MessageChannel',
        { ...page, setImmediate: undefined, MessageChannel: undefined },
        'setTimeout',
      ],
      [
        'a page whose setImmediate and MessageChannel throw',
        { ...page, setImmediate: stub, MessageChannel: stub },
        'setTimeout',
      ],
    ];
  it.each(scheduled)('comes in %s', async (_name, globals, used) => {
    const spy = vi.fn(globalThis[used] as never);
    for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value);
    vi.stubGlobal(used, spy);
    vi.resetModules();
    const { Turns } = await import('../../src/converse/turn.js');
    const streams = [1, 2, 3].map(() => new Turns());
    let starts = 0;
    while (streams[0]?.mayStart()) starts += 1;
    expect(starts).toBe(4);
    const order: number[] = [];
    await Promise.all(streams.map((turns, i) => turns.next().then(() => order.push(i))));
    expect(order).toEqual([0, 1, 2]);
    expect(spy).toHaveBeenCalled();
  });

  it('tries each way once', async () => {
    const throwing = vi.fn(() => {
      throw new Error('not supported');
    });
    vi.stubGlobal('setImmediate', throwing);
    vi.resetModules();
    const { Turns } = await import('../../src/converse/turn.js');
    expect(throwing).not.toHaveBeenCalled();
    for (let i = 0; i < 3; i++) await new Turns().next();
    expect(throwing).toHaveBeenCalledOnce();
  });

  it('is looked for again where a first use was not allowed, as outside of requests in workerd', async () => {
    const real = { setImmediate, setTimeout };
    let isAllowed = false;
    const guarded = (schedule: (task: () => void) => unknown) =>
      vi.fn((task: () => void) => {
        if (!isAllowed) throw new Error('Disallowed operation called within global scope.');
        return schedule(task);
      });
    const immediate = guarded(real.setImmediate);
    vi.stubGlobal('setImmediate', immediate);
    vi.stubGlobal('setTimeout', guarded(real.setTimeout));
    vi.resetModules();
    const { Turns } = await import('../../src/converse/turn.js');
    await expect(new Turns().next()).rejects.toThrow('Disallowed operation');
    isAllowed = true;
    await new Turns().next();
    await new Turns().next();
    expect(immediate).toHaveBeenCalledTimes(3);
  });

  it('comes although one who waited before never woke, as when its request is over in workerd', async () => {
    const real = setImmediate;
    let isDead = false;
    vi.stubGlobal('setImmediate', (task: () => void) => (isDead ? undefined : real(task)));
    vi.resetModules();
    const { Turns } = await import('../../src/converse/turn.js');
    const living = new Turns();
    while (living.mayRead());
    isDead = true;
    void new Turns().next();
    isDead = false;
    await living.next();
    expect(living.mayRead()).toBe(true);
  });
});
