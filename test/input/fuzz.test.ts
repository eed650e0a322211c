import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createBedrock, isBedrockError } from '../../src/index.js';
import { createLocalBedrock } from '../../src/local/index.js';
import { ODD } from './odd-values.js';
import { valid } from './valid-request.js';

/** How many requests are made, and what they follow from: `BEDROCK_FUZZ=5000 BEDROCK_FUZZ_SEED=7 npx vitest run …`. */
const RUNS = Number(process.env['BEDROCK_FUZZ'] ?? 400);
const SEED = Number(process.env['BEDROCK_FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 32));

/** Random numbers below 1 that follow from a seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const local = createLocalBedrock();
const send = (input: RequestInfo | URL, init?: RequestInit) => local.fetch(new Request(input, init));
const rejections: unknown[] = [];
const note = (reason: unknown) => rejections.push(reason);

beforeAll(() => {
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  process.on('unhandledRejection', note);
});
afterAll(() => {
  process.off('unhandledRejection', note);
  vi.unstubAllEnvs();
});

const names = (value: object) => Object.keys(value);

/** Puts an odd value somewhere, or adds, moves or repeats a member. */
function mutate(value: unknown, random: () => number): unknown {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const odd = () => ODD[pick(names(ODD))]?.();
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || random() < 0.08)
    return odd();
  if (isList(value)) {
    const copy: unknown[] = value.slice();
    const at = Math.floor(random() * (copy.length + 1));
    if (random() < 0.2) copy.splice(at, 0, random() < 0.5 ? odd() : copy[0]);
    else if (random() < 0.1) copy.splice(at, 1);
    else if (at < copy.length) copy[at] = mutate(copy[at], random);
    return copy;
  }
  const copy = safely(value) as Record<string, unknown>;
  const name = pick(names(copy)) ?? 'x';
  const other = pick([
    ...names(valid()),
    'toolUse',
    'toolResult',
    'text',
    'json',
    '__proto__',
    'constructor',
    name,
  ]);
  if (random() < 0.12)
    Object.defineProperty(copy, other, { value: odd(), enumerable: true, configurable: true });
  else if (random() < 0.08) copy[other] = copy[name];
  else if (random() < 0.06) delete copy[name];
  else copy[name] = mutate(copy[name], random);
  return copy;
}

const OPTIONS: Record<string, unknown> = {
  region: local.region,
  credentials: { token: local.apiKey },
  fetch: send,
  maxAttempts: 1,
  repair: 'all',
  adapt: true,
  guardContent: 'last-user-message',
  headers: { 'x-team': 'a' },
  price: { input: 1, output: 2 },
  timeoutMs: 60_000,
  signal: new AbortController().signal,
  quirks: () => ({ reasoning: 'none' }),
  catalog: () => ({ price: { input: 1, output: 2 } }),
};

it(`odd requests and options work, or fail with a BedrockError (seed ${SEED})`, async () => {
  const random = randomFrom(SEED);
  const outcomes = new Map<string, number>();
  for (let run = 0; run < RUNS; run++) {
    let request: unknown = valid();
    let options: unknown = OPTIONS;
    for (let count = 1 + Math.floor(random() * 4); count > 0; count--) {
      if (random() < 0.7) request = mutate(request, random);
      else options = mutate(options, random);
    }
    // A fetch of its own would leave this process.
    const own = Object(options) as typeof OPTIONS;
    const isOdd = typeof options !== 'object' || options === null;
    const kept = isOdd ? options : Object.assign(Object.create(null), safely(own), { fetch: send });
    const bedrock = createBedrock();
    const call = [
      () => bedrock.stream(request as never, kept as never).result(),
      () => bedrock.converse(request as never, kept as never),
      () => bedrock.countTokens(request as never, kept as never),
    ][run % 3] as () => Promise<unknown>;
    let outcome = 'ok';
    try {
      await call();
    } catch (error) {
      if (!isBedrockError(error))
        throw new Error(`Run ${run} of seed ${SEED} failed untyped`, { cause: error });
      outcome = error.code;
      // A mistake that is found before sending says where it is.
      if (error.phase === 'prepare' && error.code === 'ERR_INPUT')
        expect(error.message).toMatch(/ (?:is|are|has|have|cannot|needs) /);
    }
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  expect(rejections).toEqual([]);
  // Not all requests are refused at the door: some reach the service, and some are answered.
  expect(outcomes.get('ok') ?? 0).toBeGreaterThan(0);
  expect(outcomes.get('ERR_INPUT') ?? 0).toBeGreaterThan(0);
});

/** Whether a value is a list; a proxy may throw when it is asked. */
function isList(value: object): value is unknown[] {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}

/** The members of an object that may throw when it is looked at. */
function safely(value: object): object {
  try {
    return { ...value };
  } catch {
    return {};
  }
}
