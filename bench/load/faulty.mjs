import { CONTENDERS } from '../contenders.mjs';
import { measureOnce } from '../run.mjs';

const RATE = 5;
const EVENTS = 50;
/** Longer than a busy machine takes for one turn. */
const IDLE_TIMEOUT_MS = 6000;
/** Growth of the heap in ten minutes that is still called flat, as a share of it. */
const FLAT = 0.05;
/** The heap grows while V8 gets to know the code, for some thousands of streams: a shorter run has no trend. */
const LEAST_MINUTES = 5;

/** 1,000 open streams, one in ten faulty, over and over. */
export async function faulty({ nodes, server, minutes, streams = 1000 }) {
  const header = [
    '',
    'streams',
    'sockets at most',
    'left at the client',
    'left at the server',
    'heap, MB',
    'heap per 10 min',
    'process, MB',
    'process per 10 min',
  ];
  const rows = [];
  const texts = [];
  let holds = true;
  const contender = CONTENDERS.find(({ id }) => id === 'ours');
  await server.ask(`track/${EVENTS}`);
  for (const node of nodes) {
    const options = { streams, rate: RATE, events: EVENTS, minutes, idleTimeoutMs: IDLE_TIMEOUT_MS };
    const { figures, error } = await measureOnce({
      node,
      measure: 'faulty',
      contender,
      url: server.url,
      options,
      flags: ['--expose-gc'],
      limitMs: minutes * 90_000 + 120_000,
    });
    const { openSockets } = await server.ask('load');
    if (error !== undefined) {
      rows.push({ cells: [node.name, error, ...header.slice(2).map(() => '')] });
      holds = false;
      continue;
    }
    const { series, ends, mostSockets, socketsLeft } = figures;
    const heap = trend(series, 'heap');
    const rss = trend(series, 'rss');
    const total = Object.values(ends).reduce((sum, count) => sum + count, 0);
    holds &&= socketsLeft === 0 && openSockets === 0 && (heap.growth ?? 0) <= FLAT;
    rows.push({
      cells: [
        node.name,
        String(total),
        String(mostSockets),
        String(socketsLeft),
        String(openSockets),
        heap.middle.toFixed(1),
        shown(heap.growth),
        rss.middle.toFixed(0),
        shown(rss.growth),
      ],
    });
    texts.push(
      `${node.name}, how streams ended: ${Object.entries(ends)
        .map(([how, count]) => `${how} ${count}`)
        .join(', ')}.`,
      `${node.name}, heap after each round, MB: ${thinned(series)
        .map(({ heap: mb }) => mb.toFixed(1))
        .join(' ')}; process: ${thinned(series)
        .map(({ rss: mb }) => mb.toFixed(0))
        .join(' ')}.`,
    );
  }
  return {
    title: `${streams} open streams at ${RATE} events a second, one in ten faulty, over and over for ${minutes} min`,
    text: [
      `Every stream ended with its whole text or with the error that its fault should cause. Memory is measured after a garbage ` +
        `collection at the end of each round; its trend ignores the first third. A heap is flat if it grows by less than ${FLAT * 100} % in ten minutes.`,
      ...texts,
    ].join('\n\n'),
    table: { header, rows },
    holds,
  };
}

/** Mean, and growth in ten minutes as a share of it by least squares; undefined for a short run. */
function trend(series, key) {
  const settled = series.slice(Math.floor(series.length / 3));
  const middle = settled.reduce((sum, point) => sum + point[key], 0) / settled.length;
  if (series.at(-1).minute < LEAST_MINUTES) return { middle };
  const center = settled.reduce((sum, { minute }) => sum + minute, 0) / settled.length;
  let over = 0;
  let under = 0;
  for (const point of settled) {
    over += (point.minute - center) * (point[key] - middle);
    under += (point.minute - center) ** 2;
  }
  return { middle, growth: ((over / under) * 10) / middle };
}

const shown = (growth) =>
  growth === undefined ? 'too short a run' : `${growth >= 0 ? '+' : ''}${(growth * 100).toFixed(1)} %`;

/** At most 20 points of a series, the last among them. */
function thinned(series) {
  const step = Math.ceil(series.length / 20);
  return series.filter((_, at) => (series.length - 1 - at) % step === 0);
}
