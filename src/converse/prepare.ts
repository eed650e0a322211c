import { inputError } from '../errors.js';
import { type Layers, merged, resolveTarget, type Target } from '../http/options.js';
import type { Outgoing } from '../http/send.js';
import { readWhole } from '../input/read.js';
import { type PlainRequest, readRequest } from '../input/request.js';
import type { CallOptions, ConverseStreamRequest, Repair } from '../types.js';
import { checkJson, encodeJson } from '../wire/request.js';
import { adaptable } from './adapt.js';
import { type CostOf, costOf } from './cost.js';
import { type GuardrailRoute, withGuardrail } from './guardrail.js';
import { type ModelRef, parseModelId } from './model-id.js';
import { type Repaired, repaired } from './repair.js';
import { listHalves, wholeCharacters } from './repair-characters.js';
import type { Conversation, Renames } from './repair-note.js';

/** A Converse request, checked and encoded, and where it goes. */
export interface Prepared {
  target: Target;
  outgoing: Outgoing;
  costOf: CostOf;
  /** What was changed in the request; grows where the service's answer leads to more. */
  repairs: Repair[];
  /** Names of tools as the request gave them, by those that are sent. */
  names: Renames;
}

/** Checks and encodes a Converse request, so that mistakes are found before a byte is sent. */
export async function prepareConverse(
  layers: Layers,
  request: ConverseStreamRequest,
  route: GuardrailRoute,
): Promise<Prepared> {
  const read = readRequest(request);
  const model = parseModelId(read.modelId);
  requireMessages(read, model);
  const options = merged(layers);
  // Getters of the request run again here.
  const whole = readWhole([], () => {
    const repaired = mended(read, model, options);
    return { ...repaired, request: withGuardrail(repaired.request, options, route) };
  });
  const { modelId: _inPath, ...body } = whole.request;
  return prepared(layers, model, route, body, whole);
}

/** The request as the service accepts it, as far as the option `repair` allows. */
export function mended<R extends Conversation>(
  request: R,
  model: ModelRef,
  options: CallOptions,
): Repaired<R> {
  const { repair: level = 'lossless', quirks } = options;
  const { id: modelId, isPrompt } = model;
  if (level === false) return { request, repairs: [], names: new Map() };
  return repaired(request, { level, modelId, isPrompt, reasoning: quirks?.(modelId)?.reasoning });
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
  { repairs, names }: Omit<Repaired<unknown>, 'request'> = { repairs: [], names: new Map() },
): Promise<Prepared> {
  const options = merged(layers);
  let hasHalves = false;
  const encode = (whole: object) => {
    if (options.transport !== undefined) {
      checkJson(whole);
      return undefined;
    }
    return encodeJson(whole, (json) => {
      const mended = options.repair === false ? json : wholeCharacters(json);
      hasHalves = mended !== json;
      return mended;
    });
  };
  const outgoing: Outgoing = {
    method: 'POST',
    operation: ROUTES[route],
    resource: model.id,
    path: `/model/${model.segment}/${route}`,
    body: encode(body),
    input: { modelId: model.id, ...body },
  };
  if (hasHalves) listHalves(body, repairs);
  const target = await resolveTarget(layers, 'bedrock-runtime', model.region);
  if (options.adapt === true) {
    target.adapt = adaptable(body, `${target.endpoint.origin} ${model.id}`, repairs, (less) => {
      outgoing.body = encode(less);
      outgoing.input = { modelId: model.id, ...less };
    });
  }
  return { target, outgoing, costOf: costOf(options, model.id, target.region), repairs, names };
}

function requireMessages({ messages = [] }: PlainRequest, { isPrompt }: ModelRef): void {
  if (messages.length > 0 || isPrompt) return;
  throw inputError(
    'The request has no messages. Pass prompt: "…", or messages: [{ role: "user", content: "…" }]; ' +
      'only the ARN of a prompt as modelId needs none.',
  );
}
