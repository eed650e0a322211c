import {
  findProtocolHost,
  type ProtocolHost,
  type SpokenProtocol,
  versionFor,
} from '../../catalog/protocols.js';
import { encodeText } from '../../encoding.js';
import type { BedrockErrorCode } from '../../index.js';
import { isBedrockError } from '../../index.js';
import { mayChoose, readAskedTier } from '../aws/service-tier.js';
import { startFailover } from '../exchange/call.js';
import type { Exchange } from '../exchange/exchange.js';
import { headersOf } from '../exchange/respond.js';
import type { ReadBody } from '../http/body.js';
import { Notes } from '../notes.js';
import { type Passing, passStream, passWhole } from './answer.js';
import { guardrailOf, requireClientOptions } from './client-options.js';
import type { Passage } from './endpoint.js';
import type { Edit } from './event-editor.js';
import { pickRequestHeaders } from './headers.js';
import { findMembers, withMembers } from './json-members.js';
import { findNamespaces, restoreNamespaces } from './mantle/namespaces.js';
import { changesForMantle } from './mantle/request.js';
import { keepsMeaning } from './meaning.js';
import { estimateBody, findOutputLimit } from './planned-tokens.js';
import { PassedRefusal } from './refused.js';
import { chatForm, usageHidden } from './taps/chat.js';
import { type EventForm, EventTap } from './taps/events.js';
import { createMessagesForm } from './taps/messages.js';
import { createResponsesForm } from './taps/responses.js';
import { type PlannedPassage, passToTargets } from './targets.js';
import { type ReadUsage, readMessagesUsage, readOpenAiUsage } from './usage.js';

interface Route {
  paths: Passage['paths'];
  path: string;
  readUsage: ReadUsage;
  createForm(requestId: string): EventForm;
}

/** Where Bedrock serves each protocol, and how its answers count tokens. */
const ROUTES: Readonly<Record<SpokenProtocol, Route>> = {
  chat: {
    paths: 'openai',
    path: '/chat/completions',
    readUsage: readOpenAiUsage,
    createForm: () => chatForm,
  },
  responses: {
    paths: 'openai',
    path: '/responses',
    readUsage: readOpenAiUsage,
    createForm: createResponsesForm,
  },
  messages: {
    paths: 'anthropic',
    path: '/v1/messages',
    readUsage: readMessagesUsage,
    createForm: createMessagesForm,
  },
};

/** What Bedrock's own endpoint may refuse and Converse may accept. */
const TRANSLATABLE: ReadonlySet<BedrockErrorCode> = new Set([
  'ERR_INPUT',
  'ERR_NOT_FOUND',
  // bedrock-runtime answers a missing permission for these paths with a 401.
  'ERR_CREDENTIALS',
  'ERR_ACCESS_DENIED',
  'ERR_PROTOCOL',
]);

/**
 * Passes a request on if its model speaks the protocol itself. Undefined if the request has to be translated: because the model
 * does not, because the name has several targets, because the meaning would change, because a guardrail applies, or because
 * Bedrock refused to answer it this way.
 *
 * @throws whatever the call failed with
 */
export async function tryPassing(
  exchange: Exchange,
  protocol: SpokenProtocol,
  body: ReadBody,
): Promise<Response | undefined> {
  const { settings, directory, routing, caller, record } = exchange;
  const { json: given, bytes } = body;
  const { model } = given;
  if (settings.passThrough === 'never' || typeof model !== 'string') return undefined;
  const [target, ...others] = directory.lookUp(model, caller);
  if (target === undefined || others.length > 0) return undefined;
  const { modelId } = target;
  const host = findProtocolHost(modelId, protocol);
  if (host === undefined) return undefined;
  const notes = new Notes();
  const changes = host === 'mantle' ? changesForMantle(protocol, given, modelId, settings, notes) : {};
  const json = { ...given, ...changes };
  if (!keepsMeaning(protocol, json, host)) return undefined;
  if (!mayChoose(json['service_tier'] ?? 'auto', settings.serviceTiers)) return undefined;
  // Some of these endpoints ignore guardrails, and none of them lets a request mark what a guardrail reads.
  if (!isFree(routing.clients.get(target.client ?? ''))) return undefined;
  const text = new TextDecoder().decode(bytes);
  const members = findMembers(text);
  if (members.repeated !== undefined) return undefined;
  Object.assign(record, { model, isStream: json['stream'] === true });
  const failover = startFailover(exchange, [target]);
  const isUsageHidden = protocol === 'chat' && changes['stream_options'] !== undefined;
  const edit = isUsageHidden
    ? usageHidden
    : protocol === 'responses'
      ? restoreNamespaces(findNamespaces(json))
      : undefined;
  const own = modelId === model ? changes : { ...changes, model: modelId };
  const sent = Object.keys(own).length === 0 ? bytes : encode(withMembers(text, own));
  try {
    return await passToTargets(exchange, {
      failover,
      countInput: () => estimateBody(json),
      outputTokens: findOutputLimit(json, protocol),
      tier: readAskedTier(exchange.request.headers, json),
      plan: () =>
        planPassage(exchange, {
          protocol,
          host,
          modelId,
          body: sent,
          isStream: record.isStream,
          edit,
        }),
      headers: () => headersOf(exchange, failover, notes),
    });
  } catch (error) {
    const cause = error instanceof PassedRefusal ? error.cause : error;
    // Only bedrock-runtime has the same models for Converse.
    if (host === 'runtime' && isBedrockError(cause) && TRANSLATABLE.has(cause.code)) return undefined;
    throw cause;
  }
}

/** Whether a client sends as it is told, and has no guardrail. */
function isFree(client: Exchange['settings']['bedrock'] | undefined): boolean {
  try {
    return client !== undefined && guardrailOf(requireClientOptions(client)) === undefined;
  } catch {
    return false;
  }
}

export function encode(text: string): Uint8Array {
  return encodeText(text);
}

interface Addressed {
  protocol: SpokenProtocol;
  host: ProtocolHost;
  modelId: string;
  body: Uint8Array;
  isStream: boolean;
  /** How to change the answer. */
  edit?: Edit | undefined;
  /** Headers besides those of the client. */
  headers?: Record<string, string>;
}

/** Plans a request in one of the protocols to the host that serves it. */
export function planPassage(exchange: Exchange, addressed: Addressed): PlannedPassage {
  const { settings, request, requestId } = exchange;
  const { protocol, host, modelId, body, isStream, edit, headers } = addressed;
  const { paths, path, readUsage, createForm } = ROUTES[protocol];
  const passage: PlannedPassage['passage'] = {
    host,
    paths,
    path,
    headers: {
      ...pickRequestHeaders(request, paths, settings),
      ...(paths === 'anthropic' && {
        'anthropic-version': versionFor(modelId, request.headers.get('anthropic-version')),
      }),
      ...headers,
    },
    body,
  };
  return {
    passage,
    pass: (passing: Passing) =>
      isStream
        ? passStream(passing, 'text/event-stream', new EventTap(createForm(requestId)), edit)
        : passWhole(passing, readUsage, edit),
  };
}
