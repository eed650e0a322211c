import { inputError } from '../errors.js';
import { type Layers, merged, resolveTarget, type Target } from '../http/options.js';
import type { Outgoing } from '../http/send.js';
import type { ConverseStreamRequest } from '../types.js';
import { encodeJson } from '../wire/request.js';
import { type CostOf, costOf } from './cost.js';
import { type GuardrailRoute, withGuardrail } from './guardrail.js';
import { type ModelRef, parseModelId } from './model-id.js';

/** A Converse request, checked and encoded, and where it goes. */
export interface Prepared {
  target: Target;
  outgoing: Outgoing;
  costOf: CostOf;
}

/** Checks and encodes a Converse request: everything that can be found wrong before a byte is sent. */
export async function prepareConverse(
  layers: Layers,
  request: ConverseStreamRequest,
  route: GuardrailRoute,
): Promise<Prepared> {
  requireObject(request);
  const model = parseModelId(request.modelId);
  requireMessages(request, model);
  const { modelId: _inPath, ...body } = withGuardrail(request, merged(layers), route);
  return prepared(layers, model, route, body);
}

/** Routes of a model by their operation. */
const ROUTES = {
  converse: 'Converse',
  'converse-stream': 'ConverseStream',
  'count-tokens': 'CountTokens',
} as const;

/** The POST of a JSON body to a route of a model. */
export async function prepared(
  layers: Layers,
  model: ModelRef,
  route: keyof typeof ROUTES,
  body: object,
): Promise<Prepared> {
  const encoded = merged(layers).transport === undefined ? encodeJson(body) : undefined;
  const target = await resolveTarget(layers, 'bedrock-runtime', model.region);
  const path = `/model/${model.segment}/${route}`;
  const outgoing = {
    method: 'POST',
    operation: ROUTES[route],
    resource: model.id,
    path,
    body: encoded,
    input: { modelId: model.id, ...body },
  } as const;
  return { target, outgoing, costOf: costOf(merged(layers), model.id, target.region) };
}

/** A request must be an object, whatever JavaScript hands in. */
export function requireObject(request: unknown): void {
  if (typeof request === 'object' && request !== null && !Array.isArray(request)) return;
  throw inputError(
    'The request is not an object. Give { modelId, messages: [{ role: "user", content: [{ text }] }] }.',
  );
}

function requireMessages({ messages }: ConverseStreamRequest, model: ModelRef): void {
  if (messages !== undefined && !Array.isArray(messages)) {
    throw inputError('messages is not an array. Give [{ role: "user", content: [{ text: "…" }] }].');
  }
  if ((messages === undefined || messages.length === 0) && !model.isPrompt) {
    throw inputError(
      'The request has no messages. Give at least one, [{ role: "user", content: [{ text: "…" }] }]; ' +
        'only the ARN of a prompt as modelId brings its own.',
    );
  }
  messages?.forEach((message: unknown, i) => {
    const content = (message as { content?: unknown } | null)?.content;
    if (Array.isArray(content)) return;
    throw inputError(
      `messages[${i}].content is ${content === null ? 'null' : typeof content}, where Converse takes an array of ` +
        'blocks: [{ text: "…" }].',
    );
  });
}
