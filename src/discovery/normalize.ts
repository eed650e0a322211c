import { inputError } from '../errors.js';
import type { CatalogLookup, Price } from '../types.js';
import type { RawLists, RawModel, RawProfile } from './lists.js';

/** Why a model is not offered. */
export type ExclusionReason =
  | 'not-streaming'
  | 'no-text-input'
  | 'no-text-output'
  | 'not-active'
  | 'provider-filter'
  | 'not-invokable'
  | 'needs-global-profile';

/** An inference profile through which a model can be invoked. */
export interface ModelProfile {
  /** Pass it as `modelId`: the id of a system profile, the ARN of an application profile. */
  id: string;
  arn: string;
  name: string;
  type: 'system' | 'application';
  /** Regions that it may route to; empty where it routes anywhere. */
  regions: string[];
  /** Whether it may route to any region of the partition. */
  global: boolean;
}

/** A model that can be invoked by its `id` as it stands. */
export interface Model {
  /** Pass it as `modelId`. */
  id: string;
  /** ARN of what `id` names. */
  arn: string;
  /** Id of the foundation model, which cannot always be invoked itself. */
  foundationModelId: string;
  name: string;
  provider: string;
  /** Region that was asked, and that a call has to go to. */
  region: string;
  /** What it reads: `text`, `image`, `video`, `speech`, … */
  input: string[];
  /** What it writes. */
  output: string[];
  streaming: boolean;
  /** `ACTIVE` or `LEGACY`. */
  lifecycle: string;
  /** The profile that `id` names; undefined where the model itself is invoked. */
  via: ModelProfile | undefined;
  /** All profiles that lead to the model. */
  profiles: ModelProfile[];
  /** Tokens that the model reads at most. */
  contextWindow: number;
  /** Tokens that it writes at most. */
  maxTokens: number;
  /** Whether the two limits are known of this model, or the defaults of the call. */
  limits: 'known' | 'default';
  /** Undefined where it is not known. */
  reasoning: boolean | undefined;
  tools: boolean | undefined;
  promptCaching: boolean | undefined;
  /** Price per million tokens; undefined where it is not known, which is not the same as free. */
  cost: Price | undefined;
  /** Whether the account has access, where `checkAccess` asked. */
  access: boolean | undefined;
}

/** Options that say which models to offer, and how. */
export interface ModelOptions {
  /** Providers to keep, such as `['anthropic', 'amazon']`; upper and lower case are the same. Default: all. */
  providerFilter?: string[] | undefined;
  /** `contextWindow` of models whose limits are not known. Default: 32 000. */
  defaultContextWindow?: number | undefined;
  /** `maxTokens` of models whose limits are not known. Default: 4096. */
  defaultMaxTokens?: number | undefined;
  /** One entry for every id that can be invoked, instead of one for every model. Default: false. */
  expandProfiles?: boolean | undefined;
  /** Whether profiles that route to any region may be used. Default: true. */
  allowGlobal?: boolean | undefined;
}

/** The models that can be invoked, and why the others are left out. */
export function normalize(
  lists: RawLists,
  region: string,
  options: ModelOptions & { catalog?: CatalogLookup | undefined },
): { models: Model[]; excluded: Partial<Record<ExclusionReason, number>> } {
  const providers = providersOf(options.providerFilter);
  const defaults = {
    contextWindow: positive(options.defaultContextWindow ?? 32_000, 'defaultContextWindow'),
    maxTokens: positive(options.defaultMaxTokens ?? 4096, 'defaultMaxTokens'),
  };
  const byModel = profilesByModel(lists.profiles);
  const models: Model[] = [];
  const excluded: Partial<Record<ExclusionReason, number>> = {};
  for (const raw of lists.models) {
    const all = byModel.get(raw.id) ?? [];
    const profiles = options.allowGlobal === false ? all.filter((profile) => !profile.global) : all;
    const reason = reasonToExclude(raw, providers, profiles, all);
    if (reason !== undefined) {
      excluded[reason] = (excluded[reason] ?? 0) + 1;
      continue;
    }
    const access = lists.access?.[raw.id];
    const model = (via: ModelProfile | undefined): Model => {
      const facts = factsOf(raw, via, options.catalog);
      return {
        id: via?.id ?? raw.id,
        arn: via?.arn ?? raw.arn,
        foundationModelId: raw.id,
        name: raw.name,
        provider: raw.provider,
        region,
        input: raw.input,
        output: raw.output,
        streaming: raw.streaming,
        lifecycle: raw.lifecycle,
        via,
        profiles,
        contextWindow: facts?.contextWindow ?? defaults.contextWindow,
        maxTokens: facts?.maxTokens ?? defaults.maxTokens,
        limits: facts?.contextWindow !== undefined && facts.maxTokens !== undefined ? 'known' : 'default',
        reasoning: facts?.reasoning,
        tools: facts?.tools,
        promptCaching: facts?.promptCaching,
        cost: facts?.price,
        access,
      };
    };
    const ways = [...(raw.onDemand ? [undefined] : []), ...profiles];
    models.push(...(options.expandProfiles === true ? ways : ways.slice(0, 1)).map(model));
  }
  return { models, excluded };
}

/** A system profile may have a price of its own; the ARN of an application profile says nothing of its model. */
function factsOf(raw: RawModel, via: ModelProfile | undefined, catalog: CatalogLookup | undefined) {
  return (via?.type === 'system' ? catalog?.(via.id) : undefined) ?? catalog?.(raw.id);
}

function reasonToExclude(
  raw: RawModel,
  providers: Set<string> | undefined,
  usable: ModelProfile[],
  all: ModelProfile[],
): ExclusionReason | undefined {
  if (!raw.streaming) return 'not-streaming';
  if (!raw.input.includes('text')) return 'no-text-input';
  if (!raw.output.includes('text')) return 'no-text-output';
  if (raw.lifecycle !== 'ACTIVE') return 'not-active';
  if (providers?.has(raw.provider.toLowerCase()) === false) return 'provider-filter';
  if (raw.onDemand || usable.length > 0) return undefined;
  return all.length > 0 ? 'needs-global-profile' : 'not-invokable';
}

/** Active profiles by the model that they lead to: those of AWS first, of these the ones that route least far. */
function profilesByModel(profiles: RawProfile[]): Map<string, ModelProfile[]> {
  const byModel = new Map<string, ModelProfile[]>();
  for (const raw of profiles) {
    if (!raw.active) continue;
    const profile = toProfile(raw);
    for (const id of new Set(raw.modelArns.map(modelIdOf))) {
      byModel.set(id, [...(byModel.get(id) ?? []), profile]);
    }
  }
  for (const list of byModel.values()) list.sort(nearestFirst);
  return byModel;
}

function toProfile({ id, arn, name, type, modelArns }: RawProfile): ModelProfile {
  const regions = [...new Set(modelArns.map((modelArn) => modelArn.split(':')[3] ?? ''))];
  const named = regions.filter((region) => region !== '').sort();
  // The ARN of a model that may run anywhere names no region.
  const global = named.length < regions.length;
  return { id: type === 'application' ? arn : id, arn, name, type, regions: global ? [] : named, global };
}

function nearestFirst(a: ModelProfile, b: ModelProfile): number {
  return (
    Number(a.type === 'application') - Number(b.type === 'application') ||
    Number(a.global) - Number(b.global) ||
    a.regions.length - b.regions.length ||
    (a.id < b.id ? -1 : 1)
  );
}

function modelIdOf(modelArn: string): string {
  return modelArn.slice(modelArn.indexOf('/') + 1);
}

function providersOf(filter: string[] | undefined): Set<string> | undefined {
  if (filter === undefined || (Array.isArray(filter) && filter.length === 0)) return undefined;
  if (Array.isArray(filter) && filter.every((name) => typeof name === 'string')) {
    return new Set(filter.map((name) => name.trim().toLowerCase()));
  }
  throw inputError(
    'providerFilter is not a list of provider names. Pass one such as ["anthropic", "amazon"].',
  );
}

function positive(value: number, option: string): number {
  if (Number.isInteger(value) && value > 0) return value;
  throw inputError(`The option ${option} is ${String(value)}. Pass a whole number of tokens, 1 or more.`);
}
