import type { FoundationModelSummary, InferenceProfileSummary } from '@aws-sdk/client-bedrock';
import { percentEncode } from '../encoding.js';
import { isBedrockError } from '../errors.js';
import type { Route } from '../transport/route.js';
import { type Bounds, callUnary } from '../transport/unary.js';

/** What of a foundation model is worth keeping. */
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

/** What of an inference profile is worth keeping. */
export interface RawProfile {
  id: string;
  arn: string;
  name: string;
  type: 'system' | 'application';
  active: boolean;
  modelArns: string[];
}

/** What an account can see in a region, as it is cached: options are applied when it is read. */
export interface RawLists {
  models: RawModel[];
  profiles: RawProfile[];
  /** By model id: whether the account has access, for those that were asked. */
  access?: Record<string, boolean>;
  warnings: string[];
}

/** How many questions about access are under way at once. */
const ACCESS_AT_ONCE = 4;
const PAGE_SIZE = 1000;

/** Lists models and profiles side by side. Without permission to list profiles there are none, and a warning says so. */
export async function fetchRawLists(route: Route, bounds: Bounds): Promise<RawLists> {
  const [models, ...profiles] = await Promise.all([
    listModels(route, bounds),
    listProfiles(route, bounds, 'SYSTEM_DEFINED'),
    listProfiles(route, bounds, 'APPLICATION'),
  ]);
  const warnings = new Set(profiles.flatMap(({ warning }) => warning ?? []));
  return { models, profiles: profiles.flatMap(({ found }) => found), warnings: [...warnings] };
}

/** Asks of each model whether the account has access to it, a few at a time. */
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
  return itemsOf<FoundationModelSummary>(json['modelSummaries']).map((summary) => ({
    id: summary.modelId ?? '',
    arn: summary.modelArn ?? '',
    name: summary.modelName ?? summary.modelId ?? '',
    provider: summary.providerName ?? '',
    input: lowerCase(summary.inputModalities),
    output: lowerCase(summary.outputModalities),
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
      found.push(...itemsOf<InferenceProfileSummary>(json['inferenceProfileSummaries']).map(toRawProfile));
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

function itemsOf<T>(list: unknown): T[] {
  return Array.isArray(list) ? (list as T[]) : [];
}

function lowerCase(names: string[] | undefined): string[] {
  return (names ?? []).map((name) => name.toLowerCase());
}
