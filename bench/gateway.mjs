// What a gateway adds to a direct call: latency, time to the first word, requests per second, and memory with many slow streams;
// beside Portkey's gateway and a proxy that only copies bytes, in the same run.
// Usage: node bench/gateway.mjs [options]     --help lists them
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { DELTAS } from './gateway/answer.mjs';
import { CONTENDERS, startProgram } from './gateway/contenders.mjs';
import { Client, latency, rate, slow } from './gateway/load.mjs';
import { spread } from './measure/statistics.mjs';
import { buildLibrary } from './prepare.mjs';

const USAGE = `Usage: node bench/gateway.mjs [options]

  --quick               fewer repetitions
  --contender <ids>     ${CONTENDERS.map(({ id }) => id).join(', ')}, separated by commas
  --rounds <n>          processes per contender; default 5, quick 1
  --requests <n>        of each kind, one after the other; default 2000, quick 50
  --streams <n>         slow streams at once; default 512, quick 32
  --seconds <n>         how long slow streams are read; default 20, quick 2
  --no-install          do without what is not installed
  --no-build            measure dist/ as it is`;

/** Budgets of docs/performance.md, each of a figure of ours. */
const BUDGETS = [
  ['added to a whole answer, p50, ms', 1.5, (ours, { direct }) => ours.whole50 - direct.whole50, 'direct'],
  ['added to the first word, p50, ms', 1, (ours, { direct }) => ours.first50 - direct.first50, 'direct'],
  ["requests per second, times Portkey's", 2, (ours, { portkey }) => ours.rate / portkey.rate, 'portkey'],
  ['memory at the end of slow streams, times the beginning', 1.2, (ours) => ours.late / ours.open, 'ours'],
];
const AT_LEAST = new Set(["requests per second, times Portkey's"]);

const FIGURES = [
  ['whole50', 'whole answer, p50, ms', 2],
  ['whole99', 'whole answer, p99, ms', 2],
  ['wholeCpu', 'whole answer, CPU of the process, ms', 2],
  ['first50', 'first word, p50, ms', 2],
  ['first99', 'first word, p99, ms', 2],
  ['firstCpu', `stream of ${DELTAS} pieces, CPU of the process, ms`, 2],
  ['rate', 'requests per second', 0],
  ['idle', 'memory before slow streams, MB', 0],
  ['open', 'memory with slow streams, first third, MB', 0],
  ['late', 'memory with slow streams, last third, MB', 0],
];

const options = read();
if (options === undefined) console.log(USAGE);
else await main(options);

function read() {
  const { values } = parseArgs({
    options: {
      help: { type: 'boolean', short: 'h' },
      quick: { type: 'boolean', default: false },
      contender: { type: 'string' },
      rounds: { type: 'string' },
      requests: { type: 'string' },
      streams: { type: 'string' },
      seconds: { type: 'string' },
      'no-install': { type: 'boolean', default: false },
      'no-build': { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const count = (name, usual, quick) => {
    const number = Number(values[name] ?? (values.quick ? quick : usual));
    if (Number.isInteger(number) && number > 0) return number;
    throw new Error(`--${name} is ${values[name]}. Pass a whole number, 1 or more.`);
  };
  const ids = values.contender?.split(',') ?? CONTENDERS.map(({ id }) => id);
  const strange = ids.find((id) => !CONTENDERS.some((one) => one.id === id));
  if (strange !== undefined) throw new Error(`There is no contender ${strange}.\n\n${USAGE}`);
  const requests = count('requests', 2000, 50);
  return {
    contenders: CONTENDERS.filter(({ id }) => ids.includes(id)),
    rounds: count('rounds', 5, 1),
    requests,
    warmUps: Math.ceil(requests / 4),
    clients: 32,
    streams: count('streams', 512, 32),
    seconds: count('seconds', 20, 2),
    install: !values['no-install'],
    build: !values['no-build'],
  };
}

async function main({ contenders, install, build, rounds, ...how }) {
  if (build) buildLibrary();
  if (install) for (const contender of contenders) contender.install?.();
  const present = contenders.filter(({ title, missing }) => {
    const why = missing?.();
    if (why !== undefined) console.log(`${title} is left out: ${why}.`);
    return why === undefined;
  });
  const [{ model = 'CPU of unknown kind' } = {}] = cpus();
  console.log(
    `Node ${process.versions.node}, ${cpus().length} × ${model.trim()}, ${new Date().toISOString().slice(0, 16)}`,
  );
  console.log(
    `${rounds} × ${how.requests} requests, ${how.clients} clients at once, ${how.streams} slow streams\n`,
  );
  const upstream = await startProgram('upstream.mjs', []);
  const found = new Map(present.map(({ id }) => [id, []]));
  try {
    for (let round = 0; round < rounds; round++) {
      // Each is first as often as last, as far as the rounds go.
      const order = present.map((_, i) => present[(i + round) % present.length]);
      for (const contender of order)
        found.get(contender.id).push(await measure(contender, upstream.port, how));
    }
  } finally {
    await upstream.stop();
  }
  report(present, found);
}

async function measure({ start, call, title }, upstream, how) {
  const started = await start(upstream, how);
  const client = new Client(call, started);
  try {
    const figures = { ...(await latency(client, how)), ...(await rate(client, how)) };
    return { ...figures, ...(started.pid !== undefined && (await slow(client, how))) };
  } catch (cause) {
    throw new Error(`${title}: ${cause.message}`, { cause });
  } finally {
    client.close();
    await started.stop();
  }
}

function report(present, found) {
  const medians = {};
  for (const { id, title } of present) {
    console.log(title);
    medians[id] = {};
    for (const [key, name, digits] of FIGURES) {
      const numbers = found.get(id).map((figures) => figures[key]);
      if (numbers.some((number) => number === undefined)) continue;
      const { median, min, max } = spread(numbers);
      medians[id][key] = median;
      const [middle, low, high] = [median, min, max].map((number) => number.toFixed(digits));
      console.log(`  ${name.padEnd(46)} ${middle} (${low}–${high})`);
    }
    for (const { gaveUp } of found.get(id)) {
      if (gaveUp === undefined) continue;
      console.log(`  given up on: ${gaveUp.opened} slow streams took ${Math.round(gaveUp.memory)} MB`);
    }
    console.log('');
  }
  if (medians.ours === undefined) return;
  for (const [name, budget, compute, needs] of BUDGETS) {
    if (medians[needs] === undefined) continue;
    const figure = compute(medians.ours, medians);
    if (!Number.isFinite(figure)) continue;
    const isMet = AT_LEAST.has(name) ? figure >= budget : figure <= budget;
    const sign = AT_LEAST.has(name) ? '≥' : '≤';
    console.log(`${name.padEnd(56)} ${sign} ${budget}   ${figure.toFixed(2)}   ${isMet ? 'yes' : 'NO'}`);
  }
}
