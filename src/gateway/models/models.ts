import { catalog } from '../../catalog/index.js';
import type { Bedrock, Model } from '../../index.js';
import { nearest } from '../../input/nearest.js';
import type { Caller } from '../auth/authorize.js';
import { Refusal, refuseField } from '../failure.js';
import { showName } from '../fields.js';
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
   * Returns the id or ARN to call.
   *
   * @throws Refusal if the model does not exist or the caller may not use it
   */
  resolve(asked: string, caller: Caller): Promise<string>;
  list(caller: Caller): Promise<OfferedModel[]>;
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
  const all = Object.entries(models.aliases ?? {});
  const aliases = new Map(all.filter(([name]) => !name.includes('*')));
  const patterns = all.filter(([name]) => name.includes('*'));
  const isOffered = matcherOf(models.allow) ?? ((id: string) => !id.startsWith('arn:'));

  /** What a name leads to, and the names under which a caller may be allowed to use it. */
  function find(asked: string): { target: string; names: readonly string[] } | undefined {
    const exact = aliases.get(asked);
    if (exact !== undefined) return { target: exact, names: [asked, exact] };
    // The client makes up what a pattern matches: only what the operator wrote can give permission.
    const [pattern, target] = patterns.find(([text]) => fitsPattern(asked, text)) ?? [];
    if (pattern !== undefined && target !== undefined) return { target, names: [pattern, target] };
    if (isId(asked)) return isOffered(asked) ? { target: asked, names: [asked] } : undefined;
    return models.default === undefined ? undefined : { target: models.default, names: [models.default] };
  }

  function mayUse(caller: Caller, names: readonly string[]): boolean {
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
    return [...named, ...own].filter(({ id }) => mayUse(caller, [id, aliases.get(id) ?? id]));
  }

  async function refuseUnknown(asked: string, caller: Caller): Promise<Refusal> {
    checkLength(asked);
    // A suggestion is worth a request, but its failure must not hide the reason.
    const offered = await list(caller).catch(() => []);
    const own = [...aliases].filter((alias) => mayUse(caller, alias)).map(([name]) => name);
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
    async resolve(asked, caller) {
      checkLength(asked);
      const found = find(asked);
      if (found === undefined) throw await refuseUnknown(asked, caller);
      if (mayUse(caller, found.names)) return found.target;
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
