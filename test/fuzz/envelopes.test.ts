import { createBedrock, type Discovery, type StorageLike } from '../../src/index.js';
import { createLocalBedrock } from '../../src/local/index.js';
import { damageBytes } from './faults.js';
import { expectModels } from './models.js';
import { damage, type Json } from './odd-json.js';
import { Outcomes } from './outcomes.js';
import type { Random } from './random.js';
import { fuzz } from './seed.js';
import { beginRun, expectNothingLeft, expectTyped, settle, watchProcess } from './watch.js';

const local = createLocalBedrock();
const outcomes = new Outcomes();
/** What `discover()` stored, by key. The same for all runs: their client is the same. */
const right = new Map<string, string>();
let isDown = false;
const kept = new Map<string, string>();

/** The local Bedrock, asked once for each list: its answer does not depend on the run. */
async function fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  if (isDown) throw new TypeError('fetch failed');
  const request = new Request(input, init);
  const text = kept.get(request.url) ?? (await (await local.fetch(request)).text());
  kept.set(request.url, text);
  return new Response(text, { headers: { 'content-type': 'application/json' } });
}

const bedrock = createBedrock({
  endpoint: 'https://envelopes.example',
  region: local.region,
  credentials: local.credentials,
  fetch,
  maxAttempts: 1,
});

watchProcess();

const PLANTED: readonly ((random: Random) => unknown)[] = [
  () => 'arn:aws-cn:bedrock:cn-north-1:999999999999:application-inference-profile/planted',
  () => 'arn:aws:bedrock:evil:999999999999:application-inference-profile/planted',
  () => '../../admin',
  () => 'a\nb',
  () => '\u001b[31mred',
  () => 'x'.repeat(2000),
  (random) => random.below(100),
];

/** Puts what somebody may have planted in the place of a text, anywhere in the lists. */
function plant(random: Random, envelope: Json): void {
  const { lists } = envelope as { lists?: { models?: Json[]; profiles?: Json[] } };
  const items = [...(lists?.models ?? []), ...(lists?.profiles ?? [])];
  const item = items[random.below(items.length)];
  if (typeof item !== 'object' || item === null) return;
  const name = random.pick(Object.keys(item));
  const value = random.pick(PLANTED)(random);
  item[name] = Array.isArray(item[name]) && random.chance(0.7) ? [value] : value;
}

/** What a storage gives instead of what was stored. */
function damaged(random: Random, text: string): unknown {
  let envelope: unknown = JSON.parse(text);
  const kind = random.next();
  if (kind < 0.4) plant(random, envelope as Json);
  else if (kind < 0.8) for (let n = random.below(3); n >= 0; n--) envelope = damage(random, envelope);
  if (random.chance(0.1)) return envelope;
  const written = JSON.stringify(envelope) ?? 'undefined';
  if (random.chance(0.9)) return written;
  return new TextDecoder().decode(damageBytes(random, new TextEncoder().encode(written)).bytes);
}

/** A storage with damaged lists that may fail or hang as well. */
function storageOf(random: Random): StorageLike {
  const items = new Map<string, unknown>();
  for (const [key, text] of right) items.set(key, damaged(random, text));
  const fault = random.chance(0.2) ? random.pick(['throws', 'rejects', 'hangs', 'gives odd things']) : '';
  const faulty = random.pick(['getItem', 'setItem', 'removeItem']);
  const use = <T>(name: string, action: () => T): T => {
    if (name !== faulty || fault === '') return action();
    if (fault === 'throws') throw random.pick<unknown>([new Error('full'), undefined, Object.create(null)]);
    if (fault === 'rejects') return Promise.reject(random.pick<unknown>([new Error('full'), null])) as T;
    if (fault === 'hangs') return new Promise(() => undefined) as T;
    return random.pick<unknown>([7, {}, [], true, 'text', Symbol('odd'), 5n]) as T;
  };
  return {
    getItem: (key) => use('getItem', () => (items.get(key) ?? null) as string | null),
    setItem: (key, value) => use('setItem', () => void items.set(key, value)),
    ...(random.chance(0.8) && {
      removeItem: (key: string) => use('removeItem', () => void items.delete(key)),
    }),
  };
}

fuzz('any value in a storage is a list that can be used, or is not used', {
  share: 0.15,
  async run(random) {
    beginRun(random);
    isDown = false;
    if (right.size === 0) {
      await bedrock.discover({
        storage: {
          getItem: (key) => right.get(key) ?? null,
          setItem: (key, value) => void right.set(key, value),
          removeItem: (key) => void right.delete(key),
        },
      });
    }
    isDown = random.chance(0.4);
    const storage = storageOf(random);
    const refreshInterval = random.pick([1, 3600, 1e12]);
    const calls = random.list(1, 2, () => bedrock.discover({ storage, refreshInterval }));
    for (const outcome of await settle(calls)) {
      if (outcome.status === 'fulfilled') {
        expectModels(outcome.value as Discovery);
        outcomes.add((outcome.value as Discovery).source);
        continue;
      }
      outcomes.count(outcome);
      expectTyped(outcome.reason);
      if (!isDown) throw outcome.reason;
    }
    await expectNothingLeft();
  },
  finish: () => outcomes.expectEach('cache', 'network', 'ERR_NETWORK'),
});
