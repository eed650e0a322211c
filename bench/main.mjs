import { loadavg } from 'node:os';
import { readArguments, USAGE } from './arguments.mjs';
import { CONTENDERS } from './contenders.mjs';
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
  const { asMarkdown, asText, comparisonRows } = await import('./report/table.mjs');
  const { budgetRows } = await import('./report/budgets.mjs');
  const { circumstances, writePart } = await import('./report/results.mjs');

  const scenarios = SCENARIOS.filter(({ id }) => wanted.scenarios.includes(id));
  const builds = scenarios.some(({ measure }) => measure === 'fairness')
    ? await buildFairnessPair()
    : undefined;
  const loadBefore = loadavg()[0];
  const server = await startServer();
  let cells;
  try {
    cells = await compare({ ...wanted, nodes, scenarios, contenders, server, builds, onProgress: progress });
  } finally {
    server.stop();
  }
  progress('bundles');
  const bundles = wanted.scenarios.includes('bundle') ? await bundleSizes(contenders) : [];
  progress('');

  const table = comparisonRows(cells, bundles);
  const budgets = budgetRows(cells, bundles);
  const command = ['npm run bench', ...process.argv.slice(2)].join(' ').replace('bench --', 'bench -- --');
  const facts = [
    circumstances({ command, contenders, nodes }),
    `- Processes per figure: ${wanted.rounds}; the machine's load before: ${loadBefore.toFixed(1)}`,
  ].join('\n');
  console.log(`${facts}\n\n${asText(table)}\n\nBudgets\n\n${asText(budgets)}`);
  if (wanted.isWhole || wanted.write) {
    writePart(
      'compare',
      `## Side by side\n\n${facts}\n\nMedians (lowest–highest).\n\n${asMarkdown(table)}\n\n## Budgets\n\n${asMarkdown(budgets)}`,
    );
    console.log('\nWritten to bench/RESULTS.md.');
  }
  reportFailures(cells);
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
