import type { CallBlock } from '../answer/blocks.js';

/**
 * The tool by which a model looks for tools that the client has not sent yet, and that the client runs. It has a type of its own in
 * Responses, and is a function for all models. No tool of a client can have its namespace, which is empty.
 */
export const SEARCH = { name: 'tool_search', namespace: '' } as const;

/** Whether a call is one of the search for tools. */
export function isSearch({ name, namespace }: Pick<CallBlock, 'name' | 'namespace'>): boolean {
  return name === SEARCH.name && namespace === SEARCH.namespace;
}

/** A call of the search, as the client knows it. Its arguments are an object. */
export function writeSearch(head: { id: string; call_id: string; status: string }, input: string): object {
  let args: unknown = {};
  try {
    args = input === '' ? {} : JSON.parse(input);
  } catch {
    // The model wrote something else, which the client says to it.
    args = { query: input };
  }
  return { ...head, type: 'tool_search_call', execution: 'client', arguments: args };
}
