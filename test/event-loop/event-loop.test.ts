import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Turns } from '../../src/event-loop.js';
import { noProcess } from '../no-process.js';
import fc from '../property.js';
import { loopByHand } from './loop-by-hand.js';

/** Events that a stream may hand out before it has to wait. */
function readAll(turns: Turns): number {
  let events = 0;
  while (turns.mayRead()) events += 1;
  return events;
}

function startAll(turns: Turns): number {
  let starts = 0;
  while (turns.mayStart()) starts += 1;
  return starts;
}

describe('a share of the event loop', () => {
  it('ends after 12 ms, within 16 events', () => {
    const { Turns, pass } = loopByHand();
    const turns = new Turns();
    expect(turns.mayStart()).toBe(true);
    pass(11);
    for (let i = 0; i < 64; i++) expect(turns.mayRead()).toBe(true);
    pass(1);
    expect(readAll(turns)).toBeLessThan(16);
  });

  it('ends after 8192 events while the clock stands still', () => {
    const { Turns } = loopByHand();
    const turns = new Turns();
    expect(turns.mayStart()).toBe(true);
    expect(readAll(turns)).toBe(8191);
  });

  it('has room for four new requests', async () => {
    const { Turns, turn } = loopByHand();
    const streams = Array.from({ length: 10 }, () => new Turns());
    expect(streams.filter((turns) => turns.mayStart())).toEqual(streams.slice(0, 4));
    await turn();
    expect(streams.filter((turns) => turns.mayStart())).toHaveLength(4);
  });

  it('ends after a request that took 12 ms to begin', () => {
    const { Turns, pass } = loopByHand();
    const turns = new Turns();
    expect(turns.mayStart()).toBe(true);
    pass(12);
    expect(turns.mayStart()).toBe(false);
    expect(new Turns().mayRead()).toBe(false);
  });

  it('still has room for events when it has none for requests', () => {
    const { Turns } = loopByHand();
    const turns = new Turns();
    expect(startAll(turns)).toBe(4);
    expect(turns.mayRead()).toBe(true);
  });

  it('is followed by a turn of the loop, however long that takes', async () => {
    const { Turns, pass, turn } = loopByHand();
    const [one, other] = [new Turns(), new Turns()];
    readAll(one);
    pass(60_000);
    expect([one, other].map((turns) => turns.mayRead() || turns.mayStart())).toEqual([false, false]);
    const next = one.next();
    expect(one.mayRead()).toBe(false);
    await turn();
    await next;
    expect([one, other].map((turns) => turns.mayRead() && turns.mayStart())).toEqual([true, true]);
  });

  it('begins anew when the loop has turned meanwhile', async () => {
    const { Turns, pass, turn } = loopByHand();
    const turns = new Turns();
    expect(turns.mayStart()).toBe(true);
    await turn();
    pass(60_000);
    expect(readAll(turns)).toBeGreaterThanOrEqual(8191);
  });
});

describe('a stream alone', () => {
  it('waits for one turn of the loop at a time', async () => {
    const { Turns, turn } = loopByHand();
    const turns = new Turns();
    for (let share = 0; share < 50; share++) {
      expect(readAll(turns)).toBeGreaterThanOrEqual(8191);
      let went = false;
      const next = turns.next().then(() => {
        went = true;
      });
      await Promise.resolve();
      expect(went).toBe(false);
      await turn();
      expect(went).toBe(true);
      await next;
    }
  });
});

describe('streams that wait', () => {
  it('go on in the order in which they came', async () => {
    const { Turns, turn } = loopByHand();
    const streams = Array.from({ length: 5 }, () => new Turns());
    readAll(streams[0] as Turns);
    const went: number[] = [];
    for (const i of [3, 0, 4, 1, 2]) void streams[i]?.next().then(() => went.push(i));
    for (let turns = 0; turns < 5; turns++) await turn();
    expect(went).toEqual([3, 0, 4, 1, 2]);
  });

  it('get their turn after 128 events of another', async () => {
    const { Turns, turn } = loopByHand();
    const [one, other] = [new Turns(), new Turns()];
    startAll(one);
    readAll(other);
    const both = [other.next()];
    await turn();
    both.push(one.next());
    expect(readAll(other)).toBe(128);
    both.push(other.next());
    await turn();
    await Promise.all(both);
    expect(readAll(other)).toBeGreaterThan(128);
  });

  it.each([
    ['begin four in a turn', 0, 25],
    ['begin one in a turn where that takes longer than a share', 20, 100],
  ])('%s', async (_title, msEach, turnsNeeded) => {
    const { Turns, pass, turn } = loopByHand();
    let begun = 0;
    const start = async (): Promise<void> => {
      const turns = new Turns();
      while (!turns.mayStart()) await turns.next();
      begun += 1;
      pass(msEach);
    };
    const all = Promise.all(Array.from({ length: 100 }, start));
    let turned = 0;
    for (; begun < 100 && turned < 1000; turned++) {
      const before = begun;
      await turn();
      expect(begun - before).toBeLessThanOrEqual(4);
    }
    await all;
    expect(turned).toBeLessThanOrEqual(turnsNeeded);
  });

  it('go on before one of the others goes on twice, whatever the clock does', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 40 }),
        fc.array(fc.integer({ min: 1, max: 9_000 }), { minLength: 1, maxLength: 12 }),
        fc.array(fc.integer({ min: 0, max: 15 }), { minLength: 1, maxLength: 12 }),
        async (streams, parts, steps) => {
          const waits = await takeTurns(streams, parts, steps);
          expect(new Set(waits.map(({ stream }) => stream)).size).toBe(streams);
          for (const { wentOn, turned } of waits) {
            expect(wentOn).toBeLessThanOrEqual(streams);
            expect(turned).toBeLessThanOrEqual(streams);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  /** What happened while a stream waited: how many streams went on meanwhile, itself included, and how many turns the loop took. */
  type Wait = { stream: number; wentOn: number; turned: number };

  /** Streams that take parts of these lengths, by a clock that moves on by these steps. */
  async function takeTurns(streams: number, parts: readonly number[], steps: readonly number[]) {
    const { Turns, pass, turn } = loopByHand();
    const waits: Wait[] = [];
    /** Without these a stream that never goes on would leave no trace. */
    const unfinished = new Set<() => void>();
    let wentOn = 0;
    let turned = 0;
    let part = 0;
    let step = 0;
    const live = async (stream: number): Promise<void> => {
      const turns = new Turns();
      for (;;) {
        let left = parts[part++ % parts.length] as number;
        for (; left > 0 && turns.mayRead(); left--) {
          if (left % 16 === 0) pass(steps[step++ % steps.length] as number);
        }
        const wait: Wait = { stream, wentOn: -wentOn, turned: -turned };
        const end = () => {
          wait.wentOn += wentOn;
          wait.turned += turned;
        };
        waits.push(wait);
        unfinished.add(end);
        await turns.next();
        wentOn += 1;
        unfinished.delete(end);
        end();
      }
    };
    for (let stream = 0; stream < streams; stream++) void live(stream);
    while (turned < 60) {
      turned += 1;
      await turn();
    }
    for (const end of unfinished) end();
    return waits;
  }
});

describe('streams that are gone, and their tasks with them', () => {
  it('do not keep others from beginning', async () => {
    const { Turns, turn, lose } = loopByHand();
    expect(new Turns().mayStart()).toBe(true);
    lose();
    let begun = 0;
    for (let i = 0; i < 30; i++) {
      void (async () => {
        const turns = new Turns();
        while (!turns.mayStart()) await turns.next();
        begun += 1;
      })();
    }
    for (let turns = 0; turns < 10; turns++) await turn();
    expect(begun).toBe(30);
  });

  it('do not keep others waiting', async () => {
    const { Turns, turn, lose } = loopByHand();
    const living = new Turns();
    readAll(living);
    for (let i = 0; i < 5; i++) void new Turns().next();
    lose();
    let went = false;
    void living.next().then(() => (went = true));
    for (let turns = 0; turns < 4; turns++) await turn();
    expect(went).toBe(true);
    expect(living.mayRead()).toBe(true);
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
  const page = { process: noProcess(), navigator: { userAgent: 'Mozilla/5.0' } };
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
    const { Turns } = await import('../../src/event-loop.js');
    const streams = [1, 2, 3].map(() => new Turns());
    startAll(streams[0] as Turns);
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
    const { Turns } = await import('../../src/event-loop.js');
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
    const { Turns } = await import('../../src/event-loop.js');
    await expect(new Turns().next()).rejects.toThrow('Disallowed operation');
    isAllowed = true;
    await new Turns().next();
    await new Turns().next();
    expect(immediate).toHaveBeenCalledTimes(3);
  });
});
