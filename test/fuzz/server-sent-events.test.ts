import { createBedrock, fromResponse } from '../../src/index.js';
import { secret } from '../credentials/marks.js';
import { framesOf, joined, type WireEvent } from '../wire/frames.js';
import { answer } from './answers.js';
import { damageBytes } from './faults.js';
import { damage, type Json } from './odd-json.js';
import { Outcomes } from './outcomes.js';
import { chunksOf, Peer, serve } from './peer.js';
import type { Random } from './random.js';
import { READINGS } from './readings.js';
import { fuzz } from './seed.js';
import { expectAnswer } from './shape.js';
import { afterTurns, beginRun, expectNothingLeft, expectTyped, settle, watchProcess } from './watch.js';

const TOKEN = secret('bearer');
const outcomes = new Outcomes();

watchProcess();

/** What `toResponse()` or `toTextResponse()` writes of an answer. */
async function write(
  random: Random,
  index: number,
  events: readonly WireEvent[],
  as: string,
): Promise<string> {
  const peer = new Peer(random, () => ({
    chunks: chunksOf(random, joined(framesOf(events))),
    end: 'close',
    status: 200,
    headers: { 'content-type': 'application/vnd.amazon.eventstream' },
    hearsAbort: true,
  }));
  const stream = createBedrock({
    endpoint: `https://server-${index}.example`,
    region: 'us-east-1',
    credentials: { token: TOKEN },
    fetch: peer.fetch,
  }).stream({ modelId: 'amazon.nova-lite-v1:0', messages: [{ role: 'user', content: [{ text: 'Hi' }] }] });
  const response = as === 'text' ? stream.toTextResponse() : stream.toResponse();
  const [text] = await settle([response.then((one) => one.text())], () => peer.asked);
  if (text?.status !== 'fulfilled') throw text?.reason;
  return String(text.value);
}

const LINES = [
  '',
  ':',
  ': comment',
  'data',
  'data: {',
  'event: error',
  'event: end',
  'event',
  'id: 7',
  'retry: x',
  '\ufeff',
];

/** Events with some fault of what writes them: of their JSON, of their lines, or of their order. */
function damageText(random: Random, text: string): string {
  const events = text.split('\n\n');
  const at = random.below(events.length);
  const [, name = '', json = 'null'] = /^event: (.*)\ndata: (.*)$/s.exec(events[at] ?? '') ?? [];
  const kind = random.below(6);
  if (kind === 0) events.splice(at, 1);
  else if (kind === 1) events.splice(random.below(events.length), 0, events[at] ?? '');
  else if (kind === 2) events[at] = `event: ${name}\ndata: ${damageJson(random, json)}`;
  else if (kind === 3)
    events[at] = `event: ${random.pick(['error', 'end', 'message', 'metadata', 'x'])}\ndata: ${json}`;
  else if (kind === 4) events[at] = `${events[at]}\n${random.pick(LINES)}`;
  else {
    const error = { type: 'error', code: 'ERR_THROTTLED', message: 'no', retryable: true, retryAfterMs: 5 };
    events.splice(at, 0, `event: error\ndata: ${JSON.stringify(damage(random, error))}`);
  }
  return events.join('\n\n');
}

/** An earlier fault may have left no JSON. */
function damageJson(random: Random, text: string): string {
  try {
    return JSON.stringify(damage(random, JSON.parse(text) as Json));
  } catch {
    return text;
  }
}

fuzz('any bytes in the place of server-sent events settle, are typed and close their body', {
  share: 0.25,
  async run(random, index) {
    beginRun(random);
    const as = random.chance(0.1) ? 'text' : 'events';
    let text = await write(random, index, answer(random), as);
    const faults = random.chance(0.6) ? 1 + random.below(3) : 0;
    for (let n = 0; n < faults; n++) text = damageText(random, text);
    if (random.chance(0.2)) text = text.replaceAll('\n', random.pick(['\r', '\r\n']));
    const { bytes, byteFaults } = damageBytes(random, new TextEncoder().encode(text));
    const served = serve(random, bytes, 'text/event-stream; charset=utf-8', TOKEN);
    const peer = new Peer(random, () => served);
    const controller = new AbortController();
    const reason = new Error('the visitor left');
    const response = await peer.fetch('https://server.example/');
    const page = fromResponse(response, { signal: controller.signal });
    const waiting: Promise<void>[] = [];
    const later = (action: () => void): void => {
      const at = random.below(10);
      peer.onChunk = (given) => {
        if (given === at) action();
      };
      waiting.push(afterTurns(20, action));
    };
    const [name, read] = random.pick(READINGS);
    const promises = read(page, { random, later, abort: () => controller.abort(reason) });
    // Nobody has set a limit: a server that goes silent is left by the visitor.
    const isSilent = served.end === 'silence' || name === 'many steps at once';
    if (isSilent) later(() => void page.cancel());
    const settled = await settle([...promises, ...waiting], () => peer.asked);
    const [result] = await settle([page.result()], () => peer.asked);
    for (const one of [...settled, result]) {
      // The caller of fetch may have aborted it, with any reason.
      if (one?.status !== 'rejected' || peer.breaks.includes(one.reason)) continue;
      expectTyped(one.reason, controller.signal.aborted ? reason : undefined);
    }
    expectAnswer(page.partial, false, bytes.length);
    await expectNothingLeft(peer, controller.signal);
    if (result === undefined) return;
    outcomes.count(result, reason);
    if (result.status === 'fulfilled') {
      expectAnswer(result.value as never, true, bytes.length);
      if (as === 'text') throw new Error('Text was taken for events');
    } else if (as === 'events' && served.isRight && faults + byteFaults.length === 0 && name === 'result')
      throw result.reason;
  },
  finish: () =>
    outcomes.expectEach('ok', 'ERR_PROTOCOL', 'ERR_TRUNCATED', 'ERR_NETWORK', 'ERR_CANCELLED', 'abort'),
});
