import { partitionOf } from '../catalog/partitions.js';
import { inputError } from '../errors.js';
import { formatAmzDate } from '../sign/sigv4.js';
import { createIdentityService, type IdentityService } from './access/identity.js';
import { createKeyRing, KEY_SECONDS, type KeyRing, makeShortTermKey } from './access/keys.js';
import { createSessions, type Sessions } from './access/sessions.js';
import {
  ACCOUNT_ID,
  createDefaultModels,
  createDefaultProfiles,
  createTextModel,
} from './account/account.js';
import { type Catalog, createCatalog } from './account/catalog.js';
import { createResponseStore, type ResponseStore } from './endpoints/openai/response-store.js';
import { createOriginCheck, type OriginCheck } from './http/cors.js';
import { createFaultLedger, type FaultLedger } from './http/faults.js';
import { DEFAULT_GUARDRAILS } from './model/guardrail.js';
import type { ModelService } from './model/prepare.js';
import { createPromptCache } from './model/prompt-cache.js';
import type { Operations } from './operations.js';
import type { LocalBedrock, LocalBedrockOptions } from './options.js';
import { randomKeyId, randomSecret, randomUuid } from './random.js';
import { createScript } from './script/script.js';
import { checkScript } from './script/script-check.js';

/** What a local Bedrock consists of. */
export interface Parts {
  /** What clients need to know. */
  facts: Pick<LocalBedrock, 'credentials' | 'apiKey' | 'identityPoolId' | 'guestRoleArn' | 'region'>;
  keys: KeyRing;
  /** The regions that signatures may be for. */
  regions: readonly string[];
  sessions: Sessions;
  identity: IdentityService;
  /** The models of a region. */
  models(region: string): ModelService;
  /** Stored answers of the Responses API. */
  responses: ResponseStore;
  ledger: FaultLedger;
  denied: readonly string[];
  /** Models that the account has no access to, by id. It may change at any time. */
  noAccess: Set<string>;
  isAllowedOrigin: OriginCheck;
  exposeHeaders: readonly string[];
  now: () => number;
  operations: Operations;
}

/**
 * Puts a local Bedrock together.
 *
 * @throws BedrockError `ERR_INPUT` for a wrong option
 */
export function assemble(options: LocalBedrockOptions, operations: Operations): Parts {
  checkOptions(options);
  const { region = 'us-east-1', now = Date.now, script = [] } = options;
  const regions = [region, ...(options.regions ?? [])];
  const credentials = { accessKeyId: randomKeyId('ASIA'), secretAccessKey: randomSecret() };
  const startedAt = now();
  const apiKey = makeShortTermKey(credentials, {
    amzDate: formatAmzDate(startedAt),
    region,
    service: 'bedrock',
  });
  const apiKeys = new Map([options.apiKey ?? []].flat().map((key) => [key, Number.POSITIVE_INFINITY]));
  apiKeys.set(apiKey, startedAt + KEY_SECONDS * 1000);
  const keys = createKeyRing(regions, [credentials, ...[options.credentials ?? []].flat()], apiKeys);
  const sessions = createSessions(keys, region, options.credentialsLifeSeconds ?? 3600, now);
  const identityPoolId = `${region}:${randomUuid()}`;
  const guestRoleArn = `arn:${partitionOf(region).name}:iam::${ACCOUNT_ID}:role/local-guests`;
  const shared = {
    script: createScript(script),
    guardrails: options.guardrails ?? DEFAULT_GUARDRAILS,
    upstream: options.upstream === undefined ? undefined : operations.connect?.(options.upstream),
    promptCache: createPromptCache(),
    isDemo: options.tools === 'demo',
    now,
    tokensPerSecond: options.tokensPerSecond,
  };
  const noAccess = new Set(options.noAccess);
  const main = { ...shared, catalog: catalogOf(region, options, noAccess) };
  const services = new Map<string, ModelService>();
  for (const one of options.regions ?? [])
    services.set(one, { ...shared, catalog: catalogOf(one, options, noAccess) });
  return {
    facts: { credentials, apiKey, identityPoolId, guestRoleArn, region },
    keys,
    regions,
    sessions,
    identity: createIdentityService(options, { identityPoolId, guestRoleArn, region, sessions, now }),
    models: (of) => services.get(of) ?? main,
    responses: createResponseStore(),
    ledger: createFaultLedger(options.faults ?? []),
    denied: options.deny ?? [],
    noAccess,
    isAllowedOrigin: createOriginCheck(options.allowedOrigins),
    exposeHeaders: options.exposeHeaders ?? [],
    now,
    operations,
  };
}

function catalogOf(region: string, options: LocalBedrockOptions, noAccess: ReadonlySet<string>): Catalog {
  const {
    models = createDefaultModels(region),
    profiles = createDefaultProfiles(region),
    addModels = [],
  } = options;
  // Of two models with one id the first one counts.
  const all = [...addModels, ...models].map((one) =>
    typeof one === 'string' ? createTextModel(region, one) : one,
  );
  return createCatalog(region, all, profiles, noAccess);
}

/** Thirty years: dates that are much further away cannot be written. */
const LONGEST_LIFE_SECONDS = 1e9;

function checkOptions({ script = [], tools, upstream, ...rest }: LocalBedrockOptions): void {
  for (const name of ['tokensPerSecond', 'credentialsLifeSeconds'] as const) {
    const value = rest[name];
    if (value === undefined || (typeof value === 'number' && value > 0)) continue;
    throw inputError(`${name} is ${value}. Pass a number above 0, or omit it.`);
  }
  const { credentialsLifeSeconds = 0 } = rest;
  if (credentialsLifeSeconds > LONGEST_LIFE_SECONDS) {
    throw inputError(
      `credentialsLifeSeconds is ${credentialsLifeSeconds}. Pass at most ${LONGEST_LIFE_SECONDS}, or omit it.`,
    );
  }
  if (tools !== undefined && tools !== 'demo') {
    throw inputError(`tools is ${JSON.stringify(tools)}. Pass 'demo', or omit it.`);
  }
  if (tools !== undefined && upstream !== undefined) {
    throw inputError(
      'tools and upstream are both set. Omit tools: with an upstream, its model decides which tools to call.',
    );
  }
  checkScript(script);
}
