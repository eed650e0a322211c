import { readOptions } from '../input/options.js';
import { any, callback, flag, isObject, object, type Read, refuse, text } from '../input/read.js';
import type { AwsCredentials } from '../types.js';
import type { IdentityOptions } from './access/identity.js';
import type { LocalModel, LocalProfile } from './account/account.js';
import type { LocalGuardrail } from './model/guardrail.js';
import type { ScriptRule } from './script/script.js';
import type { LocalUpstream } from './upstream/target.js';

/** Options of a local Bedrock. All of them are optional. */
export interface LocalBedrockOptions extends IdentityOptions {
  /** Region that requests must be signed for. Default: `us-east-1`. */
  region?: string | undefined;
  /** More regions that requests may be signed for. Each has the default models and profiles of its own. Default: none. */
  regions?: readonly string[] | undefined;
  /**
   * Models of the account. The id of one is enough: it answers in text and is called by that id. Default: those that the
   * catalog of this package knows, and a few of other kinds.
   */
  models?: readonly (string | LocalModel)[] | undefined;
  /** Models besides those in `models`. Default: none. */
  addModels?: readonly (string | LocalModel)[] | undefined;
  /** Inference profiles of the account. Default: those of the default models. */
  profiles?: readonly LocalProfile[] | undefined;
  /**
   * What to answer, and when. Requests that match no rule are answered by the local Bedrock itself. Default: none.
   */
  script?: readonly ScriptRule[] | undefined;
  /**
   * A real model that answers the requests that no script rule answers: the base URL of a server with OpenAI's Chat Completions
   * API, such as Ollama's `http://127.0.0.1:11434/v1`, llama.cpp's or vLLM's, or that with a model and a key. Requests are
   * checked as before. Default: none; the local Bedrock answers with a few sentences.
   */
  upstream?: string | LocalUpstream | undefined;
  /**
   * When to call tools if no script rule does. Default: only for a request's `toolChoice` of `any` or `tool`, with the
   * smallest input for the tool's schema (keywords such as `pattern` and `uniqueItems` are ignored). With `'demo'`, words
   * of the prompt choose a tool and fill in its input: to show what a tool call looks like, never for an agent that really
   * runs its tools. The same applies to answers in the shape of `outputConfig`.
   */
  tools?: 'demo' | undefined;
  /**
   * Faults for the requests in turn, one entry each, written as in the header `x-local-fault`; '' is none. Default: none.
   */
  faults?: readonly string[] | undefined;
  /** Guardrails of the account. Default: one with the id `localguardrail`, which blocks forbidden, classified, swordfish. */
  guardrails?: readonly LocalGuardrail[] | undefined;
  /**
   * Access keys to accept besides the generated ones. Those with an `expiration` in the past are rejected. Default: none.
   */
  credentials?: AwsCredentials | readonly AwsCredentials[] | undefined;
  /** API keys to accept besides the generated one. Default: none. */
  apiKey?: string | readonly string[] | undefined;
  /** The clock, in milliseconds. Default: `Date.now`. */
  now?: (() => number) | undefined;
  /** Ids of models that are listed but that the account has no access to. Default: none. */
  noAccess?: readonly string[] | undefined;
  /** IAM actions that nobody is allowed, such as `bedrock:InvokeModelWithResponseStream`. Default: none. */
  deny?: readonly string[] | undefined;
  /** Life in seconds of the credentials that Cognito, STS, instance and container metadata issue. Default: 3600. */
  credentialsLifeSeconds?: number | undefined;
  /** Pace of a stream. Default: as fast as it is read. */
  tokensPerSecond?: number | undefined;
  /**
   * Origins whose pages may use it, such as `https://app.example.com`; `*` is any. Default: the origins of this machine, with
   * any port: `localhost`, the names below it, 127.0.0.0/8 and [::1]. Requests of other pages are rejected. No page can read
   * instance or container metadata.
   */
  allowedOrigins?: readonly string[] | undefined;
  /** Response headers that pages of other origins may read. Default: none, as a cautious client must expect. */
  exposeHeaders?: readonly string[] | undefined;
  /**
   * Called when the response to a request has been read to its end, was left, or failed; for logs. What it throws is ignored.
   * Default: none.
   */
  onRequestEnd?: ((request: ReceivedRequest) => void) | undefined;
}

/** A request that a local Bedrock has received, and the outcome. */
export interface ReceivedRequest {
  method: string;
  /** Path and query as sent, except for a signature and a session token in the query. */
  path: string;
  /**
   * AWS's name of the operation; undefined if the path matches none. In the protocols of OpenAI and Anthropic: `CreateChatCompletion`,
   * `CreateResponse`, `CreateMessage`, `CountMessageTokens` and others of this kind.
   */
  operation: string | undefined;
  /** Id or ARN of the model, decoded. */
  modelId: string | undefined;
  /** Names in lower case. Secrets are cut out: `authorization` keeps its scheme and the access key id. */
  headers: Record<string, string>;
  /** The body, if it is JSON. Tokens of identity providers are cut out. */
  body: unknown;
  bodyText: string;
  /** Status of the response; 0 until there is one. */
  status: number;
  /** AWS's name of the error, also of one in the middle of a stream. */
  errorType: string | undefined;
  /** When it arrived, in milliseconds of the clock. */
  at: number;
  /** How long it took until its response was read, in milliseconds; undefined until then. */
  durationMs: number | undefined;
  /** Tokens of a call to a model, once its answer reports them. */
  usage: { inputTokens: number; outputTokens: number } | undefined;
  /** The faults that applied to it, by their names. */
  faults: readonly string[];
}

/** A Bedrock of your own. */
export interface LocalBedrock {
  /**
   * Answers a request as the service would. It is a fetch handler. Which host the request names is up to the server that it
   * runs in; origins are checked here.
   */
  fetch(request: Request): Promise<Response>;
  /** Access keys to sign with. They look like temporary keys, which a page may use, but have no session token. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** A Bedrock API key. Like AWS's short-term keys it expires after 12 hours; the access keys are good as long as this object. */
  readonly apiKey: string;
  /** Id of a Cognito identity pool. As at AWS, its guests can only call Bedrock in the role `guestRoleArn`. */
  readonly identityPoolId: string;
  /** ARN of the role that trusts guests of the identity pool. */
  readonly guestRoleArn: string;
  readonly region: string;
  /** The last requests, oldest first: at most 1000, fewer where bodies are large. */
  readonly requests: readonly ReceivedRequest[];
  /** How many responses are still open: neither read to their end, nor cancelled, nor broken off. */
  liveConnections(): number;
}

export const list: Read = (value, path) => (Array.isArray(value) ? value : refuse(path, value, 'a list'));

const textOrObject: Read = (value, path) =>
  typeof value === 'string'
    ? value
    : isObject(value)
      ? value
      : refuse(path, value, 'a URL, or an object with a baseURL');

/** Options with `any` are checked where they are used. */
const OPTIONS = {
  region: text,
  regions: list,
  models: list,
  addModels: list,
  profiles: list,
  script: any,
  upstream: textOrObject,
  tools: any,
  faults: list,
  guardrails: list,
  credentials: any,
  apiKey: any,
  now: callback,
  noAccess: list,
  deny: list,
  credentialsLifeSeconds: any,
  guests: flag,
  classicFlow: flag,
  logins: object,
  customRoleArns: list,
  webIdentityToken: any,
  containerAuthorizationToken: text,
  tokensPerSecond: any,
  allowedOrigins: list,
  exposeHeaders: list,
  onRequestEnd: callback,
} satisfies Record<keyof LocalBedrockOptions, Read>;

/**
 * Checks the options of a local Bedrock.
 *
 * @param of The function that they are for.
 * @param more The options that only this function has.
 */
export function readLocalOptions<T extends LocalBedrockOptions>(
  given: T,
  of: string,
  more?: Record<Exclude<keyof T, keyof LocalBedrockOptions>, Read>,
): T {
  return readOptions<T>(given, { ...OPTIONS, ...more }, of);
}
