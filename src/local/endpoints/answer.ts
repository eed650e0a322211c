import { checkContext } from '../check/context.js';
import { CONVERSE, type ConverseBody } from '../check/request-shape.js';
import { type Json, readShape } from '../check/shape.js';
import { validateClaude, validateOpenAi } from '../check/validate.js';
import type { Answer } from '../conversation/answer.js';
import { countInputTokens } from '../conversation/tokens.js';
import { capitalize, ServiceException } from '../exception.js';
import type { Flow } from '../http/flow.js';
import type { EndpointApi, OperationOf, Route } from '../http/routes.js';
import type { Piece } from '../http/stream-body.js';
import { readCallHeaders } from '../invoke/call-headers.js';
import { factsOf, guardrailMembers } from '../invoke/facts.js';
import type { Ending } from '../invoke/family.js';
import { inOwnWords } from '../invoke/invoke.js';
import { writeBody } from '../invoke/write-body.js';
import { rawPieces } from '../model/converse.js';
import { foldEvents } from '../model/fold-events.js';
import { type ModelCall, type ModelService, type Prepared, prepare } from '../model/prepare.js';
import type { OpenAnswer } from '../model/upstream.js';
import { createDice } from '../random.js';
import type { ScriptError } from '../script/script.js';
import type { Address } from './address.js';
import { readCounted, readMessages, streamMessage, writeMessage } from './anthropic/messages.js';
import { invalidParameter, openAiErrorOf } from './failure.js';
import { getMantleModel, listMantleModels } from './mantle-models.js';
import { streamChat, writeChat } from './openai/chat-answer.js';
import { readChat, wantsUsage } from './openai/chat-request.js';
import { endResponse, startResponse, writeItems } from './openai/response-object.js';
import { readResponseRequest } from './openai/response-request.js';
import type { ResponseStore } from './openai/response-store.js';
import { streamResponse } from './openai/response-stream.js';
import { findServed, type Protocol } from './served.js';
import { dataFrame } from './sse.js';
import { eventPieces, type StreamWriter } from './stream.js';

/** A request in OpenAI's or Anthropic's protocol. */
export interface EndpointCall extends Pick<ModelCall, 'seed' | 'startedAt' | 'onUsage'> {
  address: Address;
  route: Route<OperationOf<EndpointApi>>;
  headers: ReadonlyMap<string, string>;
  requestId: string;
  /** Aborts when the client goes away. */
  signal: AbortSignal | undefined;
}

/** A whole answer as JSON, or a stream of events. */
export type EndpointReply =
  | { body: string }
  | { pieces: Flow<Piece>; failure: ScriptError | undefined; fail: StreamWriter['fail'] };

/**
 * Answers a request in OpenAI's or Anthropic's protocol.
 *
 * @throws ServiceException if the service would reject it
 */
export async function answerEndpoint(
  service: ModelService,
  store: ResponseStore,
  call: EndpointCall,
): Promise<EndpointReply> {
  const { address, route } = call;
  const { operation, id = '' } = route;
  if (address.unreadable !== undefined) throw address.unreadable;
  switch (operation) {
    case 'ListModels':
      return whole(listMantleModels(service.catalog));
    case 'GetModel':
      return whole(getMantleModel(service.catalog, id));
    case 'GetResponse':
      return whole(store.get(id));
    case 'DeleteResponse':
      return whole(store.remove(id));
    case 'CancelResponse':
      store.get(id);
      throw invalidParameter('Cannot cancel a synchronous response.');
    case 'CountMessageTokens':
      return whole({ input_tokens: countTokens(service, call) });
    case 'CreateChatCompletion':
      return answerChat(service, call);
    case 'CreateResponse':
      return answerResponse(service, store, call);
    case 'CreateMessage':
      return answerMessage(service, call);
  }
}

function whole(json: Json): EndpointReply {
  return { body: writeBody(json) };
}

interface Opened<Request> {
  request: Request;
  prepared: Prepared;
  /** The answer; its content is only that of a stream. */
  source: OpenAnswer;
  answer: Answer;
  facts: ReturnType<typeof factsOf>;
  ending: Ending;
}

/** Reads a request as a body of Converse, and opens its answer. */
async function open<Request extends { body: Json }>(
  service: ModelService,
  { address, headers, ...call }: EndpointCall,
  protocol: Protocol,
  read: (modelId: string) => Request,
): Promise<Opened<Request>> {
  const { json, model: modelId = '', isStream } = address;
  const resolved = findServed(service.catalog, address, protocol);
  const request = read(resolved.model.modelId);
  const guardrail = guardrailOf(address, headers);
  const body = { ...request.body, ...(guardrail && { guardrailConfig: guardrail }) };
  const roll = createDice(call.seed);
  const own = { ...service, catalog: { ...service.catalog, resolve: () => resolved } };
  const validate = protocol === 'messages' ? validateClaude : validateOpenAi;
  let prepared: Prepared;
  try {
    prepared = prepare(own, { ...call, modelId, json: body }, isStream, roll, validate);
  } catch (error) {
    throw inOwnWords(error);
  }
  const source = await openAnswer(prepared, isStream);
  const { answer } = source;
  const facts = factsOf(service, { ...call, modelId }, { prepared, answer, json, roll });
  return { request, prepared, source, answer, facts, ending: { ...facts } };
}

async function openAnswer(prepared: Prepared, isStream: boolean): Promise<OpenAnswer> {
  const { events, frames } = prepared.rule ?? {};
  if (isStream) {
    const isRaw = events !== undefined || frames !== undefined;
    return isRaw ? { answer: { blocks: [], stopReason: 'end_turn' }, content: [] } : prepared.open();
  }
  return { answer: events === undefined ? await prepared.answer() : foldEvents(events), content: [] };
}

/** Guardrails come in headers, and only bedrock-runtime has them. Source: "Chat Completions API" in the user guide, 2026-11-28. */
function guardrailOf({ endpoint, json }: Address, headers: EndpointCall['headers']): Json | undefined {
  if (endpoint === 'mantle') return undefined;
  return readCallHeaders(headers, json['amazon-bedrock-guardrailConfig']).guardrailConfig;
}

function stream(
  service: ModelService,
  { startedAt, onUsage }: EndpointCall,
  { prepared, source, ending }: Opened<unknown>,
  writer: StreamWriter,
): EndpointReply {
  const { rule, failure } = prepared;
  const pieces =
    rule?.frames === undefined
      ? eventPieces(service, { startedAt, onUsage, prepared, source, ending, writer })
      : rawPieces(rule.frames);
  return { pieces, failure, fail: writer.fail };
}

async function answerChat(service: ModelService, call: EndpointCall): Promise<EndpointReply> {
  const { address } = call;
  const opened = await open(service, call, 'chat', (modelId) => readChat(address.json, modelId));
  const facts = { ...opened.facts, address, tools: opened.request.tools };
  if (!address.isStream) {
    const guarded = guardrailMembers(opened.prepared.body, opened.answer);
    return whole({ ...writeChat(opened.answer.blocks, facts), ...guarded });
  }
  return stream(service, call, opened, {
    write: streamChat(facts, opened.ending, wantsUsage(address.json)),
    fail: (name, message) =>
      dataFrame({ error: openAiErrorOf(new ServiceException(capitalize(name), message)) }),
  });
}

async function answerResponse(
  service: ModelService,
  store: ResponseStore,
  call: EndpointCall,
): Promise<EndpointReply> {
  const { address } = call;
  const opened = await open(service, call, 'responses', (modelId) =>
    readResponseRequest(address, modelId, store),
  );
  const { tools, items } = opened.request;
  // Only a real model's stream does not know yet.
  const callsTools = opened.answer.blocks.some(({ kind }) => kind === 'toolUse');
  const facts = { ...opened.facts, address, tools, callsTools };
  const keep = (response: Json): void => {
    if (address.json['store'] !== false) store.add(response, items);
  };
  if (address.isStream) {
    return stream(service, call, opened, streamResponse(facts, opened.ending, service.now, keep));
  }
  const response = startResponse(facts);
  response['output'] = writeItems(opened.answer.blocks, facts);
  endResponse(response, facts, opened.ending, service.now());
  keep(response);
  return whole(response);
}

async function answerMessage(service: ModelService, call: EndpointCall): Promise<EndpointReply> {
  const { address, headers, requestId } = call;
  const opened = await open(service, call, 'messages', (modelId) => ({
    body: readMessages(address, headers, modelId),
  }));
  const facts = { ...opened.facts, address };
  if (address.isStream) {
    return stream(service, call, opened, streamMessage(facts, opened.ending, requestId));
  }
  return whole(writeMessage(opened.answer.blocks, facts));
}

function countTokens(service: ModelService, { address, headers }: EndpointCall): number {
  const { model } = findServed(service.catalog, address, 'messages');
  const body = readShape(readCounted(address, headers, model.modelId), CONVERSE) as ConverseBody;
  const inputTokens = countInputTokens(body);
  checkContext(body, model, inputTokens);
  return inputTokens;
}
