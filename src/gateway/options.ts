import { inputError } from '../errors.js';
import type { Bedrock, ModelQuirks } from '../index.js';
import { readOptions } from '../input/options.js';
import { any, callback, flag, hasMethods, isObject, object, type Read, refuse } from '../input/read.js';
import type { Authorize } from './auth/authorize.js';
import type { BedrockPaths } from './aws/bedrock-paths.js';
import { type GatewayBudgets, readGatewayBudgets } from './budgets/limits.js';
import type { FetchImage } from './conversation/media/images.js';
import { readOrigins } from './http/cors.js';
import { type StartTimer, startTimer } from './http/timers.js';
import type { GatewayLog } from './log.js';
import type { GatewayModels } from './models/models.js';
import { listTargets, readTargets } from './routing/target.js';
import type { GatewayTelemetry } from './telemetry/opentelemetry.js';

/** Limits of a gateway. */
export interface GatewayLimits {
  /** Bytes of a request's body. Default: 32 MB, as at Anthropic. */
  bodyBytes?: number | undefined;
  /** Bytes of all bodies that are kept at the same time. Default: 512 MB. */
  totalBodyBytes?: number | undefined;
  /** How long a request's body may take to arrive, in milliseconds; a slower one is a 408. Default: 120,000. */
  bodyMs?: number | undefined;
  /**
   * How long a request may take until its answer has been read, in milliseconds; a longer answer ends with an error. Default:
   * 3,600,000, an hour, which is what Bedrock allows.
   */
  requestMs?: number | undefined;
  /** Requests that models answer at the same time. Default: 512. */
  concurrency?: number | undefined;
  /** How long `close()` lets running requests go on, in milliseconds. Default: 30,000. */
  closeGraceMs?: number | undefined;
}

/** When requests go to the next target of a name. Times are in milliseconds. */
export interface GatewayRouting {
  /** How long a target is skipped after it was throttled, if AWS does not say. Default: 10,000. */
  throttledMs?: number | undefined;
  /** How long a target is skipped after a quota was used up, such as tokens per day. Default: 3,600,000. */
  quotaMs?: number | undefined;
  /** How long a target is skipped after it failed, was silent or could not be reached. Default: 60,000. */
  unavailableMs?: number | undefined;
  /** How long a target is skipped if credentials or permissions are missing, or the model is not there. Default: 60,000. */
  misconfiguredMs?: number | undefined;
  /**
   * Time for all targets of a request together, until content begins, or for an answer that is not streamed, until it is complete.
   * It only applies to names with several targets. Default: 600,000, as long as clients of OpenAI and Anthropic wait.
   */
  deadlineMs?: number | undefined;
}

/** Options of `createGateway()`. */
export interface GatewayOptions {
  /**
   * The client that calls Bedrock, from `createBedrock()`. Its region, credentials, limits and guardrail apply to every request;
   * clients of the gateway cannot change them.
   */
  bedrock: Bedrock;
  /** Other clients by name, such as one of another account or region, for the targets in `models.aliases`. Default: none. */
  clients?: Readonly<Record<string, Bedrock>> | undefined;
  /** When requests go to the next target of a name with several. Default: that of each member. */
  routing?: GatewayRouting | undefined;
  /** Decides who may use the gateway: `fromKeys()`, or your own function. There is no default. */
  authorize: Authorize;
  /** Which models clients may use, and under which names. Default: all ids of Bedrock, no other names. */
  models?: GatewayModels | undefined;
  /**
   * What a model accepts, by its id or ARN, if that does not show it, as for application profiles. Default: what the id shows.
   */
  quirks?: ((modelId: string) => ModelQuirks | undefined) | undefined;
  /** Fetches images behind https URLs. It must refuse private addresses. Default: such images are refused. */
  fetchImage?: FetchImage | undefined;
  /** Sizes, times and numbers of requests. Default: those of each member. */
  limits?: GatewayLimits | undefined;
  /**
   * Service tiers that clients may choose in addition to the default one. Others are omitted, and a note says so.
   * Default: `flex`, since `priority` costs more.
   */
  serviceTiers?: readonly ServiceTier[] | undefined;
  /** How much callers may use per minute and day. Default: as much as they like. */
  budgets?: GatewayBudgets | undefined;
  /**
   * When a model speaks the protocol of a request itself, at an endpoint of Bedrock that is not Converse. `'auto'`: the request is passed
   * on to that endpoint as it is, so that whatever is new in the protocol works. It is translated all the same if a guardrail applies, if
   * its meaning would change, or if that endpoint refuses it. `'never'`: every request is translated. Default: `'auto'`.
   */
  passThrough?: 'auto' | 'never' | undefined;
  /**
   * What clients may do at Bedrock's own paths, `/model/{id}/…` and `/anthropic/v1/messages`, which are passed on with the gateway's
   * authorization; `false` closes them. Default: open, without files in S3 and guardrails of callers.
   */
  bedrockPaths?: BedrockPaths | false | undefined;
  /** Names of request headers that are passed on to Bedrock. Default: none. */
  forwardHeaders?: readonly string[] | undefined;
  /**
   * Origins of pages that may use the gateway from a browser, such as `https://chat.example.com`; pages of its own origin always may.
   * `['*']` stands for all of them. Requests need a key from any page, and cookies are never allowed: use `'*'` only if `authorize`
   * decides by the key, and not by the address of a client or its network. Default: none.
   */
  allowedOrigins?: readonly string[] | undefined;
  /**
   * Called once for each request when it is over, never with content or keys. Its failures are ignored. Default: none.
   */
  log?: GatewayLog | undefined;
  /** Where spans and metrics of calls to models go, in OpenTelemetry's names; never with content. Default: nowhere. */
  telemetry?: GatewayTelemetry | undefined;
  /** Starts a timer and returns what stops it. Default: `setTimeout`. */
  startTimer?: StartTimer | undefined;
  /** The clock, in milliseconds. Default: `Date.now`. */
  now?: (() => number) | undefined;
}

/** A service tier of Bedrock: what a request costs, and how long it may wait. */
export type ServiceTier = 'default' | 'flex' | 'priority';

const TIERS: readonly string[] = ['default', 'flex', 'priority'] satisfies ServiceTier[];

type Limits = Record<keyof GatewayLimits, number>;
type Routing = Record<keyof GatewayRouting, number>;

/** Checked options. */
export interface GatewaySettings extends GatewayOptions {
  models: GatewayModels;
  limits: Limits;
  clients: Readonly<Record<string, Bedrock>>;
  routing: Routing;
  serviceTiers: readonly ServiceTier[];
  budgets: GatewayBudgets;
  passThrough: 'auto' | 'never';
  bedrockPaths: BedrockPaths | false;
  forwardHeaders: readonly string[];
  allowedOrigins: readonly string[];
  startTimer: StartTimer;
  now: () => number;
}

const client: Read = (value, path) =>
  hasMethods(value, 'stream', 'converse', 'countTokens', 'discover')
    ? value
    : refuse(path, value, 'a client from createBedrock()');

const names: Read = (value, path) =>
  Array.isArray(value) && value.every((name) => typeof name === 'string')
    ? value
    : refuse(path, value, 'a list of strings');

const count: Read = (value, path) =>
  Number.isInteger(value) && (value as number) >= 0
    ? value
    : refuse(path, value, 'a whole number, 0 or more', true);

/** What `setTimeout` can wait; it takes more as no time at all. */
const LONGEST_MS = 2 ** 31 - 1;

const delay: Read = (value, path) =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= LONGEST_MS
    ? value
    : refuse(path, value, `a whole number of milliseconds, 0 to ${LONGEST_MS}`, true);

const aliases: Read = (value, path) => {
  if (!isObject(value))
    return refuse(path, value, 'an object, such as { "gpt-4o": "us.amazon.nova-pro-v1:0" }');
  for (const [alias, targets] of Object.entries(value)) readTargets(targets, [...path, alias]);
  return value;
};

const clients: Read = (value, path) => {
  if (!isObject(value))
    return refuse(path, value, 'clients by name, such as { eu: createBedrock({ region: "eu-central-1" }) }');
  for (const [name, one] of Object.entries(value)) client(one, [...path, name]);
  return value;
};

const tiers: Read = (value, path) =>
  Array.isArray(value) && value.every((tier) => TIERS.includes(tier))
    ? value
    : refuse(path, value, `a list of ${TIERS.join(', ')}`);

const passThrough: Read = (value, path) =>
  value === 'auto' || value === 'never' ? value : refuse(path, value, "'auto' or 'never'", true);

const bedrockPaths: Read = (value, path) => (value === false ? value : object(value, path));

const OPTIONS = {
  bedrock: client,
  clients,
  routing: object,
  authorize: callback,
  models: any,
  quirks: callback,
  fetchImage: callback,
  limits: object,
  serviceTiers: tiers,
  budgets: any,
  passThrough,
  bedrockPaths,
  forwardHeaders: names,
  allowedOrigins: readOrigins,
  log: callback,
  telemetry: object,
  startTimer: callback,
  now: callback,
} satisfies Record<keyof GatewayOptions, Read>;

const withMethods =
  (wanted: string, ...methods: string[]): Read =>
  (value, path) =>
    hasMethods(value, ...methods) ? value : refuse(path, value, `${wanted} of @opentelemetry/api`);

const TELEMETRY = {
  tracer: withMethods('a tracer', 'startSpan'),
  meter: withMethods('a meter', 'createHistogram', 'createCounter'),
  context: withMethods('context', 'active'),
  propagation: withMethods('propagation', 'extract'),
} satisfies Record<keyof GatewayTelemetry, Read>;

const MODELS = { aliases, default: readTargets, allow: names } satisfies Record<keyof GatewayModels, Read>;
const PATHS = { s3Locations: flag, guardrails: flag } satisfies Record<keyof BedrockPaths, Read>;
const LIMITS = {
  bodyBytes: count,
  totalBodyBytes: count,
  bodyMs: delay,
  requestMs: delay,
  concurrency: count,
  closeGraceMs: delay,
} satisfies Record<keyof GatewayLimits, Read>;

const ROUTING = {
  throttledMs: delay,
  quotaMs: delay,
  unavailableMs: delay,
  misconfiguredMs: delay,
  deadlineMs: delay,
} satisfies Record<keyof GatewayRouting, Read>;

const ROUTING_DEFAULTS = {
  throttledMs: 10_000,
  quotaMs: 3_600_000,
  unavailableMs: 60_000,
  misconfiguredMs: 60_000,
  deadlineMs: 600_000,
};

const DEFAULTS = {
  bodyBytes: 32 * 1024 * 1024,
  totalBodyBytes: 512 * 1024 * 1024,
  bodyMs: 120_000,
  requestMs: 3_600_000,
  concurrency: 512,
  closeGraceMs: 30_000,
};

/** Headers that authorize somebody, or that are about the way of a request: none of them may reach Bedrock. */
const NEVER_FORWARDED =
  /^(?:(?:proxy-)?authorization|x-api-key|api-key|cookie|host|connection|keep-alive|upgrade|expect|te|trailer|content-.*|transfer-encoding|x-amz.*)$/i;

/** Source: RFC 9110, section 5.6.2. */
const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/;

/**
 * Checks the options of a gateway.
 *
 * @throws BedrockError `ERR_INPUT` for an option that is unknown, wrong or missing
 */
export function readGatewayOptions(given: GatewayOptions): GatewaySettings {
  const read = readOptions<GatewayOptions>(given, OPTIONS, 'createGateway()');
  if (read.bedrock === undefined)
    throw inputError('createGateway() has no bedrock. Pass a client from createBedrock().');
  if (read.authorize === undefined) {
    throw inputError(
      'createGateway() has no authorize, and without it everybody could use your AWS account. Pass fromKeys([…]) or your own function.',
    );
  }
  const forbidden = read.forwardHeaders?.find((header) => NEVER_FORWARDED.test(header));
  if (forbidden !== undefined)
    throw inputError(`The option forwardHeaders has ${forbidden}, which must not reach Bedrock. Remove it.`);
  const wrong = read.forwardHeaders?.find((header) => !HEADER_NAME.test(header));
  if (wrong !== undefined)
    throw inputError(
      `The option forwardHeaders has ${JSON.stringify(wrong.slice(0, 100))}, which is not the name of a header. Pass names such as x-trace-id.`,
    );
  const models = readOptions<GatewayModels>(read.models ?? {}, MODELS, 'createGateway() under models');
  checkClients(models, read.clients ?? {});
  const telemetry =
    read.telemetry &&
    readOptions<GatewayTelemetry>(read.telemetry, TELEMETRY, 'createGateway() under telemetry');
  if (telemetry?.propagation !== undefined && telemetry.context === undefined)
    throw inputError(
      'The option telemetry has propagation, but no context. Pass context of @opentelemetry/api too.',
    );
  return {
    ...read,
    telemetry,
    clients: read.clients ?? {},
    routing: {
      ...ROUTING_DEFAULTS,
      ...readOptions<Partial<Routing>>(read.routing ?? {}, ROUTING, 'createGateway() under routing'),
    },
    startTimer: read.startTimer ?? startTimer,
    now: read.now ?? Date.now,
    serviceTiers: read.serviceTiers ?? ['flex'],
    passThrough: read.passThrough ?? 'auto',
    bedrockPaths:
      read.bedrockPaths !== false &&
      readOptions<BedrockPaths>(read.bedrockPaths ?? {}, PATHS, 'createGateway() under bedrockPaths'),
    forwardHeaders: read.forwardHeaders ?? [],
    allowedOrigins: read.allowedOrigins ?? [],
    models,
    budgets: readGatewayBudgets(read.budgets ?? {}),
    limits: {
      ...DEFAULTS,
      ...readOptions<Partial<Limits>>(read.limits ?? {}, LIMITS, 'createGateway() under limits'),
    },
  };
}

/** A target with a client that is missing would only be found by the first request that needs it. */
function checkClients({ aliases = {}, default: others }: GatewayModels, clients: object): void {
  const all = others === undefined ? Object.values(aliases) : [...Object.values(aliases), others];
  const missing = all
    .flatMap(listTargets)
    .find(({ client }) => client !== undefined && !Object.hasOwn(clients, client));
  if (missing === undefined) return;
  throw inputError(
    `The target ${missing.modelId} in the option models names the client ${missing.client}, which is not in the option clients. ` +
      `Add it: clients: { ${JSON.stringify(missing.client)}: createBedrock({ … }) }.`,
  );
}
