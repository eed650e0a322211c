import { decodePart } from './received.js';

/** Bedrock's two hosts that serve the protocols of OpenAI and Anthropic. */
export type Endpoint = 'runtime' | 'mantle';

/** Where the paths of a protocol begin. */
export type EndpointBase = 'openai/v1' | 'v1' | 'anthropic/v1';

/** A path of OpenAI's or Anthropic's protocol. */
export interface EndpointPath {
  base: EndpointBase;
  /** The path after the base. */
  rest: string;
}

type EndpointOperation =
  | 'CreateChatCompletion'
  | 'CreateResponse'
  | 'GetResponse'
  | 'DeleteResponse'
  | 'CancelResponse'
  | 'ListModels'
  | 'GetModel'
  | 'CreateMessage'
  | 'CountMessageTokens';

interface EndpointRoute {
  method: string;
  /** The path after the base; its group, if there is one, is the id. */
  rest: RegExp;
  operation: EndpointOperation;
}

const OPENAI: readonly EndpointRoute[] = [
  { method: 'POST', rest: /^chat\/completions$/, operation: 'CreateChatCompletion' },
  { method: 'POST', rest: /^responses$/, operation: 'CreateResponse' },
  { method: 'GET', rest: /^responses\/([^/]+)$/, operation: 'GetResponse' },
  { method: 'DELETE', rest: /^responses\/([^/]+)$/, operation: 'DeleteResponse' },
  { method: 'POST', rest: /^responses\/([^/]+)\/cancel$/, operation: 'CancelResponse' },
  { method: 'GET', rest: /^models$/, operation: 'ListModels' },
  { method: 'GET', rest: /^models\/(.+)$/, operation: 'GetModel' },
];

const ANTHROPIC: readonly EndpointRoute[] = [
  { method: 'POST', rest: /^messages$/, operation: 'CreateMessage' },
  { method: 'POST', rest: /^messages\/count_tokens$/, operation: 'CountMessageTokens' },
];

/** Reads a path that belongs to one of the two protocols, whether or not anything is served there. It may have a prefix. */
export function readEndpointPath(path: string): EndpointPath | undefined {
  const [, base, rest = ''] = /^.*?\/(openai\/v1|anthropic\/v1|v1)\/(.*)$/s.exec(path) ?? [];
  return base === undefined ? undefined : { base: base as EndpointBase, rest };
}

/** Finds the operation at a path of the two protocols; undefined if no host serves one there. */
export function matchEndpointRoute(
  method: string,
  { base, rest }: EndpointPath,
): { operation: EndpointOperation; id?: string } | undefined {
  for (const route of base === 'anthropic/v1' ? ANTHROPIC : OPENAI) {
    const found = route.method === method ? route.rest.exec(rest) : null;
    if (found === null) continue;
    const [, id] = found;
    return id === undefined
      ? { operation: route.operation }
      : { operation: route.operation, id: decodePart(id) };
  }
  return undefined;
}
