import {
  type CallOptions,
  type ClientOptions,
  type ConverseStreamRequest,
  type CredentialProvider,
  type Credentials,
  fromBearerToken,
  fromEnvironment,
  type ModelQuirks,
} from '../../index.js';
import { placeOf, requireTrustedAddress, type TrustedAddresses } from './destination.js';
import { inputError } from './outgoing/content.js';
import type { PiModel, PiSimpleStreamOptions, PiThinkingBudgets, PiThinkingLevel } from './types.js';

/** Options of Bedrock that pi does not have. */
interface BedrockCallOptions {
  toolChoice?: 'auto' | 'any' | 'none' | { type: 'tool'; name: string };
  /** Whether Claude may think between tool calls, if the model needs a request for that. Default: true. */
  interleavedThinking?: boolean;
  /** `omitted`: the answer has the signature of Claude's thinking, but not its text. Default: `summarized`. */
  thinkingDisplay?: 'summarized' | 'omitted';
  /** Labels for the bill. */
  requestMetadata?: Record<string, string>;
  topP?: number;
  stopSequences?: string[];
  serviceTier?: NonNullable<ConverseStreamRequest['serviceTier']>;
  performanceConfig?: NonNullable<ConverseStreamRequest['performanceConfig']>;
  /** Members for the model itself. The adapter adds those that make it think. */
  additionalModelRequestFields?: Record<string, unknown>;
  /** Guardrail of the call; `null` removes the one of the provider. */
  guardrailConfig?: ClientOptions['guardrailConfig'] | null;
}

/** Options of a call: pi's own, those of its Bedrock provider, and those of this adapter. */
export interface BedrockStreamOptions extends PiSimpleStreamOptions, BedrockCallOptions {
  /** Default: as for every call, see `ClientOptions`. */
  region?: string;
  /** Profile in the AWS files; needs the provider's option `credentialsOfProfile`. Default: none. */
  profile?: string;
  /** A Bedrock API key. Default: none. */
  bearerToken?: string;
  /** How hard the model thinks. Default: it is not asked to think. */
  reasoning?: PiThinkingLevel;
  /** Tokens for each level, for models that have a budget. Default: those of pi. */
  thinkingBudgets?: PiThinkingBudgets;
  /** Credentials or a provider of them, instead of the provider's. Default: those of the provider. */
  credentials?: Credentials | CredentialProvider;
  /**
   * The longest silence between two chunks of the stream, in milliseconds; 0 means no limit. Default: 120,000.
   */
  idleTimeoutMs?: number;
}

/** Defaults of every call. What pi passes to a call overrides them. */
export interface BedrockProviderOptions extends ClientOptions, BedrockCallOptions, TrustedAddresses {
  /** Guardrail for every call. Default: none. */
  guardrailConfig?: ClientOptions['guardrailConfig'];
  /**
   * How long the beginning of a prompt is cached, if the model caches: not at all, 5 minutes, or an hour. Default: `short`.
   */
  cacheRetention?: 'none' | 'short' | 'long';
  /** The maximum length of an answer, in tokens. Default: what fits, up to the model's own limit. */
  maxTokens?: number;
  /** How much answers vary, from 0 to 1. Default: the model's own. */
  temperature?: number;
  /** Headers of every request. Default: none. */
  headers?: Record<string, string>;
  /**
   * Credentials of a profile in the AWS files, for calls with `profile`. On Node: `(profile) => fromSdkChain({ profile })` of
   * `bedrock-anywhere/aws`. Default: none, and calls with `profile` fail.
   */
  credentialsOfProfile?: (profile: string) => CredentialProvider;
  /** What a model accepts if neither its id nor its `foundationModelId` shows it. Default: none. */
  quirks?: (modelId: string) => ModelQuirks | undefined;
}

/** Options of the provider that are defaults of pi's options, not options of the client. */
const CALL_KEYS = [
  'toolChoice',
  'interleavedThinking',
  'thinkingDisplay',
  'requestMetadata',
  'topP',
  'stopSequences',
  'serviceTier',
  'performanceConfig',
  'additionalModelRequestFields',
  'cacheRetention',
  'maxTokens',
  'temperature',
] as const satisfies readonly (keyof BedrockProviderOptions & keyof BedrockStreamOptions)[];

/** The call's options over the provider's. One that is undefined overrides nothing. */
export function withDefaults(
  provider: BedrockProviderOptions,
  call: BedrockStreamOptions = {},
): BedrockStreamOptions {
  const defaults = Object.fromEntries(CALL_KEYS.map((key) => [key, provider[key]]));
  return { ...defined(defaults), ...defined(call) };
}

/**
 * Options for the client: the provider's and those of one call.
 *
 * @throws BedrockError `ERR_INPUT` if ambient credentials would go to an address that only the model names.
 */
export async function callOptions(
  provider: BedrockProviderOptions,
  model: PiModel,
  call: BedrockStreamOptions,
): Promise<CallOptions> {
  const {
    credentialsOfProfile: _profiles,
    quirks: _quirks,
    allowAmbientCredentialsAt: _addresses,
    region,
    ...others
  } = provider;
  const client = Object.fromEntries(
    Object.entries(others).filter(([name]) => !(CALL_KEYS as readonly string[]).includes(name)),
  );
  const { signal, timeoutMs, idleTimeoutMs, maxRetries, maxRetryDelayMs } = call;
  const { endpoint, fallbackRegion } = placeOf(model);
  const credentials = credentialsOf(provider, call);
  const isAmbient =
    (credentials === undefined && provider.credentials === undefined) || (await isOfEnvironment(call));
  if (endpoint !== undefined && isAmbient) await requireTrustedAddress(model, provider);
  const own: CallOptions = {
    endpoint,
    fallbackRegion,
    // An ARN has a region of its own.
    region: call.region || (/^arn:[^:]*:bedrock:[^:]+:/.test(model.id) ? undefined : region),
    credentials,
    headers: { ...provider.headers, ...model.headers, ...call.headers },
    signal,
    timeoutMs: timeoutMs ?? provider.timeoutMs,
    idleTimeoutMs: idleTimeoutMs ?? provider.idleTimeoutMs,
    maxAttempts: maxRetries === undefined ? undefined : Math.min(maxRetries + 1, Number.MAX_SAFE_INTEGER),
    // pi's 0 means no limit.
    maxRetryDelayMs: maxRetryDelayMs === 0 ? Infinity : (maxRetryDelayMs ?? provider.maxRetryDelayMs),
  };
  return { ...client, ...defined(own) };
}

function defined<Options extends object>(options: Options): Partial<Options> {
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as Partial<Options>;
}

/** Credentials of the call itself, if it has any. */
function credentialsOf(
  { credentialsOfProfile }: BedrockProviderOptions,
  { bearerToken, apiKey, profile, credentials }: BedrockStreamOptions,
): CallOptions['credentials'] {
  if (credentials !== undefined) return credentials;
  const token = bearerToken || (apiKey !== undefined && isApiKey(apiKey) ? apiKey : undefined);
  if (token) return fromBearerToken(token);
  if (!profile) return undefined;
  if (credentialsOfProfile === undefined) {
    throw inputError(
      `The call names the AWS profile ${profile}, but this provider has no credentialsOfProfile. Pass it, on Node: ` +
        'createBedrockProvider({ credentialsOfProfile: (profile) => fromSdkChain({ profile }) }) with ' +
        "fromSdkChain of 'bedrock-anywhere/aws'.",
    );
  }
  return credentialsOfProfile(profile);
}

/** Whether pi's key is that of the environment: a file of models can name a variable, and pi passes its value. */
async function isOfEnvironment({ apiKey }: BedrockStreamOptions): Promise<boolean> {
  if (apiKey === undefined || !isApiKey(apiKey)) return false;
  try {
    const found = await fromEnvironment()();
    return 'token' in found && found.token === apiKey.trim();
  } catch {
    return false;
  }
}

/** pi and related programs pass markers such as `<authenticated>` if the provider finds credentials itself. */
function isApiKey(key: string): boolean {
  return /^(bedrock-api-key-|ABSK)/.test(key);
}
