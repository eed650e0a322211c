import type { FoundationModelSummary, InferenceProfileSummary } from '@aws-sdk/client-bedrock';
import { percentEncode } from '../encoding.js';
import { isBedrockError } from '../errors.js';
import type { Route } from '../transport/route.js';
import { type Bounds, callUnary } from '../transport/unary.js';

/** The members of a foundation model that are cached. */
export interface RawModel {
  id: string;
  arn: string;
  name: string;
  provider: string;
  input: string[];
  output: string[];
  streaming: boolean;
  lifecycle: string;
  onDemand: boolean;
}

/** The members of an inference profile that are cached. */
export interface RawProfile {
  id: string;
  arn: string;
  name: string;
  type: 'system' | 'application';
  active: boolean;
  modelArns: string[];
}

/** What an account can see in a region. It is cached in this form, so that calls with other options can share it. */
export interface RawLists {
  models: RawModel[];
  profiles: RawProfile[];
  /** Whether the account has access, by model id; only models that were checked. */
  access?: Record<string, boolean>;
  warnings: string[];
}

/** How many requests about access are in flight at once. */
const ACCESS_AT_ONCE = 4;
const PAGE_SIZE = 1000;

/** Fetches models and profiles in parallel. Without permission to list profiles there are none, and a warning says so. */
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
  const queue = [...ids];
  const worker = async (): Promise<void> => {
    for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
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
  const { json } = await callUnary(route, request, bounds);
  return readItems<FoundationModelSummary>(json['modelSummaries']).map((summary) => ({
    id: summary.modelId ?? '',
    arn: summary.modelArn ?? '',
    name: summary.modelName ?? summary.modelId ?? '',
    provider: summary.providerName ?? '',
    input: toLowerCase(summary.inputModalities),
    output: toLowerCase(summary.outputModalities),
    streaming: summary.responseStreamingSupported === true,
    lifecycle: summary.modelLifecycle?.status ?? '',
    onDemand: summary.inferenceTypesSupported?.includes('ON_DEMAND') === true,
  }));
}

async function listProfiles(
  route: Route,
  bounds: Bounds,
  type: 'SYSTEM_DEFINED' | 'APPLICATION',
): Promise<{ found: RawProfile[]; warning?: string }> {
  const found: RawProfile[] = [];
  let nextToken: unknown;
  try {
    do {
      const page = typeof nextToken === 'string' ? `&nextToken=${percentEncode(nextToken)}` : '';
      const query = `maxResults=${PAGE_SIZE}${page}&type=${type}`;
      const request = {
        method: 'GET',
        operation: 'ListInferenceProfiles',
        path: '/inference-profiles',
        query,
      } as const;
      const { json } = await callUnary(route, request, bounds);
      found.push(...readItems<InferenceProfileSummary>(json['inferenceProfileSummaries']).map(toRawProfile));
      nextToken = json['nextToken'];
    } while (typeof nextToken === 'string' && nextToken !== '');
  } catch (error) {
    if (!isBedrockError(error) || error.code === 'ERR_TIMEOUT' || error.code === 'ERR_CREDENTIALS')
      throw error;
    return {
      found,
      warning: `Inference profiles could not be listed, so models that need one are missing: ${error.message}`,
    };
  }
  return { found };
}

function toRawProfile(summary: InferenceProfileSummary): RawProfile {
  return {
    id: summary.inferenceProfileId ?? '',
    arn: summary.inferenceProfileArn ?? '',
    name: summary.inferenceProfileName ?? summary.inferenceProfileId ?? '',
    type: summary.type === 'APPLICATION' ? 'application' : 'system',
    active: summary.status === 'ACTIVE',
    modelArns: (summary.models ?? []).flatMap(({ modelArn }) => modelArn ?? []),
  };
}

function readItems<T>(list: unknown): T[] {
  return Array.isArray(list) ? (list as T[]) : [];
}

function toLowerCase(names: string[] | undefined): string[] {
  return (names ?? []).map((name) => name.toLowerCase());
}
