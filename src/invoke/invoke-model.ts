import { type CallerOptions, readCallerOptions } from '../client.js';
import { decodeText } from '../encoding.js';
import { makeError } from '../errors.js';
import { callBytes } from '../transport/unary.js';
import { foreignBody } from '../wire/error-body.js';
import { findExcess } from '../wire/json-bounds.js';
import { type InvokeRequest, prepareInvoke } from './request.js';
import { type InvokeUsage, toCount, usageOfHeaders } from './usage.js';

/** The answer to `invokeModel()`, in the model's own form. */
export interface InvokeResult {
  /** The body as it came. */
  body: Uint8Array;
  /** The body as JSON. Throws `ERR_PROTOCOL` if it is not JSON. */
  json<Json = unknown>(): Json;
  /** The body as text. */
  text(): string;
  /** MIME type of the body. */
  contentType: string;
  /** Tokens; undefined if the answer has no such headers: rerank models send none, and CORS hides some from pages. */
  usage: InvokeUsage | undefined;
  /** How long the model took, in milliseconds; undefined if the answer does not say. */
  latencyMs: number | undefined;
  /** The tier that served the request; undefined if the answer does not say. */
  serviceTier: string | undefined;
  requestId: string | undefined;
  /** How many requests were sent. */
  attempts: number;
  /** Errors that hooks threw, as sentences. */
  warnings: string[];
}

/** The most values in an answer that becomes JSON: a batch of 96 embeddings of 1,536 numbers has 150,000. */
const MAX_VALUES = 500_000;

/**
 * Sends a request in a model's own form, such as Anthropic's Messages or an embedding, and resolves to the whole answer.
 * Source: Amazon Bedrock Runtime, `InvokeModel`.
 *
 * @throws BedrockError; an abort rejects with `signal.reason`.
 *
 * @example
 * ```ts
 * import { invokeModel } from 'bedrock-anywhere';
 *
 * const answer = await invokeModel({
 *   modelId: 'amazon.titan-embed-text-v2:0',
 *   body: { inputText: 'Why is the sky blue?', dimensions: 256 },
 * });
 * const { embedding } = answer.json<{ embedding: number[] }>();
 * console.log(embedding.length, answer.usage?.inputTokens);
 * ```
 */
export async function invokeModel(
  request: InvokeRequest,
  options: CallerOptions = {},
): Promise<InvokeResult> {
  const settings = readCallerOptions(options, 'invokeModel()');
  const { route, outgoing, accept } = await prepareInvoke(settings, request, 'invoke');
  const { body, headers, requestId, attempts, warnings } = await callBytes(route, outgoing, settings);
  const contentType = headers['content-type'] ?? '';
  const text = (): string => decodeText(body);
  const refuse = (): never => {
    const message = foreignBody(200, new Headers({ 'content-type': contentType }), undefined);
    throw makeError('ERR_PROTOCOL', message, { status: 200, requestId, attempts, phase: 'request' });
  };
  // Some other type is the page of a proxy. If the type is missing, json() decides.
  if (isJson(accept) && contentType !== '' && !isJson(contentType)) refuse();
  return {
    body,
    json<Json>(): Json {
      const excess = findExcess(body, 0, body.length, MAX_VALUES);
      if (excess !== undefined) refuse();
      try {
        return JSON.parse(text()) as Json;
      } catch {
        // Without the cause, which would quote the body.
        return refuse();
      }
    },
    text,
    contentType,
    usage: usageOfHeaders(headers),
    latencyMs: toCount(headers['x-amzn-bedrock-invocation-latency']),
    serviceTier: headers['x-amzn-bedrock-service-tier'],
    requestId,
    attempts,
    warnings,
  };
}

function isJson(type: string): boolean {
  return /^[^;]*[/+]json *(?:;|$)/i.test(type) || type.trim() === '*/*';
}
