import { guardrailArn } from './account/account.js';
import {
  getFoundationModel,
  getInferenceProfile,
  getModelAvailability,
  listFoundationModels,
  listInferenceProfiles,
} from './account/list.js';
import { parseBody } from './check/parse-body.js';
import { answerEndpoint, type EndpointCall } from './endpoints/answer.js';
import type { ResponseStore } from './endpoints/openai/response-store.js';
import type { WholeReply } from './exception.js';
import type { Faults } from './http/faults.js';
import type { Flow } from './http/flow.js';
import { queryOf, type Received } from './http/received.js';
import type { OperationOf, Route } from './http/routes.js';
import type { Piece } from './http/stream-body.js';
import { applyGuardrail, listGuardrails, readGuardrailPath } from './invoke/apply-guardrail.js';
import { checkWithGuardrails } from './invoke/guardrail-checks.js';
import { invokeModel, invokeModelStream } from './invoke/invoke.js';
import { rerank } from './invoke/vectors/rerank-route.js';
import { converse, converseStream, countTokens, type StreamReply } from './model/converse.js';
import type { ModelCall, ModelService } from './model/prepare.js';

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

/**
 * Carries out one of Bedrock's operations.
 *
 * @param call - its region, and a seed that is the same for the same body
 * @throws ServiceException if the service would reject the request
 */
export async function answerOperation(
  models: ModelService,
  { target, headers, body, signal }: Received,
  { operation, id: modelId = '' }: Route<OperationOf<'bedrock'>>,
  {
    region,
    seed,
    startedAt,
    onUsage,
  }: { region: string } & Pick<ModelCall, 'seed' | 'startedAt' | 'onUsage'>,
): Promise<Reply> {
  const query = new URLSearchParams(queryOf(target));
  const { guardrails, catalog } = models;
  const arnOf = (id: string): string => guardrailArn(id, region);
  const invocation = { modelId, seed, startedAt, onUsage, signal, headers, body };
  const call = () => ({ modelId, seed, startedAt, onUsage, signal, json: parseBody(body) });
  switch (operation) {
    case 'ListFoundationModels':
      return createJsonReply(JSON.stringify(listFoundationModels(models.catalog, query)));
    case 'ListInferenceProfiles':
      return createJsonReply(JSON.stringify(listInferenceProfiles(models.catalog, query)));
    case 'GetInferenceProfile':
      return createJsonReply(JSON.stringify(getInferenceProfile(models.catalog, modelId)));
    case 'GetFoundationModelAvailability':
      return createJsonReply(JSON.stringify(getModelAvailability(models.catalog, modelId)));
    case 'GetFoundationModel':
      return createJsonReply(JSON.stringify(getFoundationModel(catalog, modelId)));
    case 'ListGuardrails':
      return createJsonReply(JSON.stringify(listGuardrails(guardrails, arnOf)));
    case 'ApplyGuardrail': {
      const target = readGuardrailPath(modelId);
      return createJsonReply(JSON.stringify(applyGuardrail(guardrails, target, parseBody(body), arnOf)));
    }
    case 'InvokeGuardrailChecks':
      return createJsonReply(JSON.stringify(checkWithGuardrails(guardrails, parseBody(body))));
    case 'Rerank':
      return createJsonReply(JSON.stringify(rerank(catalog, parseBody(body))));
    case 'InvokeModel': {
      const reply = await invokeModel(models, invocation);
      return createReply({ ...reply, headers: { 'content-type': 'application/json', ...reply.headers } });
    }
    case 'InvokeModelWithResponseStream': {
      const reply = await invokeModelStream(models, invocation);
      return createStreamReply(reply, reply.headers);
    }
    case 'CountTokens':
      return createJsonReply(countTokens(models, call()));
    case 'Converse':
      return createJsonReply(await converse(models, call()));
    case 'ConverseStream':
      return createStreamReply(await converseStream(models, call()), {});
  }
}

/** Carries out an operation of OpenAI's or Anthropic's protocol. */
export async function answerEndpointOperation(
  models: ModelService,
  store: ResponseStore,
  call: EndpointCall,
): Promise<Reply> {
  const reply = await answerEndpoint(models, store, call);
  if ('body' in reply) return createJsonReply(reply.body);
  const { pieces, failure, fail } = reply;
  const headers = { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' };
  return { headers, pieces, isStream: true, faults: faultsOf(failure), fail };
}

function createStreamReply({ pieces, failure }: StreamReply, more: Record<string, string>): Reply {
  const headers = { 'content-type': 'application/vnd.amazon.eventstream', ...more };
  return { headers, pieces, isStream: true, faults: faultsOf(failure) };
}

function faultsOf(failure: StreamReply['failure']): Faults {
  return failure === undefined ? {} : { exception: { ...failure, afterEvents: failure.afterEvents ?? 0 } };
}

function createJsonReply(text: string): Reply {
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
