import { readOptions } from '../input/options.js';
import { any, callback, flag, object, type Read, refuse, text } from '../input/read.js';
import type { AwsCredentials } from '../types.js';
import type { LocalModel, LocalProfile } from './account/account.js';
import type { LocalGuardrail } from './model/guardrail.js';
import type { ScriptRule } from './model/script.js';

/** What a local Bedrock is made of. Everything may be left out. */
export interface LocalBedrockOptions {
  /** Region that requests must be signed for. Default: `us-east-1`. */
  region?: string | undefined;
  /** Models of the account. Default: a few of each kind. */
  models?: readonly LocalModel[] | undefined;
  /** Inference profiles of the account. Default: those that go with the default models. */
  profiles?: readonly LocalProfile[] | undefined;
  /** What to answer, and when. Where no rule fits, the local Bedrock answers by itself. */
  script?: readonly ScriptRule[] | undefined;
  /**
   * When to call tools if no script rule does. Default: only for a request's `toolChoice` of `any` or `tool`,
   * with the smallest input that the tool's schema allows. With `'demo'`, words of the prompt choose a tool and
   * fill in its input: to show what a tool call looks like, never for an agent that really runs its tools. The same
   * applies to answers in the shape of `outputConfig`.
   */
  tools?: 'demo' | undefined;
  /** Faults for the requests in turn, one entry each, written as in the header `x-local-fault`; '' is none. */
  faults?: readonly string[] | undefined;
  /** Guardrails of the account. Default: one with the id `localguardrail`, which blocks forbidden, classified, swordfish. */
  guardrails?: readonly LocalGuardrail[] | undefined;
  /** Access keys to accept beside the ones that are made. With an `expiration` that is over they are refused. */
  credentials?: AwsCredentials | readonly AwsCredentials[] | undefined;
  /** API keys to accept beside the one that is made. */
  apiKey?: string | readonly string[] | undefined;
  /** The clock, in milliseconds. Default: `Date.now`. */
  now?: (() => number) | undefined;
  /** Ids of models that are listed but that the account has no access to. Default: none. */
  noAccess?: readonly string[] | undefined;
  /** IAM actions that nobody is allowed, such as `bedrock:InvokeModelWithResponseStream`. Default: none. */
  deny?: readonly string[] | undefined;
  /** Life of the credentials that Cognito, STS, instance and container metadata hand out. Default: 3600. */
  credentialsLifeSeconds?: number | undefined;
  /** Whether the identity pool takes guests. Default: true. */
  guests?: boolean | undefined;
  /**
   * Tokens that the identity pool takes, by the name of their provider. A token that is a JWT belongs to the user of its
   * claim `sub`; any other stands for a user of its own. Default: none.
   */
  logins?: Readonly<Record<string, string | readonly string[]>> | undefined;
  /** Roles that `CustomRoleArn` may name. Default: none. */
  customRoleArns?: readonly string[] | undefined;
  /** Tokens that AssumeRoleWithWebIdentity takes. Default: none. */
  webIdentityToken?: string | readonly string[] | undefined;
  /** Value that `authorization` must have at the container's credentials. Default: it is not looked at. */
  containerAuthorizationToken?: string | undefined;
  /** Pace of a stream. Default: as fast as it is read. */
  tokensPerSecond?: number | undefined;
  /** Response headers that pages of other origins may read. Default: none, as a cautious client must expect it. */
  exposeHeaders?: readonly string[] | undefined;
}

/** A request that a local Bedrock has seen, with what became of it. */
export interface ReceivedRequest {
  method: string;
  /** Path and query as they were sent. */
  path: string;
  /** AWS's name of the operation; undefined where the path leads to none. */
  operation: string | undefined;
  /** Id or ARN of the model, decoded. */
  modelId: string | undefined;
  /** Names in lower case. Secrets are cut out: of `authorization` the scheme and the access key id are left. */
  headers: Record<string, string>;
  /** The body where it is JSON. Tokens of identity providers are cut out. */
  body: unknown;
  bodyText: string;
  /** Status of the answer; 0 until there is one. */
  status: number;
  /** AWS's name of the error, or of the one in mid-stream. */
  errorType: string | undefined;
  /** When it came, in milliseconds of the clock. */
  at: number;
}

/** A Bedrock of one's own. */
export interface LocalBedrock {
  /** Answers a request as the service would: to be used as a fetch handler. */
  fetch(request: Request): Promise<Response>;
  /** Access keys to sign with. They begin like keys that end, so that a page may use them, and come without token. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** A Bedrock API key. */
  readonly apiKey: string;
  /** Id of a Cognito identity pool. */
  readonly identityPoolId: string;
  readonly region: string;
  /** The last requests, oldest first: at most 1000, fewer where bodies are large. */
  readonly requests: readonly ReceivedRequest[];
  /** How many answers are under way: not read to their end, given up or broken off. */
  liveConnections(): number;
}

const list: Read = (value, path) => (Array.isArray(value) ? value : refuse(path, value, 'a list'));

/** Options with `any` are checked where they are used. */
const OPTIONS = {
  region: text,
  models: list,
  profiles: list,
  script: any,
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
  logins: object,
  customRoleArns: list,
  webIdentityToken: any,
  containerAuthorizationToken: text,
  tokensPerSecond: any,
  exposeHeaders: list,
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
