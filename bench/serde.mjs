/**
 * What the decoder of `bedrock-anywhere/aws` saves the AWS client: `npm run build && node bench/serde.mjs`.
 * CPU time (user and system) per event of a long ConverseStream answer, each measurement in a process of its own, the
 * client as it is and with our decoder in turn, medians and the ratios of neighbours.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const EVENTS = 20_000;
const DECODERS = ['stock', 'ours'];
const HANDLERS = ['NodeHttpHandler', 'FetchHttpHandler'];
const [decoder, handler, url] = process.argv.slice(2);

if (decoder === undefined) await compare(Number(process.env.ROUNDS ?? 7));
else console.log(await measure());

async function compare(rounds) {
  const here = (name) => fileURLToPath(new URL(name, import.meta.url));
  const server = spawn(process.execPath, [here('server.mjs')], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = await once(server.stdout, 'data');
  const address = `http://127.0.0.1:${String(port).trim()}`;
  console.log(`Node ${process.version}, ${rounds} rounds of ${EVENTS} events, CPU µs per event`);
  for (const each of HANDLERS) {
    const taken = { stock: [], ours: [] };
    for (let round = 0; round < rounds; round++) {
      const turns = round % 2 === 0 ? DECODERS : [...DECODERS].reverse();
      for (const one of turns) {
        const args = ['--no-warnings', here('serde.mjs'), one, each, address];
        taken[one].push(Number(execFileSync(process.execPath, args, { encoding: 'utf8' })));
      }
    }
    const ratios = taken.stock.map((stock, round) => stock / taken.ours[round]).sort((a, b) => a - b);
    console.log(
      `${each.padEnd(17)} stock ${median(taken.stock).toFixed(2)}   ours ${median(taken.ours).toFixed(2)}   ` +
        `ratio ${median(ratios).toFixed(2)} (${ratios[0].toFixed(2)} to ${ratios.at(-1).toFixed(2)})`,
    );
  }
  server.kill();
}

async function measure() {
  const { BedrockRuntimeClient, ConverseStreamCommand } = await import('@aws-sdk/client-bedrock-runtime');
  const { eventStreamSerdeProvider } = await import('bedrock-anywhere/aws');
  const client = new BedrockRuntimeClient({
    endpoint: `${url}/${EVENTS}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'ASIABENCH', secretAccessKey: 'secret', sessionToken: 'token' },
    requestHandler: await requestHandler(),
    ...(decoder === 'ours' && { eventStreamSerdeProvider }),
  });
  const command = new ConverseStreamCommand({
    modelId: 'm',
    messages: [{ role: 'user', content: [{ text: 'Hi' }] }],
  });
  const read = async () => {
    const { stream } = await client.send(command);
    let characters = 0;
    for await (const event of stream) characters += event.contentBlockDelta?.delta.text.length ?? 0;
    return characters;
  };
  const expected = await read();
  await read();
  const each = [];
  for (let i = 0; i < 5; i++) {
    const before = process.cpuUsage();
    if ((await read()) !== expected || expected < EVENTS) throw new Error('An answer is not whole.');
    const { user, system } = process.cpuUsage(before);
    each.push((user + system) / EVENTS);
  }
  return median(each);
}

async function requestHandler() {
  if (handler === 'FetchHttpHandler') {
    const { FetchHttpHandler } = await import('@smithy/fetch-http-handler');
    return new FetchHttpHandler();
  }
  const { NodeHttpHandler } = await import('@smithy/node-http-handler');
  return new NodeHttpHandler();
}

function median(list) {
  return [...list].sort((a, b) => a - b)[list.length >> 1];
}
