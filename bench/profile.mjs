import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CONTENDERS } from './contenders.mjs';
import { ROOT } from './prepare.mjs';
import { asMarkdown } from './report/table.mjs';
import { measureOnce, startServer } from './run.mjs';

/** Rows of a table, and the least share that is worth one. */
const SHOWN = 15;
const LEAST = 0.005;

/** Prints where the CPU time of contenders goes while they read a long stream, by function and by part. */
export async function profile({ rest, quick, node, scenarios }) {
  const contenders = CONTENDERS.filter(({ id }) =>
    (rest.length > 0 ? rest : ['ours', 'aws-fetch']).includes(id),
  );
  const cut = scenarios.includes('deltas-64k') ? '64k' : (scenarios[0]?.replace('deltas-', '') ?? '64k');
  const options = { model: `text.20000.${cut}`, warmUps: 3, runs: quick ? 3 : 200, enoughMs: 20_000 };
  const server = await startServer();
  try {
    await server.ask(`facts/${options.model}`);
    for (const contender of contenders) {
      const folder = mkdtempSync(join(tmpdir(), 'bench-profile-'));
      const flags = ['--cpu-prof', `--cpu-prof-dir=${folder}`];
      const job = { node, measure: 'hot', contender, url: server.url, options, flags };
      const { figures, error } = await measureOnce(job);
      if (error !== undefined) throw new Error(`${contender.id}: ${error}`);
      const [file] = readdirSync(folder);
      const { functions, parts } = summarize(JSON.parse(readFileSync(join(folder, file), 'utf8')));
      rmSync(folder, { recursive: true });
      console.log(
        `\n${contender.title}, ${cut}, ${node.name}: ${figures.cpu.toFixed(2)} µs per event under the profiler\n`,
      );
      console.log(asMarkdown({ header: ['function', 'where', 'self time'], rows: shares(functions) }));
      console.log(`\n${asMarkdown({ header: ['part', 'self time'], rows: shares(parts) })}`);
    }
  } finally {
    server.stop();
  }
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

const maps = new Map();

/** The source file of a function: of the library by its source map, of a package by its name. */
function placeOf({ url, lineNumber, columnNumber }) {
  if (!url.startsWith('file:')) return url === '' ? 'V8' : url;
  const path = fileURLToPath(url);
  const [, name] = /.*node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(path) ?? [];
  if (name !== undefined) return name.replace('\\', '/');
  if (!maps.has(path)) maps.set(path, sourceMapOf(path));
  const { originalSource } = maps.get(path)?.findEntry(lineNumber, columnNumber) ?? {};
  return relative(ROOT, originalSource === undefined ? path : resolve(path, '..', originalSource));
}

function sourceMapOf(path) {
  try {
    return new SourceMap(JSON.parse(readFileSync(`${path}.map`, 'utf8')));
  } catch {
    return undefined;
  }
}

function partOf(where) {
  if (where.startsWith('node:')) return where.includes('undici') ? 'fetch (undici)' : 'Node';
  return where.startsWith('src') ? where.split(/[\\/]/).slice(0, 2).join('/') : where;
}
