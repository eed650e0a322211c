import { loadavg } from 'node:os';
import { circumstances, writePart } from '../report/results.mjs';
import { asMarkdown, asText } from '../report/table.mjs';
import { startServer } from '../run.mjs';
import { faulty } from './faulty.mjs';
import { paced } from './paced.mjs';
import { highestRates } from './rate.mjs';

/** Who takes part: those that hand out events, and can be told where to send. */
const CONTENDERS = ['floor', 'ours', 'aws-node', 'aws-fetch', 'aws-decoder'];

/** `npm run bench -- load`: many streams at a pace, with and without faults. */
export async function load(wanted) {
  const { nodes, quick, parts, write, isWhole } = wanted;
  const contenders = wanted.contenders.filter(({ id }) => CONTENDERS.includes(id));
  const runtimes = nodes.filter(({ path }) => path !== undefined);
  const command = ['npm run bench --', ...process.argv.slice(2)].join(' ');
  const facts = [
    circumstances({ command, contenders, nodes }),
    `- The machine's load before: ${loadavg()[0].toFixed(1)}`,
  ].join('\n');
  console.log(`${facts}\n`);
  const server = await startServer();
  try {
    for (const [id, measure] of Object.entries({ paced, rate: highestRates, faulty })) {
      if (!parts.includes(id)) continue;
      const { title, text, table, holds } = await measure({
        ...wanted,
        nodes: runtimes,
        contenders,
        server,
        quick,
      });
      console.log(`${title}\n\n${asText(table)}\n\n${text}\n`);
      if (!holds) process.exitCode = 1;
      if (!isWhole && !write) continue;
      writePart(`load-${id}`, `## Load: ${title}\n\n${facts}\n\n${asMarkdown(table)}\n\n${text}`);
      console.log('Written to bench/RESULTS.md.\n');
    }
  } finally {
    server.stop();
  }
}
