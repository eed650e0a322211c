// CPU time per chunk of InvokeModelWithResponseStream, in µs, without a network: a recorded answer comes in pieces of 64 KiB.
// Usage: node bench/invoke.mjs     the contenders take turns, so that they see the same machine
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findNpmRuntime, whyNot } from '../scripts/runtimes.mjs';
import { spread } from './measure/statistics.mjs';
import { cleanEnvironment, ROOT } from './prepare.mjs';

const ROUNDS = 5;
const WARM_UPS = 10;
const RUNS = 10;
const WORDS = 20_000;
const PIECE = 65_536;

const MODEL = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const REQUEST = {
  anthropic_version: 'bedrock-2023-05-31',
  max_tokens: 60_000,
  messages: [{ role: 'user', content: 'Hi' }],
};
const KEYS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };

/** How each reads all chunks as JSON, and returns how many there were. */
const CONTENDERS = {
  'AWS client, FetchHttpHandler': async (fetch) => {
    const { BedrockRuntimeClient, InvokeModelWithResponseStreamCommand } = await import(
      '@aws-sdk/client-bedrock-runtime'
    );
    const { FetchHttpHandler } = await import('@smithy/fetch-http-handler');
    globalThis.fetch = fetch;
    const requestHandler = new FetchHttpHandler();
    const client = new BedrockRuntimeClient({ region: 'us-east-1', credentials: KEYS, requestHandler });
    const body = JSON.stringify(REQUEST);
    const decoder = new TextDecoder();
    return async () => {
      const { body: events } = await client.send(
        new InvokeModelWithResponseStreamCommand({ modelId: MODEL, body }),
      );
      let chunks = 0;
      for await (const { chunk } of events) {
        JSON.parse(decoder.decode(chunk.bytes));
        chunks += 1;
      }
      return chunks;
    };
  },
  'bedrock-anywhere': async (fetch) => {
    const { invokeModelStream } = await import(join(ROOT, 'dist/node/index.js'));
    return async () => {
      let chunks = 0;
      const options = { region: 'us-east-1', credentials: KEYS, fetch };
      for await (const { json } of invokeModelStream({ modelId: MODEL, body: REQUEST }, options)) {
        if (json !== undefined) chunks += 1;
      }
      return chunks;
    };
  },
};

const [first, name] = process.argv.slice(2);
if (first === '--measure') console.log(JSON.stringify(await measure(CONTENDERS[name])));
else await compare();

async function compare() {
  for (const runtime of ['node20', 'node24']) {
    const node = await findNpmRuntime(runtime);
    if (node === undefined) {
      console.log(`\n${runtime}: ${whyNot(runtime)}`);
      continue;
    }
    console.log(`\n${runtime}, CPU per chunk in µs: median (lowest–highest) of ${ROUNDS} processes`);
    const figures = Object.keys(CONTENDERS).map((contender) => [contender, []]);
    for (let round = 0; round < ROUNDS; round++) {
      for (const [contender, seen] of figures) seen.push(measureApart(node, contender));
    }
    const medians = figures.map(([contender, seen]) => {
      const { median, min, max } = spread(seen);
      const shown = [median, min, max].map((micros) => micros.toFixed(2));
      console.log(`  ${contender.padEnd(30)} ${shown[0]} (${shown[1]}–${shown[2]})`);
      return median;
    });
    console.log(`  AWS client ÷ ours              ${(medians[0] / medians[1]).toFixed(1)}`);
  }
}

function measureApart(node, contender) {
  const args = [fileURLToPath(import.meta.url), '--measure', contender];
  const stdio = ['ignore', 'pipe', 'ignore'];
  return JSON.parse(execFileSync(node, args, { env: cleanEnvironment(), encoding: 'utf8', stdio }));
}

/** All threads of the process are counted. */
async function measure(open) {
  const body = await answerOfModel();
  const read = await open(async () => answering(body));
  let chunks = 0;
  for (let i = 0; i < WARM_UPS; i++) chunks = await read();
  if (chunks < WORDS / 2) throw new Error(`${chunks} chunks were read.`);
  const before = process.cpuUsage();
  for (let i = 0; i < RUNS; i++) await read();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / RUNS / chunks;
}

async function answerOfModel() {
  const { createLocalBedrock } = await import(join(ROOT, 'dist/node/local.js'));
  const local = createLocalBedrock({ script: [{ text: 'word '.repeat(WORDS) }] });
  const path = `model/${encodeURIComponent(MODEL)}/invoke-with-response-stream`;
  const request = new Request(`https://bedrock-runtime.us-east-1.amazonaws.com/${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${local.apiKey}` },
    body: JSON.stringify(REQUEST),
  });
  const response = await local.fetch(request);
  if (response.status !== 200) throw new Error(await response.text());
  return new Uint8Array(await response.arrayBuffer());
}

function answering(body) {
  let at = 0;
  const stream = new ReadableStream({
    pull(controller) {
      controller.enqueue(body.slice(at, at + PIECE));
      at += PIECE;
      if (at >= body.length) controller.close();
    },
  });
  return new Response(stream, { headers: { 'content-type': 'application/vnd.amazon.eventstream' } });
}
