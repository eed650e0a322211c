import { type ModelRef, parseModelId } from '../catalog/model-id.js';
import { type CostOf, costOf } from '../catalog/price.js';
import { inputError } from '../errors.js';
import { readWhole } from '../input/read.js';
import { type PlainRequest, readRequest } from '../input/request.js';
import type { Settings } from '../options.js';
import { adaptBody } from '../repair/adapt.js';
import { noteLoneSurrogates, repairCharacters } from '../repair/characters.js';
import type { Conversation, Renames } from '../repair/conversation.js';
import { type Repaired, repairHistory } from '../repair/history.js';
import type { Adapt } from '../transport/retry.js';
import { type Outgoing, type Route, resolveRoute } from '../transport/route.js';
import type { ConverseStreamRequest, Repair } from '../types.js';
import { encodeJson } from '../wire/request.js';
import { type GuardrailRoute, withGuardrail } from './guardrail.js';

/** A checked request to a model, and where it goes. */
export interface Prepared {
  route: Route;
  outgoing: Outgoing;
  adapt: Adapt | undefined;
  costOf: CostOf;
  /** What was changed in the request; grows where the service's answer leads to more. */
  repairs: Repair[];
  /** Names of tools as the request gave them, by those that are sent. */
  names: Renames;
}

/** Checks and repairs a Converse request, so that mistakes are found before a byte is sent. */
export async function prepareConverse(
  settings: Settings,
  request: ConverseStreamRequest,
  action: GuardrailRoute,
): Promise<Prepared> {
  const read = readRequest(request);
  const model = parseModelId(read.modelId);
  requireMessages(read, model);
  // Getters of the request run again here.
  const whole = readWhole([], () => {
    const repaired = repairRequest(read, model, settings);
    return { ...repaired, request: withGuardrail(repaired.request, settings, action) };
  });
  const { modelId: _inPath, ...body } = whole.request;
  return prepareCall(settings, model, action, body, whole);
}

/** The request as the service accepts it, as far as the option `repair` allows. */
export function repairRequest<R extends Conversation>(
  request: R,
  { id: modelId, isPrompt }: ModelRef,
  { repair: level = 'lossless', quirks }: Settings,
): Repaired<R> {
  if (level === false) return { request, repairs: [], names: new Map() };
  return repairHistory(request, { level, modelId, isPrompt, reasoning: quirks?.(modelId)?.reasoning });
}

/** What can be done with a model: AWS's operation by the last part of its path. */
const OPERATIONS = {
  converse: 'Converse',
  'converse-stream': 'ConverseStream',
  'count-tokens': 'CountTokens',
} as const;

/** The POST of a JSON body to a model. */
export async function prepareCall(
  settings: Settings,
  model: ModelRef,
  action: keyof typeof OPERATIONS,
  body: object,
  { repairs, names }: Omit<Repaired<unknown>, 'request'> = { repairs: [], names: new Map() },
): Promise<Prepared> {
  const route = await resolveRoute('bedrock-runtime', settings, model.region);
  const outgoingOf = (members: object): Outgoing => ({
    method: 'POST',
    operation: OPERATIONS[action],
    modelId: model.id,
    path: `/model/${model.segment}/${action}`,
    input: { modelId: model.id, ...members },
    body: () => encodeBody(members, settings, repairs),
  });
  const { region, endpoint } = route.destination;
  const prepared = { route, costOf: costOf(settings, model.id, region), repairs, names };
  if (settings.adapt !== true) return { ...prepared, outgoing: outgoingOf(body), adapt: undefined };
  const { start, adapt } = adaptBody(body, `${endpoint.origin} ${model.id}`, repairs);
  return {
    ...prepared,
    outgoing: outgoingOf(start),
    adapt: (error) => {
      const less = adapt(error);
      return less && outgoingOf(less);
    },
  };
}

function encodeBody(body: object, { repair }: Settings, repairs: Repair[]): Uint8Array<ArrayBuffer> {
  return encodeJson(body, (json) => {
    const whole = repair === false ? json : repairCharacters(json);
    if (whole !== json && !repairs.some(({ kind }) => kind === 'lone-surrogate'))
      noteLoneSurrogates(body, repairs);
    return whole;
  });
}

function requireMessages({ messages = [] }: PlainRequest, { isPrompt }: ModelRef): void {
  if (messages.length > 0 || isPrompt) return;
  throw inputError(
    'The request has no messages. Pass prompt: "…" or messages; only the ARN of a prompt as modelId needs none.',
  );
}
