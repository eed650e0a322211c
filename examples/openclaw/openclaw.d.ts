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

  /** A model of a catalog. */
  export interface ModelDefinition {
    id: string;
    name: string;
    reasoning: boolean;
    input: ('text' | 'image')[];
    cost: { input: number; output: number; cacheRead: number; cacheWrite: number };
    contextWindow: number;
    maxTokens: number;
  }

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
    reasoning?: 'off' | 'max' | NonNullable<PiSimpleStreamOptions['reasoning']>;
    serviceTier?: string;
    stop?: string[];
  }

  export type StreamFn = (model: PiModel, context: PiContext, options?: StreamOptions) => PiEventStream;

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
    resolveDynamicModel(context: { config?: OpenClawConfig; modelId: string }): PiModel;
    resolveConfigApiKey(context: { env: Variables }): string | undefined;
    createStreamFn(context: { config?: OpenClawConfig; model: PiModel }): StreamFn;
    classifyFailoverReason(context: { errorMessage: string }): FailoverReason | undefined;
    matchesContextOverflowError(context: { errorMessage: string }): boolean;
  }

  export interface PluginApi {
    config: OpenClawConfig;
    pluginConfig?: Record<string, unknown>;
    logger: { warn(message: string): void };
    runtime: { state: { resolveStateDir(): string } };
    registerProvider(provider: ProviderPlugin): void;
  }

  export function definePluginEntry(entry: {
    id: string;
    name: string;
    description: string;
    register(api: PluginApi): void;
  }): unknown;
}
