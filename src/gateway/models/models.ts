import { catalog } from '../../catalog/index.js';
import { findEmbedFamily } from '../../embed/family.js';
import type { Bedrock, Model } from '../../index.js';
import { nearest } from '../../input/nearest.js';
import type { Caller } from '../auth/authorize.js';
import { Refusal, refuseField } from '../failure.js';
import { showName } from '../fields.js';
import { type GatewayTargets, listTargets, type Target } from '../routing/target.js';
import { fitsPattern } from './pattern.js';

/** Which models clients may use, and under which names. */
export interface GatewayModels {
  /**
   * Ids or ARNs of Bedrock by the names that clients use, such as `{ 'gpt-4o': 'us.amazon.nova-pro-v1:0' }`. In a name `*` stands
   * for any characters, as in `claude-haiku-*`; names without it come first, then patterns in their order. A list has targets that are
   * tried in turn: if one is throttled, out of quota, not available or not there, and has not written anything yet, the next one is called.
   */
  aliases?: Readonly<Record<string, GatewayTargets>> | undefined;
  /** Id, ARN or list for names that are neither an alias nor look like an id of Bedrock. Default: such names are refused. */
  default?: GatewayTargets | undefined;
  /**
   * Ids that clients may name besides aliases; `*` stands for any characters. An ARN only matches a pattern that begins with
   * `arn:`. Default: every id that is not an ARN.
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
   * Returns what to call: one target, or several to try in this order.
   *
   * @throws Refusal if the model does not exist or the caller may not use it
   */
  resolve(asked: string, caller: Caller): Promise<readonly Target[]>;
  /** The same; none where `resolve()` would refuse. */
  lookUp(asked: string, caller: Caller): readonly Target[];
  /** Lists aliases and models. Those that make embeddings are listed only `withEmbeddings`. */
  list(caller: Caller, withEmbeddings: boolean): Promise<OfferedModel[]>;
  /** A refusal for a model that Bedrock does not know, with the names that come closest. */
  refuseUnknown(asked: string, caller: Caller): Promise<Refusal>;
}

/** An id of Bedrock: a provider without hyphen in front of the first dot, after a geography at most. */
const BEDROCK_ID = /^(?:(?:[a-z]{2,6}|us-gov)\.)?[a-z][a-z0-9]*\.[a-z0-9][\w.:-]*$/i;

/** ARNs have up to 2,048 characters. Source: Amazon Bedrock Runtime, `modelId` of Converse. */
const LONGEST_NAME = 2048;

/** How many names an error suggests. */
const SUGGESTIONS = 3;

export function createModelDirectory(bedrock: Bedrock, models: GatewayModels): ModelDirectory {
  const all = Object.entries(models.aliases ?? {}).map(
    ([name, given]) => [name, listTargets(given)] as const,
  );
  const others = models.default === undefined ? undefined : listTargets(models.default);
  const aliases = new Map(all.filter(([name]) => !name.includes('*')));
  const patterns = all.filter(([name]) => name.includes('*'));
  const isOffered = matcherOf(models.allow) ?? ((id: string) => !id.startsWith('arn:'));

  /** The targets of a name, and the alias that permits to use all of them. */
  function find(asked: string): { targets: readonly Target[]; alias: string | undefined } | undefined {
    const exact = aliases.get(asked);
    if (exact !== undefined) return { targets: exact, alias: asked };
    // The client makes up what a pattern matches: only what the operator wrote can give permission.
    const [pattern, targets] = patterns.find(([text]) => fitsPattern(asked, text)) ?? [];
    if (targets !== undefined) return { targets, alias: pattern };
    if (isId(asked)) return isOffered(asked) ? { targets: listTargets(asked), alias: undefined } : undefined;
    return others && { targets: others, alias: undefined };
  }

  /** The targets that a caller may use: all of them if they may use the alias, otherwise those whose id they may use. */
  function permit(caller: Caller, targets: readonly Target[], alias: string | undefined): readonly Target[] {
    const allowed = matcherOf(caller.models);
    if (allowed === undefined || (alias !== undefined && allowed(alias))) return targets;
    return targets.filter(({ modelId }) => allowed(modelId));
  }

  async function list(caller: Caller, withEmbeddings: boolean): Promise<OfferedModel[]> {
    const { models: conversing } = await bedrock.discover();
    // Both are read from one cached list. Not every embedding model in it is known to embed().
    const embedding = withEmbeddings ? (await bedrock.discover({ embeddings: true })).models : [];
    const found = [...conversing.filter(({ streaming }) => streaming), ...embedding.filter(embeds)];
    const known = new Map(found.flatMap((model) => idsOf(model).map((id) => [id, model] as const)));
    const named = [...aliases]
      .map(([id, targets]) => ({ id, targets: permit(caller, targets, id) }))
      .filter(({ targets: [first] }) => first !== undefined && (withEmbeddings || !embedsAs(first, known)))
      .map(({ id, targets }) => describeAlias(id, targets, known));
    const own = found
      .filter(({ id }) => isOffered(id) && permit(caller, listTargets(id), undefined).length > 0)
      .map((model) => describe(model.id, model));
    return [...named, ...own];
  }

  async function refuseUnknown(asked: string, caller: Caller): Promise<Refusal> {
    checkLength(asked);
    // A suggestion is worth a request, but its failure must not hide the reason.
    const offered = await list(caller, true).catch(() => []);
    const own = [...aliases].flatMap(([name, targets]) =>
      permit(caller, targets, name).length > 0 ? [name] : [],
    );
    const names = offered.length > 0 ? offered.map(({ id }) => id) : own;
    const close = nearestNames(asked, names);
    const advice =
      close.length > 0
        ? `Did you mean ${close.join(', ')}?`
        : 'GET /v1/models lists the models of this gateway, and its operator can add aliases.';
    return new Refusal('unknown-model', `There is no model ${showName(asked)} here. ${advice}`, {
      code: 'model_not_found',
      param: 'model',
    });
  }

  return {
    list,
    refuseUnknown,
    lookUp(asked, caller) {
      const found = asked.length > LONGEST_NAME ? undefined : find(asked);
      return found === undefined ? [] : permit(caller, found.targets, found.alias);
    },
    async resolve(asked, caller) {
      checkLength(asked);
      const found = find(asked);
      if (found === undefined) throw await refuseUnknown(asked, caller);
      const targets = permit(caller, found.targets, found.alias);
      if (targets.length > 0) return targets;
      throw new Refusal('not-allowed', `This API key may not use the model ${showName(asked)}.`, {
        param: 'model',
      });
    },
  };
}

/** Longer names are not even worth the search for similar ones. */
function checkLength(asked: string): void {
  if (asked.length <= LONGEST_NAME) return;
  throw refuseField(
    'model',
    `The name of the model has more than ${LONGEST_NAME} characters. Send an id of Bedrock or an alias of this gateway.`,
  );
}

/** Whether a name is one of Bedrock's, as far as its form shows. The id becomes a part of a path. */
function isId(name: string): boolean {
  return !name.includes('..') && (BEDROCK_ID.test(name) || /^arn:aws[\w-]*:bedrock:[\w.:/-]+$/.test(name));
}

function embeds({ foundationModelId }: Pick<Model, 'foundationModelId'>): boolean {
  return findEmbedFamily(foundationModelId) !== undefined;
}

/** Whether a target makes embeddings. An ARN does not show its model, unless the lists have the ARN. */
function embedsAs({ modelId }: Target, known: ReadonlyMap<string, Model>): boolean {
  return embeds(known.get(modelId) ?? { foundationModelId: modelId });
}

function idsOf({ id, arn, foundationModelId, profiles }: Model): string[] {
  return [foundationModelId, ...profiles.flatMap((profile) => [profile.id, profile.arn]), id, arn];
}

function describe(id: string, model: Model | undefined, target = id): OfferedModel {
  const facts = catalog(model?.foundationModelId ?? target);
  return {
    id,
    name: model?.name ?? id,
    owner: model?.provider.toLowerCase() ?? providerOf(target),
    contextWindow: facts?.contextWindow,
    maxTokens: facts?.maxTokens,
  };
}

/** An alias as what all of its targets accept. */
function describeAlias(
  id: string,
  targets: readonly Target[],
  known: ReadonlyMap<string, Model>,
): OfferedModel {
  const all = targets.map(({ modelId }) => describe(id, known.get(modelId), modelId));
  const least = (name: 'contextWindow' | 'maxTokens'): number | undefined => {
    const numbers = all.flatMap((model) => model[name] ?? []);
    return numbers.length > 0 ? Math.min(...numbers) : undefined;
  };
  return {
    ...(all[0] as OfferedModel),
    contextWindow: least('contextWindow'),
    maxTokens: least('maxTokens'),
  };
}

/** The provider in an id. An ARN may have none, and its other parts name the operator's account. */
function providerOf(target: string): string {
  const provider = target.split('.').at(-2) ?? '';
  return /^[a-z0-9]+$/.test(provider) ? provider : 'amazon';
}

/** A test for names; undefined if there are no patterns, which means that all names pass. */
function matcherOf(patterns: readonly string[] | undefined): ((name: string) => boolean) | undefined {
  if (patterns === undefined) return undefined;
  // The owner of an ARN chooses the names inside it.
  return (name) =>
    patterns.some(
      (pattern) => (pattern.startsWith('arn:') || !name.startsWith('arn:')) && fitsPattern(name, pattern),
    );
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
