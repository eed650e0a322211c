import type { Caller } from '../auth/authorize.js';
import type { ModelDirectory, OfferedModel } from './models.js';

/** When a model was made is unknown, and both clients want a date. */
const CREATED = '2023-09-28T00:00:00Z';

/** Answers GET /v1/models in a form that OpenAI's and Anthropic's clients read alike. */
export async function listModels(
  directory: ModelDirectory,
  caller: Caller,
  query: URLSearchParams,
): Promise<object> {
  const all = await directory.list(caller);
  const after = all.findIndex(({ id }) => id === query.get('after_id'));
  const limit = Number(query.get('limit'));
  const from = after + 1;
  const page = all.slice(from, Number.isInteger(limit) && limit > 0 ? from + limit : undefined);
  return {
    object: 'list',
    data: page.map(writeModel),
    has_more: from + page.length < all.length,
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
  const found = (await directory.list(caller)).find((model) => model.id === id);
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
