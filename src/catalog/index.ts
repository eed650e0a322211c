import { inputError } from '../errors.js';
import { known, type ModelFacts, parseModelId, publishedFacts, withRoom } from './facts.js';

export type { ModelFacts } from './facts.js';

/** Gives the facts of a model id; undefined where nothing is known. */
export type Catalog = (modelId: string) => ModelFacts | undefined;

/** Facts that replace those of the catalog one by one; a price is replaced as a whole. */
export type FactOverrides = Partial<ModelFacts>;

/**
 * Facts by model id or by pattern, as a record or as pairs. In a string `*` stands for any characters; in pairs a pattern
 * may be a regular expression, too.
 */
export type CatalogOverrides =
  | Readonly<Record<string, FactOverrides>>
  | Iterable<readonly [string | RegExp, FactOverrides]>;

/**
 * The facts that come with this package: `createCatalog()` without overrides.
 *
 * @example
 * ```ts
 * import { catalog } from 'bedrock-anywhere/catalog';
 *
 * const { contextWindow, price } = catalog('us.amazon.nova-lite-v1:0') ?? {};
 * console.log(contextWindow, price?.input);
 * ```
 */
export const catalog: Catalog = (modelId) => publishedFacts(parseModelId(modelId));

/**
 * Makes a catalog: the facts that come with this package, and yours on top. Limits are in tokens, prices in USD per million
 * tokens.
 *
 * Models and inference profiles are known by id and by ARN. A profile that is not listed, such as one of a new geography,
 * has the facts of its model, with a price that is marked as an estimate. An id with a context size, as in `…:24k`, has the
 * facts of its model with that size and no price, since it is paid by the hour. The ARN of an application profile does not
 * tell which model is behind it: ask for the model.
 *
 * What you say of a model holds for its profiles, too. Exact ids win over patterns, later patterns over earlier ones, and
 * the id of a profile over that of its model. A fact that you leave undefined stays as it is; 0 is 0.
 *
 * @throws BedrockError `ERR_INPUT` where an override is not made of facts.
 *
 * @example
 * ```ts
 * import { discover } from 'bedrock-anywhere';
 * import { createCatalog } from 'bedrock-anywhere/catalog';
 *
 * const catalog = createCatalog({
 *   'amazon.nova-lite-v1:0': { price: { input: 0.05, output: 0.2 } },
 *   '*.claude-*': { maxTokens: 16_000 },
 * });
 * const price = catalog('us.amazon.nova-lite-v1:0')?.price;
 * const { models } = await discover({ catalog });
 * ```
 */
export function createCatalog(overrides: CatalogOverrides = []): Catalog {
  const { patterns, exact } = sorted(overrides);
  return (modelId) => {
    const parsed = parseModelId(modelId);
    const published = publishedFacts(parsed);
    const names = [...new Set([parsed.model, parsed.plain, parsed.id, modelId])];
    const own = [
      ...patterns.filter(({ pattern }) => names.some((name) => name.search(pattern) >= 0)),
      ...names.flatMap((name) => exact.get(name) ?? []),
    ].map(({ facts }) => facts);
    if (own.length === 0) return published;
    const source = published === undefined ? 'overrides' : `${published.source}, overrides`;
    return withRoom(Object.assign({}, published, { source }, ...own));
  };
}

/** Exact ids by id, and the others in their order. */
function sorted(overrides: CatalogOverrides) {
  const exact = new Map<string, { facts: FactOverrides }>();
  const patterns: { pattern: RegExp; facts: FactOverrides }[] = [];
  const entries = Symbol.iterator in overrides ? overrides : Object.entries(overrides);
  for (const [key, given] of entries) {
    const facts = known(checked(key, given));
    if (typeof key === 'string' && !key.includes('*')) exact.set(key, { facts });
    else patterns.push({ pattern: typeof key === 'string' ? wildcard(key) : key, facts });
  }
  return { exact, patterns };
}

function wildcard(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`);
}

function checked(key: string | RegExp, facts: FactOverrides): FactOverrides {
  if (typeof facts !== 'object' || facts === null) {
    throw inputError(`The override for ${key} is not an object. Pass facts such as { maxTokens: 4096 }.`);
  }
  const { contextWindow = 0, maxTokens = 0, price = { input: 0, output: 0 } } = facts;
  for (const [name, value] of Object.entries({
    contextWindow,
    maxTokens,
    'price.input': price?.input,
    'price.output': price?.output,
  })) {
    if (typeof value !== 'number' || !(value >= 0)) {
      throw inputError(`The override for ${key} has ${String(value)} as ${name}. Pass a number, 0 or more.`);
    }
  }
  return facts;
}
