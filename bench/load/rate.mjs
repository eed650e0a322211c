import { whyNot } from '../run.mjs';
import { pacedOnce } from './paced.mjs';

const FIRST_RATE = 100;
const HIGHEST_RATE = 6400;
const HALVINGS = 3;
/** Who keeps up hands out the last tenth of the events as early as the first. */
const BEHIND_MS = 250;

/** The highest rate at which 200 streams are read without falling behind. */
export async function highestRates({ nodes, contenders, server, quick, streams = 200 }) {
  const header = ['', 'events a second', 'of a core', 'next rate tried, and why not'];
  const rows = [];
  let holds = true;
  for (const node of nodes) {
    for (const contender of contenders) {
      const problem = whyNot(contender, node.name);
      if (problem !== undefined) {
        rows.push({ cells: [`${node.name}, ${contender.title}`, problem, '', ''] });
        continue;
      }
      const { rate, core, reason } = await search({
        node,
        contender,
        server,
        seconds: quick ? 3 : 10,
        quick,
        streams,
      });
      rows.push({
        cells: [
          `${node.name}, ${contender.title}`,
          (rate * streams).toLocaleString('en'),
          core === undefined ? '' : `${(core * 100).toFixed(0)} %`,
          reason,
        ],
      });
      if (rate === 0 && contender.packages.length === 0) holds = false;
    }
  }
  const text =
    `A rate is sustained if half of the events in the last tenth are at most ${BEHIND_MS} ms late. The server runs on the ` +
    'same machine: if it is the one that cannot keep up, the reason says so, and the client could do more.';
  return { title: `The highest rate that ${streams} streams sustain`, text, table: { header, rows }, holds };
}

/** Doubles until it fails, then halves the gap. */
async function search({ node, contender, server, seconds, quick, streams }) {
  let good = { rate: 0 };
  let bad;
  const attempt = async (rate) => {
    await server.ask(`track/${rate * seconds}`);
    await server.ask(`track/${rate}`);
    const { figures, error, latestMs } = await pacedOnce({
      node,
      contender,
      server,
      rate,
      seconds,
      streams,
    });
    const at = `${(rate * streams).toLocaleString('en')}: `;
    if (error !== undefined) bad = { rate, reason: at + error };
    else if (figures.halfAtEnd > BEHIND_MS) {
      const isServer = latestMs > BEHIND_MS && figures.core < 0.9;
      bad = {
        rate,
        reason: `${at}${figures.halfAtEnd.toFixed(0)} ms behind${isServer ? ', the server' : ''}`,
      };
    } else good = { rate, core: figures.core };
  };
  for (let rate = FIRST_RATE; bad === undefined && rate <= HIGHEST_RATE; rate *= 2) await attempt(rate);
  for (let i = 0; bad !== undefined && i < (quick ? 1 : HALVINGS); i++)
    await attempt(Math.round((good.rate + bad.rate) / 2));
  return { ...good, reason: bad?.reason ?? 'none higher was tried' };
}
