import type { Catalog, ResolvedModel } from '../account/catalog.js';
import { ServiceException } from '../exception.js';
import type { Endpoint, EndpointBase } from '../http/endpoint-paths.js';
import type { Address } from './address.js';
import { EndpointException, invalidParameter } from './failure.js';
import { findOnMantle, isBelowOpenAi } from './mantle-models.js';

/** What a model can be asked through. */
export type Protocol = 'chat' | 'responses' | 'messages';

type Row = readonly [ids: RegExp, protocols: readonly Protocol[]];

// Which model speaks what: requests to both hosts with their answers, notebooks of aws-samples (2026-08-20 to 22), and the model cards
// of the user guide, read by others until 2026-11-28. The first row that fits decides; models of vendors that are not here, such as
// those of your own account, speak everything.

const ON_MANTLE: readonly Row[] = [
  [/^anthropic\./, ['messages']],
  [/^openai\.gpt-5\.[45]$/, ['responses']],
  [/^openai\.gpt-oss-safeguard/, ['chat']],
  [/^(?:openai|xai)\.|^google\.gemma-4/, ['chat', 'responses']],
  [/^(?:google|qwen|deepseek|zai|moonshotai?|minimax|nvidia|mistral|writer)\./, ['chat']],
];

const ON_RUNTIME: readonly Row[] = [
  [/^anthropic\.claude-(?:opus-4-[7-9]|[a-z]+-[5-9]|mythos)(?!.*-\d{8})/, ['messages']],
  [/^(?:anthropic|amazon|meta|cohere|ai21)\./, []],
  // These are on bedrock-mantle only.
  [/^openai\.gpt-(?:5\.[45]|oss-safeguard)|^google\.gemma-4|^xai\.grok-4\.3/, []],
  [/^(?:openai\.gpt-[5-9]|xai\.)/, ['chat', 'responses']],
  [/^(?:openai|google|qwen|deepseek|zai|moonshotai?|minimax|nvidia|mistral|writer)\./, ['chat']],
];

/** Vendors whose models answer a request through Responses with a 400 on bedrock-runtime; those of others answer with a 404. */
const REFUSES_RESPONSES = /^(?:qwen|deepseek|zai|moonshotai?|minimax|nvidia)\./;

function listProtocols(endpoint: Endpoint, modelId: string): readonly Protocol[] {
  const rows = endpoint === 'mantle' ? ON_MANTLE : ON_RUNTIME;
  return rows.find(([ids]) => ids.test(modelId))?.[1] ?? ['chat', 'responses', 'messages'];
}

/** The names of the APIs in refusals, which bedrock-mantle writes without `/openai` even below that path. */
const API_PATHS: Readonly<Record<Protocol, string>> = {
  chat: 'chat/completions',
  responses: 'responses',
  messages: 'messages',
};

/**
 * Finds the model of a request, if the host serves it through this protocol at this path.
 *
 * @throws ServiceException in the words of the host
 */
export function findServed(catalog: Catalog, address: Address, protocol: Protocol): ResolvedModel {
  const { endpoint, model } = address;
  if (model === undefined || model === '') throw noModel(protocol);
  return endpoint === 'mantle'
    ? findServedOnMantle(catalog, model, address.base, protocol)
    : findServedOnRuntime(catalog, model, protocol);
}

function noModel(protocol: Protocol): ServiceException {
  return protocol === 'messages'
    ? new ServiceException('ValidationException', 'model: Field required')
    : invalidParameter("Missing required parameter: 'model'.", 'model');
}

function findServedOnMantle(
  catalog: Catalog,
  name: string,
  base: EndpointBase,
  protocol: Protocol,
): ResolvedModel {
  const found = findOnMantle(catalog, name);
  // Recorded for Messages (diillson/chatcli#1114, 2026-07-02) and Responses (anomalyco/opencode#43514, 2026-08-19).
  if (found === undefined) throw notFound(`The model '${name}' does not exist`);
  requireBase(name, base, protocol);
  if (!listProtocols('mantle', name).includes(protocol))
    throw unsupportedApi(name, `/v1/${API_PATHS[protocol]}`);
  if (!catalog.hasAccess(found.model.modelId)) {
    throw new ServiceException(
      'AccessDeniedException',
      `${name} is not available for this account. You can explore other available models on Amazon Bedrock. For additional access ` +
        'options, contact AWS Sales.',
    );
  }
  return found;
}

/** Models of vendors that are not here are served at either path. */
const BELOW_V1 = /^(?:openai|google|qwen|deepseek|zai|moonshotai?|minimax|nvidia|mistral|writer)\./;

/** Whether a model is at this path. Recorded for Gemma 4 and Grok below `/v1`, and for open models below `/openai/v1` (2026-06 to 08). */
function requireBase(name: string, base: EndpointBase, protocol: Protocol): void {
  if (base === 'anthropic/v1' || name.startsWith('anthropic.')) return;
  const wanted = isBelowOpenAi(name) ? 'openai/v1' : BELOW_V1.test(name) ? 'v1' : base;
  if (wanted === base) return;
  // GPT-5 below `/v1` has other words (enricoros/big-AGI#1167, 2026-08-04).
  if (name.startsWith('openai.gpt-') && base === 'v1')
    throw unsupportedApi(name, `/v1/${API_PATHS[protocol]}`);
  throw invalidParameter(`model \`${name}\` isn't supported on this route`);
}

function findServedOnRuntime(catalog: Catalog, id: string, protocol: Protocol): ResolvedModel {
  let found: ResolvedModel;
  try {
    found = catalog.resolve(id);
  } catch (error) {
    throw withoutAccess(error);
  }
  const { modelId } = found.model;
  if (listProtocols('runtime', modelId).includes(protocol)) {
    if (protocol === 'responses' && /:application-inference-profile\//.test(id)) throw invalidId();
    return found;
  }
  if (protocol === 'responses' && REFUSES_RESPONSES.test(modelId))
    throw unsupportedApi(id, '/openai/v1/responses');
  throw notFound(`The model '${id}' doesn't exist or doesn't support this API.`);
}

/** These paths do not tell a model without access from one that does not exist. */
function withoutAccess(error: unknown): unknown {
  return error instanceof ServiceException && error.name === 'AccessDeniedException' ? invalidId() : error;
}

function invalidId(): ServiceException {
  return invalidParameter('The provided model identifier is invalid.', 'model');
}

function unsupportedApi(model: string, path: string): ServiceException {
  return invalidParameter(`The model '${model}' does not support the '${path}' API`);
}

function notFound(message: string): ServiceException {
  return new EndpointException('ResourceNotFoundException', message, 404, { code: 'model_not_found' });
}
