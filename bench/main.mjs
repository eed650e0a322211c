import { loadavg } from 'node:os';
import { readArguments, USAGE } from './arguments.mjs';
import { CONTENDERS } from './contenders.mjs';
import { findRuntimes } from './runtimes/find.mjs';
import { SCENARIOS } from './scenarios.mjs';

let wanted;
try {
  wanted = readArguments(process.argv.slice(2));
} catch (error) {
  console.error(error.message);
  process.exit(2);
}
if (wanted.help) {
  console.log(USAGE);
  process.exit();
}

const { buildFairnessPair, buildLibrary, findNode, installPeers } = await import('./prepare.mjs');
if (wanted.install) installPeers();
if (wanted.build) buildLibrary();
const nodes = wanted.nodes.map((major) => findNode(major, wanted.install));
const contenders = CONTENDERS.filter(({ id }) => wanted.contenders.includes(id));

if (wanted.command === 'compare') await compareAll();
else if (wanted.command === 'load')
  await (await import('./load/main.mjs')).load({ ...wanted, nodes, contenders });
else await (await import('./profile.mjs')).profile({ ...wanted, node: nodes.find(({ path }) => path) });

async function compareAll() {
  const { bundleSizes } = await import('./bundle.mjs');
  const { compare, startServer } = await import('./run.mjs');
  const { compareRuntimes } = await import('./runtimes/main.mjs');
  const { asMarkdown, asText, comparisonRows } = await import('./report/table.mjs');
  const { runtimeNotes, runtimeRows } = await import('./report/runtimes.mjs');
  const { budgetRows } = await import('./report/budgets.mjs');
  const { circumstances, writePart } = await import('./report/results.mjs');

  const scenarios = SCENARIOS.filter(({ id }) => wanted.scenarios.includes(id));
  const runtimes = wanted.scenarios.includes('runtimes')
    ? await findRuntimes(wanted.runtimes, wanted.install)
    : [];
  const needBuilds = runtimes.length > 0 || scenarios.some(({ measure }) => measure === 'fairness');
  const builds = needBuilds ? await buildFairnessPair() : undefined;
  const loadBefore = loadavg()[0];
  const server = await startServer();
  const how = { ...wanted, contenders, server, builds, onProgress: progress };
  let cells;
  let elsewhere;
  try {
    cells = await compare({ ...how, nodes, scenarios });
    elsewhere = runtimes.length === 0 ? [] : await compareRuntimes({ ...how, runtimes });
  } finally {
    server.stop();
  }
  progress('bundles');
  const bundles = wanted.scenarios.includes('bundle') ? await bundleSizes(contenders) : [];
  progress('');

  const sections = [
    { title: 'Side by side', table: comparisonRows(cells, bundles) },
    { title: 'In other runtimes', table: runtimeRows(elsewhere), notes: runtimeNotes(elsewhere) },
    { title: 'Budgets', table: budgetRows(cells, bundles) },
  ].filter(({ table }) => table.rows.length > 0);
  const command = ['npm run bench', ...process.argv.slice(2)].join(' ').replace('bench --', 'bench -- --');
  const measured = [...(scenarios.length > 0 ? nodes : []), ...runtimes];
  const facts = [
    circumstances({ command, contenders, nodes: measured }),
    `- Processes per figure: ${wanted.rounds}; the machine's load before: ${loadBefore.toFixed(1)}`,
    '- Figures are medians (lowest–highest)',
  ].join('\n');
  const inText = sections.flatMap(({ title, table, notes = [] }) => [title, asText(table), ...notes]);
  console.log([facts, ...inText].join('\n\n'));
  if (wanted.isWhole || wanted.write) {
    const [title, ...rest] = sections.flatMap((section) => [
      `## ${section.title}`,
      asMarkdown(section.table),
      ...(section.notes ?? []),
    ]);
    // A part of it does not stand for the whole, but beside it.
    if (wanted.isWhole) writePart('compare', [title, facts, ...rest].join('\n\n'));
    else writePart('again', [`${title}, some of it again`, facts, ...rest].join('\n\n'));
    console.log('\nWritten to bench/RESULTS.md.');
  }
  reportFailures([...cells, ...elsewhere]);
}

/** A peer may fail in the table. What is ours, or what all is measured against, may not. */
function reportFailures(cells) {
  const own = cells.filter(
    ({ contender, node }) => contender.packages.length === 0 && node.missing === undefined,
  );
  for (const { node, scenario, contender, problem } of own) {
    if (problem === undefined) continue;
    console.error(`${contender.id} failed in ${scenario.id} on ${node.name}: ${problem}`);
    process.exitCode = 1;
  }
}

/** One line that replaces itself; where nobody watches, nothing. */
function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}
