/** `npm run bench`: each reader in a fresh process, in turn, several times; medians and their ratios. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';

const ROUNDS = Number(process.env.ROUNDS ?? 5);
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const READERS = [
  'bare fetch, bytes counted',
  'floor: split and JSON.parse',
  'bedrock-anywhere, bearer',
  'bedrock-anywhere, SigV4',
  'AWS client, NodeHttpHandler',
  'AWS client, FetchHttpHandler',
];

const server = spawn(process.execPath, [here('server.mjs')], { stdio: ['ignore', 'pipe', 'inherit'] });
const [port] = await once(server.stdout, 'data');
const url = `http://127.0.0.1:${String(port).trim()}`;

const figures = new Map(READERS.map((reader) => [reader, { events: [], first: [] }]));
for (let round = 0; round < ROUNDS; round++) {
  for (const what of ['events', 'first']) {
    for (const reader of READERS) {
      const out = execFileSync(process.execPath, [here('run.mjs'), reader, what, url], { encoding: 'utf8' });
      figures.get(reader)[what].push(JSON.parse(out));
    }
  }
}
server.kill();

const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
const of = (reader, what) => median(figures.get(reader)[what]);
const floor = of('floor: split and JSON.parse', 'events');
const bare = of('bare fetch, bytes counted', 'first');

console.log(
  `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim()}, medians of ${ROUNDS} rounds\n`,
);
console.log(`${'reader'.padEnd(31)} CPU µs/event   × floor   first event ms   over bare fetch`);
for (const reader of READERS) {
  const events = of(reader, 'events');
  const first = of(reader, 'first');
  console.log(
    reader.padEnd(31),
    events.toFixed(2).padStart(12),
    (events / floor).toFixed(2).padStart(9),
    first.toFixed(2).padStart(16),
    `${first < bare ? '' : '+'}${(first - bare).toFixed(2)}`.padStart(17),
  );
}
