import type { GuardrailStreamConfiguration } from '@aws-sdk/client-bedrock-runtime';
import type { CallHooks } from './hooks.js';
import type { CatalogLookup, Price } from './types/model-facts.js';
import type { ModelQuirks } from './types/model-quirks.js';
import type { CredentialProvider, Credentials, KnownModel } from './types.js';

/** Options of every call; `createBedrock` binds them as defaults. Any other name is `ERR_INPUT`. */
export interface ClientOptions extends CallHooks {
  /**
   * AWS region, such as `eu-central-1`. A region in the ARN of `modelId` comes first, and has to be in the same partition of
   * AWS. Without either: the host of `endpoint`, `AWS_REGION`, `AWS_DEFAULT_REGION`, the profile's region (Node), `us-east-1`.
   */
  region?: string | undefined;
  /** Region if nothing else names one. Default: `us-east-1`. */
  fallbackRegion?: string | undefined;
  /**
   * Credentials or a credential provider. Default, the first of these that is set: `AWS_BEARER_TOKEN_BEDROCK`; the profile
   * in `AWS_PROFILE` (Node); `AWS_ACCESS_KEY_ID` with `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`; the AWS SDK's
   * default chain (Node): the profile `default`, SSO, web identity, container and instance roles. With `null`, nothing from
   * the machine is used, and a call without its own credentials fails with `ERR_CREDENTIALS`.
   */
  credentials?: Credentials | CredentialProvider | null | undefined;
  /**
   * An address other than AWS's own. A path is kept and signed; a query, fragment or user is refused, and so is
   * plain `http:` to any host but this machine: `localhost`, 127.0.0.0/8 and `[::1]`. Default:
   * `AWS_ENDPOINT_URL_BEDROCK_RUNTIME` (calls to models) or `AWS_ENDPOINT_URL_BEDROCK` (discovery), `AWS_ENDPOINT_URL`, then
   * AWS's endpoint in the region.
   */
  endpoint?: string | URL | undefined;
  /** Allows plain `http:` to a host other than this machine. Default: false. */
  allowInsecureEndpoint?: boolean | undefined;
  /**
   * Allows long-lived keys (`AKIA…`, `ABSK…`) in a browser, where every visitor can read them. Default: false; for an
   * endpoint on the same machine, such as a local Bedrock, they are always allowed.
   */
  allowLongLivedKeys?: boolean | undefined;
  /** Used instead of the global `fetch`. Default: the global `fetch`. */
  fetch?: typeof globalThis.fetch | undefined;
  /**
   * The most requests that one call sends: the first, and retries for any reason, such as a transient error, refreshed
   * credentials, or a field that `adapt` dropped. `discover()` makes several calls, one for each page of each list and, with
   * `checkAccess`, one for each model: each may send this many. Default: 3.
   */
  maxAttempts?: number | undefined;
  /**
   * The longest wait between two attempts, in milliseconds; Infinity means no limit. If the service asks for a longer one, the
   * call fails, and the error's `retryAfterMs` is that time. Default: 20,000.
   */
  maxRetryDelayMs?: number | undefined;
  /**
   * The longest silence, in milliseconds: after a request was sent, and between two parts of its answer. 0 or Infinity means
   * no limit. Default: 120,000; for the wait until a `converse()` begins to answer, which it does when the model has written
   * everything, 3,600,000: AWS lets a model take up to an hour.
   */
  idleTimeoutMs?: number | undefined;
  /**
   * The longest time from the first attempt to the end of the answer, in milliseconds. 0 or Infinity means no limit.
   * Default: 0.
   */
  timeoutMs?: number | undefined;
  /**
   * Guardrail for every call. A request's own `guardrailConfig` overrides it; `null` there removes it. Default: none.
   */
  guardrailConfig?: GuardrailStreamConfiguration | undefined;
  /**
   * `'last-user-message'`: if a guardrail applies and the request marks nothing itself, text and images of the
   * last user message are marked as `guardContent`, so that the guardrail reads only them.
   * Default: nothing is marked and the guardrail reads the whole conversation.
   */
  guardContent?: 'last-user-message' | undefined;
  /**
   * What is repaired in a request that the service would reject: `'lossless'`, anything that loses no meaning, such as
   * blank texts, repeated roles and invalid tool names; `'all'` also drops tool uses without their results and
   * reasoning that the model does not accept; `false`, nothing. A request that the service accepts is sent unchanged, the
   * object that you passed is never changed, and `result().repairs` lists what was done. Default: `'lossless'`.
   */
  repair?: 'lossless' | 'all' | false | undefined;
  /**
   * Whether a field that the service rejects by name for this model, before the answer began, is omitted and the request
   * sent again at once: a tuning member of `inferenceConfig`, `toolConfig.toolChoice`, `performanceConfig`, `serviceTier`,
   * a member of `additionalModelRequestFields`, cache points. Never messages, tools, system or a guardrail.
   * `result().repairs` lists the field. If the request was accepted without it, the next calls to the model omit it from the
   * start. Default: false.
   */
  adapt?: boolean | undefined;
  /**
   * What a model accepts, if its id does not show it, like the ARN of an application profile. `{ foundationModelId }`, which
   * `discover()` returns with each profile, is enough. Repairs depend on it. Default: what the id shows.
   */
  quirks?: ((modelId: string) => ModelQuirks | undefined) | undefined;
  /**
   * Models from `discover()`, for ids that do not show their model, like the ARN of an application profile: repairs, costs and
   * `countTokens()` then use the foundation model. Default: what the id shows.
   */
  models?: readonly KnownModel[] | undefined;
  /**
   * Models for `stream()` and `converse()` to try in turn if a call fails before any content has arrived, because the model was
   * throttled, failed, timed out at AWS, or is not accessible; each gets `maxAttempts`, and all together `timeoutMs`. An id, or
   * an id with the region to call it in. `result().modelId` says which model answered, `warnings` why the others did not. Default:
   * none.
   */
  fallback?: readonly (string | FallbackModel)[] | undefined;
  /**
   * Facts about models beyond AWS's lists: adds limits to discovered models and `cost` to answers. Default: none.
   */
  catalog?: CatalogLookup | undefined;
  /**
   * Sends the calls: `sdkTransport()` of `bedrock-anywhere/aws`, `localTransport()` of `bedrock-anywhere/local`, or your own.
   * Default: this library sends with `fetch`, signs and decodes itself.
   */
  transport?: Transport | undefined;
}

/** A model to try, and where. */
export interface FallbackModel {
  modelId: string;
  /** Default: the region of the call. */
  region?: string | undefined;
}

/** Options of one call. */
export interface CallOptions extends ClientOptions {
  /** Ends the call; it then rejects with `signal.reason`. Default: none. */
  signal?: AbortSignal | undefined;
  /** Headers to add to the request. `x-amz-…` headers are signed, others are only sent. Default: none. */
  headers?: ConstructorParameters<typeof Headers>[0] | undefined;
  /** Price of the model, for the answer's `cost`. Default: what `catalog` knows. */
  price?: Price | undefined;
}

/** The options of a call and those bound to its client, merged, checked and frozen. */
export interface Settings extends Readonly<Omit<CallOptions, 'region'>> {
  /** The region of the call's own options, and the bound one: an ARN in `modelId` comes between them. */
  readonly region: { readonly call: string | undefined; readonly bound: string | undefined };
}

/** The services that calls go to: models, the control plane, rerank, models of other protocols, and where identities come from. */
export type Service =
  | 'bedrock-runtime'
  | 'bedrock'
  | 'bedrock-agent-runtime'
  | 'bedrock-mantle'
  | 'cognito-identity'
  | 'sts';

/** Sends calls. Every method makes one attempt: the caller repeats it. It throws only BedrockErrors. */
export interface Transport {
  /**
   * Where calls to a service go.
   *
   * @param modelRegion Region in the ARN of the call's model, if there is one.
   * @throws BedrockError `ERR_INPUT` for an option that the transport does not accept.
   */
  destination(service: Service, settings: Settings, modelRegion?: string): Promise<Destination>;
  /** Makes one attempt of a call whose answer is not streamed. */
  unary(call: TransportCall): Promise<TransportAnswer>;
  /** Makes one attempt of a call whose answer is a body in the model's own form. A transport without it cannot send InvokeModel. */
  bytes?(call: TransportCall): Promise<TransportBytes>;
  /** Makes one attempt of a call whose answer is a stream. Resolves when its headers have arrived. */
  stream<E>(call: TransportStreamCall<E>): Promise<EventReader<E>>;
}

/** Where calls go, and as whom. A transport may add members: its calls get the same object. */
export interface Destination {
  readonly region: string;
  readonly endpoint: URL;
  /** What requests are signed with, for the cache key of `discover()`; undefined if requests carry no credentials. */
  readonly credentials: Credentials | CredentialProvider | undefined;
}

/** One attempt of a call. */
export interface TransportCall {
  /** AWS's name of the operation, such as `ConverseStream`. */
  readonly operation: string;
  /** Id or ARN of the model that the call is about. */
  readonly modelId: string | undefined;
  readonly method: 'GET' | 'POST';
  /** Path below the endpoint's own, percent-encoded, with a leading slash. */
  readonly path: string;
  /** Query without `?`, percent-encoded; empty if there is none. */
  readonly query: string;
  /** Headers of the request by lower-case name: those of the operation and those of the option `headers`. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * Members of AWS's command, for a transport that writes the body itself; undefined if there is no body. Throws for what JSON
   * cannot carry.
   */
  readonly input: object | undefined;
  /** Encodes the body, once; undefined if there is none. */
  body(): EncodedBody | undefined;
  /** What `destination()` returned. */
  readonly destination: Destination;
  /** Ends the attempt, both before its answer and while the answer is read. */
  readonly signal: AbortSignal;
  /** Whether the service refused the credentials of the attempt before: cached ones must not be used again. */
  readonly renew: boolean;
  /** Texts that no error or warning may repeat, such as tokens in the body. Add what authorizes the request. */
  readonly secrets: string[];
  /** Call before each request is sent. Throws if the call has been aborted. */
  onRequest(url: string): void;
  /** Call when the headers of a response have arrived, whatever its status. */
  onResponse(status: number, requestId: string | undefined): void;
  /** Call when a part of a whole answer has arrived: the time of `idleTimeoutMs` starts again. */
  onChunk(): void;
}

/** Bytes that fetch accepts. `Uint8Array` has a type parameter since TypeScript 5.7 only. */
type EncodedBody = ReturnType<InstanceType<typeof TextEncoder>['encode']>;

/** One attempt of a call whose answer is a stream. */
export interface TransportStreamCall<E> extends TransportCall {
  /** Makes a decoder for a body of type `application/vnd.amazon.eventstream`. */
  decoder(): EventDecoder<E>;
}

/** A whole answer: the members of AWS's output, with bytes as base64 or Uint8Array. */
export interface TransportAnswer {
  json: Record<string, unknown>;
  requestId: string | undefined;
}

/** A body in the model's own form. */
export interface TransportBytes {
  body: Uint8Array;
  /** By lower-case name: `content-type` and those that begin with `x-amzn-bedrock-`. */
  headers: Readonly<Record<string, string>>;
  requestId: string | undefined;
}

/** The events of an answer as they arrive. */
export interface EventReader<E> {
  /** The next event that has already arrived; undefined if there is none. */
  take(): E | undefined;
  /** Waits for more events; false at the end of the answer. After `close()` it settles at once, with anything. */
  more(): Promise<boolean>;
  /** Ends the answer and closes its connection. Never throws. */
  close(): void;
  readonly requestId: string | undefined;
}

/** Turns the chunks of a body into events. */
export interface EventDecoder<E> {
  /** Takes the next chunk, once `next()` has returned undefined. */
  feed(chunk: Uint8Array): void;
  /** The next event; undefined when more bytes are needed. Throws the exceptions that the service sends as events. */
  next(): E | undefined;
  /** Call at the end of the body; throws if it ended inside an event. */
  end(): void;
}
