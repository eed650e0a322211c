import { spread } from '../measure/statistics.mjs';

/** One table over all scenarios: a group per figure, a row per contender, a pair of columns per Node. */
export function comparisonRows(cells, bundles) {
  const nodes = [...new Set(cells.map(({ node }) => node.name))];
  const header = ['', ...nodes.flatMap((name) => [name, 'against reference'])];
  const rows = [];
  const scenarios = [...new Set(cells.map(({ scenario }) => scenario))];
  for (const scenario of scenarios) {
    for (const figure of scenario.figures) {
      rows.push({ group: `${scenario.title}: ${figure.title}` });
      const of = cells.filter((cell) => cell.scenario === scenario);
      for (const contender of new Set(of.map((cell) => cell.contender))) {
        const title = scenario.ofRequests ? `${contender.title}, ${contender.auth}` : contender.title;
        const columns = nodes.flatMap((name) => {
          const cell = of.find((other) => other.contender === contender && other.node.name === name);
          return figureColumns(cell, figure, of);
        });
        rows.push({ cells: [title, ...columns] });
      }
    }
  }
  for (const { group, entries } of bundles) {
    rows.push({ group });
    for (const { title, text } of entries) {
      rows.push({ cells: [title, text, ...header.slice(2).map(() => '')] });
    }
  }
  return { header, rows };
}

/** A figure, and how it stands beside the reference's. */
export function figureColumns(cell, figure, cells) {
  if (cell === undefined) return ['', ''];
  if (cell.rounds.length === 0) return [cell.problem ?? 'not measured', ''];
  const text = withSpread(
    cell.rounds.map((figures) => figures[figure.key]),
    figure.digits,
  );
  const problem = cell.problem === undefined ? '' : `, then ${cell.problem}`;
  return [text + problem, figure.against === 'none' ? '' : beside(cell, figure, cells)];
}

/** The figure against the reference's of the same rounds. */
function beside(cell, figure, cells) {
  const reference = cells.find(
    ({ node, contender }) => node === cell.node && contender.id === (figure.reference ?? 'fetch'),
  );
  if (reference === undefined || reference.rounds.length === 0) return '';
  const pairs = paired(cell, reference, figure.key);
  if (figure.against === 'over') {
    if (cell === reference) return 'reference';
    return withSpread(
      pairs.map(([a, b]) => a - b),
      figure.digits,
      '+',
    );
  }
  if (cell === reference) return 'reference';
  return `${withSpread(
    pairs.map(([a, b]) => a / b),
    2,
  )} ×`;
}

/** The figures of two cells, round by round. */
export function paired(one, other, key) {
  const count = Math.min(one.rounds.length, other.rounds.length);
  return Array.from({ length: count }, (_, round) => [one.rounds[round][key], other.rounds[round][key]]);
}

/** `median (lowest–highest)`. */
function withSpread(numbers, digits, sign = '') {
  const show = (value) => `${sign !== '' && value >= 0 ? sign : ''}${value.toFixed(digits)}`;
  const { median, min, max } = spread(numbers);
  const to = min < 0 ? ' to ' : '–';
  return numbers.length === 1 ? show(median) : `${show(median)} (${show(min)}${to}${show(max)})`;
}

/** For a terminal. */
export function asText({ header, rows }) {
  const cells = [header, ...rows.flatMap((row) => (row.cells ? [row.cells] : []))];
  const widths = header.map((_, at) => Math.max(...cells.map((row) => row[at].length)));
  const line = (row) =>
    row
      .map((text, at) => text.padEnd(widths[at]))
      .join('  ')
      .trimEnd();
  return [line(header), ...rows.map((row) => (row.cells ? line(row.cells) : `\n${row.group}`))].join('\n');
}

/** For Markdown. */
export function asMarkdown({ header, rows }) {
  const line = (row) => `| ${row.map((text) => text.replaceAll('|', '\\|')).join(' | ')} |`;
  return [
    line(header),
    line(header.map(() => '---')),
    ...rows.map((row) => line(row.cells ?? [`**${row.group}**`, ...header.slice(1).map(() => '')])),
  ].join('\n');
}
