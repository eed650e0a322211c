import { type ModelPath, readModelPath } from './aws/paths.js';
import { Refusal } from './failure.js';
import { decodePathPart } from './fields.js';

/** What a path leads to. */
export type Route =
  | {
      name:
        | 'chat'
        | 'responses'
        | 'messages'
        | 'count-tokens'
        | 'embeddings'
        | 'bedrock-messages'
        | 'bedrock-count-tokens'
        | 'inference-profiles'
        | 'models'
        | 'root'
        | 'health'
        | 'ready';
    }
  | { name: 'model'; id: string }
  | { name: 'bedrock-model'; model: ModelPath };

const ROUTES: Readonly<
  Record<string, readonly [method: 'GET' | 'POST', name: Exclude<Route['name'], 'model' | 'bedrock-model'>]>
> = {
  '/v1/chat/completions': ['POST', 'chat'],
  '/v1/responses': ['POST', 'responses'],
  '/v1/messages': ['POST', 'messages'],
  '/v1/messages/count_tokens': ['POST', 'count-tokens'],
  '/v1/embeddings': ['POST', 'embeddings'],
  '/v1/models': ['GET', 'models'],
  '/anthropic/v1/messages': ['POST', 'bedrock-messages'],
  '/anthropic/v1/messages/count_tokens': ['POST', 'bedrock-count-tokens'],
  '/inference-profiles': ['GET', 'inference-profiles'],
  '/': ['GET', 'root'],
  // Claude Code requests both, with HEAD, to check its connection.
  '/api/hello': ['GET', 'root'],
  '/health': ['GET', 'health'],
  '/ready': ['GET', 'ready'],
};

/**
 * A path without the prefix that OpenAI's paths have at Bedrock, so that clients of `https://bedrock-runtime.{region}.amazonaws.com/openai/v1`
 * only need another host. Source: AWS, "Invoke a model with the OpenAI Chat Completions API".
 */
export function plainPath(path: string): string {
  return path.replace(/^\/openai(?=\/v1\/(?:chat\/completions|responses|embeddings|models)(?:\/|$))/, '');
}

/**
 * Finds what a request is about.
 *
 * @throws Refusal for a path or method that there is not
 */
export function findRoute(method: string, path: string): Route {
  const plain = path.length > 1 ? plainPath(path).replace(/\/$/, '') : path;
  const modelPath = readModelPath(path);
  if (modelPath !== undefined) {
    if (method === 'POST') return { name: 'bedrock-model', model: modelPath };
    throw new Refusal(
      'wrong-method',
      `${modelPath.operation} is called with POST, not with ${method.slice(0, 20)}.`,
      { allow: 'POST' },
    );
  }
  const [, id] = /^\/v1\/models\/(.+)$/.exec(plain) ?? [];
  const [wanted, name] =
    id === undefined
      ? Object.hasOwn(ROUTES, plain)
        ? (ROUTES[plain] ?? [])
        : []
      : (['GET', 'model'] as const);
  if (wanted === undefined || name === undefined) {
    throw new Refusal(
      'no-route',
      `There is no ${method} ${path.slice(0, 200)} here. This gateway has ${Object.keys(ROUTES)
        .filter((route) => route.startsWith('/v1'))
        .join(', ')}.`,
    );
  }
  if (method !== wanted && !(wanted === 'GET' && method === 'HEAD'))
    throw new Refusal('wrong-method', `${plain} is called with ${wanted}, not with ${method.slice(0, 20)}.`, {
      allow: wanted === 'GET' ? 'GET, HEAD' : wanted,
    });
  return name === 'model' ? { name, id: decodePathPart(id ?? '') } : { name };
}
