// Writes src/catalog/data.ts, the known facts about Bedrock's models, and src/types/model-ids.ts, their ids as a type:
// `npm run catalog`. With --check it writes nothing: status 1 if a file does not match its sources, 2 if npm does not have a
// package. The sources are in catalog-sources.mjs.
//
// The packages are read from their tarballs. None is installed: one file of each is needed, not the code around it or its
// dependencies. See docs/decisions/0004-catalog.md.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { catalogWarning } from './catalog-age.mjs';
import { AWS, CORRECTIONS, FACTS, LIMITS, PRICES } from './catalog-sources.mjs';

/**
 * @typedef {import('./catalog-sources.mjs').Correction} Correction
 * @typedef {import('./catalog-sources.mjs').Entry} Entry
 * @typedef {import('./catalog-sources.mjs').Rates} Rates
 * @typedef {import('./catalog-sources.mjs').Source} Source
 * @typedef {import('./catalog-sources.mjs').Tier} Tier
 */

/** The region of both price lists, for models that are called without a profile. */
const REGION = 'us-east-1';

const ROOT = new URL('../', import.meta.url);
// On Windows the commands of npm are .cmd files, which only a shell starts.
const shell = process.platform === 'win32';

class NotFetched extends Error {}

const [, script, option] = process.argv;
if (script !== undefined && import.meta.url === pathToFileURL(script).href) await main();

async function main() {
  const warning = catalogWarning();
  if (warning !== undefined) console.log(warning);
  const folder = mkdtempSync(join(tmpdir(), 'bedrock-anywhere-catalog-'));
  try {
    const data = catalogFile(await readFacts(folder), await readPrices(folder), readLimits(folder));
    const files = { 'src/catalog/data.ts': data, 'src/types/model-ids.ts': modelIdsFile(data) };
    for (const [file, text] of Object.entries(files)) {
      const place = fileURLToPath(new URL(file, ROOT));
      if (option !== '--check') {
        writeFileSync(place, text);
      } else if (readFileSync(place, 'utf8') !== text) {
        console.error(`${file} does not match its sources. Run \`npm run catalog\`.`);
        process.exitCode = 1;
      }
    }
  } catch (error) {
    if (!(error instanceof NotFetched)) throw error;
    console.error(error.message);
    process.exitCode = 2;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * Models with limits, abilities and prices, one entry per model and per inference profile.
 *
 * @param {string} folder
 */
async function readFacts(folder) {
  const file = join(unpack(FACTS, folder), 'dist/providers/data/amazon-bedrock.json');
  const { 'bedrock-converse-stream': models } = JSON.parse(readFileSync(file, 'utf8'));
  return factsEntries(Object.values(models));
}

/**
 * @param {{ id: string, contextWindow: number, maxTokens: number, reasoning: boolean,
 *   cost: Required<Rates> & { tiers?: (Required<Rates> & { inputTokensAbove: number })[] } }[]} models
 * @returns {Entry[]}
 */
export function factsEntries(models) {
  return models.map(({ id, contextWindow, maxTokens, reasoning, cost }) => ({
    id,
    contextWindow,
    maxTokens,
    reasoning,
    // The package lists only models that can call tools.
    tools: true,
    ...(cost.cacheRead > 0 && { promptCaching: true }),
    price: { ...rates(cost), ...(cost.tiers && { tiers: cost.tiers.map(tier) }) },
  }));
}

/**
 * Where its source knows no rate for the cache, the package has a 0.
 *
 * @param {Required<Rates>} cost
 * @returns {Rates}
 */
function rates({ input, output, cacheRead, cacheWrite }) {
  return { input, output, ...(cacheRead > 0 && { cacheRead }), ...(cacheWrite > 0 && { cacheWrite }) };
}

/** @param {Required<Rates> & { inputTokensAbove: number }} cost */
function tier(cost) {
  return { inputTokensAbove: cost.inputTokensAbove, ...rates(cost) };
}

/**
 * @typedef {{ or?: Rule[], equals?: string, contains?: string, starts_with?: string, ends_with?: string }} Rule
 * @typedef {{ id: string, match: Rule, context_window?: number, prices: unknown }} PricedModel
 */

/**
 * Prices, with the ids that each is meant for.
 *
 * @param {string} folder
 * @returns {Promise<PricedModel[]>}
 */
async function readPrices(folder) {
  const { href } = pathToFileURL(join(unpack(PRICES, folder), 'dist/index.js'));
  const { findProvider } = await import(href);
  return findProvider({ providerId: 'aws' }).models;
}

/**
 * @typedef {{ contextWindow: number, maxTokens: number, reasoning: boolean, compat?: { promptCacheMode?: string } }} LimitedModel
 */

/**
 * Limits and whether a prompt cache is there, by model or profile.
 *
 * @param {string} folder
 * @returns {Record<string, LimitedModel>}
 */
function readLimits(folder) {
  const file = join(unpack(LIMITS, folder), 'src/models.json');
  return JSON.parse(readFileSync(file, 'utf8'))['amazon-bedrock'];
}

/**
 * The models that no entry has yet. Embeddings and speech are not called with Converse.
 *
 * @param {PricedModel[]} models
 * @param {Entry[]} known
 * @returns {Entry[]}
 */
function pricesEntries(models, known) {
  return models
    .filter(({ match }) => !known.some(({ id }) => fits(match, id)))
    .filter(
      ({ prices }) => !/_audio_/.test(Object.keys(Object(prices)).join()) && Object(prices).output_mtok > 0,
    )
    .map(({ id, context_window, prices }) => {
      const { input_mtok, output_mtok, cache_read_mtok, cache_write_mtok } = Object(prices);
      for (const rate of [input_mtok, output_mtok, cache_read_mtok ?? 0, cache_write_mtok ?? 0]) {
        if (typeof rate !== 'number') throw new Error(`${PRICES.name} has a price of a new form for ${id}`);
      }
      return {
        id,
        ...(context_window && { contextWindow: context_window }),
        price: {
          input: input_mtok,
          output: output_mtok,
          ...(cache_read_mtok && { cacheRead: cache_read_mtok }),
          ...(cache_write_mtok && { cacheWrite: cache_write_mtok }),
        },
      };
    });
}

/**
 * @param {Rule} rule
 * @param {string} id
 * @returns {boolean}
 */
function fits(rule, id) {
  if (rule.or) return rule.or.some((one) => fits(one, id));
  if (rule.equals !== undefined) return id === rule.equals;
  if (rule.contains !== undefined) return id.includes(rule.contains);
  if (rule.starts_with !== undefined) return id.startsWith(rule.starts_with);
  if (rule.ends_with !== undefined) return id.endsWith(rule.ends_with);
  throw new Error(`${PRICES.name} has a rule of a new form: ${JSON.stringify(rule)}`);
}

/**
 * The text of data.ts.
 *
 * @param {Entry[]} facts
 * @param {PricedModel[]} priced
 * @param {Record<string, LimitedModel>} limits
 */
export function catalogFile(facts, priced, limits = {}) {
  const first = withBaseModels(facts);
  // Ids without a geography: the second package has names of its own for it.
  const second = pricesEntries(priced, first).map((entry) => ({ ...entry, id: baseOf(entry.id, facts) }));
  const limited = new Map(Object.entries(limits).map(([id, model]) => [baseOf(id, facts), model]));
  const entries = [
    ...first.map((entry) => ({ ...entry, sources: [FACTS] })),
    ...second.map((entry) => ({ ...entry, sources: [PRICES] })),
  ]
    .map((entry) => withLimits(entry, limited.get(baseOf(entry.id, facts))))
    .map(withCorrections);
  const names = [...new Set(entries.map(({ sources }) => nameOf(sources)))];
  const sections = names.map((name) => {
    const rows = entries.filter(({ sources }) => nameOf(sources) === name);
    return { name, published: rows[0]?.sources[0]?.published, rows: table(rows, facts) };
  });
  const digest = createHash('sha256')
    .update(sections.map(({ rows }) => rows).join(''))
    .digest('hex');
  const about = (/** @type {Source} */ { name, version, published, licence, about }) =>
    `// ${name} ${version} of ${published} (${licence}): ${about}`;
  return `// Made by scripts/make-catalog.mjs, not by hand: \`npm run catalog\`.
//
${[FACTS, PRICES, LIMITS].map(about).join('\n')}
//
// Corrected:
${CORRECTIONS.map(correctionLine).join('\n')}
//
// SHA-256 of the rows: ${digest}

/** Facts of one source. */
export interface CatalogSource {
  readonly source: string;
  /** When the source was published; the first one, if there are several. */
  readonly asOf: string;
  /**
   * A model or profile per line: id, context window, output limit, whether it has reasoning, tools and prompt caching
   * (y, n or - each), USD per million tokens of input, output, cache read and cache write, and as \`>tokens:rates\` what
   * they become for prompts of more tokens. \`-\` is unknown, and so is what a row does not go up to.
   */
  readonly rows: string;
}

/** The region that prices of models without a profile were made for. */
export const catalogRegion = '${REGION}';

export const catalogData: readonly CatalogSource[] = [
${sections
  .map(
    ({ name, published, rows }) => `  {
    source: '${name}',
    asOf: '${published}',
    rows: \`
${rows}\`,
  },`,
  )
  .join('\n')}
];
`;
}

/** @param {Source[]} sources */
function nameOf(sources) {
  return sources
    .map(({ name, version, licence }) => (version ? `${name} ${version} (${licence.split(',')[0]})` : name))
    .join(', ');
}

/** @param {Correction} correction */
function correctionLine({ ids, facts, source, date }) {
  const { price, ...others } = facts;
  const changed = Object.entries({ ...price, ...others }).map(
    ([name, value]) => `${name} ${value ?? 'unknown'}`,
  );
  return `// ${ids.source.replace(/\\b|\\(?=\.)|-$/g, '').replaceAll('?:', '')}: ${changed.join(', ')}. ${source}, ${date}`;
}

/**
 * Adds what only the third package knows. The first package has limits of its own, but does not tell whether a model without
 * rates for the prompt cache has none.
 *
 * @template {Entry & { sources: Source[] }} E
 * @param {E} entry
 * @param {LimitedModel | undefined} limits
 * @returns {E}
 */
function withLimits(entry, limits) {
  if (limits === undefined) return entry;
  const { contextWindow, maxTokens, reasoning, compat } = limits;
  const mode = compat?.promptCacheMode;
  const known = { contextWindow, maxTokens, reasoning, ...(mode && { promptCaching: mode !== 'none' }) };
  const added = Object.entries(known).filter(
    ([name]) => entry[/** @type {keyof Entry} */ (name)] === undefined,
  );
  if (added.length === 0) return entry;
  return { ...entry, ...Object.fromEntries(added), sources: [...entry.sources, LIMITS] };
}

/**
 * @template {Entry & { sources: Source[] }} E
 * @param {E} entry
 * @returns {E}
 */
function withCorrections(entry) {
  const corrections = CORRECTIONS.filter(({ ids }) => ids.test(entry.id));
  if (corrections.length === 0) return entry;
  const facts = corrections.map(({ facts }) => facts);
  const price = Object.assign({}, entry.price, ...facts.map(({ price }) => price));
  return Object.assign({}, entry, ...facts, { price, sources: [...entry.sources, AWS] });
}

/**
 * The text of types/model-ids.ts. The ids are read from the rows of data.ts, so that both have the same.
 *
 * @param {string} data The text of data.ts.
 */
export function modelIdsFile(data) {
  const ids = [...data.matchAll(/^([\w-]+\.\S+) \S+ \S+ [yn-]{3}(?= |$)/gm)].map(([, id]) => id).sort();
  return `// Made by scripts/make-catalog.mjs, not by hand: \`npm run catalog\`.

/** The models and inference profiles that the catalog knows, for editors to suggest. Requests accept any other id, too. */
export type KnownModelId =
${ids.map((id) => `  | '${id}'`).join('\n')};
`;
}

/**
 * Adds the models that are listed by their profiles alone, and gives every model the price of its profile in the
 * geography of REGION. The source has the price of the global profile for some models, which is lower, and AWS charges
 * the same for a region as for the geography around it.
 *
 * @param {Entry[]} entries
 * @returns {Entry[]}
 */
function withBaseModels(entries) {
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const [geography] = REGION.split('-');
  for (const entry of entries) {
    const id = baseOf(entry.id, entries);
    if (id === entry.id) continue;
    const regional = byId.get(`${geography}.${id}`);
    const { price: _, ...facts } = byId.get(id) ?? regional ?? entry;
    const price = (regional ?? byId.get(id))?.price;
    byId.set(id, { ...facts, id, ...(price && { price }) });
  }
  return [...byId.values()];
}

/**
 * An id without its geography: `us.` goes, since a provider stands behind it; `openai.` of `openai.gpt-5.4` stays.
 *
 * @param {string} id
 * @param {Entry[]} entries Tell which providers there are.
 */
function baseOf(id, entries) {
  const providers = new Set(entries.map((entry) => entry.id.split('.')[0]));
  const [, second] = id.split('.');
  return providers.has(second) ? id.slice(id.indexOf('.') + 1) : id;
}

/**
 * A model is followed by its profiles: what is alike compresses best when it is close together.
 *
 * @param {Entry[]} entries
 * @param {Entry[]} all Tell which providers there are.
 */
function table(entries, all) {
  const place = (/** @type {Entry} */ { id }) => `${baseOf(id, all)} ${id}`;
  return [...entries]
    .sort((a, b) => (place(a) < place(b) ? -1 : 1))
    .map((entry) => {
      const abilities = [entry.reasoning, entry.tools, entry.promptCaching]
        .map((ability) => (ability === undefined ? '-' : ability ? 'y' : 'n'))
        .join('');
      const { tiers = [], ...price } = entry.price ?? {};
      const cells = [
        entry.id,
        entry.contextWindow ?? '-',
        entry.maxTokens ?? '-',
        abilities,
        ...rateCells(price),
        ...tiers.map(
          ({ inputTokensAbove, ...rates }) => `>${inputTokensAbove}:${rateCells(rates).join(',')}`,
        ),
      ];
      return `${cells.join(' ').replace(/(?: -)+$/, '')}\n`;
    })
    .join('');
}

/** @param {Partial<Rates>} rates */
function rateCells({ input, output, cacheRead, cacheWrite }) {
  return [input, output, cacheRead, cacheWrite].map((rate) => rate ?? '-');
}

/**
 * Fetches a package with npm, without its scripts and its dependencies.
 *
 * @param {Source} source
 * @param {string} folder
 */
function unpack({ name, version, integrity }, folder) {
  const to = mkdtempSync(join(folder, 'package-'));
  const args = [
    'pack',
    `${name}@${version}`,
    '--json',
    '--ignore-scripts',
    '--prefer-offline',
    '--pack-destination',
    to,
  ];
  const npm = spawnSync('npm', args, { encoding: 'utf8', shell });
  if (npm.status !== 0)
    throw new NotFetched(`npm did not give ${name} ${version}: ${npm.error?.message ?? npm.stderr}`);
  const [packed] = JSON.parse(npm.stdout);
  if (packed.integrity !== integrity)
    throw new Error(`${name} ${version} is not the package it was: ${packed.integrity}`);
  execFileSync('tar', ['-xzf', packed.filename], { cwd: to });
  return join(to, 'package');
}
