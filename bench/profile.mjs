import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sourceOfLines } from '../scripts/built-sources.mjs';
import { CONTENDERS } from './contenders.mjs';
import { ROOT } from './prepare.mjs';
import { asMarkdown } from './report/table.mjs';
import { measureOnce, startServer } from './run.mjs';
import { SCENARIOS } from './scenarios.mjs';

/** Rows of a table, and the least share that is worth one. */
const SHOWN = 15;
const LEAST = 0.005;

/** More runs than for a figure, so that there are samples enough. */
const MORE = {
  hot: { warmUps: 3, runs: 200, enoughMs: 20_000 },
  large: { runs: 30 },
  first: { requests: 2000 },
  many: { warmUps: 20 },
};

/** Prints where the CPU time of contenders goes in one scenario, by function and by part. */
export async function profile({ rest, quick, node, scenarios }) {
  const contenders = chosenOf(rest);
  const scenario = scenarioOf(scenarios);
  const options = { ...scenario.options, ...(quick ? scenario.quick : MORE[scenario.measure]) };
  const { measure } = scenario;
  const server = await startServer();
  try {
    await server.ask(`facts/${options.model}`);
    for (const contender of contenders) {
      const folder = mkdtempSync(join(tmpdir(), 'bench-profile-'));
      const flags = ['--cpu-prof', `--cpu-prof-dir=${folder}`];
      const job = { node, measure, contender, url: server.url, options, flags };
      const { figures, error } = await measureOnce(job);
      if (error !== undefined) throw new Error(`${contender.id}: ${error}`);
      const [file] = readdirSync(folder);
      const { functions, parts } = summarize(JSON.parse(readFileSync(join(folder, file), 'utf8')));
      rmSync(folder, { recursive: true });
      console.log(`\n${contender.title}, ${node.name}, under the profiler. ${told(scenario, figures)}\n`);
      console.log(asMarkdown({ header: ['function', 'where', 'self time'], rows: shares(functions) }));
      console.log(`\n${asMarkdown({ header: ['part', 'self time'], rows: shares(parts) })}`);
    }
  } finally {
    server.stop();
  }
}

function chosenOf(ids) {
  const wanted = ids.length > 0 ? ids : ['ours', 'aws-fetch'];
  const strange = wanted.find((id) => !CONTENDERS.some((contender) => contender.id === id));
  if (strange === undefined) return CONTENDERS.filter(({ id }) => wanted.includes(id));
  throw new Error(
    `There is no contender ${strange}. Known are ${CONTENDERS.map(({ id }) => id).join(', ')}.`,
  );
}

/** The one that was asked for; of all, the first. */
function scenarioOf([id]) {
  const scenario = SCENARIOS.find((one) => one.id === id && one.measure in MORE);
  if (scenario !== undefined) return scenario;
  const known = SCENARIOS.filter(({ measure }) => measure in MORE).map((one) => one.id);
  throw new Error(`${id} cannot be profiled. Give --scenario one of ${known.join(', ')}.`);
}

function told({ title, figures }, values) {
  const parts = figures.map(({ key, title: figure, digits }) => `${figure}: ${values[key].toFixed(digits)}`);
  return `${title}: ${parts.join('; ')}`;
}

/** Self time by function and by part, of everything but waiting. */
function summarize({ nodes, samples, timeDeltas }) {
  const self = new Map();
  for (const [at, id] of samples.entries()) self.set(id, (self.get(id) ?? 0) + timeDeltas[at]);
  const functions = new Map();
  const parts = new Map();
  for (const { id, callFrame } of nodes) {
    const time = self.get(id) ?? 0;
    if (time === 0 || callFrame.functionName === '(idle)') continue;
    const where = placeOf(callFrame);
    add(functions, JSON.stringify([callFrame.functionName || '(anonymous)', where]), time);
    add(parts, JSON.stringify([partOf(where)]), time);
  }
  return { functions, parts };
}

function add(totals, key, time) {
  totals.set(key, (totals.get(key) ?? 0) + time);
}

function shares(totals) {
  const whole = [...totals.values()].reduce((sum, time) => sum + time, 0);
  return [...totals]
    .filter(([, time]) => time / whole >= LEAST)
    .sort(([, a], [, b]) => b - a)
    .slice(0, SHOWN)
    .map(([key, time]) => ({ cells: [...JSON.parse(key), `${((100 * time) / whole).toFixed(1)} %`] }));
}

const sources = new Map();

/** The source file of a function: of the library by the marks in the built file, of a package by its name. */
function placeOf({ url, lineNumber }) {
  if (!url.startsWith('file:')) return url === '' ? 'V8' : url;
  const path = fileURLToPath(url);
  const [, name] = /.*node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(path) ?? [];
  if (name !== undefined) return name.replace('\\', '/');
  if (!sources.has(path)) sources.set(path, sourceOfLines(path));
  const source = sources.get(path)[lineNumber];
  return source ?? relative(ROOT, path);
}

function partOf(where) {
  if (where.startsWith('node:')) return where.includes('undici') ? 'fetch (undici)' : 'Node';
  return where.startsWith('src') ? where.split(/[\\/]/).slice(0, 2).join('/') : where;
}
