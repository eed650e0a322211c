import { BoundedMap } from '../../../bounded-map.js';
import type { Json } from '../../check/shape.js';
import { EndpointException } from '../failure.js';

/** A response with the conversation that it answers. */
interface StoredResponse {
  response: Json;
  items: readonly Json[];
}

/** Responses that clients can refer to. Bedrock keeps them for 30 days, the local Bedrock the last thousand. */
export interface ResponseStore {
  add(response: Json, items: readonly Json[]): void;
  /** @throws ServiceException if there is none */
  get(id: string): Json;
  /** @throws ServiceException if there is none */
  remove(id: string): Json;
  /**
   * The conversation that a request continues.
   *
   * @throws ServiceException if the response does not exist
   */
  historyOf(id: unknown): Json[];
  /**
   * An item of a stored response.
   *
   * @throws ServiceException if there is none
   */
  itemOf(id: string): Json;
}

const MOST = 1000;

/** Creates a store without responses. */
export function createResponseStore(): ResponseStore {
  const stored = new BoundedMap<string, StoredResponse>(MOST);
  const items = new BoundedMap<string, Json>(MOST * 10);

  function find(id: string): StoredResponse {
    const found = stored.get(id);
    if (found !== undefined) return found;
    throw new EndpointException('ResourceNotFoundException', `Response with id '${id}' not found.`, 404, {
      code: null,
    });
  }

  return {
    add(response, conversation) {
      stored.set(String(response['id']), { response, items: conversation });
      for (const item of response['output'] as Json[]) items.set(String(item['id']), item);
    },
    get: (id) => find(id).response,
    remove(id) {
      const { response } = find(id);
      stored.delete(id);
      for (const item of response['output'] as Json[]) items.delete(String(item['id']));
      return { id, object: 'response', deleted: true };
    },
    historyOf(id) {
      if (id === undefined || id === null) return [];
      const found = stored.get(String(id));
      if (found !== undefined) return [...found.items, ...(found.response['output'] as Json[])];
      throw new EndpointException(
        'ValidationException',
        `Previous response with id '${id}' not found.`,
        400,
        { code: 'previous_response_not_found', param: 'previous_response_id' },
      );
    },
    itemOf(id) {
      const found = items.get(id);
      if (found !== undefined) return found;
      throw new EndpointException(
        'ResourceNotFoundException',
        `Item with id '${id}' not found. Items are not persisted when \`store\` is set to false. Try again with \`store\` set to true, or ` +
          'remove this item from your input.',
        404,
        { code: null, param: 'input' },
      );
    },
  };
}
