import { inputError } from '../errors.js';
import { readWhole, show } from '../input/read.js';
import type { CatalogLookup, Price } from '../types.js';
import type { RawLists, RawModel, RawProfile } from './raw.js';

/** Why a model is not offered. */
export type ExclusionReason =
  | 'not-streaming'
  | 'no-text-input'
  | 'no-text-output'
  | 'no-embedding-output'
  | 'not-active'
  | 'provider-filter'
  | 'not-converse'
  | 'not-invokable'
  | 'needs-global-profile';

/** An inference profile through which a model can be invoked. */
export interface ModelProfile {
  /** Pass it as `modelId`: the id of a system profile, the ARN of an application profile. */
  id: string;
  arn: string;
  name: string;
  type: 'system' | 'application';
  /** Regions that it may route to; empty if it may route to any. */
  regions: string[];
  /** Whether it may route to any region of the partition. */
  global: boolean;
}

/** A model that can be invoked by its `id`. */
export interface Model {
  /** Pass it as `modelId`. */
  id: string;
  /** ARN of what `id` names. */
  arn: string;
  /** Id of the foundation model. Some models can only be invoked through a profile, not by this id. */
  foundationModelId: string;
  name: string;
  provider: string;
  /** Region of the list, which calls have to go to as well. */
  region: string;
  /** Modalities that it accepts: `text`, `image`, `video`, `speech`, … */
  input: string[];
  /** Modalities that it answers with. */
  output: string[];
  streaming: boolean;
  /** `ACTIVE` or `LEGACY`. */
  lifecycle: string;
  /** The profile that `id` names; undefined if `id` is the model itself. */
  via: ModelProfile | undefined;
  /** All profiles that lead to the model. */
  profiles: ModelProfile[];
  /** How many tokens it can process at most. */
  contextWindow: number;
  /** How many tokens it can generate at most. */
  maxTokens: number;
  /**
   * True: `maxTokens` is the context window, or nearly, so no request can use all of it: leave room for the prompt, or the
   * service rejects the request with "maximum context length".
   */
  outputFillsWindow: boolean;
  /** Whether the two limits are known for this model, or are the defaults of the call. */
  limits: 'known' | 'default';
  /** Whether it can reason; undefined if it is not known. The same goes for the next two. */
  reasoning: boolean | undefined;
  tools: boolean | undefined;
  promptCaching: boolean | undefined;
  /** Price per million tokens; undefined if it is not known, which does not mean that it is free. */
  cost: Price | undefined;
  /** Whether the account has access; undefined without `checkAccess`. */
  access: boolean | undefined;
}

/** Options that select models. */
export interface ModelOptions {
  /** Providers to keep, such as `['anthropic', 'amazon']`; case does not matter. Default: all. */
  providerFilter?: string[] | undefined;
  /** `contextWindow` of models whose limits are not known, in tokens. Default: 32,000. */
  defaultContextWindow?: number | undefined;
  /** `maxTokens` of models whose limits are not known. Default: 4096. */
  defaultMaxTokens?: number | undefined;
  /** Lists one entry for each id that can be invoked, instead of one for each model. Default: false. */
  expandProfiles?: boolean | undefined;
  /** Whether profiles that route to any region may be used. Default: true. */
  allowGlobal?: boolean | undefined;
  /** Lists the models that answer with embeddings, instead of those that answer with text. Default: false. */
  embeddings?: boolean | undefined;
}

/**
 * Selects the models that can be invoked, and counts why the others are left out.
 *
 * @throws BedrockError `ERR_INPUT` for an option that has an invalid value.
 */
export function normalize(
  lists: RawLists,
  region: string,
  options: ModelOptions & { catalog?: CatalogLookup | undefined },
): { models: Model[]; excluded: Partial<Record<ExclusionReason, number>> } {
  const providers = readProviders(options.providerFilter);
  const defaults = {
    contextWindow: checkPositive(options.defaultContextWindow ?? 32_000, 'defaultContextWindow'),
    maxTokens: checkPositive(options.defaultMaxTokens ?? 4096, 'defaultMaxTokens'),
  };
  const byModel = groupProfiles(lists.profiles);
  const models: Model[] = [];
  const excluded: Partial<Record<ExclusionReason, number>> = {};
  for (const raw of lists.models) {
    const all = byModel.get(raw.id) ?? [];
    const profiles = options.allowGlobal === false ? all.filter((profile) => !profile.global) : all;
    const reason = findExclusion(raw, options.embeddings === true, providers, profiles, all);
    if (reason !== undefined) {
      excluded[reason] = (excluded[reason] ?? 0) + 1;
      continue;
    }
    const { access = {} } = lists;
    const toModel = (via: ModelProfile | undefined): Model => {
      const facts = readWhole(['The option catalog'], () => ({ ...findFacts(raw, via, options.catalog) }));
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
        outputFillsWindow: facts?.outputFillsWindow === true,
        limits: facts?.contextWindow !== undefined && facts.maxTokens !== undefined ? 'known' : 'default',
        reasoning: facts?.reasoning,
        tools: facts?.tools,
        promptCaching: facts?.promptCaching,
        cost: facts?.price,
        access: Object.hasOwn(access, raw.id) ? access[raw.id] : undefined,
      };
    };
    const ways = [...(raw.onDemand ? [undefined] : []), ...profiles];
    for (const via of options.expandProfiles === true ? ways : ways.slice(0, 1)) models.push(toModel(via));
  }
  return { models, excluded };
}

/** Looks up facts; by the profile first, because it may have its own price. The ARN of an application profile names no model. */
function findFacts(raw: RawModel, via: ModelProfile | undefined, catalog: CatalogLookup | undefined) {
  return (via?.type === 'system' ? catalog?.(via.id) : undefined) ?? catalog?.(raw.id);
}

/**
 * Models that answer in text, and only to InvokeModel. Source: Amazon Bedrock user guide, "TwelveLabs Pegasus 1.2", and
 * "Supported models and model features" of Converse, which does not have it, 2026-11-28.
 */
const NOT_CONVERSE = /^twelvelabs\.pegasus/;

function findExclusion(
  raw: RawModel,
  embeddings: boolean,
  providers: Set<string> | undefined,
  usable: ModelProfile[],
  all: ModelProfile[],
): ExclusionReason | undefined {
  if (!embeddings && !raw.streaming) return 'not-streaming';
  if (!raw.input.includes('text')) return 'no-text-input';
  if (embeddings && !raw.output.includes('embedding')) return 'no-embedding-output';
  if (!embeddings && !raw.output.includes('text')) return 'no-text-output';
  if (raw.lifecycle !== 'ACTIVE') return 'not-active';
  if (NOT_CONVERSE.test(raw.id)) return 'not-converse';
  if (providers?.has(raw.provider.toLowerCase()) === false) return 'provider-filter';
  if (raw.onDemand || usable.length > 0) return undefined;
  return all.length > 0 ? 'needs-global-profile' : 'not-invokable';
}

/** Groups active profiles by model, AWS's own first. Of those, a profile that keeps data in fewer regions comes first. */
function groupProfiles(profiles: RawProfile[]): Map<string, ModelProfile[]> {
  const byModel = new Map<string, ModelProfile[]>();
  for (const raw of profiles) {
    if (!raw.active) continue;
    const profile = toProfile(raw);
    for (const id of new Set(raw.modelArns.map(readModelId))) {
      const list = byModel.get(id);
      if (list === undefined) byModel.set(id, [profile]);
      else list.push(profile);
    }
  }
  for (const list of byModel.values()) list.sort(compareReach);
  return byModel;
}

function toProfile({ id, arn, name, type, modelArns }: RawProfile): ModelProfile {
  const regions = [...new Set(modelArns.map((modelArn) => modelArn.split(':')[3] ?? ''))];
  const named = regions.filter((region) => region !== '').sort();
  // The ARN of a model that may run anywhere names no region.
  const global = named.length < regions.length;
  return { id: type === 'application' ? arn : id, arn, name, type, regions: global ? [] : named, global };
}

function compareReach(a: ModelProfile, b: ModelProfile): number {
  return (
    Number(a.type === 'application') - Number(b.type === 'application') ||
    Number(a.global) - Number(b.global) ||
    a.regions.length - b.regions.length ||
    (a.id < b.id ? -1 : 1)
  );
}

function readModelId(modelArn: string): string {
  return modelArn.slice(modelArn.indexOf('/') + 1);
}

function readProviders(filter: string[] | undefined): Set<string> | undefined {
  const names = readWhole(['The option providerFilter'], () =>
    Array.isArray(filter) ? Array.from<unknown>(filter) : filter,
  );
  if (names === undefined || (Array.isArray(names) && names.length === 0)) return undefined;
  if (Array.isArray(names) && names.every((name) => typeof name === 'string')) {
    return new Set(names.map((name) => name.trim().toLowerCase()));
  }
  throw inputError(
    'providerFilter is not a list of provider names. Pass one such as ["anthropic", "amazon"].',
  );
}

function checkPositive(value: number, option: string): number {
  if (Number.isInteger(value) && value > 0) return value;
  throw inputError(`The option ${option} is ${show(value)}. Pass a whole number of tokens, 1 or more.`);
}
