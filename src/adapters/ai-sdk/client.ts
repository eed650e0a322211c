import {
  type Bedrock,
  type BedrockClient,
  BedrockError,
  type CallerOptions,
  type CallOptions,
  type ClientOptions,
  type CredentialProvider,
  converse,
  fromBearerToken,
  fromStatic,
  type ModelQuirks,
  stream,
} from '../../index.js';

/** Settings of a provider: the names of @ai-sdk/amazon-bedrock, and every option of this library. */
export interface AmazonBedrockProviderSettings extends ClientOptions {
  /**
   * A client of `createBedrock()` that makes the calls, with its own options. Default: a new client with these settings.
   */
  bedrock?: Bedrock | undefined;
  /** A Bedrock API key. It comes before other credentials. Default: none. */
  apiKey?: string | undefined;
  /**
   * Needs `secretAccessKey`. Default: the credentials of the option `credentials`, or those of the machine.
   */
  accessKeyId?: string | undefined;
  /** Needs `accessKeyId`. Default: none. */
  secretAccessKey?: string | undefined;
  /** For temporary access keys. Default: none. */
  sessionToken?: string | undefined;
  /** The same as the option `credentials`, for a function. Default: none. */
  credentialProvider?: CredentialProvider | undefined;
  /** The same as the option `endpoint`. Default: none. */
  baseURL?: string | undefined;
  /** Headers of every request. Default: none. */
  headers?: Record<string, string | undefined> | undefined;
  /** Makes ids of sources. Default: random ones. */
  generateId?: (() => string) | undefined;
}

/** What models need to make calls. */
export interface Client {
  readonly calls: Pick<Bedrock, 'stream' | 'converse'>;
  /** Options of every call; none for a client that has its own. */
  readonly options: ClientOptions;
  /** For functions that are given a client among their options. */
  readonly given: BedrockClient | undefined;
  readonly headers: Record<string, string | undefined>;
  readonly quirks: ((modelId: string) => ModelQuirks | undefined) | undefined;
  readonly createId: () => string;
}

/**
 * Reads the settings of a provider.
 *
 * @throws BedrockError `ERR_INPUT` for settings that contradict each other.
 */
export function createClient(settings: AmazonBedrockProviderSettings): Client {
  const {
    bedrock,
    apiKey,
    accessKeyId,
    secretAccessKey,
    sessionToken,
    credentialProvider,
    baseURL,
    headers = {},
    generateId,
    ...own
  } = settings;
  const credentials = credentialsOf(settings);
  const options: ClientOptions = {
    // `ai` calls again by itself; the second attempt here is for credentials that expired and for a clock that is wrong.
    maxAttempts: 2,
    ...own,
    ...(credentials !== undefined && { credentials }),
    ...(baseURL && { endpoint: baseURL }),
  };
  const shared = { headers, createId: generateId ?? createId };
  if (bedrock === undefined)
    return { calls: { stream, converse }, options, given: undefined, quirks: quirksOf(own), ...shared };
  const others = Object.entries({ ...own, credentials, baseURL }).filter(([, value]) => value !== undefined);
  if (others.length > 0)
    throw inputError(
      `createAmazonBedrock() has both bedrock and ${others.map(([name]) => name).join(', ')}. Pass the options to ` +
        'createBedrock() instead.',
    );
  return { calls: bedrock, options: {}, given: bedrock, quirks: undefined, ...shared };
}

function credentialsOf({
  apiKey,
  accessKeyId,
  secretAccessKey,
  sessionToken,
  credentialProvider,
  credentials,
}: AmazonBedrockProviderSettings): ClientOptions['credentials'] {
  const key = apiKey?.trim();
  if (key) return fromBearerToken(key);
  if (credentialProvider !== undefined) return credentialProvider;
  if (credentials !== undefined) return credentials;
  if (!accessKeyId && !secretAccessKey) return undefined;
  if (!accessKeyId || !secretAccessKey)
    throw inputError(
      `createAmazonBedrock() has ${accessKeyId ? 'accessKeyId' : 'secretAccessKey'} alone. Pass both, or neither ` +
        'to use those of the machine.',
    );
  return fromStatic({ accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) });
}

/** What the settings say about models whose ids do not show them. */
function quirksOf({ quirks, models = [] }: ClientOptions): Client['quirks'] {
  return (id) => {
    const known = models.find(
      (model) =>
        model.id === id || model.arn === id || model.profiles?.some((one) => one.id === id || one.arn === id),
    );
    const overrides = quirks?.(id);
    return known === undefined ? overrides : { foundationModelId: known.foundationModelId, ...overrides };
  };
}

/** Options of one call of a function that may be given a client. */
export function callerOptions(client: Client, call: CallOptions): CallerOptions {
  return { ...client.options, ...call, ...(client.given && { client: client.given }) };
}

/** Signal and headers of one call. */
export function callOptions(
  { headers }: Client,
  call: { abortSignal?: AbortSignal | undefined; headers?: Record<string, string | undefined> | undefined },
): CallOptions {
  const all = Object.entries({ ...headers, ...call.headers }).filter(([, value]) => value !== undefined);
  return {
    ...(all.length > 0 && { headers: Object.fromEntries(all) as Record<string, string> }),
    ...(call.abortSignal && { signal: call.abortSignal }),
  };
}

function inputError(message: string): BedrockError {
  return new BedrockError({ code: 'ERR_INPUT', name: 'InputError', message });
}

/** Not `randomUUID()`, which pages without HTTPS do not have. */
function createId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
