import { measureOnce, whyNot } from '../run.mjs';

const RATE = 100;

/** 200 streams at 100 events a second each. */
export async function paced({ nodes, contenders, server, seconds, streams = 200 }) {
  const header = [
    '',
    'events late by, ms: half',
    '99 of 100',
    'at most',
    'longest block, ms',
    'of a core',
    'server late by, ms',
  ];
  const rows = [];
  let holds = true;
  await server.ask(`track/${RATE * seconds}`);
  for (const node of nodes) {
    for (const contender of contenders) {
      const { cells, failed } = await row({ node, contender, server, seconds, streams });
      rows.push({ cells: [`${node.name}, ${contender.title}`, ...cells] });
      if (failed && contender.packages.length === 0) holds = false;
    }
  }
  const title = `${streams} streams at ${RATE} events a second each for ${seconds} s`;
  const text =
    'An event is late by the time between the moment at which the server should have sent it and the moment at which the ' +
    'reader got it. This includes how late the server itself was, which is in the last column. Every answer was checked ' +
    'completely.';
  return { title, text, table: { header, rows }, holds };
}

async function row({ node, contender, server, seconds, streams }) {
  const problem = whyNot(contender, node.name);
  if (problem !== undefined) return { cells: [problem, '', '', '', '', ''], failed: false };
  const { figures, error, latestMs } = await pacedOnce({
    node,
    contender,
    server,
    rate: RATE,
    seconds,
    streams,
  });
  if (error !== undefined) return { cells: [error, '', '', '', '', ''], failed: true };
  const { half, most, max, block, core } = figures;
  const milliseconds = [half, most, max, block].map((value) => value.toFixed(1));
  return { cells: [...milliseconds, `${(core * 100).toFixed(0)} %`, latestMs.toFixed(1)], failed: false };
}

/** One run at a pace in a process of its own, with what the server says of itself. */
export async function pacedOnce({ node, contender, server, rate, seconds, streams }) {
  await server.ask('load');
  const report = await measureOnce({
    node,
    measure: 'paced',
    contender,
    url: server.url,
    options: { streams, rate, seconds },
    limitMs: seconds * 4000 + 30_000,
  });
  return { ...report, ...(await server.ask('load')) };
}
