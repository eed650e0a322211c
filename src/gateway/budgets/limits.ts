import type { Price } from '../../index.js';
import { readOptions } from '../../input/options.js';
import { any, callback, hasMethods, object, type Read, refuse } from '../../input/read.js';
import type { BudgetStore } from './store.js';

/** Limits of what requests may use. Minutes and days are those of UTC. Default of each: no limit; 0 allows nothing. */
export interface BudgetLimits {
  /** Requests that are let through in a minute. Default: no limit. */
  requestsPerMinute?: number | undefined;
  /** Tokens read and written. Those that a prompt cache had already are not counted. Default: no limit. */
  tokensPerMinute?: number | undefined;
  /** The same for a day. Default: no limit. */
  tokensPerDay?: number | undefined;
  /** US dollars (USD), such as 2.5, by the prices that the catalog has. Default: no limit. */
  dollarsPerDay?: number | undefined;
}

/** Limits for all models together, and for some of them. */
export interface Budgets extends BudgetLimits {
  /**
   * Limits of models by id or ARN, in which `*` stands for any characters. Models that match one pattern share its limits; a
   * model that matches several has all of them.
   */
  models?: Readonly<Record<string, BudgetLimits>> | undefined;
}

/** What a gateway does if its store of budgets fails. */
export type StoreFailure = 'refuse' | 'allow';

/** Budgets of a gateway. */
export interface GatewayBudgets {
  /** Limits of each caller for which `authorize` returns no `budgets`. Callers are told apart by name. */
  perCaller?: Budgets | undefined;
  /** Limits of all callers together. */
  total?: Budgets | undefined;
  /** Where use is counted. Default: `createMemoryBudgets()`, which is right for a single process. */
  store?: BudgetStore | undefined;
  /** What happens to requests while the store fails: a 503, or an answer without limits. Default: `refuse`. */
  whenStoreFails?: StoreFailure | undefined;
  /** Called with what the store failed with. Its own failures are ignored. */
  onStoreError?: ((error: unknown) => void) | undefined;
  /**
   * How many output tokens are reserved for a request at most. A smaller number lets more requests run at the same time, and
   * what they write beyond it may exceed limits. Default: all that the request allows its model to write.
   */
  reservedOutputTokens?: number | undefined;
  /** The price of a model by its id or ARN. Default: that of the catalog. */
  priceOf?: ((modelId: string) => Price | undefined) | undefined;
}

const most: Read = (value, path) =>
  Number.isSafeInteger(value) && (value as number) >= 0
    ? value
    : refuse(path, value, 'a whole number, 0 or more', true);

/** More would not be an exact integer in millionths of a dollar. */
const MOST_DOLLARS = 1e9;

const dollars: Read = (value, path) =>
  typeof value === 'number' && value >= 0 && value <= MOST_DOLLARS
    ? value
    : refuse(path, value, 'an amount in US dollars, such as 2.5', true);

const LIMITS = {
  requestsPerMinute: most,
  tokensPerMinute: most,
  tokensPerDay: most,
  dollarsPerDay: dollars,
} satisfies Record<keyof BudgetLimits, Read>;

const BUDGETS = { ...LIMITS, models: object } satisfies Record<keyof Budgets, Read>;

/**
 * Checks limits.
 *
 * @param of Where they are, for errors.
 * @throws BedrockError `ERR_INPUT` for a limit that is unknown or wrong
 */
export function readBudgets(given: unknown, of: string): Budgets {
  const read = readOptions<Budgets>(given, BUDGETS, of);
  if (read.models === undefined) return read;
  const models = Object.entries(read.models).map(([pattern, limits]) => [
    pattern,
    readOptions<BudgetLimits>(limits, LIMITS, `${of} under models[${JSON.stringify(pattern)}]`),
  ]);
  return { ...read, models: Object.fromEntries(models) as Record<string, BudgetLimits> };
}

const store: Read = (value, path) =>
  hasMethods(value, 'reserve', 'settle')
    ? value
    : refuse(path, value, 'a store such as createMemoryBudgets(), or an object with reserve() and settle()');

const storeFailure: Read = (value, path) =>
  value === 'refuse' || value === 'allow' ? value : refuse(path, value, '"refuse" or "allow"', true);

const OPTIONS = {
  perCaller: any,
  total: any,
  store,
  whenStoreFails: storeFailure,
  onStoreError: callback,
  reservedOutputTokens: most,
  priceOf: callback,
} satisfies Record<keyof GatewayBudgets, Read>;

/**
 * Checks the option `budgets` of a gateway.
 *
 * @throws BedrockError `ERR_INPUT`
 */
export function readGatewayBudgets(given: unknown): GatewayBudgets {
  const of = 'createGateway() under budgets';
  const read = readOptions<GatewayBudgets>(given, OPTIONS, of);
  const { perCaller, total } = read;
  return {
    ...read,
    ...(perCaller !== undefined && { perCaller: readBudgets(perCaller, `${of}.perCaller`) }),
    ...(total !== undefined && { total: readBudgets(total, `${of}.total`) }),
  };
}
