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
      'Chromium: the ticker goes by messages, as timers of pages are held up to 4 ms; the server has a name for every six streams, as a browser opens six connections to a host.',
    workerd: `workerd is measured from outside, as the clocks of Workers may stand still while code runs: by the longest time that a second request to the same Worker waited for its answer${idle.length === 0 ? '' : `; when the Worker has nothing else to do, that takes ${median(idle).toFixed(1)} ms, which are part of the figure`}. One request reads all streams; others read one meanwhile and after one that was left behind, and a run in which any of them hangs has no figure.`,
  };
  const measured = new Set(cells.filter(({ rounds }) => rounds.length > 0).map(({ node }) => node.measure));
  return Object.entries(notes).flatMap(([measure, note]) => (measured.has(measure) ? [note] : []));
}

const unique = (list) => [...new Set(list)];
