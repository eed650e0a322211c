/** What a client sees of a contender. Every answer is checked: a fast wrong answer counts for nothing. */
import { readFileSync } from 'node:fs';
import { Agent, request as send } from 'node:http';
import { quantile } from '../measure/statistics.mjs';
import { ENDLESS, MODEL, TEXT } from './answer.mjs';

const MB = 1024;

/** The unit of CPU time in /proc on Linux. */
const TICK_MS = 10;

/** A contender that runs, as its client. */
export class Client {
  #call;
  #started;
  #agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });

  constructor(call, started) {
    this.#call = call;
    this.#started = started;
  }

  /** Sends a request; resolves with the response. */
  open(model, isStream) {
    const { path, headers, body } = this.#call;
    const json = JSON.stringify(body(model, isStream));
    return new Promise((resolve, reject) => {
      send(
        {
          host: '127.0.0.1',
          port: this.#started.port,
          path: path(model, isStream),
          method: 'POST',
          agent: this.#agent,
          headers: {
            ...headers,
            ...this.#started.headers,
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(json),
          },
        },
        resolve,
      )
        .on('error', reject)
        .end(json);
    });
  }

  /** Milliseconds until a whole answer has been read. */
  async whole() {
    const start = performance.now();
    const response = await this.open(MODEL, false);
    const text = await readAll(response);
    const took = performance.now() - start;
    if (response.statusCode !== 200 || !text.includes(TEXT))
      throw new Error(`The answer is wrong (${response.statusCode}): ${text.slice(0, 500)}`);
    return took;
  }

  /** Milliseconds until the first word of a stream has been read. */
  async first() {
    const start = performance.now();
    const response = await this.open(MODEL, true);
    let first;
    let text = '';
    for await (const chunk of response) {
      text += chunk.toString('latin1');
      if (first === undefined && this.#call.isContent(text)) first = performance.now() - start;
    }
    if (first === undefined || !this.#call.isEnd(text))
      throw new Error(`The stream is wrong (${response.statusCode}): ${text.slice(0, 500)}`);
    return first;
  }

  /** Memory of the contender's process in MB; undefined where the system does not tell. */
  memory() {
    const { pid } = this.#started;
    if (pid === undefined || process.platform !== 'linux') return undefined;
    const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes) / MB;
  }

  /** Milliseconds of CPU that the contender's process has used; undefined where the system does not tell. */
  cpu() {
    const { pid } = this.#started;
    if (pid === undefined || process.platform !== 'linux') return undefined;
    // The name of the program, in brackets, may contain spaces.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  }

  close() {
    this.#agent.destroy();
  }
}

async function readAll(response) {
  const chunks = [];
  for await (const chunk of response) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** Latency of one request after the other, and the CPU that each takes. */
export async function latency(client, { requests, warmUps }) {
  const figures = {};
  for (const [name, once] of [
    ['whole', () => client.whole()],
    ['first', () => client.first()],
  ]) {
    for (let i = 0; i < warmUps; i++) await once();
    const before = client.cpu();
    const times = [];
    for (let i = 0; i < requests; i++) times.push(await once());
    figures[`${name}50`] = quantile(times, 0.5);
    figures[`${name}99`] = quantile(times, 0.99);
    if (before !== undefined) figures[`${name}Cpu`] = (client.cpu() - before) / requests;
  }
  return figures;
}

/** Whole answers per second, with many clients at once. */
export async function rate(client, { requests, clients }) {
  let left = requests;
  const work = async () => {
    while (left-- > 0) await client.whole();
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: clients }, work));
  return { rate: (requests / (performance.now() - start)) * 1000 };
}

/** Bytes that a slow client reads at a time, and how often. */
const SIP_BYTES = 4096;
const SIP_MS = 100;

/** A contender that takes more, while it should wait for its readers, is given up on: it would fill the machine. */
const MOST_MB = 4096;

/** All streams are open long before, on a machine that does nothing else. */
const PATIENCE_MS = 120_000;

/** Memory while many clients read streams without end, each slowly. */
export async function slow(client, { streams, seconds }) {
  const idle = client.memory();
  const opened = await openAll(client, streams);
  const figures = { idle };
  if (opened.length < streams) figures.gaveUp = { opened: opened.length, memory: client.memory() };
  else Object.assign(figures, await sip(client, opened, (seconds * 1000) / SIP_MS));
  for (const response of opened) response.destroy();
  return figures;
}

/** Opens streams that nobody reads yet; fewer than asked for if that takes too long, or too much memory. */
async function openAll(client, streams) {
  const opened = [];
  const opening = Array.from({ length: streams }, async () => {
    const response = await client.open(ENDLESS, true);
    response.pause();
    if (response.statusCode !== 200) throw new Error(`A slow stream was refused (${response.statusCode}).`);
    opened.push(response);
  });
  let isOver = false;
  const all = Promise.all(opening).finally(() => {
    isOver = true;
  });
  // Those that are given up on fail when the client is closed.
  all.catch(() => {});
  const deadline = performance.now() + PATIENCE_MS;
  while (!isOver && performance.now() < deadline && (client.memory() ?? 0) < MOST_MB) await pause(SIP_MS);
  if (isOver) await all;
  return [...opened];
}

/** Reads a little of each stream, again and again. */
async function sip(client, responses, times) {
  let read = 0;
  const samples = [];
  for (let tick = 0; tick < times; tick++) {
    await pause(SIP_MS);
    for (const response of responses) read += response.read(SIP_BYTES)?.length ?? 0;
    const memory = client.memory() ?? 0;
    samples.push(memory);
    if (memory > MOST_MB) return { gaveUp: { opened: responses.length, memory } };
  }
  if (read < responses.length * SIP_BYTES)
    throw new Error(`${responses.length} slow clients have read only ${read} bytes.`);
  const third = Math.ceil(samples.length / 3);
  return { open: Math.max(...samples.slice(0, third)), late: Math.max(...samples.slice(-third)) };
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
