import { foundationModelOf } from '../catalog/foundation-model.js';
import { type ModelRef, parseModelId } from '../catalog/model-id.js';
import { type CostOf, costOf } from '../catalog/price.js';
import { inputError } from '../errors.js';
import { readWhole } from '../input/read.js';
import { type PlainRequest, readRequest } from '../input/request.js';
import type { Settings } from '../options.js';
import { adaptBody } from '../repair/adapt.js';
import { noteLoneSurrogates, repairCharacters } from '../repair/characters.js';
import type { Conversation, Renames } from '../repair/conversation.js';
import { explainRefusal } from '../repair/explain.js';
import { type Repaired, repairHistory } from '../repair/history.js';
import type { Adapt } from '../transport/retry.js';
import { type Outgoing, type Route, resolveRoute } from '../transport/route.js';
import type { ConverseStreamRequest, Repair } from '../types.js';
import { encodeJson } from '../wire/request.js';
import { type GuardrailRoute, withGuardrail, withoutStreamMode } from './guardrail.js';
import { knownStreamRefusal, noteStreamRefusal } from './whole-answer.js';

/** A checked and repaired request to a model, and where it goes. */
export interface Prepared {
  route: Route;
  outgoing: Outgoing;
  adapt: Adapt;
  /** Call it when the service has accepted the request: what `adapt` omitted is then omitted from later ones. */
  accepted(): void;
  costOf: CostOf;
  /** What was changed in the request. The list grows if the service's answer makes more changes necessary. */
  repairs: Repair[];
  /** The request's own names of tools, by the names that are sent. */
  names: Renames;
}

/**
 * Checks and repairs a Converse request before a byte is sent.
 *
 * @throws BedrockError `ERR_INPUT` for a request or settings that cannot work.
 */
export async function prepareConverse(
  settings: Settings,
  request: ConverseStreamRequest,
  action: GuardrailRoute,
): Promise<Prepared> {
  const read = readRequest(request);
  const model = parseModelId(read.modelId);
  requireMessages(read, model);
  // Repairs read the request again, so its getters may throw here too.
  const repaired = readWhole([], () => {
    const { request, ...rest } = repairRequest(read, model, settings);
    return { ...rest, request: withGuardrail(request, settings, action) };
  });
  const { modelId: _inPath, ...body } = repaired.request;
  return prepareCall(settings, model, action, body, repaired);
}

/** Repairs a request as far as the option `repair` allows. */
export function repairRequest<R extends Conversation>(
  request: R,
  { id: modelId, isPrompt }: ModelRef,
  { repair: level = 'lossless', quirks, models }: Settings,
): Repaired<R> {
  if (level === false) return { request, repairs: [], names: new Map() };
  const known = quirks?.(modelId);
  const model = known?.foundationModelId ?? foundationModelOf(modelId, models) ?? modelId;
  return repairHistory(request, { level, modelId: model, isPrompt, quirks: known });
}

/** AWS's operations on a model, by the last part of their path. */
const OPERATIONS = {
  converse: 'Converse',
  'converse-stream': 'ConverseStream',
  'count-tokens': 'CountTokens',
} as const;

/** Prepares a call to a model with a JSON body. */
export async function prepareCall(
  settings: Settings,
  model: ModelRef,
  action: keyof typeof OPERATIONS,
  body: object,
  { repairs, names }: Omit<Repaired<unknown>, 'request'> = { repairs: [], names: new Map() },
): Promise<Prepared> {
  const route = await resolveRoute('bedrock-runtime', settings, model.region);
  const { region, endpoint } = route.destination;
  const key = `${endpoint.origin} ${model.id}`;
  const adaptation = settings.adapt === true ? adaptBody(body, key, repairs) : undefined;
  let members = adaptation?.start ?? body;
  let way = action;
  const createOutgoing = (): Outgoing => {
    const [path, sent] = [way, way === 'converse' ? withoutStreamMode(members) : members];
    return {
      method: 'POST',
      operation: OPERATIONS[path],
      modelId: model.id,
      path: `/model/${model.segment}/${path}`,
      input: { modelId: model.id, ...sent },
      body: () => encodeBody(sent, settings, repairs),
      explain: (message) => explainRefusal(message, model.id, sent, names),
    };
  };
  const sendWhole = (reason: string): void => {
    way = 'converse';
    repairs.push({ kind: 'streaming', path: reason.includes('tool use') ? 'toolConfig' : 'modelId', reason });
  };
  const mayRefuse = action === 'converse-stream' && settings.repair !== false;
  const refusal = mayRefuse ? knownStreamRefusal(key, body) : undefined;
  if (refusal !== undefined) sendWhole(refusal);
  return {
    route,
    costOf: costOf(settings, model.id, region, body),
    repairs,
    names,
    outgoing: createOutgoing(),
    adapt: (error) => {
      if (mayRefuse && way === action && noteStreamRefusal(error, key)) sendWhole(error.message);
      else {
        const less = adaptation?.adapt(error);
        if (less === undefined) return undefined;
        members = less;
      }
      return createOutgoing();
    },
    accepted: () => adaptation?.remember(),
  };
}

function encodeBody(body: object, { repair }: Settings, repairs: Repair[]): Uint8Array<ArrayBuffer> {
  return encodeJson(body, (json) => {
    const repaired = repair === false ? json : repairCharacters(json);
    // A body that is encoded again, after a field was omitted, has the same lone surrogates.
    if (repaired !== json && !repairs.some(({ kind }) => kind === 'lone-surrogate'))
      noteLoneSurrogates(body, repairs);
    return repaired;
  });
}

function requireMessages({ messages = [] }: PlainRequest, { isPrompt }: ModelRef): void {
  if (messages.length > 0 || isPrompt) return;
  throw inputError(
    'The request has no messages. Pass prompt: "…" or messages; only the ARN of a prompt as modelId needs none.',
  );
}
