import type { GatewayLogEntry } from './log.js';
import type { KnownModels } from './models/known-models.js';

/** What a caller has used of a model since the gateway was created. */
export interface GatewayUsage {
  /** Name of the caller; undefined in one row for all that came after the first 10,000 rows. */
  caller: string | undefined;
  /**
   * The id or ARN that was called; undefined for requests that reached no model, and for failed requests to an id that is not
   * configured and has never answered.
   */
  modelId: string | undefined;
  /** How many requests there were. */
  requests: number;
  /** How many of the requests failed. */
  failed: number;
  /** Without those from the prompt cache and to it. */
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
  /** In US dollars, as far as prices are known. */
  cost: number;
}

/** Callers may be users of an application, of whom there is no end. */
const MOST_ROWS = 10_000;

/** Counts what callers use. It is forgotten when the gateway ends; the log is what lasts. */
export class UsageCounters {
  readonly #rows = new Map<string, GatewayUsage>();
  readonly #known: KnownModels;

  constructor(known: KnownModels) {
    this.#known = known;
  }

  /** Counts a request that is over. Those of nobody are not counted. */
  add({ caller, modelId, outcome, usage, cost }: GatewayLogEntry): void {
    if (caller === undefined) return;
    const hasAnswered = outcome === 'complete' || usage !== undefined;
    const row = this.#rowFor(caller, this.#known.find(modelId, hasAnswered));
    row.requests += 1;
    if (outcome === 'failed') row.failed += 1;
    row.inputTokens += usage?.inputTokens ?? 0;
    row.outputTokens += usage?.outputTokens ?? 0;
    row.cacheReadTokens += usage?.cacheReadInputTokens ?? 0;
    row.cacheWriteTokens += usage?.cacheWriteInputTokens ?? 0;
    row.cost += cost?.total ?? 0;
  }

  list(): GatewayUsage[] {
    return [...this.#rows.values()].map((row) => ({ ...row }));
  }

  #rowFor(caller: string, modelId: string | undefined): GatewayUsage {
    const key = JSON.stringify([caller, modelId ?? null]);
    const found = this.#rows.get(key);
    if (found !== undefined) return found;
    if (this.#rows.size < MOST_ROWS) return this.#create(key, { caller, modelId });
    return this.#rows.get('') ?? this.#create('', { caller: undefined, modelId: undefined });
  }

  #create(key: string, whose: Pick<GatewayUsage, 'caller' | 'modelId'>): GatewayUsage {
    const none = {
      requests: 0,
      failed: 0,
      inputTokens: 0,
      outputTokens: 0,
      cacheReadTokens: 0,
      cacheWriteTokens: 0,
    };
    const row = { ...whose, ...none, cost: 0 };
    this.#rows.set(key, row);
    return row;
  }
}
