import { matchEndpointRoute, readEndpointPath } from './endpoint-paths.js';
import { decodePart, pathOf, type Received } from './received.js';

/** The AWS service that a request is for: it decides what must be signed and what errors look like. */
export type LocalApi = 'bedrock' | EndpointApi | 'cognito-identity' | 'sts' | 'metadata';

/** The protocols of other vendors that Bedrock serves beside its own. */
export type EndpointApi = 'openai' | 'anthropic';

/** Whether a service is Bedrock, in whatever protocol. */
export function isBedrockApi(api: LocalApi): boolean {
  return api === 'bedrock' || isEndpointApi(api);
}

/** Whether a service is Bedrock in the protocol of another vendor. */
export function isEndpointApi(api: LocalApi): api is EndpointApi {
  return api === 'openai' || api === 'anthropic';
}

/** The service of each operation. */
export const API_OF = {
  Converse: 'bedrock',
  ConverseStream: 'bedrock',
  CountTokens: 'bedrock',
  InvokeModel: 'bedrock',
  InvokeModelWithResponseStream: 'bedrock',
  Rerank: 'bedrock',
  ApplyGuardrail: 'bedrock',
  InvokeGuardrailChecks: 'bedrock',
  GetFoundationModel: 'bedrock',
  ListGuardrails: 'bedrock',
  ListFoundationModels: 'bedrock',
  ListInferenceProfiles: 'bedrock',
  GetInferenceProfile: 'bedrock',
  GetFoundationModelAvailability: 'bedrock',
  CreateChatCompletion: 'openai',
  CreateResponse: 'openai',
  GetResponse: 'openai',
  DeleteResponse: 'openai',
  CancelResponse: 'openai',
  ListModels: 'openai',
  GetModel: 'openai',
  CreateMessage: 'anthropic',
  CountMessageTokens: 'anthropic',
  GetId: 'cognito-identity',
  GetCredentialsForIdentity: 'cognito-identity',
  GetOpenIdToken: 'cognito-identity',
  GetCallerIdentity: 'sts',
  AssumeRole: 'sts',
  AssumeRoleWithWebIdentity: 'sts',
  InstanceMetadataToken: 'metadata',
  InstanceRole: 'metadata',
  InstanceRoleCredentials: 'metadata',
  ContainerCredentials: 'metadata',
} as const satisfies Record<string, LocalApi>;

type Operations = typeof API_OF;

/** Operations by AWS's names, and by our own where AWS has none: for metadata and the protocols of others. */
type Operation = keyof Operations;

/** Operations of one service. */
export type OperationOf<Api extends LocalApi> = {
  [Name in Operation]: Operations[Name] extends Api ? Name : never;
}[Operation];

/** The operation of a request, and what it applies to. */
export interface Route<Name extends Operation = Operation> {
  operation: Name;
  /**
   * Decoded id or ARN of the model or profile, of a stored response, or the name of the role, where the path has one; the model in
   * the body of a request in another vendor's protocol.
   */
  id?: string | undefined;
}

/** Whether a route belongs to one of these services. */
export function isRouteOf<Api extends LocalApi>(
  route: Route,
  ...apis: readonly Api[]
): route is Route<OperationOf<Api>> {
  return (apis as readonly LocalApi[]).includes(API_OF[route.operation]);
}

interface RoutePath {
  method: string;
  /** The segments in front of the id, if the path has one. */
  before?: string;
  /** The segments at the end. */
  end?: string;
  operation: Operation;
}

const ROLES = 'latest/meta-data/iam/security-credentials';

/** Paths may have a prefix. An ARN may contain a plain `/`, so an id takes everything in between. */
const ROUTES: readonly RoutePath[] = [
  { method: 'POST', before: 'model', end: 'converse', operation: 'Converse' },
  { method: 'POST', before: 'model', end: 'converse-stream', operation: 'ConverseStream' },
  { method: 'POST', before: 'model', end: 'count-tokens', operation: 'CountTokens' },
  { method: 'POST', before: 'model', end: 'invoke', operation: 'InvokeModel' },
  {
    method: 'POST',
    before: 'model',
    end: 'invoke-with-response-stream',
    operation: 'InvokeModelWithResponseStream',
  },
  { method: 'POST', before: 'guardrail', end: 'apply', operation: 'ApplyGuardrail' },
  { method: 'POST', end: 'guardrail-checks/invoke', operation: 'InvokeGuardrailChecks' },
  { method: 'POST', end: 'rerank', operation: 'Rerank' },
  { method: 'GET', end: 'guardrails', operation: 'ListGuardrails' },
  { method: 'GET', end: 'foundation-models', operation: 'ListFoundationModels' },
  { method: 'GET', before: 'foundation-models', operation: 'GetFoundationModel' },
  { method: 'GET', end: 'inference-profiles', operation: 'ListInferenceProfiles' },
  { method: 'GET', before: 'inference-profiles', operation: 'GetInferenceProfile' },
  { method: 'GET', before: 'foundation-model-availability', operation: 'GetFoundationModelAvailability' },
  { method: 'PUT', end: 'latest/api/token', operation: 'InstanceMetadataToken' },
  { method: 'GET', end: ROLES, operation: 'InstanceRole' },
  { method: 'GET', end: `${ROLES}/`, operation: 'InstanceRole' },
  { method: 'GET', before: ROLES, operation: 'InstanceRoleCredentials' },
  { method: 'GET', end: 'local-container-credentials', operation: 'ContainerCredentials' },
];

type Addressed = Pick<Received, 'method' | 'target' | 'headers' | 'body'>;

/** Finds the operation of a request; undefined if there is none. */
export function matchRoute(request: Addressed): Route | undefined {
  const path = pathOf(request.target);
  for (const { method, before, end, operation } of ROUTES) {
    const tail = end === undefined ? '' : `/${end}`;
    if (method !== request.method || !path.endsWith(tail)) continue;
    if (before === undefined) return { operation };
    const at = path.indexOf(`/${before}/`);
    const id = path.slice(at + before.length + 2, path.length - tail.length);
    if (at >= 0 && id !== '') return { operation, id: decodePart(id) };
  }
  const endpointPath = readEndpointPath(path);
  if (endpointPath !== undefined) return matchEndpointRoute(request.method, endpointPath);
  if (request.method !== 'POST') return undefined;
  const api = apiOf(request);
  const name =
    api === 'sts'
      ? new URLSearchParams(new TextDecoder().decode(request.body)).get('Action')
      : request.headers.get('x-amz-target')?.replace(/^AWSCognitoIdentityService\./, '');
  return Object.hasOwn(API_OF, name ?? '') && API_OF[name as Operation] === api && api !== 'bedrock'
    ? { operation: name as Operation }
    : undefined;
}

/** The service of a route; without one, the service whose protocol the request uses. */
export function apiOf(request: Addressed, route?: Route): LocalApi {
  if (route !== undefined) return API_OF[route.operation];
  const endpointPath = readEndpointPath(pathOf(request.target));
  if (endpointPath !== undefined) return endpointPath.base === 'anthropic/v1' ? 'anthropic' : 'openai';
  if (request.headers.get('x-amz-target')?.startsWith('AWSCognitoIdentityService.'))
    return 'cognito-identity';
  const type = request.headers.get('content-type') ?? '';
  return type.startsWith('application/x-www-form-urlencoded') ? 'sts' : 'bedrock';
}
