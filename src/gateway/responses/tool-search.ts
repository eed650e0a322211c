import type { CallBlock } from '../answer/blocks.js';

/**
 * The tool with which a model searches for tools that the client has not sent yet. The client runs the search. Responses has a separate
 * type for it; models get it as a function. Its namespace is empty, and no tool of a client can have an empty namespace.
 */
export const SEARCH = { name: 'tool_search', namespace: '' } as const;

/** Whether a call is a search for tools. */
export function isSearch({ name, namespace }: Pick<CallBlock, 'name' | 'namespace'>): boolean {
  return name === SEARCH.name && namespace === SEARCH.namespace;
}

/** Writes a call of the search as the client knows it. Its arguments are an object. */
export function writeSearch(head: { id: string; call_id: string; status: string }, input: string): object {
  let args: unknown = {};
  try {
    args = input === '' ? {} : JSON.parse(input);
  } catch {
    // The model did not write JSON. The client will tell it so.
    args = { query: input };
  }
  return { ...head, type: 'tool_search_call', execution: 'client', arguments: args };
}
