import { describe, expect, it } from 'vitest';
import { Reading, type ReadingLimits, type Source } from '../../src/converse/stream/reading.js';
import { BedrockError, isBedrockError } from '../../src/errors.js';
import type { EventReader } from '../../src/options.js';

/** What an answer of the test does: chunks of events, each `more()` away from the one before, and how it ends. */
interface Script {
  chunks: string[][];
  /** Thrown after the chunks. Default: the answer ends. */
  fails?: Error;
}

/** A source without HTTP: opens the scripts in turn, and notes what is done with it. */
class TestSource implements Source<string> {
  readonly log: string[] = [];
  readonly #scripts: Script[];
  readonly #limits: ReadingLimits;

  constructor(scripts: Script[], limits: ReadingLimits = {}) {
    this.#scripts = scripts;
    this.#limits = limits;
  }

  limits(): ReadingLimits {
    return this.#limits;
  }

  async open(): Promise<EventReader<string>> {
    this.log.push('open');
    const { chunks, fails } = this.#scripts.shift() as Script;
    const left = chunks.slice();
    let arrived: string[] = [];
    return {
      requestId: undefined,
      take: () => arrived.shift(),
      more: async () => {
        const next = left.shift();
        if (next === undefined && fails !== undefined) throw fails;
        arrived = next ?? [];
        return next !== undefined;
      },
      close: () => {
        this.log.push('close');
      },
    };
  }

  async recover(error: unknown): Promise<void> {
    this.log.push(`recover ${(error as Error).message}`);
    if (this.#scripts.length === 0) throw error;
  }

  accept(event: string): boolean {
    return event !== 'hidden';
  }

  finish(): void {
    this.log.push('finish');
  }

  describe(error: unknown): unknown {
    return isBedrockError(error) ? error : new Error(`described: ${(error as Error).message}`);
  }
}

async function readAll(events: AsyncIterator<string, undefined>): Promise<string[]> {
  const all: string[] = [];
  for (let step = await events.next(); !step.done; step = await events.next()) all.push(step.value);
  return all;
}

describe('a reading', () => {
  it('delivers what a source accepts, then ends and closes it', async () => {
    const source = new TestSource([{ chunks: [['a', 'hidden', 'b'], [], ['c']] }]);
    const reading = new Reading(source);
    expect(reading.state).toBe('idle');
    expect(await readAll(reading.claim())).toEqual(['a', 'b', 'c']);
    await reading.over;
    expect(source.log).toEqual(['open', 'finish', 'close']);
    expect(reading.state).toBe('done');
  });

  it('opens nothing before it is read', () => {
    const source = new TestSource([{ chunks: [] }]);
    new Reading(source).claim();
    expect(source.log).toEqual([]);
  });

  it('answers overlapping next() calls in order', async () => {
    const events = new Reading(new TestSource([{ chunks: [['a'], ['b', 'c']] }])).claim();
    const steps = await Promise.all([events.next(), events.next(), events.next(), events.next()]);
    expect(steps.map(({ value }) => value)).toEqual(['a', 'b', 'c', undefined]);
  });

  it('opens the answer again as long as the source recovers', async () => {
    const source = new TestSource([
      { chunks: [], fails: new Error('one') },
      { chunks: [['a']], fails: new Error('two') },
      { chunks: [['b']] },
    ]);
    expect(await readAll(new Reading(source).claim())).toEqual(['a', 'b']);
    expect(source.log).toEqual([
      'open',
      'close',
      'recover one',
      'open',
      'close',
      'recover two',
      'open',
      'finish',
      'close',
    ]);
  });

  it('fails for every reader with what the source makes of the error', async () => {
    const source = new TestSource([{ chunks: [['a']], fails: new Error('gone') }]);
    const reading = new Reading(source);
    const events = reading.claim();
    await expect(readAll(events)).rejects.toThrow('described: gone');
    await expect(events.next()).rejects.toThrow('described: gone');
    await expect(reading.over).rejects.toThrow('described: gone');
    expect(source.log).toEqual(['open', 'close', 'recover gone']);
  });

  it('takes an error in an event for one of the peer', async () => {
    const source = new TestSource([{ chunks: [['a']] }]);
    source.accept = () => {
      throw new TypeError('undefined is not a function');
    };
    await expect(new Reading(source).claim().next()).rejects.toMatchObject({ code: 'ERR_PROTOCOL' });
  });

  it.each(['a failure', 'cancel()', 'leaving'])(
    'closes and settles after %s, even if it cannot be described',
    async (end) => {
      const source = new TestSource([{ chunks: [['a']], fails: new Error('gone') }]);
      source.describe = () => {
        throw new TypeError('what arrived makes no sense');
      };
      const reading = new Reading(source);
      const events = reading.claim();
      await events.next();
      if (end === 'cancel()') reading.cancel(undefined);
      else if (end === 'leaving') await events.return?.();
      else await expect(events.next()).rejects.toThrow('gone');
      await expect(reading.over).rejects.toMatchObject(
        end === 'a failure' ? { message: 'gone' } : { code: 'ERR_CANCELLED' },
      );
      expect(source.log).toContain('close');
      expect(source.log).not.toContain('finish');
    },
  );

  it('closes the answer quietly when its reader leaves, and loudly for everybody else', async () => {
    const source = new TestSource([{ chunks: [['a', 'b']] }]);
    const reading = new Reading(source);
    const events = reading.claim();
    await events.next();
    expect(await events.return?.()).toEqual({ done: true, value: undefined });
    expect(await events.next()).toEqual({ done: true, value: undefined });
    await expect(reading.over).rejects.toMatchObject({ code: 'ERR_CANCELLED' });
    expect(source.log).toEqual(['open', 'close']);
  });

  it('is ended by the caller’s signal with its reason, also before it is opened', async () => {
    const reason = new BedrockError({ code: 'ERR_MODEL', message: 'mine' });
    const source = new TestSource([], { signal: AbortSignal.abort(reason) });
    const reading = new Reading(source);
    await expect(reading.claim().next()).rejects.toBe(reason);
    await expect(reading.over).rejects.toBe(reason);
    expect(reading.isCallersAbort(reason)).toBe(true);
    expect(source.log).toEqual([]);
  });

  it('reads to the end by itself where only the outcome is wanted, and only once', async () => {
    const source = new TestSource([{ chunks: [['a'], ['b']] }]);
    const reading = new Reading(source);
    reading.drain();
    reading.drain();
    await reading.over;
    expect(source.log).toEqual(['open', 'finish', 'close']);
    expect(() => reading.claim()).toThrow('can be read once');
  });
});
