import { describe, expect, it } from 'vitest';
import { createBedrock, getCallerIdentity } from '../../src/index.js';
import { until } from '../clock.js';
import { account } from '../discovery/account.js';
import { eventFrame } from '../wire/frames.js';

const REQUEST = { modelId: 'm', messages: [{ role: 'user' as const, content: [{ text: 'Hi' }] }] };
const KEYS = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' };
const EVENTS = { 'content-type': 'application/vnd.amazon.eventstream' };

/** A body that says nothing and ends only if it is cancelled: this fetch does not hear the signal of a call. */
function deafFetch(status: number, headers: Record<string, string>, chunk?: Uint8Array) {
  let isOpen = false;
  let onAnswer = (): void => undefined;
  const fetch = async (): Promise<Response> => {
    isOpen = true;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => chunk && controller.enqueue(chunk),
      cancel: () => {
        isOpen = false;
      },
    });
    const response = new Response(body, { status, headers });
    onAnswer();
    return response;
  };
  return {
    fetch,
    isOpen: () => isOpen,
    /** Runs something this many microtasks after the answer. */
    after(ticks: number, action: () => void): void {
      onAnswer = () => {
        let left = ticks;
        const tick = (): void => (left-- > 0 ? queueMicrotask(tick) : action());
        tick();
      };
    },
  };
}

type Deaf = ReturnType<typeof deafFetch>;
type Call = (fetch: Deaf['fetch'], signal: AbortSignal) => Promise<unknown>;

const client = (fetch: Deaf['fetch']) =>
  createBedrock({
    endpoint: 'https://deaf.example',
    region: 'us-east-1',
    credentials: KEYS,
    fetch,
    maxAttempts: 1,
  });

const start = eventFrame('messageStart', { role: 'assistant' });
const stream: Call = (fetch, signal) => client(fetch).stream(REQUEST, { signal }).result();
const converse: Call = (fetch, signal) => client(fetch).converse(REQUEST, { signal });
const identity: Call = (fetch, signal) =>
  getCallerIdentity({
    region: 'us-east-1',
    endpoint: 'https://deaf.example',
    credentials: KEYS,
    fetch,
    signal,
  });

const CASES: [name: string, call: Call, answer: () => Deaf][] = [
  ['a stream', stream, () => deafFetch(200, EVENTS, start)],
  ['a refused stream', stream, () => deafFetch(503, {})],
  ['a whole answer', converse, () => deafFetch(200, { 'content-type': 'application/json' })],
  ['a refusal', converse, () => deafFetch(403, {})],
  ['an identity', identity, () => deafFetch(200, { 'content-type': 'text/xml' })],
];

/** More than any call needs to get from its answer to its body. */
const TICKS = Array.from({ length: 40 }, (_, ticks) => ticks);

describe.each(CASES)('an abort that comes after the answer of %s', (_name, call, answer) => {
  it('closes its body at whatever moment it comes', async () => {
    const open: number[] = [];
    for (const ticks of TICKS) {
      const deaf = answer();
      const controller = new AbortController();
      deaf.after(ticks, () => controller.abort('left'));
      await expect(call(deaf.fetch, controller.signal)).rejects.toBe('left');
      for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
      if (deaf.isOpen()) open.push(ticks);
    }
    expect(open).toEqual([]);
  });
});

it('a list that failed aborts the requests for the others', async () => {
  const profiles = deafFetch(200, { 'content-type': 'application/json' });
  const mine = account();
  mine.answers['inference-profiles'] = () => profiles.fetch();
  mine.answers['foundation-models'] = async () => {
    await until(() => profiles.isOpen());
    return Response.json({ ok: true });
  };
  await expect(mine.discover()).rejects.toMatchObject({ code: 'ERR_PROTOCOL' });
  await until(() => !profiles.isOpen());
});
