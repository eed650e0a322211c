import { afterAll, beforeAll, expect, vi } from 'vitest';
import { createBedrock, isBedrockError } from '../../src/index.js';
import { createLocalBedrock } from '../../src/local/index.js';
import { Outcomes } from '../fuzz/outcomes.js';
import type { Random } from '../fuzz/random.js';
import { fuzz } from '../fuzz/seed.js';
import { ODD } from './odd-values.js';
import { valid } from './valid-request.js';

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
function mutate(value: unknown, random: Random): unknown {
  const odd = () => ODD[random.pick(names(ODD))]?.();
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || random.chance(0.08))
    return odd();
  if (isList(value)) {
    const copy: unknown[] = value.slice();
    const at = random.below(copy.length + 1);
    if (random.chance(0.2)) copy.splice(at, 0, random.chance(0.5) ? odd() : copy[0]);
    else if (random.chance(0.1)) copy.splice(at, 1);
    else if (at < copy.length) copy[at] = mutate(copy[at], random);
    return copy;
  }
  const copy = safely(value) as Record<string, unknown>;
  const name = random.pick(names(copy)) ?? 'x';
  const other = random.pick([
    ...names(valid()),
    'toolUse',
    'toolResult',
    'text',
    'json',
    '__proto__',
    'constructor',
    name,
  ]);
  if (random.chance(0.12))
    Object.defineProperty(copy, other, { value: odd(), enumerable: true, configurable: true });
  else if (random.chance(0.08)) copy[other] = copy[name];
  else if (random.chance(0.06)) delete copy[name];
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

const outcomes = new Outcomes();

fuzz('odd requests and options work, or fail with a BedrockError', {
  share: 0.25,
  async run(random, index) {
    rejections.length = 0;
    let request: unknown = valid();
    let options: unknown = OPTIONS;
    for (let count = 1 + random.below(4); count > 0; count--) {
      if (random.chance(0.7)) request = mutate(request, random);
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
    ][index % 3] as () => Promise<unknown>;
    try {
      await call();
      outcomes.add('ok');
    } catch (error) {
      if (!isBedrockError(error)) throw new Error('Untyped', { cause: error });
      outcomes.add(error.code);
      // A mistake that is found before sending says where it is.
      if (error.phase === 'prepare' && error.code === 'ERR_INPUT')
        expect(error.message).toMatch(/ (?:is|are|has|have|cannot|needs) /);
    }
    await new Promise((resolve) => setImmediate(resolve));
    expect(rejections).toEqual([]);
  },
  // Not all requests are refused at the door: some reach the service, and some are answered.
  finish: () => outcomes.expectEach('ok', 'ERR_INPUT'),
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
