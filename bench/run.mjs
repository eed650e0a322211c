import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BENCH, cleanEnvironment, packageFacts } from './prepare.mjs';

const execute = promisify(execFile);

/** Longer, and a peer counts as one that cannot do it. */
const LIMIT_MS = 90_000;

/** Starts the server of all measurements. */
export async function startServer() {
  const child = fork(join(BENCH, 'server', 'main.mjs'), {
    env: cleanEnvironment(),
    execArgv: ['--no-warnings'],
  });
  const [port] = await once(child, 'message');
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    ask: async (path) => (await fetch(`${url}/${path}`)).json(),
    stop: () => child.kill(),
  };
}

/** Why a contender cannot run on a Node, undefined where it can. */
export function whyNot(contender, nodeName) {
  const [major, minor] = nodeName.replace('Node ', '').split('.').map(Number);
  for (const name of contender.packages) {
    const facts = packageFacts(name);
    if (facts === undefined) return `${name} is not installed`;
    const [, least, leastMinor = '0'] = /^>=\s*(\d+)(?:\.(\d+))?/.exec(facts.engines?.node ?? '') ?? [];
    if (least !== undefined && (major < +least || (major === +least && minor < +leastMinor))) {
      return `needs Node ${facts.engines.node}`;
    }
  }
  return undefined;
}

/** Who takes part in a scenario. */
const takesPart = (scenario, { id, in: where }) =>
  scenario.only?.includes(id) ?? (where !== 'request' || scenario.ofRequests === true);

/** One measurement in a fresh process. */
export async function measureOnce({
  node,
  measure,
  contender,
  url,
  options,
  flags = [],
  limitMs = LIMIT_MS,
}) {
  const job = JSON.stringify({ measure, contender, url, options });
  const child = join(BENCH, 'measure', 'child.mjs');
  try {
    const { stdout } = await execute(node.path, [...(node.args ?? ['--no-warnings']), ...flags, child, job], {
      env: cleanEnvironment(),
      timeout: limitMs,
      killSignal: 'SIGKILL',
      maxBuffer: 2 ** 26,
    });
    return JSON.parse(stdout);
  } catch (error) {
    if (error.killed) return { error: `not done after ${limitMs / 1000} s` };
    const lines = String(error.stderr || error.message)
      .trim()
      .split('\n');
    return { error: lines.find((line) => /Error/.test(line)) ?? lines.at(-1) };
  }
}

/**
 * Measures every scenario with every contender, round after round, so that what the machine does besides meets all alike.
 *
 * @returns cells: `{ node, scenario, contender, rounds: figures[], problem? }`
 */
export async function compare({ nodes, scenarios, contenders, rounds, quick, server, builds, onProgress }) {
  const cells = [];
  for (const scenario of scenarios) {
    await server.ask(`facts/${scenario.options.model}`);
    for (const node of nodes) {
      for (const contender of contenders) {
        if (!takesPart(scenario, contender)) continue;
        const cell = {
          node,
          scenario,
          contender,
          rounds: [],
          problem: node.missing ?? whyNot(contender, node.name),
        };
        if (scenario.measure === 'fairness' && builds === undefined)
          cell.problem ??= 'no src/event-loop.ts here';
        cells.push(cell);
      }
    }
  }
  await server.ask('facts/text.1.64k');
  const repeats = (scenario) => (quick ? 1 : (scenario.repeat ?? 1));
  for (let round = 0; round < rounds; round++) {
    for (const scenario of scenarios) {
      for (let again = 0; again < repeats(scenario); again++) {
        for (const cell of cells) {
          if (cell.scenario !== scenario || cell.problem !== undefined) continue;
          onProgress(
            `round ${round + 1} of ${rounds} · ${cell.node.name} · ${scenario.id} · ${cell.contender.id}`,
          );
          const options = { ...scenario.options, ...(quick && scenario.quick), builds };
          const { figures, error } = await measureOnce({
            ...cell,
            measure: cell.node.measure ?? scenario.measure,
            url: server.url,
            options,
          });
          if (error === undefined) cell.rounds.push(figures);
          else cell.problem = error;
        }
      }
    }
  }
  return cells;
}
