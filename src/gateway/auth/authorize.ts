import { inputError, isBedrockError } from '../../errors.js';
import { type Budgets, readBudgets } from '../budgets/limits.js';
import { Refusal } from '../failure.js';

/** Who sends a request. */
export interface Caller {
  /** A name for the log, such as `team-a`. */
  name: string;
  /**
   * Models that this caller may use; `*` stands for any characters. What counts is the alias as it is configured, such as
   * `gpt-4o` or `claude-*`, or the id or ARN that the request leads to; an ARN only matches a pattern that begins with `arn:`.
   * Default: all.
   */
  models?: readonly string[] | undefined;
  /** Limits of what this caller may use. Callers of the same name share them. Default: `budgets.perCaller` of the gateway. */
  budgets?: Budgets | undefined;
}

/** What is known about a request before its body is read. */
export interface AuthorizeDetails {
  /** The key of the request: a bearer token, `x-api-key` or `api-key`; undefined if there is none. */
  key: string | undefined;
  /** Address of the client, if the server knows it. */
  remoteAddress: string | undefined;
}

/**
 * Decides who sends a request. Anything falsy refuses it with 401. The request has no body here.
 *
 * @example
 * ```ts
 * import type { Authorize } from 'bedrock-anywhere/gateway';
 *
 * const authorize: Authorize = async (_request, { key }) =>
 *   key === 'a-key-from-my-database' ? { name: 'team-a', models: ['claude-*'] } : undefined;
 * ```
 */
export type Authorize = (
  request: Request,
  details: AuthorizeDetails,
) => Caller | undefined | null | false | PromiseLike<Caller | undefined | null | false>;

/**
 * Finds out who sends a request.
 *
 * @throws Refusal for nobody, and if `authorize` returned something that is not a caller
 */
export async function authenticate(
  request: Request,
  remoteAddress: string | undefined,
  authorize: Authorize,
): Promise<Caller> {
  const key = readKey(request.headers);
  const { url, method, headers } = request;
  const caller = await authorize(new Request(url, { method: method === 'HEAD' ? 'HEAD' : 'GET', headers }), {
    key,
    remoteAddress,
  });
  if (caller) return checkCaller(caller);
  throw new Refusal(
    'no-key',
    key === undefined
      ? 'The request has no API key. Send one as Authorization: Bearer <key>, or in x-api-key.'
      : 'The API key is not one of this gateway. Check the key that your client is configured with.',
    {
      code: 'invalid_api_key',
      ...(key === undefined && { exception: 'MissingAuthenticationTokenException' }),
    },
  );
}

/** A caller with a name, and with models and budgets if any. Anything else would give more than was meant, or fail later. */
function checkCaller(caller: Caller): Caller {
  const { name, models = null, budgets = null } = caller;
  const hasModels = models === null || isTextList(models);
  if (typeof name !== 'string' || name === '' || !hasModels) {
    throw misconfiguredRefusal(
      inputError(
        'The option authorize returned something that is not a caller. Return { name, models, budgets }, where name is a string, models, if any, a list of strings and budgets, if any, an object, or undefined to refuse the request.',
      ),
    );
  }
  if (budgets === null) return { name, models: models ?? undefined };
  try {
    return { name, models: models ?? undefined, budgets: readBudgets(budgets, 'authorize under budgets') };
  } catch (error) {
    throw isBedrockError(error) ? misconfiguredRefusal(error) : error;
  }
}

function misconfiguredRefusal(cause: Error): Refusal {
  const refusal = new Refusal(
    'misconfigured',
    'The gateway cannot tell whose request this is. Its operator finds the reason in its log.',
  );
  refusal.cause = cause;
  return refusal;
}

/** Whether a value is a list of strings. */
export function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

/** The key of a request. Claude Code may send the same one in two headers. */
function readKey(headers: Headers): string | undefined {
  const authorization = headers.get('authorization')?.trim() ?? '';
  if (/^AWS4-HMAC-SHA256\b/i.test(authorization)) {
    throw new Refusal(
      'no-key',
      'The request is signed with AWS keys, which this gateway cannot check. Send a key of this gateway: Authorization: Bearer <key>. Clients of AWS have a variable for it: AWS_BEARER_TOKEN_BEDROCK.',
      { code: 'invalid_api_key', exception: 'UnrecognizedClientException' },
    );
  }
  const [, bearer] = /^Bearer\s+(.+)$/i.exec(authorization) ?? [];
  const keys = [bearer, headers.get('x-api-key'), headers.get('api-key')].flatMap((key) => key?.trim() || []);
  if (new Set(keys).size > 1) {
    throw new Refusal('no-key', 'The request has two different API keys. Send one, in one header.', {
      code: 'invalid_api_key',
    });
  }
  return keys[0];
}
