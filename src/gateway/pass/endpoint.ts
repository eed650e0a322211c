import type { ProtocolHost } from '../../catalog/protocols.js';
import { type Bedrock, type BedrockError, createBedrockFetch } from '../../index.js';
import { pickAnswerHeaders } from './headers.js';

/** A request to one of Bedrock's endpoints, which is sent as it is. */
export interface Passage {
  /** The client whose region and credentials are used. */
  bedrock: Bedrock;
  host: ProtocolHost;
  /** Whose paths: Bedrock's own begin at the root of the host. */
  paths: 'bedrock' | 'openai' | 'anthropic';
  /** Id or ARN of the model. */
  modelId: string;
  /** Region to call the model in. Default: the client's. */
  region: string | undefined;
  /** The path behind the beginning, with a leading slash. */
  path: string;
  headers: Record<string, string>;
  body: Uint8Array;
  signal: AbortSignal;
}

/** What Bedrock answered, before its body is read. */
export interface PassedAnswer {
  response: Response;
  /** Headers of the answer that clients may see. */
  headers: Record<string, string>;
  /** The error that the answer is; what it says holds no secret. */
  refusal: BedrockError | undefined;
}

/**
 * Sends a request to Bedrock with the gateway's own authorization.
 *
 * @throws BedrockError if there is no answer; the reason of the signal
 */
export async function sendPassage(passage: Passage): Promise<PassedAnswer> {
  const { bedrock: client, host, paths, modelId: model, region, path, headers, body, signal } = passage;
  let refusal: BedrockError | undefined;
  const protocol = paths === 'openai' ? 'openai' : 'anthropic';
  const { baseURL, fetch } = createBedrockFetch({
    protocol,
    model,
    client,
    endpoint: host,
    ...(region !== undefined && { region }),
    onRefusal: (error) => {
      refusal = error;
    },
  });
  const base = paths === 'bedrock' ? baseURL.replace(/\/anthropic$/, '') : baseURL;
  try {
    const response = await fetch(base + path, { method: 'POST', headers, body: body as BodyInit, signal });
    return { response, headers: pickAnswerHeaders(response.headers), refusal };
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}
