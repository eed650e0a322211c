import { dirname, resolve } from 'node:path';
import type { ServeConfiguration } from '../../gateway/index.js';
import { readJson } from '../local-files.js';
import { UsageError } from '../print/terminal.js';
import {
  type Check,
  FormError,
  falseOr,
  flag,
  listOf,
  membersOf,
  membersWith,
  numberFor,
  recordOf,
  textLike,
} from './form.js';

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
const count = numberFor('a whole number, 0 or more', isCount);

/** The longest time that timers can wait. */
const LONGEST_MS = 2 ** 31 - 1;
const milliseconds = numberFor(
  `a whole number of milliseconds, at most ${LONGEST_MS}`,
  (value) => isCount(value) && value <= LONGEST_MS,
);

const model = textLike('us.amazon.nova-pro-v1:0');
const region = textLike('us-east-1', (text) => /^[a-z]{2,}(-[a-z0-9]+)+$/.test(text));

const target = membersWith('modelId', { modelId: model, client: textLike('backup'), region });
const oneTarget: Check = (value, path) => (typeof value === 'object' ? target : model)(value, path);
const targets: Check = (value, path) =>
  (Array.isArray(value) ? listOf(oneTarget, 1) : oneTarget)(value, path);

const budgetLimits = {
  requestsPerMinute: count,
  tokensPerMinute: count,
  tokensPerDay: count,
  dollarsPerDay: numberFor('an amount in US dollars, such as 2.5', (value) => value >= 0 && value <= 1e9),
};
const budgets = membersOf({ ...budgetLimits, models: recordOf(membersOf(budgetLimits)) });

/** What `createGateway()` accepts: an origin as browsers send it, or all. */
function isOrigin(text: string): boolean {
  if (text === '*') return true;
  if (/^https?:/.test(text)) return URL.canParse(text) && new URL(text).origin === text;
  return /^[a-z][a-z0-9+.-]*:\/\/[^\s/?#@,*]+$/.test(text);
}

/** The members of the file. */
const FORM = {
  port: numberFor('a port, 0 to 65535', (value) => isCount(value) && value <= 65_535),
  host: textLike('127.0.0.1'),
  region,
  profile: textLike('work'),
  models: membersOf({ aliases: recordOf(targets), default: targets, allow: listOf(textLike('us.*')) }),
  clients: recordOf(membersOf({ region, profile: textLike('work') })),
  routing: membersOf({
    throttledMs: milliseconds,
    quotaMs: milliseconds,
    unavailableMs: milliseconds,
    misconfiguredMs: milliseconds,
    deadlineMs: milliseconds,
  }),
  limits: membersOf({
    bodyBytes: count,
    totalBodyBytes: count,
    bodyMs: milliseconds,
    requestMs: milliseconds,
    concurrency: count,
    closeGraceMs: milliseconds,
  }),
  budgets: membersOf({
    perCaller: budgets,
    total: budgets,
    whenStoreFails: textLike('refuse', (text) => text === 'refuse' || text === 'allow'),
    reservedOutputTokens: count,
    store: textLike('budget-store.mjs'),
  }),
  serviceTiers: listOf(textLike('flex', (text) => ['default', 'flex', 'priority'].includes(text))),
  passThrough: textLike('never', (text) => text === 'auto' || text === 'never'),
  bedrockPaths: falseOr(membersOf({ s3Locations: flag, guardrails: flag })),
  keys: textLike('keys.json'),
  usage: textLike('usage.json'),
  forwardHeaders: listOf(textLike('x-trace-id', (text) => /^[\w!#$%&'*+.^`|~-]+$/.test(text))),
  allowedOrigins: listOf(textLike('https://chat.example.com', isOrigin)),
} satisfies Record<keyof ServeConfiguration, unknown>;

const isConfiguration = membersOf(FORM);

/** A target whose client is missing would only be found by the gateway, which does not know the file. */
function checkClients({ models, clients = {} }: ServeConfiguration): void {
  const all = [...Object.values(models?.aliases ?? {}), models?.default];
  for (const target of all.flat()) {
    if (typeof target !== 'object' || target.client === undefined) continue;
    if (Object.hasOwn(clients, target.client)) continue;
    throw new FormError(
      `has a target with the client ${JSON.stringify(target.client)}, which is not in clients. Add it there, with a region or a profile.`,
    );
  }
}

/**
 * Reads a configuration file. Paths in the result are absolute.
 *
 * @throws UsageError if it cannot be read, is not JSON, or has a member that is unknown or wrong
 */
export async function readConfiguration(file: string): Promise<ServeConfiguration> {
  const json = await readJson('configuration file', file, 'Pass a file such as { "port": 8787 }.').catch(
    (error: Error) => {
      throw new UsageError(error.message);
    },
  );
  try {
    isConfiguration(json, '');
    checkClients(json as ServeConfiguration);
  } catch (error) {
    if (error instanceof FormError) throw new UsageError(`The configuration file ${file} ${error.message}`);
    throw error;
  }
  const configuration = json as ServeConfiguration;
  const absolute = (path: string | undefined) => path && resolve(dirname(file), path);
  const { keys, usage, budgets: given } = configuration;
  return {
    ...configuration,
    keys: absolute(keys),
    usage: absolute(usage),
    ...(given && { budgets: { ...given, store: absolute(given.store) } }),
  };
}
