import type { KnownFacts, Price, Rates } from '../types.js';
import { type CatalogSource, catalogData, catalogRegion } from './data.js';

/** What the catalog knows of a model, and from where. */
export interface ModelFacts extends KnownFacts {
  /** Where the facts come from: a package, its version and licence; with `overrides` where some are the caller's. */
  source: string;
  /** When that package was published, such as `2026-11-20`. Left out where all facts are the caller's. */
  asOf?: string | undefined;
  /**
   * True: `maxTokens` is the context window, or nearly, so no request can use all of it. The prompt needs its part, and the
   * service rejects a request that asks for more than the rest ("maximum context length").
   */
  outputFillsWindow?: true | undefined;
}

/** The least part of its context window that a model must leave for prompts, or its output limit cannot be used in full. */
const LEAST_PROMPT = 1 / 16;

/** Notes whether the output limit leaves room for a prompt, and omits what is unknown. */
export function withRoom(facts: ModelFacts): ModelFacts {
  const { contextWindow = Infinity, maxTokens = 0 } = facts;
  return known({ ...facts, outputFillsWindow: maxTokens > contextWindow * (1 - LEAST_PROMPT) || undefined });
}

/** A model id, taken apart. */
export interface ModelId {
  /** Without what an ARN has around it. */
  id: string;
  /** Without the context size that ids for provisioned throughput have, as in `amazon.nova-lite-v1:0:24k`. */
  plain: string;
  /** The model behind a profile: without the geography. */
  model: string;
  /** The context size, in tokens. */
  contextWindow: number | undefined;
}

/** Takes the id or ARN of a model or profile apart. */
export function parseModelId(modelId: string): ModelId {
  const id = modelId.startsWith('arn:') ? modelId.slice(modelId.lastIndexOf('/') + 1) : modelId;
  const [size = '', thousands] = /:(?:(\d+)k|[a-z]+)$/.exec(id) ?? [];
  const plain = id.slice(0, id.length - size.length);
  // A geography and a provider look alike. A listed id is that of a profile if there is a model behind its first dot.
  const behindDot = plain.slice(plain.indexOf('.') + 1);
  const isModel = listed(plain) !== undefined && listed(behindDot) === undefined;
  return {
    id,
    plain,
    model: isModel ? plain : behindDot,
    contextWindow: thousands === undefined ? undefined : Number(thousands) * 1000,
  };
}

/** The facts that come with this package. */
export function publishedFacts({ id, plain, model, contextWindow }: ModelId): ModelFacts | undefined {
  const exact = listed(plain);
  const found = exact ?? listed(model);
  if (found === undefined) return undefined;
  const { price, ...facts } = factsOf(found);
  // Provisioned throughput is paid by the hour.
  if (id !== plain) return withRoom({ ...facts, ...known({ contextWindow }) });
  if (price === undefined) return facts;
  // A listed profile: its price holds wherever it can be called.
  if (exact !== undefined && model !== plain) return { ...facts, price };
  const inGeography = exact !== undefined || plain.startsWith(`${catalogRegion.split('-')[0]}.`);
  return { ...facts, price: { ...price, region: catalogRegion, ...(!inGeography && { estimated: true }) } };
}

/** An object without the members that are undefined. */
export function known<T extends object>(facts: T): T {
  return Object.fromEntries(Object.entries(facts).filter(([, fact]) => fact !== undefined)) as T;
}

interface Listing {
  from: CatalogSource;
  row: string;
}

let listings: Map<string, Listing> | undefined;

/** A row of the data, by id. The map is made when it is first needed, so that an import costs nothing. */
function listed(id: string): Listing | undefined {
  listings ??= new Map(
    catalogData.flatMap((from) =>
      from.rows
        .trim()
        .split('\n')
        .map((row): [string, Listing] => [row.slice(0, row.indexOf(' ')), { from, row }]),
    ),
  );
  return listings.get(id);
}

function factsOf({ from, row }: Listing): ModelFacts {
  const [, contextWindow, maxTokens, abilities = '', ...cells] = row.split(' ');
  const [reasoning, tools, promptCaching] = [...abilities].map(abilityOf);
  const { source, asOf } = from;
  const limits = { contextWindow: numberOf(contextWindow), maxTokens: numberOf(maxTokens) };
  return withRoom({ ...limits, reasoning, tools, promptCaching, price: priceFrom(cells), source, asOf });
}

function priceFrom(cells: readonly string[]): Price | undefined {
  const rates = ratesFrom(cells.slice(0, 4));
  if (rates === undefined) return undefined;
  const tiers = cells.slice(4).flatMap((cell) => {
    const [above = '', list = ''] = cell.slice(1).split(':');
    const rates = ratesFrom(list.split(','));
    return rates === undefined ? [] : { inputTokensAbove: Number(above), ...rates };
  });
  return { ...rates, ...(tiers.length > 0 && { tiers }), currency: 'USD', unit: 'perMillionTokens' };
}

function ratesFrom(cells: readonly string[]): Rates | undefined {
  const [input, output, cacheRead, cacheWrite] = cells.map(numberOf);
  if (input === undefined || output === undefined) return undefined;
  return { input, output, ...known({ cacheRead, cacheWrite }) };
}

function numberOf(cell = '-'): number | undefined {
  return cell === '-' ? undefined : Number(cell);
}

function abilityOf(letter: string): boolean | undefined {
  return letter === '-' ? undefined : letter === 'y';
}
