import type { FoundationModelSummary, InferenceProfileSummary } from '@aws-sdk/client-bedrock';
import { percentEncode } from '../encoding.js';
import { type BedrockErrorCode, isBedrockError } from '../errors.js';
import type { Route } from '../transport/route.js';
import { type Bounds, callUnary, type UnaryAnswer, wrongAnswerError } from '../transport/unary.js';
import { findMisfit, MODEL, PROFILE, type RawLists, type RawModel, type RawProfile } from './raw.js';

/** How many requests about access are in flight at once. */
const ACCESS_AT_ONCE = 4;

/** As many as the service allows for a page, and more pages than an account can have profiles for. */
const PAGE_SIZE = 1000;
const MAX_PAGES = 100;

/** Failures that say that profiles cannot be listed here at all. After any other failure, the next request may succeed. */
const FINAL: readonly BedrockErrorCode[] = ['ERR_ACCESS_DENIED', 'ERR_NOT_FOUND', 'ERR_INPUT'];

/**
 * Fetches models and profiles in parallel. Without permission to list profiles there are none, and a warning says so.
 *
 * @throws BedrockError `ERR_PROTOCOL` for an answer that is not a list of Bedrock's.
 */
export async function fetchRawLists(route: Route, bounds: Bounds): Promise<RawLists> {
  const [models, ...profiles] = await Promise.all([
    listModels(route, bounds),
    listProfiles(route, bounds, 'SYSTEM_DEFINED'),
    listProfiles(route, bounds, 'APPLICATION'),
  ]);
  const warnings = new Set(profiles.flatMap(({ warning }) => warning ?? []));
  return { models, profiles: profiles.flatMap(({ found }) => found), warnings: [...warnings] };
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
  const worker = async (): Promise<void> => {
    for (const id of queue) {
      try {
        const { json } = await callUnary(route, availabilityRequest(id), bounds);
        access[id] =
          json['authorizationStatus'] === 'AUTHORIZED' && json['entitlementAvailability'] !== 'NOT_AVAILABLE';
      } catch (error) {
        if (!isBedrockError(error) || error.code === 'ERR_TIMEOUT') throw error;
        failures.push(error.message);
      }
    }
  };
  await Promise.all(Array.from({ length: ACCESS_AT_ONCE }, worker));
  lists.access = access;
  if (failures[0] !== undefined) {
    lists.warnings.push(
      `Access to ${failures.length} of ${ids.length} models could not be checked: ${failures[0]}`,
    );
  }
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
