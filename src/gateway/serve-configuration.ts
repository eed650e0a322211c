import type { BedrockPaths } from './aws/bedrock-paths.js';
import type { GatewayBudgets } from './budgets/limits.js';
import type { GatewayModels } from './models/models.js';
import type { GatewayLimits, GatewayRouting, ServiceTier } from './options.js';

/**
 * The configuration file of `bedrock-anywhere serve --config <file>`, as JSON. Paths in it start from the folder of the file.
 * Options of the command line win over it.
 *
 * @example
 * ```ts
 * import type { ServeConfiguration } from 'bedrock-anywhere/gateway';
 *
 * const configuration: ServeConfiguration = {
 *   port: 8787,
 *   region: 'eu-central-1',
 *   models: { aliases: { 'gpt-4o': 'eu.amazon.nova-pro-v1:0' } },
 *   budgets: { perCaller: { tokensPerMinute: 200_000, dollarsPerDay: 5 } },
 *   keys: 'keys.json',
 * };
 * console.log(JSON.stringify(configuration, undefined, 2));
 * ```
 */
export interface ServeConfiguration {
  /** Port to listen on; 0 is any free port. Default: 8787. */
  port?: number | undefined;
  /** Address to listen on. Default: `127.0.0.1`. */
  host?: string | undefined;
  /** AWS region. */
  region?: string | undefined;
  /** AWS profile. */
  profile?: string | undefined;
  /** Which models clients may use, and under which names. */
  models?: GatewayModels | undefined;
  /** Other accounts and regions, by the names that targets in `models` use. */
  clients?: Readonly<Record<string, ServeClient>> | undefined;
  /** When requests go to the next target of a name with several. */
  routing?: GatewayRouting | undefined;
  /** Sizes, times and numbers of requests. */
  limits?: GatewayLimits | undefined;
  /** What callers may use, per minute and day. Default: no limit. */
  budgets?: ServeBudgets | undefined;
  /** Path of the file with keys, which `serve keys` writes. */
  keys?: string | undefined;
  /** Path of the file that `serve usage` reads. Default: `gateway-usage.json` next to the keys. */
  usage?: string | undefined;
  /** Service tiers that clients may choose in addition to the default one. Default: `flex`. */
  serviceTiers?: readonly ServiceTier[] | undefined;
  /** Whether requests go to the endpoint of Bedrock that has their protocol, where there is one. */
  passThrough?: 'auto' | 'never' | undefined;
  /** What clients may do at Bedrock's own paths; `false` closes them. */
  bedrockPaths?: BedrockPaths | false | undefined;
  /** Names of request headers that are passed on to Bedrock. */
  forwardHeaders?: readonly string[] | undefined;
  /** Origins of pages that may use the gateway from a browser; `['*']` stands for all. */
  allowedOrigins?: readonly string[] | undefined;
}

/** A client in a configuration file: at least one of its members should be set. */
export interface ServeClient {
  /** AWS region. Default: that of the gateway. */
  region?: string | undefined;
  /** AWS profile, which may belong to another account. Default: the credentials of the gateway. */
  profile?: string | undefined;
}

/** Budgets in a configuration file. */
export interface ServeBudgets
  extends Pick<GatewayBudgets, 'perCaller' | 'total' | 'whenStoreFails' | 'reservedOutputTokens'> {
  /**
   * Path of a module whose default export is a `BudgetStore`, for machines that share their limits. Default: the memory of this
   * process, which survives a restart in the file of `usage`.
   */
  store?: string | undefined;
}
