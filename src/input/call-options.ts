import { inputError } from '../errors.js';
import type { CallOptions, ClientOptions } from '../options.js';
import { meantOption, placeOf } from './meant.js';
import { type Options, readOptions } from './options.js';
import { amount, callback, flag, hasMethods, isObject, nameOf, type Read, refuse, text } from './read.js';
import { list, struct } from './shape.js';

/** The longest delay of a JavaScript timer; a longer one would fire at once. */
const LONGEST_MS = 2_147_483_647;

/** A time that no timer can wait becomes the longest possible one, 24.8 days. */
const milliseconds: Read = (value, path) =>
  typeof value === 'number' && value >= 0
    ? Math.min(value, LONGEST_MS)
    : refuse(path, value, 'milliseconds, 0 or more; Infinity means no limit', true);

/** 0 means no limit, and so does Infinity. */
const timeLimit: Read = (value, path) => (value === Infinity ? 0 : milliseconds(value, path));

const attempts: Read = (value, path) =>
  Number.isInteger(value) && Number(value) >= 1
    ? value
    : refuse(path, value, 'a whole number of attempts, 1 or more', true);

const credentials: Read = (value, path) =>
  value === null || typeof value === 'function' || isObject(value)
    ? value
    : refuse(
        path,
        value,
        'fromBearerToken(…), { accessKeyId, secretAccessKey }, or a function that returns these',
      );

/** An address, as text or URL. */
export const address: Read = (value, path) =>
  typeof value === 'string' || value instanceof URL || (isObject(value) && typeof value['href'] === 'string')
    ? value
    : refuse(path, value, 'a URL such as https://bedrock.example.com/base');

/** A header without a value, as of an unset variable, is not sent: fetch would write "undefined". */
export const headers: Read = (value, path) => {
  if (typeof value !== 'object' || value === null) refuse(path, value, '{ name: value } or Headers');
  const init = Symbol.iterator in value ? value : Object.entries(value).filter(([, text]) => text != null);
  try {
    return new Headers(init as HeadersInit);
  } catch {
    // The cause would repeat the value, which may be secret.
    throw inputError(`${nameOf(path)} has a name or value that is not valid in HTTP.`);
  }
};

/** As in fetch, null means no signal. */
export const signal: Read = (value, path) =>
  value === null
    ? undefined
    : isObject(value) &&
        typeof value['aborted'] === 'boolean' &&
        hasMethods(value, 'addEventListener', 'removeEventListener')
      ? value
      : refuse(path, value, 'an AbortSignal, such as controller.signal');

const transport: Read = (value, path) =>
  hasMethods(value, 'destination', 'unary', 'stream')
    ? value
    : refuse(path, value, "a transport, such as sdkTransport({ client }) of 'bedrock-anywhere/aws'");

const guardContent: Read = (value, path) =>
  value === 'last-user-message' ? value : refuse(path, value, "'last-user-message', or leave it out", true);

const repair: Read = (value, path) =>
  value === 'lossless' || value === 'all' || value === false
    ? value
    : refuse(path, value, "'lossless', 'all' or false", true);

const models: Read = (value, path) => {
  const profile = struct({ id: text, arn: text }, 'id');
  const model = struct(
    { id: text, foundationModelId: text, arn: text, profiles: list(profile) },
    'id foundationModelId',
  );
  return list(model, 'the models of discover(), or a list of { id, foundationModelId }')(value, path);
};

const RATES = { input: amount, output: amount, cacheRead: amount, cacheWrite: amount, cacheWrite1h: amount };

const price: Read = (value, path) => {
  const tier = struct({ inputTokensAbove: amount, ...RATES }, 'inputTokensAbove input output');
  return struct({ ...RATES, tiers: list(tier) }, 'input output')(value, path);
};

/** A guardrail for one request or for all; null for none. */
export const guardrailConfig: Read = (value, path) => {
  if (value === null) return value;
  return struct({
    guardrailIdentifier: text,
    guardrailVersion: text,
    trace: text,
    streamProcessingMode: text,
  })(value, path);
};

const fallbackModel = /* @__PURE__ */ struct({ modelId: text, region: text }, 'modelId', { isClosed: true });

/** Models to try in turn. */
const fallback: Read = (value, path) =>
  list(
    (item, at) => (typeof item === 'string' ? item : fallbackModel(item, at)),
    'a list of model ids, or of { modelId, region }',
  )(value, path);

/** The options of `createBedrock()`. */
export const CLIENT_OPTIONS = {
  region: text,
  fallbackRegion: text,
  credentials,
  endpoint: address,
  allowInsecureEndpoint: flag,
  allowLongLivedKeys: flag,
  fetch: callback,
  maxAttempts: attempts,
  maxRetryDelayMs: milliseconds,
  idleTimeoutMs: timeLimit,
  timeoutMs: timeLimit,
  guardrailConfig,
  guardContent,
  repair,
  adapt: flag,
  quirks: callback,
  models,
  fallback,
  catalog: callback,
  transport,
  onRequest: callback,
  onRetry: callback,
  onResponse: callback,
} satisfies Record<keyof ClientOptions, Read>;

const OF_ONE_CALL = { signal, headers, price } satisfies Record<
  Exclude<keyof CallOptions, keyof ClientOptions>,
  Read
>;

/** The options of `stream()`, `converse()` and `countTokens()`. The mark lets bundlers drop them where no call is used. */
export const CALL_OPTIONS = /* @__PURE__ */ Object.assign({}, CLIENT_OPTIONS, OF_ONE_CALL);

/** Checks the options of a call or of `createBedrock()`, with advice for unknown names. */
export function readCallOptions<T extends ClientOptions>(given: unknown, known: Options, of: string): T {
  return readOptions(given, known, of, (name) => meantOption(name) ?? placeOf(name));
}
