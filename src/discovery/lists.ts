import type { FoundationModelSummary, InferenceProfileSummary } from '@aws-sdk/client-bedrock';
import { percentEncode } from '../encoding.js';
import { type BedrockError, type BedrockErrorCode, isBedrockError } from '../errors.js';
import { allOrNone } from '../transport/all-or-none.js';
import type { Route } from '../transport/route.js';
import { type Bounds, callUnary, type UnaryAnswer, wrongAnswerError } from '../transport/unary.js';
import { findMisfit, MODEL, PROFILE, type RawLists, type RawModel, type RawProfile } from './raw.js';

/** How many requests about access are in flight at once. */
const ACCESS_AT_ONCE = 4;

/** As many as the service allows for a page, and more pages than an account can have profiles for. */
const PAGE_SIZE = 1000;
const MAX_PAGES = 100;

/** Failures that say that something cannot be listed here at all. After any other failure, the next request may succeed. */
const FINAL: readonly BedrockErrorCode[] = ['ERR_ACCESS_DENIED', 'ERR_NOT_FOUND', 'ERR_INPUT'];

/**
 * Fetches models and profiles in parallel. If only one of the two can be listed, the result has what that list shows, plus a
 * warning.
 *
 * @throws BedrockError `ERR_PROTOCOL` for an answer that is not a list of Bedrock's.
 */
export async function fetchRawLists(route: Route, bounds: Bounds): Promise<RawLists> {
  const [models, ...lists] = await allOrNone(bounds, (all) => [
    listModels(route, all).catch(failureThatIsFinal),
    listProfiles(route, all, 'SYSTEM_DEFINED'),
    listProfiles(route, all, 'APPLICATION'),
  ]);
  const warnings = new Set(lists.flatMap(({ warning }) => warning ?? []));
  const profiles = lists.flatMap(({ found }) => found);
  if (Array.isArray(models)) return { models, profiles, warnings: [...warnings] };
  const known = inferModels(profiles);
  if (known.length === 0) throw models;
  warnings.add(
    `Models could not be listed, so only those behind inference profiles are listed, as if each accepted only text: ${models.message}`,
  );
  return { models: known, profiles, warnings: [...warnings] };
}

/** Returns a failure that says that models cannot be listed here at all; throws any other. */
function failureThatIsFinal(error: unknown): BedrockError {
  if (isBedrockError(error) && FINAL.includes(error.code)) return error;
  throw error;
}

/** Infers models from the profiles that route to them. */
function inferModels(profiles: readonly RawProfile[]): RawModel[] {
  const models = new Map<string, RawModel>();
  for (const { type, name, modelArns } of profiles) {
    if (type !== 'system') continue;
    for (const arn of modelArns) {
      const id = arn.slice(arn.lastIndexOf('/') + 1);
      const [provider = ''] = id.split('.');
      if (models.has(id) || !arn.includes(':foundation-model/')) continue;
      models.set(id, {
        id,
        arn,
        name,
        provider,
        input: ['text'],
        output: ['text'],
        streaming: true,
        lifecycle: 'ACTIVE',
        onDemand: false,
      });
    }
  }
  return [...models.values()];
}

/** Checks for each model whether the account has access, and adds the outcome to the lists. */
export async function fetchAccess(
  route: Route,
  bounds: Bounds,
  lists: RawLists,
  ids: string[],
): Promise<void> {
  const access: Record<string, boolean> = {};
  const failures: string[] = [];
  const queue = ids.values();
  const work = async (all: Bounds): Promise<void> => {
    for (const id of queue) {
      try {
        const { json } = await callUnary(route, availabilityRequest(id), all);
        access[id] = hasAccess(json);
      } catch (error) {
        if (!isBedrockError(error) || error.code === 'ERR_TIMEOUT') throw error;
        failures.push(error.message);
      }
    }
  };
  await allOrNone(bounds, (all) => Array.from({ length: ACCESS_AT_ONCE }, () => work(all)));
  lists.access = access;
  if (failures[0] !== undefined) {
    lists.warnings.push(
      `Access to ${failures.length} of ${ids.length} models could not be checked: ${failures[0]}`,
    );
  }
}

/**
 * An account may be authorized and still lack the agreement with the model's provider, or be in a region that does not serve
 * it. What an answer does not mention counts as given. Source: Amazon Bedrock API reference, "GetFoundationModelAvailability".
 */
function hasAccess(json: Record<string, unknown>): boolean {
  const { agreementAvailability, entitlementAvailability, regionAvailability } = json;
  const agreement = Object(agreementAvailability) as { status?: unknown };
  return (
    json['authorizationStatus'] === 'AUTHORIZED' &&
    [agreement.status, entitlementAvailability, regionAvailability].every(
      (state) => state == null || state === 'AVAILABLE',
    )
  );
}

function availabilityRequest(id: string) {
  const path = `/foundation-model-availability/${percentEncode(id)}`;
  return { method: 'GET', operation: 'GetFoundationModelAvailability', modelId: id, path } as const;
}

async function listModels(route: Route, bounds: Bounds): Promise<RawModel[]> {
  const request = { method: 'GET', operation: 'ListFoundationModels', path: '/foundation-models' } as const;
  const answer = await callUnary(route, request, bounds);
  const summaries = readItems<FoundationModelSummary>(answer, 'modelSummaries', request.operation);
  const { region } = route.destination;
  return summaries.map((summary) => {
    const model = toRawModel(summary);
    refuse(findMisfit(model, MODEL, region), answer, request.operation);
    return { ...model, input: toLowerCase(model.input), output: toLowerCase(model.output) };
  });
}

function toRawModel(summary: FoundationModelSummary): RawModel {
  const { modelId = '', modelName, inputModalities, outputModalities, inferenceTypesSupported } = summary;
  return {
    id: modelId,
    arn: summary.modelArn ?? '',
    name: modelName ?? modelId,
    provider: summary.providerName ?? '',
    input: inputModalities ?? [],
    output: outputModalities ?? [],
    streaming: summary.responseStreamingSupported === true,
    lifecycle: summary.modelLifecycle?.status ?? '',
    onDemand: Array.isArray(inferenceTypesSupported) && inferenceTypesSupported.includes('ON_DEMAND'),
  };
}

async function listProfiles(
  route: Route,
  bounds: Bounds,
  type: 'SYSTEM_DEFINED' | 'APPLICATION',
): Promise<{ found: RawProfile[]; warning?: string }> {
  const operation = 'ListInferenceProfiles';
  const pages: RawProfile[][] = [];
  const tokens = new Set<unknown>();
  let next: unknown = '';
  try {
    do {
      const page = next === '' ? '' : `&nextToken=${percentEncode(String(next))}`;
      const query = `maxResults=${PAGE_SIZE}${page}&type=${type}`;
      const request = { method: 'GET', operation, path: '/inference-profiles', query } as const;
      const answer = await callUnary(route, request, bounds);
      const summaries = readItems<InferenceProfileSummary>(answer, 'inferenceProfileSummaries', operation);
      pages.push(
        summaries.map((summary) => {
          const profile = toRawProfile(summary);
          refuse(findMisfit(profile, PROFILE, route.destination.region), answer, operation);
          return profile;
        }),
      );
      next = answer.json['nextToken'] ?? '';
      if (typeof next !== 'string' || tokens.has(next) || tokens.size === MAX_PAGES)
        refuse('nextToken', answer, operation);
      tokens.add(next);
    } while (next !== '');
  } catch (error) {
    if (!isBedrockError(error) || !FINAL.includes(error.code)) throw error;
    return {
      found: pages.flat(),
      warning: `Inference profiles could not be listed, so models that need one are missing: ${error.message}`,
    };
  }
  return { found: pages.flat() };
}

function toRawProfile(summary: InferenceProfileSummary): RawProfile {
  const { inferenceProfileId = '', inferenceProfileName, models } = summary;
  return {
    id: inferenceProfileId,
    arn: summary.inferenceProfileArn ?? '',
    name: inferenceProfileName ?? inferenceProfileId,
    type: summary.type === 'APPLICATION' ? 'application' : 'system',
    active: summary.status === 'ACTIVE',
    modelArns: Array.isArray(models) ? models.flatMap((model) => model?.modelArn ?? []) : [],
  };
}

/** The items of a list. One that is not an object is read as an empty one, which then has no id. */
function readItems<T extends object>(answer: UnaryAnswer, member: string, operation: string): T[] {
  const list = answer.json[member];
  if (!Array.isArray(list)) refuse(member, answer, operation);
  return (list as unknown[]).map((item) => Object(item) as T);
}

function refuse(member: string | undefined, answer: UnaryAnswer, operation: string): void {
  if (member === undefined) return;
  throw wrongAnswerError(
    `The answer to ${operation} has no ${member} as Bedrock sends it. Check the endpoint.`,
    answer,
  );
}

function toLowerCase(names: readonly string[]): string[] {
  return names.map((name) => name.toLowerCase());
}
