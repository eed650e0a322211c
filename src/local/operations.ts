import {
  getInferenceProfile,
  getModelAvailability,
  listFoundationModels,
  listInferenceProfiles,
} from './account/list.js';
import { parseBody } from './check/parse-body.js';
import type { WholeReply } from './exception.js';
import type { Faults } from './http/faults.js';
import { queryOf, type Received } from './http/received.js';
import type { OperationOf, Route } from './http/routes.js';
import type { Piece } from './http/stream-body.js';
import { converse, converseStream, countTokens, type ModelService } from './model/converse.js';

/** The result of an operation. */
export interface Reply {
  headers: Record<string, string>;
  pieces: Iterable<Piece>;
  isStream: boolean;
  /** Failures that the script puts into the stream. */
  faults: Faults;
}

/**
 * Carries out one of Bedrock's operations.
 *
 * @param seed - the same for the same body
 * @throws ServiceException if the service would reject the request
 */
export function answerOperation(
  models: ModelService,
  { target, body }: Received,
  { operation, id: modelId = '' }: Route<OperationOf<'bedrock'>>,
  seed: number,
  startedAt: number,
): Reply {
  const query = new URLSearchParams(queryOf(target));
  const call = () => ({ modelId, seed, startedAt, json: parseBody(body) });
  switch (operation) {
    case 'ListFoundationModels':
      return createJsonReply(JSON.stringify(listFoundationModels(models.catalog, query)));
    case 'ListInferenceProfiles':
      return createJsonReply(JSON.stringify(listInferenceProfiles(models.catalog, query)));
    case 'GetInferenceProfile':
      return createJsonReply(JSON.stringify(getInferenceProfile(models.catalog, modelId)));
    case 'GetFoundationModelAvailability':
      return createJsonReply(JSON.stringify(getModelAvailability(models.catalog, modelId)));
    case 'CountTokens':
      return createJsonReply(countTokens(models, call()));
    case 'Converse':
      return createJsonReply(converse(models, call()));
    case 'ConverseStream': {
      const { pieces, failure } = converseStream(models, call());
      const faults = failure && { exception: { ...failure, afterEvents: failure.afterEvents ?? 0 } };
      const headers = { 'content-type': 'application/vnd.amazon.eventstream' };
      return { headers, pieces, isStream: true, faults: faults ?? {} };
    }
  }
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
