/**
 * The part of OpenClaw's plugin SDK that this plugin speaks, written down here so that nothing of OpenClaw is needed to check
 * it. `npm run test:openclaw` holds the plugin against the real one.
 */
declare module 'openclaw/plugin-sdk/plugin-entry' {
  import type { PiContext, PiEventStream, PiModel, PiSimpleStreamOptions } from 'bedrock-anywhere/pi';

  /** Variables of the environment. */
  type Variables = Readonly<Record<string, string | undefined>>;

  /** `openclaw.json`, as far as it concerns this plugin. */
  export interface OpenClawConfig {
    models?: { providers?: Record<string, { models?: { id: string }[] }> };
    plugins?: { entries?: Record<string, { config?: Record<string, unknown> }> };
  }

  /** USD per million tokens. */
  export interface Rates {
    input: number;
    output: number;
    cacheRead: number;
    cacheWrite: number;
  }

  /** A price; a tier applies to prompts with a number of tokens in its range, whose end is exclusive. */
  export interface Cost extends Rates {
    tieredPricing?: (Rates & { range: [number, number] | [number] })[];
  }

  /** A model of a catalog. */
  export interface ModelDefinition {
    id: string;
    name: string;
    reasoning: boolean;
    input: ('text' | 'image')[];
    cost: Cost;
    contextWindow: number;
    maxTokens: number;
    /** Null for a level that the model lacks. */
    thinkingLevelMap?: NonNullable<PiModel['thinkingLevelMap']>;
    /** Whatever the plugin wants to get back with the model. */
    params?: Record<string, unknown>;
  }

  /** A model of a call. */
  export interface RuntimeModel extends Omit<PiModel, 'cost'> {
    cost: Cost;
    params?: Record<string, unknown>;
  }

  /** Thinking levels of a model; a label is shown instead of the id. */
  export interface ThinkingProfile {
    levels: { id: 'off' | ThinkingLevel; label?: string }[];
    defaultLevel?: 'off' | ThinkingLevel;
  }

  type ThinkingLevel = NonNullable<PiSimpleStreamOptions['reasoning']>;

  /** What a catalog gives: models, or why there are none. */
  export interface CatalogResult {
    providers: Record<string, { baseUrl: string; api: string; auth: string; models: ModelDefinition[] }>;
    outcomes: { provider: string; status: 'ready' | 'auth-rejected' | 'unavailable' }[];
  }

  /** Why an attempt failed, in OpenClaw's words; of these some are not used here. */
  export type FailoverReason =
    | 'auth'
    | 'auth_permanent'
    | 'format'
    | 'rate_limit'
    | 'overloaded'
    | 'server_error'
    | 'timeout'
    | 'context_overflow'
    | 'model_not_found';

  /** pi's options and what OpenClaw adds to them. */
  export interface StreamOptions extends Omit<PiSimpleStreamOptions, 'reasoning'> {
    reasoning?: 'off' | ThinkingLevel;
    serviceTier?: string;
    stop?: string[];
  }

  export type StreamFn = (model: RuntimeModel, context: PiContext, options?: StreamOptions) => PiEventStream;

  export interface ProviderPlugin {
    id: string;
    label: string;
    docsPath: string;
    envVars: string[];
    auth: [];
    catalog: {
      order: 'simple' | 'profile' | 'paired' | 'late';
      run(context: {
        config: OpenClawConfig;
        env: Variables;
        signal?: AbortSignal;
      }): Promise<CatalogResult | null>;
    };
    resolveDynamicModel(context: { config?: OpenClawConfig; modelId: string }): RuntimeModel;
    prepareDynamicModel(context: {
      config?: OpenClawConfig;
      modelId: string;
    }): Promise<RuntimeModel | undefined>;
    resolveThinkingProfile(context: {
      modelId: string;
      params?: Record<string, unknown>;
    }): ThinkingProfile | undefined;
    resolveConfigApiKey(context: { env: Variables }): string | undefined;
    createStreamFn(context: { config?: OpenClawConfig; model: RuntimeModel }): StreamFn;
    classifyFailoverReason(context: { errorMessage: string }): FailoverReason | undefined;
    matchesContextOverflowError(context: { errorMessage: string }): boolean;
  }

  export interface PluginApi {
    config: OpenClawConfig;
    pluginConfig?: Record<string, unknown>;
    logger: { warn(message: string): void };
    registerProvider(provider: ProviderPlugin): void;
  }

  export function definePluginEntry(entry: {
    id: string;
    name: string;
    description: string;
    register(api: PluginApi): void;
  }): unknown;
}
