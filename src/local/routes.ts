import { pathOf } from './received.js';

/** Operations that are served, by AWS's names. */
type Operation =
  | 'Converse'
  | 'ConverseStream'
  | 'CountTokens'
  | 'ListFoundationModels'
  | 'ListInferenceProfiles';

/** Where a request leads. */
export interface Route {
  operation: Operation;
  /** Decoded id or ARN of the model, where the path has one. */
  modelId?: string;
}

/** Paths may stand behind a prefix; an ARN may hold `/` as it is, so the id takes what is left. */
const ROUTES: readonly { method: string; path: RegExp; operation: Operation }[] = [
  { method: 'POST', path: /(?:^|\/)model\/(.+)\/converse$/, operation: 'Converse' },
  { method: 'POST', path: /(?:^|\/)model\/(.+)\/converse-stream$/, operation: 'ConverseStream' },
  { method: 'POST', path: /(?:^|\/)model\/(.+)\/count-tokens$/, operation: 'CountTokens' },
  { method: 'GET', path: /(?:^|\/)foundation-models$/, operation: 'ListFoundationModels' },
  { method: 'GET', path: /(?:^|\/)inference-profiles$/, operation: 'ListInferenceProfiles' },
];

/** The operation that a request asks for; undefined where there is none. */
export function matchRoute(method: string, target: string): Route | undefined {
  const path = pathOf(target);
  for (const route of ROUTES) {
    const match = route.method === method ? route.path.exec(path) : null;
    if (match === null) continue;
    const id = match[1];
    return id === undefined
      ? { operation: route.operation }
      : { operation: route.operation, modelId: decoded(id) };
  }
  return undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
