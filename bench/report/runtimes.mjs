import { median } from '../measure/statistics.mjs';
import { figureColumns } from './table.mjs';

/** One table over all runtimes: a group per figure, a row per runtime, the contenders beside each other. */
export function runtimeRows(cells) {
  const contenders = unique(cells.map(({ contender }) => contender));
  const isReference = ({ id }) => id === 'fetch';
  const header = [
    '',
    ...contenders.flatMap((contender) =>
      isReference(contender) ? [contender.title] : [contender.title, 'against bare fetch'],
    ),
  ];
  const rows = [];
  for (const scenario of unique(cells.map((cell) => cell.scenario))) {
    for (const figure of scenario.figures) {
      rows.push({ group: `${scenario.title}: ${figure.title}` });
      const of = cells.filter((cell) => cell.scenario === scenario);
      for (const runtime of unique(of.map(({ node }) => node))) {
        const columns = contenders.flatMap((contender) => {
          const cell = of.find((other) => other.node === runtime && other.contender === contender);
          const both = figureColumns(cell, figure, of);
          return isReference(contender) ? [both[0]] : both;
        });
        rows.push({ cells: [runtime.name, ...columns] });
      }
    }
  }
  return { header, rows };
}

/** What else a reader has to know of the figures. */
export function runtimeNotes(cells) {
  const idle = cells.flatMap(({ rounds }) => rounds.flatMap((figures) => figures.idle ?? []));
  const notes = {
    chromium:
      'Chromium: the ticker uses messages, because browsers delay the timers of pages by up to 4 ms; the server has a name for every six streams, because a browser opens six connections to a host.',
    workerd: `workerd is measured from outside, because the clocks of Workers may stand still while code runs. The figure is the longest time that a second request to the same Worker waited for its answer${idle.length === 0 ? '' : `, including the ${median(idle).toFixed(1)} ms that it takes in an idle Worker`}. One request reads all streams; other requests read one stream meanwhile, and one more after a caller has left. A run in which any of them hangs has no figure.`,
  };
  const measured = new Set(cells.filter(({ rounds }) => rounds.length > 0).map(({ node }) => node.measure));
  return Object.entries(notes).flatMap(([measure, note]) => (measured.has(measure) ? [note] : []));
}

const unique = (list) => [...new Set(list)];
