import { isObject } from '../../../input/read.js';
import type { Body } from '../../fields.js';
import type { Edit } from '../event-editor.js';
import type { Json } from '../usage.js';

/** The namespace of each tool, by the tool's name. Names that several tools share are omitted. */
export type Namespaces = ReadonlyMap<string, string>;

const CALLS: ReadonlySet<unknown> = new Set(['function_call', 'custom_tool_call']);

/** Finds the namespaces of a Responses request's tools, including the tools in its items. */
export function findNamespaces({ tools, input }: Body): Namespaces {
  const found = new Map<string, string>();
  const taken = new Set<unknown>();
  const addTools = (list: unknown, namespace?: string): void => {
    for (const tool of Array.isArray(list) ? list : []) {
      const { type, name, tools: inner } = Object(tool) as Json;
      if (typeof name !== 'string') continue;
      if (type === 'namespace') {
        if (namespace === undefined) addTools(inner, name);
        continue;
      }
      if (taken.has(name) && found.get(name) !== namespace) found.delete(name);
      else if (namespace !== undefined) found.set(name, namespace);
      taken.add(name);
    }
  };
  addTools(tools);
  if (Array.isArray(input)) for (const item of input) addTools((Object(item) as Json)['tools']);
  return found;
}

/** Adds its tool's namespace to a call that has none. */
function addNamespace(item: unknown, namespaces: Namespaces): unknown {
  const { type, name, namespace } = Object(item) as Json;
  if (!CALLS.has(type) || (namespace ?? undefined) !== undefined) return item;
  const own = namespaces.get(name as string);
  return own === undefined ? item : { ...(item as object), namespace: own };
}

/**
 * Adds namespaces to the calls of an answer. Grok on bedrock-mantle omits them, and Codex cannot find a tool without its namespace.
 * Source: BerriAI/litellm#34488, tested on bedrock-mantle, 2026-07-24.
 */
export function restoreNamespaces(namespaces: Namespaces): Edit | undefined {
  if (namespaces.size === 0) return undefined;
  const inItems = (json: Json): Json => {
    const { item, output } = json;
    const named = addNamespace(item, namespaces);
    const all = Array.isArray(output) ? addToAll(output, namespaces) : output;
    return named === item && all === output
      ? json
      : { ...json, ...(item !== undefined && { item: named }), ...(output !== undefined && { output: all }) };
  };
  const apply = (json: Json): Json => {
    const { response } = json;
    if (!isObject(response)) return inItems(json);
    const named = inItems(response);
    return named === response ? json : { ...json, response: named };
  };
  return { concerns: /"(?:function|custom_tool)_call"/, apply };
}

/** Adds namespaces to the calls in a list. Returns the same list if nothing changes. */
export function addToAll(items: unknown[], namespaces: Namespaces): unknown[] {
  const named = items.map((item) => addNamespace(item, namespaces));
  return named.some((item, i) => item !== items[i]) ? named : items;
}
