// CPU time of one request to the local Bedrock in process, in ms: what a user's test suite pays for each call.
// Usage: node bench/local.mjs [dist folder …]     several builds take turns, so that they see the same machine
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { findNpmRuntime, whyNot } from '../scripts/runtimes.mjs';
import { spread } from './measure/statistics.mjs';
import { cleanEnvironment, ROOT } from './prepare.mjs';

/** The most that a Converse request may take (docs/performance.md). */
const BUDGET_MS = 0.6;
const ROUNDS = 5;
const WARM_UPS = 1500;
const REQUESTS = 1500;

const TEXT =
  'The quick brown fox jumps over the lazy dog, and nobody knows why it always has to be the dog. ';
const QUESTION = { messages: [{ role: 'user', content: [{ text: 'Hi' }] }] };

/** What an agent sends after ten rounds: a long system prompt, tools, and a history with their results; about 40 KB. */
function agentRequest() {
  const schema = { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] };
  const tools = Array.from({ length: 10 }, (_, i) => ({
    toolSpec: { name: `tool_${i}`, description: TEXT.repeat(5), inputSchema: { json: schema } },
  }));
  const rounds = Array.from({ length: 10 }, (_, i) => [
    { role: 'user', content: i === 0 ? [{ text: TEXT }] : [resultOf(i - 1)] },
    {
      role: 'assistant',
      content: [{ text: TEXT }, { toolUse: { toolUseId: `t${i}`, name: 'tool_0', input: { path: '/' } } }],
    },
  ]);
  const messages = [...rounds.flat(), { role: 'user', content: [resultOf(9)] }];
  return { system: [{ text: TEXT.repeat(50) }], messages, toolConfig: { tools } };
}

function resultOf(round) {
  return { toolResult: { toolUseId: `t${round}`, content: [{ text: TEXT.repeat(25) }] } };
}

const [first] = process.argv.slice(2);
if (first === '--measure') console.log(JSON.stringify(await measure(process.argv[3])));
else await compare(process.argv.slice(2).map((folder) => resolve(folder)));

async function compare(folders) {
  const builds = folders.length > 0 ? folders : [join(ROOT, 'dist')];
  for (const build of builds) {
    if (existsSync(join(build, 'node/local.js'))) continue;
    console.error(`${build} holds no build. Run npm run build -- --no-dts first.`);
    process.exit(2);
  }
  for (const name of ['node20', 'node24']) {
    const node = await findNpmRuntime(name);
    if (node === undefined) {
      console.log(`\n${name}: ${whyNot(name)}`);
      continue;
    }
    console.log(`\n${name}, CPU per request in ms: median (lowest–highest) of ${ROUNDS} processes`);
    const rounds = builds.map(() => []);
    for (let round = 0; round < ROUNDS; round++) {
      for (const [i, build] of builds.entries()) rounds[i].push(measureApart(node, build));
    }
    for (const [i, build] of builds.entries()) report(build, rounds[i]);
  }
}

function measureApart(node, build) {
  const args = [fileURLToPath(import.meta.url), '--measure', build];
  return JSON.parse(execFileSync(node, args, { env: cleanEnvironment(), encoding: 'utf8' }));
}

function report(build, rounds) {
  console.log(build);
  for (const name of Object.keys(rounds[0])) {
    const { median, min, max } = spread(rounds.map((figures) => figures[name]));
    const verdict = median <= BUDGET_MS ? '' : `  over ${BUDGET_MS}`;
    const figures = [median, min, max].map((ms) => ms.toFixed(3));
    console.log(`  ${name.padEnd(34)} ${figures[0]} (${figures[1]}–${figures[2]})${verdict}`);
  }
}

/** All threads of the process are counted. A request is signed once and sent again: the client's share is left out. */
async function measure(build) {
  const load = (file) => import(pathToFileURL(join(build, 'node', file)));
  const { createLocalBedrock } = await load('local.js');
  const { createBedrock, fromBearerToken } = await load('index.js');
  const local = createLocalBedrock();
  const bearer = fromBearerToken(local.apiKey);
  const figures = {};
  for (const [name, credentials, method, request] of [
    ['converse, API key', bearer, 'converse', QUESTION],
    ['converse, SigV4', local.credentials, 'converse', QUESTION],
    ['converse of an agent, SigV4', local.credentials, 'converse', agentRequest()],
    ['stream, read to its end, SigV4', local.credentials, 'stream', QUESTION],
  ]) {
    let sent;
    const { region } = local;
    const fetch = (input, init) => {
      sent = [input, init];
      return local.fetch(new Request(input, init));
    };
    const bedrock = createBedrock({ credentials, region, fetch });
    const call = { modelId: 'amazon.nova-lite-v1:0', ...request };
    await (method === 'converse' ? bedrock.converse(call) : bedrock.stream(call).result());
    const { signal: _signal, ...init } = sent[1];
    const again = async () => {
      const response = await local.fetch(new Request(sent[0], init));
      const body = await response.text();
      if (response.status !== 200) throw new Error(body);
    };
    for (let i = 0; i < WARM_UPS; i++) await again();
    const before = process.cpuUsage();
    for (let i = 0; i < REQUESTS; i++) await again();
    const { user, system } = process.cpuUsage(before);
    figures[name] = (user + system) / 1000 / REQUESTS;
  }
  return figures;
}
