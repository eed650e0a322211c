import { catalog } from '../../catalog/index.js';
import type { Bedrock, Model } from '../../index.js';
import { nearest } from '../../input/nearest.js';
import type { Caller } from '../auth/authorize.js';
import { Refusal } from '../failure.js';
import { fitsPattern } from './pattern.js';

/** Which models clients may use, and under which names. */
export interface GatewayModels {
  /**
   * Ids or ARNs of Bedrock by the names that clients use, such as `{ 'gpt-4o': 'us.amazon.nova-pro-v1:0' }`. In a name `*` stands
   * for any characters, as in `claude-haiku-*`; names without it come first, then patterns in their order.
   */
  aliases?: Readonly<Record<string, string>> | undefined;
  /** Id or ARN for names that are neither an alias nor look like an id of Bedrock. Default: such names are refused. */
  default?: string | undefined;
  /**
   * Ids that clients may name besides aliases; `*` stands for any characters. ARNs are refused unless one of these matches.
   * Default: every id that is not an ARN.
   */
  allow?: readonly string[] | undefined;
}

/** A model as `/v1/models` lists it. */
export interface OfferedModel {
  id: string;
  name: string;
  owner: string;
  contextWindow: number | undefined;
  maxTokens: number | undefined;
}

/** Finds the model for a name, and lists those that there are. */
export interface ModelDirectory {
  /**
   * Returns the id or ARN to call.
   *
   * @throws Refusal if there is no such model, or the caller may not use it
   */
  resolve(asked: string, caller: Caller): Promise<string>;
  list(caller: Caller): Promise<OfferedModel[]>;
  /** A refusal for a model that Bedrock does not know, with the names that come closest. */
  refuseUnknown(asked: string, caller: Caller): Promise<Refusal>;
}

/** An id of Bedrock: a provider without hyphen in front of the first dot, after a geography at most. */
const BEDROCK_ID = /^(?:(?:[a-z]{2,6}|us-gov)\.)?[a-z][a-z0-9]*\.[a-z0-9][\w.:-]*$/i;

/** How many names an error suggests. */
const SUGGESTIONS = 3;

export function createModelDirectory(bedrock: Bedrock, models: GatewayModels): ModelDirectory {
  const all = Object.entries(models.aliases ?? {});
  const aliases = new Map(all.filter(([name]) => !name.includes('*')));
  const patterns = all
    .filter(([name]) => name.includes('*'))
    .map(([name, target]) => ({ test: matcherOf([name]), target }));
  const findAlias = (asked: string): string | undefined =>
    aliases.get(asked) ?? patterns.find(({ test }) => test?.(asked))?.target;
  const isOffered = matcherOf(models.allow) ?? ((id: string) => !id.startsWith('arn:'));

  function mayUse(caller: Caller, ...names: string[]): boolean {
    const allowed = matcherOf(caller.models);
    return allowed === undefined || names.some(allowed);
  }

  async function list(caller: Caller): Promise<OfferedModel[]> {
    const { models: found } = await bedrock.discover();
    const known = new Map(found.flatMap((model) => idsOf(model).map((id) => [id, model] as const)));
    const named = [...aliases].map(([id, target]) => describe(id, known.get(target), target));
    const own = found
      .filter(({ id, streaming }) => streaming && isOffered(id))
      .map((model) => describe(model.id, model));
    return [...named, ...own].filter(({ id }) => mayUse(caller, id, aliases.get(id) ?? id));
  }

  async function refuseUnknown(asked: string, caller: Caller): Promise<Refusal> {
    // A suggestion is worth a request, but its failure must not hide the reason.
    const offered = await list(caller).catch(() => []);
    const names = offered.length > 0 ? offered.map(({ id }) => id) : [...aliases.keys()];
    const close = nearestNames(asked, names);
    const advice =
      close.length > 0
        ? `Did you mean ${close.join(', ')}?`
        : 'GET /v1/models lists the models of this gateway, and its operator can add aliases.';
    return new Refusal(
      'unknown-model',
      `There is no model ${JSON.stringify(asked.slice(0, 200))} here. ${advice}`,
      {
        code: 'model_not_found',
        param: 'model',
      },
    );
  }

  return {
    list,
    refuseUnknown,
    async resolve(asked, caller) {
      const target = findAlias(asked);
      const found =
        target ?? (isId(asked) && isOffered(asked) ? asked : isId(asked) ? undefined : models.default);
      if (found === undefined) throw await refuseUnknown(asked, caller);
      if (mayUse(caller, asked, found)) return found;
      throw new Refusal('not-allowed', `This API key may not use the model ${JSON.stringify(asked)}.`, {
        param: 'model',
      });
    },
  };
}

/** Whether a name is one of Bedrock's, as far as its form shows. The id becomes a part of a path. */
function isId(name: string): boolean {
  return !name.includes('..') && (BEDROCK_ID.test(name) || /^arn:aws[\w-]*:bedrock:[\w.:/-]+$/.test(name));
}

function idsOf({ id, arn, foundationModelId, profiles }: Model): string[] {
  return [foundationModelId, ...profiles.flatMap((profile) => [profile.id, profile.arn]), id, arn];
}

function describe(id: string, model: Model | undefined, target = id): OfferedModel {
  const facts = catalog(model?.foundationModelId ?? target);
  return {
    id,
    name: model?.name ?? id,
    owner: model?.provider.toLowerCase() ?? target.split('.').at(-2) ?? 'amazon',
    contextWindow: facts?.contextWindow,
    maxTokens: facts?.maxTokens,
  };
}

/** A test for names; undefined if there are no patterns, which means that all names pass. */
function matcherOf(patterns: readonly string[] | undefined): ((name: string) => boolean) | undefined {
  if (patterns === undefined) return undefined;
  return (name) => patterns.some((pattern) => fitsPattern(name, pattern));
}

function nearestNames(asked: string, names: readonly string[]): string[] {
  const found: string[] = [];
  const most = Math.max(4, Math.floor(asked.length / 2));
  for (
    let left = [...names];
    found.length < SUGGESTIONS;
    left = left.filter((name) => name !== found.at(-1))
  ) {
    const close = nearest(asked, left, most);
    if (close === undefined) break;
    found.push(close);
  }
  return found;
}
