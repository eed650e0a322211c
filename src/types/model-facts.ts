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
  /** Always USD. */
  currency?: 'USD' | undefined;
  /** Always per million tokens. */
  unit?: 'perMillionTokens' | undefined;
}

/** What is known of a model beyond AWS's lists. What is left out is unknown. */
export interface KnownFacts {
  /** Tokens that fit into one conversation. */
  contextWindow?: number | undefined;
  /** Tokens that the model writes in one answer at most. */
  maxTokens?: number | undefined;
  /** Whether it can think before it answers. */
  reasoning?: boolean | undefined;
  /** Whether it can call tools. */
  tools?: boolean | undefined;
  /** Whether it reads prompts from a cache, be it at cache points or by itself. */
  promptCaching?: boolean | undefined;
  /** What its tokens cost on demand. */
  price?: Price | undefined;
}

/** Looks up what is known of a model; `createCatalog()` of `bedrock-anywhere/catalog` makes one. */
export type CatalogLookup = (
  modelId: string,
) => (KnownFacts & { outputFillsWindow?: true | undefined }) | undefined;
