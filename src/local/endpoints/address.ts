import { parseBody } from '../check/parse-body.js';
import type { Json } from '../check/shape.js';
import { ServiceException } from '../exception.js';
import { type Endpoint, type EndpointBase, readEndpointPath } from '../http/endpoint-paths.js';
import { pathOf, type Received } from '../http/received.js';
import { isBelowOpenAi } from './mantle-models.js';

/** Where a request in OpenAI's or Anthropic's protocol goes, and what it says. */
export interface Address {
  endpoint: Endpoint;
  base: EndpointBase;
  /** The body; empty if there is none or if it cannot be read. */
  json: Json;
  /** Why the body cannot be read. */
  unreadable: ServiceException | undefined;
  model: string | undefined;
  isStream: boolean;
}

/** Reads where a request goes; undefined if its path belongs to neither protocol. */
export function readAddress(request: Received): Address | undefined {
  const path = readEndpointPath(pathOf(request.target));
  if (path === undefined) return undefined;
  const { base } = path;
  const { json, unreadable } = readJson(request.body);
  const { model: named, stream } = json;
  const model = typeof named === 'string' ? named : undefined;
  const endpoint = chooseEndpoint(request, base, model);
  return { endpoint, base, json, unreadable, model, isStream: stream === true };
}

function readJson(body: Uint8Array): Pick<Address, 'json' | 'unreadable'> {
  try {
    const json = parseBody(body);
    if (typeof json === 'object' && json !== null && !Array.isArray(json))
      return { json: json as Json, unreadable: undefined };
  } catch (error) {
    if (error instanceof ServiceException) return { json: {}, unreadable: error };
    throw error;
  }
  const unreadable = new ServiceException(
    'SerializationException',
    'The request body must be a JSON object.',
  );
  return { json: {}, unreadable };
}

/**
 * Chooses the host that a request is for, as one address stands for both here. The first of these that says anything decides: the
 * name of the host, the path, the service that the request is signed for, and the form of the model's id.
 */
function chooseEndpoint(request: Received, base: EndpointBase, model: string | undefined): Endpoint {
  const [, named] = /^bedrock-(mantle|runtime)\b/.exec(request.host) ?? [];
  if (named !== undefined) return named as Endpoint;
  // Only bedrock-mantle has these paths. It also accepts signatures for `bedrock`.
  if (base === 'v1') return 'mantle';
  const service = signedServiceOf(request);
  if (service !== undefined) return service === 'bedrock-mantle' ? 'mantle' : 'runtime';
  return model !== undefined && isMantleId(model, base) ? 'mantle' : 'runtime';
}

function signedServiceOf({ headers, target }: Received): string | undefined {
  const [, scope = ''] = (headers.get('authorization') ?? target).split(/Credential(?:=|%3D)/i);
  const [, , , service, end] = (scope.split(/[,&\s]/)[0] ?? '').split(/\/|%2F/i);
  return end === 'aws4_request' ? service : undefined;
}

/** On bedrock-mantle, ids have no geography and no version, and only these models are below `/openai/v1`. */
function isMantleId(model: string, base: EndpointBase): boolean {
  if (/^arn:|^(?:us|eu|apac|au|ca|in|jp|sa|us-gov|global)\.|:\d+$/.test(model)) return false;
  return base === 'anthropic/v1' || isBelowOpenAi(model);
}
