import type { FoundationModelSummary } from '@aws-sdk/client-bedrock';
import { inputError } from '../errors.js';
import { requestJson } from '../http/json.js';
import { type Layers, merged, resolveTarget } from '../http/options.js';
import type { CallOptions } from '../types.js';

/** Options of `discover()`. */
export interface DiscoverOptions extends CallOptions {
  /** Providers to keep, such as `['anthropic', 'amazon']`; upper and lower case are the same. Default: all. */
  providerFilter?: string[] | undefined;
}

/** A model that can be invoked by its id as it stands. */
export interface Model {
  /** Pass it as `modelId`. */
  id: string;
  arn: string;
  name: string;
  provider: string;
  region: string;
  /** What it reads: `TEXT`, `IMAGE` and others. */
  input: string[];
  /** What it writes. */
  output: string[];
}

/** What `discover()` found. */
export interface Discovery {
  models: Model[];
  /** How many models were left out, by the reason. */
  excluded: Record<ExclusionReason, number>;
  region: string;
  /** When the list was asked for, ISO 8601. */
  fetchedAt: string;
  source: 'network';
  warnings: string[];
}

/** Why a model of the list is not offered. */
export type ExclusionReason =
  | 'not-streaming'
  | 'no-text-output'
  | 'not-active'
  | 'provider-filter'
  | 'not-on-demand';

/** The models of a region that can be streamed from on demand. */
export async function discoverModels(layers: Layers<DiscoverOptions>): Promise<Discovery> {
  const options = merged(layers);
  const providers = providerFilter(options.providerFilter);
  const target = await resolveTarget(layers, 'bedrock');
  const fetchedAt = new Date().toISOString();
  const { json } = await requestJson(target, { method: 'GET', path: '/foundation-models' }, options);
  const summaries = (json['modelSummaries'] ?? []) as FoundationModelSummary[];
  const excluded = {
    'not-streaming': 0,
    'no-text-output': 0,
    'not-active': 0,
    'provider-filter': 0,
    'not-on-demand': 0,
  } satisfies Discovery['excluded'];
  const models: Model[] = [];
  for (const summary of summaries) {
    const reason = reasonToExclude(summary, providers);
    if (reason === undefined) models.push(toModel(summary, target.region));
    else excluded[reason] += 1;
  }
  return { models, excluded, region: target.region, fetchedAt, source: 'network', warnings: [] };
}

function reasonToExclude(
  summary: FoundationModelSummary,
  providers: Set<string> | undefined,
): ExclusionReason | undefined {
  if (summary.responseStreamingSupported !== true) return 'not-streaming';
  if (summary.outputModalities?.includes('TEXT') !== true) return 'no-text-output';
  if (summary.modelLifecycle?.status !== 'ACTIVE') return 'not-active';
  if (providers?.has(summary.providerName?.toLowerCase() ?? '') === false) return 'provider-filter';
  if (summary.inferenceTypesSupported?.includes('ON_DEMAND') !== true) return 'not-on-demand';
  return undefined;
}

function toModel(summary: FoundationModelSummary, region: string): Model {
  return {
    id: summary.modelId ?? '',
    arn: summary.modelArn ?? '',
    name: summary.modelName ?? summary.modelId ?? '',
    provider: summary.providerName ?? '',
    region,
    input: summary.inputModalities ?? [],
    output: summary.outputModalities ?? [],
  };
}

function providerFilter(filter: string[] | undefined): Set<string> | undefined {
  if (filter === undefined || (Array.isArray(filter) && filter.length === 0)) return undefined;
  if (Array.isArray(filter) && filter.every((name) => typeof name === 'string')) {
    return new Set(filter.map((name) => name.trim().toLowerCase()));
  }
  throw inputError(
    'providerFilter is not a list of provider names. Give one such as ["anthropic", "amazon"].',
  );
}
