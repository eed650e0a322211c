import type { DiscoveredModels, ExclusionReason, Model } from '../../index.js';
import { inWords } from './duration.js';
import { type Column, tableLines } from './table.js';

const NOTHING = '—';

const CONTEXT = 'CONTEXT';
const OUTPUT = 'OUTPUT';
const PRICE = '$/M IN / OUT';

const REASONS: Readonly<Record<ExclusionReason, string>> = {
  'not-streaming': 'without streaming',
  'no-text-input': 'without text input',
  'no-text-output': 'without text output',
  'no-embedding-output': 'without embeddings',
  'not-active': 'no longer active',
  'provider-filter': 'of other providers',
  'not-converse': 'not served by Converse',
  'not-invokable': 'not invokable, neither directly nor through a profile',
  'needs-global-profile': 'invokable through a global profile only',
};

/** What stands in for limits that are not known: the defaults of `discover()`. */
export const DEFAULT_LIMITS = { contextWindow: 32_000, maxTokens: 4096 } as const;

type Limit = keyof typeof DEFAULT_LIMITS;

/** Marks in cells, and what they mean. */
const MARKS = {
  '*': 'Unknown for this model: this is a default.',
  '~': 'An estimate, from the price in another region.',
  '+': 'Long prompts cost more: --json has the thresholds.',
} as const;

/** The models as a table whose lines fit the width, in their order. The first line has the titles. */
export function modelLines({ models, region }: DiscoveredModels, width: number): string[] {
  return tableLines(columnsFor(models, region), models, width);
}

/** What the marks mean that stand in the table of these titles. */
export function legendLines({ models, region }: DiscoveredModels, titles: string): string[] {
  const used = new Set<string>(
    models.flatMap((model) => [
      titles.includes(CONTEXT) ? limitMark(model, 'contextWindow') : '',
      titles.includes(OUTPUT) ? limitMark(model, 'maxTokens') : '',
      ...(titles.includes(PRICE) ? priceMarks(model, region) : []),
    ]),
  );
  return Object.entries(MARKS).flatMap(([mark, meaning]) => (used.has(mark) ? `${mark} ${meaning}` : []));
}

/** How many there are, where they come from, and why the others are missing. */
export function summaryLines(
  { models, excluded, region, source, fetchedAt }: DiscoveredModels,
  now: number,
): string[] {
  const ids = new Set(models.map(({ foundationModelId }) => foundationModelId));
  const what =
    ids.size === models.length
      ? counted(ids.size, 'model')
      : `${models.length} ids of ${counted(ids.size, 'model')}`;
  const age = inWords(Math.max(0, now - Date.parse(fetchedAt)));
  const from = {
    network: 'fetched just now',
    cache: `from the cache, ${age} old (--refresh fetches it again)`,
    stale: `an old list of ${age} ago, because fetching it again failed`,
  }[source];
  const reasons = Object.entries(excluded).sort(([, a], [, b]) => b - a);
  const left = reasons.reduce((sum, [, count]) => sum + count, 0);
  return [
    `${what} in ${region}, ${from}.`,
    ...(left === 0
      ? []
      : [
          `${left} left out: ` +
            `${reasons.map(([reason, count]) => `${count} ${REASONS[reason as ExclusionReason]}`).join(', ')}.`,
        ]),
  ];
}

function columnsFor(rows: readonly Model[], region: string): Column<Model>[] {
  const limit = (name: Limit): Pick<Column<Model>, 'align' | 'cell'> => {
    const gap = rows.some((model) => limitMark(model, name) !== '') ? ' ' : '';
    return { align: 'right', cell: (model) => rounded(model[name]) + (limitMark(model, name) || gap) };
  };
  const prices = priceCells(rows, region);
  const access: Column<Model> = {
    title: 'ACCESS',
    rank: 1,
    cell: (model) => (model.access === undefined ? NOTHING : model.access ? 'yes' : 'no'),
  };
  return [
    { title: 'ID', rank: 0, cell: ({ id }) => id, alone: ({ via }) => via?.type === 'application' },
    ...(rows.some((model) => model.access !== undefined) ? [access] : []),
    { title: 'NAME', rank: 5, cell: ({ name }) => name },
    { title: 'INPUT', rank: 6, cell: ({ input }) => input.join(', ') },
    { title: CONTEXT, rank: 2, ...limit('contextWindow') },
    { title: OUTPUT, rank: 4, ...limit('maxTokens') },
    { title: PRICE, rank: 3, cell: (model) => prices.get(model) ?? NOTHING },
    { title: 'VIA', rank: 7, cell: viaOf },
  ];
}

/** The price of each model that has one, the slashes below each other. */
function priceCells(rows: readonly Model[], region: string): Map<Model, string> {
  const parts = rows.flatMap((model) => {
    if (model.cost === undefined) return [];
    const [estimated, tiered] = priceMarks(model, region);
    return {
      model,
      input: estimated + dollars(model.cost.input),
      output: dollars(model.cost.output) + tiered,
    };
  });
  const widest = parts.reduce((most, { input }) => Math.max(most, input.length), 0);
  return new Map(parts.map(({ model, input, output }) => [model, `${input.padStart(widest)} / ${output}`]));
}

function priceMarks({ cost }: Model, region: string): [estimated: '~' | '', tiered: '+' | ''] {
  const elsewhere = cost?.region !== undefined && cost.region !== region;
  const isTiered = cost?.tiers !== undefined && cost.tiers.length > 0;
  return [cost?.estimated === true || elsewhere ? '~' : '', isTiered ? '+' : ''];
}

/** One of the two limits may be known and the other not. */
function limitMark(model: Model, name: Limit): '*' | '' {
  return model.limits === 'default' && model[name] === DEFAULT_LIMITS[name] ? '*' : '';
}

function viaOf({ via }: Model): string {
  if (via === undefined) return 'directly';
  const where = via.global
    ? 'anywhere'
    : via.regions.length === 1
      ? (via.regions[0] ?? '')
      : `${via.regions.length} regions`;
  return `${via.type === 'application' ? via.name : 'profile'}, ${where}`;
}

function dollars(price: number): string {
  return String(Number(price.toPrecision(4)));
}

/** Tokens as people say them: `8.2K`, `200K`, `1M`. */
function rounded(tokens: number): string {
  if (tokens >= 999_500) return `${Number((tokens / 1_000_000).toFixed(2))}M`;
  if (tokens >= 1000) return `${Number((tokens / 1000).toFixed(tokens < 10_000 ? 1 : 0))}K`;
  return String(tokens);
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
