import {
  getFoundationModel,
  getInferenceProfile,
  getModelAvailability,
  listFoundationModels,
  listInferenceProfiles,
} from './account/list.js';
import { parseBody } from './check/parse-body.js';
import type { EndpointCall } from './endpoints/answer.js';
import type { ResponseStore } from './endpoints/openai/response-store.js';
import type { WholeReply } from './exception.js';
import type { Faults } from './http/faults.js';
import type { Flow } from './http/flow.js';
import { queryOf, type Received } from './http/received.js';
import type { OperationOf, Route } from './http/routes.js';
import type { Piece } from './http/stream-body.js';
import { converse, converseStream, countTokens, type StreamReply } from './model/converse.js';
import type { ModelCall, ModelService } from './model/prepare.js';
import type { Upstream } from './model/upstream.js';
import type { LocalUpstream } from './upstream/target.js';

/** The result of an operation. */
export interface Reply {
  headers: Record<string, string>;
  pieces: Flow<Piece>;
  isStream: boolean;
  /** Failures that the script puts into the stream. */
  faults: Faults;
  /** Writes the end of a stream that fails. Default: a frame of AWS's event streams. */
  fail?: (name: string, message: string) => Uint8Array;
}

/** A call of one of Bedrock's operations: its region, and a seed that is the same for the same body. */
export type OperationCall = { region: string } & Pick<ModelCall, 'seed' | 'startedAt' | 'onUsage'>;

type BedrockRoute = Route<OperationOf<'bedrock'>>;

/** What a local Bedrock can do. The page of the playground carries only a part of it. */
export interface Operations {
  /** Carries out one of Bedrock's operations; undefined if it is none of these. */
  bedrock(
    models: ModelService,
    request: Received,
    route: BedrockRoute,
    call: OperationCall,
  ): Promise<Reply> | undefined;
  /** Carries out an operation of OpenAI's or Anthropic's protocol. */
  endpoint?(models: ModelService, store: ResponseStore, call: EndpointCall): Promise<Reply>;
  /** Connects to a real model. */
  connect?(upstream: string | LocalUpstream): Upstream;
}

/**
 * Carries out Converse, what belongs to it, and the lists.
 *
 * @throws ServiceException if the service would reject the request
 */
export function answerConverseOperation(
  models: ModelService,
  { target, body, signal }: Received,
  { operation, id: modelId = '' }: BedrockRoute,
  { seed, startedAt, onUsage }: OperationCall,
): Promise<Reply> | undefined {
  const { catalog } = models;
  const query = new URLSearchParams(queryOf(target));
  const call = () => ({ modelId, seed, startedAt, onUsage, signal, json: parseBody(body) });
  switch (operation) {
    case 'ListFoundationModels':
      return replyWith(() => listFoundationModels(catalog, query));
    case 'ListInferenceProfiles':
      return replyWith(() => listInferenceProfiles(catalog, query));
    case 'GetInferenceProfile':
      return replyWith(() => getInferenceProfile(catalog, modelId));
    case 'GetFoundationModelAvailability':
      return replyWith(() => getModelAvailability(catalog, modelId));
    case 'GetFoundationModel':
      return replyWith(() => getFoundationModel(catalog, modelId));
    case 'CountTokens':
      return replyWithText(() => countTokens(models, call()));
    case 'Converse':
      return replyWithText(() => converse(models, call()));
    case 'ConverseStream':
      return converseStreamReply(models, call);
    default:
      return undefined;
  }
}

async function converseStreamReply(models: ModelService, call: () => Parameters<typeof converseStream>[1]) {
  return createStreamReply(await converseStream(models, call()), {});
}

/** Replies with what an operation returns, as JSON. */
export async function replyWith(answer: () => unknown): Promise<Reply> {
  return createJsonReply(JSON.stringify(await answer()));
}

async function replyWithText(answer: () => string | Promise<string>): Promise<Reply> {
  return createJsonReply(await answer());
}

/** Makes a reply of a stream. */
export function createStreamReply({ pieces, failure }: StreamReply, more: Record<string, string>): Reply {
  const headers = { 'content-type': 'application/vnd.amazon.eventstream', ...more };
  return { headers, pieces, isStream: true, faults: faultsOf(failure) };
}

/** The faults of a stream in which a script wants a failure. */
export function faultsOf(failure: StreamReply['failure']): Faults {
  return failure === undefined ? {} : { exception: { ...failure, afterEvents: failure.afterEvents ?? 0 } };
}

/** Makes a reply of JSON. */
export function createJsonReply(text: string): Reply {
  return createReply({ headers: { 'content-type': 'application/json' }, body: text });
}

/** Makes a reply of headers and body. */
export function createReply({ headers, body }: WholeReply): Reply {
  const bytes = new TextEncoder().encode(body);
  return {
    headers: { ...headers, 'content-length': String(bytes.length) },
    pieces: [{ bytes, waitMs: 0 }],
    isStream: false,
    faults: {},
  };
}
