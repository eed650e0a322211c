import { SIZE_BUDGETS } from '../../scripts/size-budgets.mjs';
import { spread } from '../measure/statistics.mjs';
import { paired } from './table.mjs';

/**
 * The budgets that the library keeps, each as a ratio of figures of the same rounds. `of` gives one ratio per round;
 * undefined where a figure is missing.
 */
const BUDGETS = [
  ...['64k', 'each', 'random'].flatMap((cut) => {
    const scenario = `deltas-${cut}`;
    return [
      ratio(`CPU per event, ${cut}, over the floor`, { atMost: 1.3 }, scenario, 'cpu', 'ours', 'floor'),
      ratio(
        `CPU per event, ${cut}, AWS client with FetchHttpHandler over ours`,
        { atLeast: 5 },
        scenario,
        'cpu',
        'aws-fetch',
        'ours',
      ),
    ];
  }),
  ratio(
    'CPU per event, AWS client over the same with our decoder',
    { atLeast: 4 },
    'deltas-64k',
    'cpu',
    'aws-fetch',
    'aws-decoder',
  ),
  overhead(
    "First event, SigV4: our overhead over that of AWS's client, FetchHttpHandler",
    { atMost: 1 / 2 },
    'ours-sigv4',
    'aws-fetch',
  ),
  overhead(
    "First event, bearer: our overhead over that of AWS's client, FetchHttpHandler",
    { atMost: 1 / 4 },
    'ours',
    'aws-fetch',
  ),
  plain('200 streams, longest block, ms', { atMost: 50 }, 'many', 'block', 'ours'),
  ratio(
    "200 streams, longest block over the AWS client's",
    { atMost: 1 / 20 },
    'many',
    'block',
    'ours',
    'aws-fetch',
  ),
  ratio(
    "200 streams released at once, longest block over bare fetch's",
    { atMost: 1 },
    'many-at-once',
    'block',
    'ours',
    'fetch',
  ),
  plain('Sharing the loop, cost for one stream, 64k', { atMost: 1.1 }, 'fairness-64k', 'fairness', 'ours'),
  plain('Sharing the loop, cost for one stream, each', { atMost: 1.1 }, 'fairness-each', 'fairness', 'ours'),
  bundle('Bundle: stream, SigV4, bearer, KB', { atMost: SIZE_BUDGETS.stream }, 'stream'),
  bundle('Bundle: with Cognito and discover, KB', { atMost: SIZE_BUDGETS.discover }, 'discover'),
  ratio('Import → first request over bare fetch, bearer', { atMost: 1.3 }, 'cold', 'cold', 'ours', 'fetch'),
  ratio(
    'Import → first request over bare fetch, SigV4',
    { atMost: 1.3 },
    'cold',
    'cold',
    'ours-sigv4',
    'fetch',
  ),
  ratio('Peak memory, 100,000 events, over bare fetch', { atMost: 1.15 }, 'memory', 'rss', 'ours', 'fetch'),
];

function ratio(title, limit, scenario, key, one, other) {
  return {
    title,
    limit,
    of: (find) => pairsOf(find(scenario, one), find(scenario, other), key)?.map(([a, b]) => a / b),
  };
}

function overhead(title, limit, one, other) {
  return {
    title,
    limit,
    of: (find) => {
      const [a, b, bare] = [one, other, 'fetch'].map((id) =>
        find('first', id)?.rounds.map(({ first }) => first),
      );
      if (!a?.length || !b?.length || !bare?.length) return undefined;
      return a
        .slice(0, Math.min(b.length, bare.length))
        .map((value, at) => overheads(value - bare[at], b[at] - bare[at]));
    },
  };
}

/** A peer that was no slower than a bare fetch leaves nothing to be a part of. */
function overheads(own, peers) {
  if (peers > 0) return Math.max(0, own) / peers;
  return own <= 0 ? 0 : Number.POSITIVE_INFINITY;
}

function plain(title, limit, scenario, key, id) {
  return { title, limit, of: (find) => find(scenario, id)?.rounds.map((figures) => figures[key]) };
}

function bundle(title, limit, id) {
  return { title, limit, of: (_find, size) => [size(id)].filter((kilobytes) => kilobytes !== undefined) };
}

function pairsOf(one, other, key) {
  return one && other && paired(one, other, key);
}

/** The table of budgets: what is allowed, what was measured, whether it holds. Rows without figures are left out. */
export function budgetRows(cells, bundles) {
  const nodes = [...new Set(cells.map(({ node }) => node.name))];
  if (nodes.length === 0) nodes.push('any Node');
  const header = ['budget', 'allowed', ...nodes.flatMap((name) => [name, 'holds'])];
  const size = (id) =>
    bundles.find((group) => group.id === id)?.entries.find(({ contender }) => contender === 'ours')
      ?.kilobytes;
  const rows = [];
  for (const { title, limit, of } of BUDGETS) {
    const columns = nodes.map((name) => {
      const find = (scenario, contender) =>
        cells.find(
          (cell) =>
            cell.node.name === name && cell.scenario.id === scenario && cell.contender.id === contender,
        );
      return verdict(of(find, size), limit);
    });
    if (columns.some(([text]) => text !== ''))
      rows.push({ cells: [title, allowed(limit), ...columns.flat()] });
  }
  return { header, rows };
}

function show(value) {
  if (!Number.isFinite(value)) return '∞';
  return value >= 100 ? value.toFixed(0) : value.toFixed(2);
}

function allowed({ atMost, atLeast }) {
  return atMost === undefined ? `≥ ${show(atLeast)}` : `≤ ${show(atMost)}`;
}

/** The median decides; rounds beyond the limit are counted. */
function verdict(values, { atMost = Number.POSITIVE_INFINITY, atLeast = Number.NEGATIVE_INFINITY }) {
  if (values === undefined || values.length === 0) return ['', ''];
  const holds = (value) => value <= atMost && value >= atLeast;
  const { median, min, max } = spread(values);
  const beyond = values.filter((value) => !holds(value)).length;
  const text = values.length === 1 ? show(median) : `${show(median)} (${show(min)}–${show(max)})`;
  const rounds = beyond === 0 || values.length === 1 ? '' : `, ${beyond} of ${values.length} rounds beyond`;
  return [text, (holds(median) ? 'yes' : 'NO') + rounds];
}
