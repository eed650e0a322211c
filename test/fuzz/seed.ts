import { relative } from 'node:path';
import { expect, it, onTestFailed } from 'vitest';
import fc, { type Arbitrary } from '../property.js';
import { Random } from './random.js';

/**
 * How all fuzzers are run:
 *
 * - `BEDROCK_FUZZ`: how many streams are read; other fuzzers make a share of as many runs. The default is for a quick run by hand.
 * - `BEDROCK_FUZZ_SEED`: what everything follows from, the same one by default. The name of each fuzzer shows it.
 * - `BEDROCK_FUZZ_RUN`: only the run with this index. A failure prints the command for its own.
 */
const STREAMS = read('BEDROCK_FUZZ') ?? 1600;
const SEED = read('BEDROCK_FUZZ_SEED') ?? 1;
const ONLY = read('BEDROCK_FUZZ_RUN');

/** A fuzzer that has found this many failures stops. */
const ENOUGH = 5;

/** Fewer runs may all be alike by chance. */
const MEANINGFUL = 1000;

/** Time for a machine that is given up on, not a statement about speed. */
const MS_PER_RUN = 300;

export interface Fuzzer {
  /** Runs per stream of `BEDROCK_FUZZ`. */
  share: number;
  /** One run; everything random in it must follow from `random`. */
  run(random: Random, index: number): Promise<void>;
  /** Runs after all runs, to check that they were not all alike; not after a single one. */
  finish?: () => void;
}

/** Registers a test that makes many runs, and names those that failed. */
export function fuzz(name: string, { share, run, finish }: Fuzzer): void {
  const count = Math.max(1, Math.round(STREAMS * share));
  const timeout = 300_000 + count * MS_PER_RUN;
  it(`${name} (${count} runs, BEDROCK_FUZZ_SEED=${SEED})`, { timeout }, async () => {
    const file = relative(process.cwd(), expect.getState().testPath ?? '');
    let index = ONLY ?? 0;
    let isOver = false;
    onTestFailed(() => {
      if (!isOver) console.error(`Run ${index} did not end. To repeat it: ${commandOf(file, index)}`);
    });
    const failures: { index: number; error: unknown }[] = [];
    const end = ONLY === undefined ? count : ONLY + 1;
    for (; index < end && failures.length < ENOUGH; index++) {
      try {
        await run(new Random(SEED, index), index);
      } catch (error) {
        failures.push({ index, error });
      }
    }
    isOver = true;
    const [first] = failures;
    if (first !== undefined) {
      const lines = failures.map(
        (one) => `Run ${one.index}: ${String(one.error)}\n  To repeat it: ${commandOf(file, one.index)}`,
      );
      throw new Error(lines.join('\n'), { cause: first.error });
    }
    if (ONLY === undefined && count >= MEANINGFUL) finish?.();
  });
}

/** As {@link fuzz}, of a property of fast-check: a run that fails is made smaller. */
export function fuzzProperty<T>(
  name: string,
  share: number,
  arbitrary: Arbitrary<T>,
  check: (value: T) => Promise<void>,
  finish?: () => void,
): void {
  fuzz(name, {
    share,
    run: (random) =>
      fc.assert(fc.asyncProperty(arbitrary, check), {
        numRuns: 1,
        seed: random.below(2 ** 31),
      }),
    ...(finish !== undefined && { finish }),
  });
}

function commandOf(file: string, index: number): string {
  return `BEDROCK_FUZZ_SEED=${SEED} BEDROCK_FUZZ_RUN=${index} npx vitest run --project fuzz ${file}`;
}

function read(name: string): number | undefined {
  const text = process.env[name];
  if (text === undefined || text === '') return undefined;
  if (/^\d{1,10}$/.test(text)) return Number(text);
  throw new Error(`${name} is ${JSON.stringify(text)}. Set it to a whole number, 0 or more.`);
}
