/** What tokens cost, in USD per million tokens. */
export interface Rates {
  input: number;
  output: number;
  /** Input read from the prompt cache. */
  cacheRead?: number | undefined;
  /** Input written to the prompt cache for 5 minutes. */
  cacheWrite?: number | undefined;
  /** Input written to the prompt cache for an hour. */
  cacheWrite1h?: number | undefined;
}

/** The rates of a whole request whose prompt is long; the prompt counts what was read from and written to the cache. */
export interface PriceTier extends Rates {
  inputTokensAbove: number;
}

/**
 * The price of a model, in USD per million tokens. A rate that is left out is unknown; 0 is free. A `cost` of OpenClaw's
 * configuration, `{ input, output, cacheRead, cacheWrite }`, is a price as it is.
 */
export interface Price extends Rates {
  /** Other rates for long prompts, in any order. */
  tiers?: readonly PriceTier[] | undefined;
  /** The region that the rates were published for. Left out: they hold wherever the model or profile can be called. */
  region?: string | undefined;
  /** The rates are themselves a guess, such as those of another geography. */
  estimated?: boolean | undefined;
  currency?: 'USD' | undefined;
  unit?: 'perMillionTokens' | undefined;
}

/** What is known of a model beyond AWS's lists. Everything may be unknown. */
export interface KnownFacts {
  contextWindow?: number | undefined;
  maxTokens?: number | undefined;
  reasoning?: boolean | undefined;
  tools?: boolean | undefined;
  promptCaching?: boolean | undefined;
  price?: Price | undefined;
}

/** Looks up what is known of a model; `createCatalog()` of `bedrock-anywhere/catalog` makes one. */
export type CatalogLookup = (modelId: string) => KnownFacts | undefined;
