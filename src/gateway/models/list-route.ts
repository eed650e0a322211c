import type { Caller } from '../auth/authorize.js';
import type { ModelDirectory, OfferedModel } from './models.js';

/** A header that all of Anthropic's clients send, and no others. */
const OF_ANTHROPIC = 'anthropic-version';

interface ListRequest {
  headers: Headers;
  query: URLSearchParams;
}

/** When a model was made is unknown, and both clients want a date. */
const CREATED = '2023-09-28T00:00:00Z';

/**
 * Answers GET /v1/models in a format that both OpenAI's and Anthropic's clients read. Only OpenAI's clients get embedding models,
 * because Anthropic's, such as Claude Code, offer every model in the list for conversations.
 */
export async function listModels(
  directory: ModelDirectory,
  caller: Caller,
  { headers, query }: ListRequest,
): Promise<object> {
  const all = await directory.list(caller, !headers.has(OF_ANTHROPIC));
  const given = Number(query.get('limit'));
  const limit = Number.isInteger(given) && given > 0 ? given : all.length;
  const placeOf = (name: string): number => all.findIndex(({ id }) => id === query.get(name));
  const before = placeOf('before_id');
  const from = before < 0 ? placeOf('after_id') + 1 : Math.max(0, before - limit);
  const page = all.slice(from, before < 0 ? from + limit : before);
  return {
    object: 'list',
    data: page.map(writeModel),
    has_more: before < 0 ? from + page.length < all.length : from > 0,
    first_id: page[0]?.id ?? null,
    last_id: page.at(-1)?.id ?? null,
  };
}

/**
 * Answers GET /v1/models/{id}.
 *
 * @throws Refusal if the model does not exist
 */
export async function describeModel(directory: ModelDirectory, caller: Caller, id: string): Promise<object> {
  const found = (await directory.list(caller, true)).find((model) => model.id === id);
  if (found === undefined) throw await directory.refuseUnknown(id, caller);
  return writeModel(found);
}

function writeModel({ id, name, owner, contextWindow, maxTokens }: OfferedModel): object {
  return {
    id,
    object: 'model',
    created: Date.parse(CREATED) / 1000,
    owned_by: owner,
    type: 'model',
    display_name: name,
    created_at: CREATED,
    ...(contextWindow !== undefined && { max_input_tokens: contextWindow }),
    ...(maxTokens !== undefined && { max_tokens: maxTokens }),
  };
}
