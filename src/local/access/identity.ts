import { jsonExceptionReply, ServiceException } from '../exception.js';
import type { Received } from '../http/received.js';
import { API_OF, type LocalApi, type OperationOf, type Route } from '../http/routes.js';
import type { LocalBedrockOptions } from '../options.js';
import { createIdentityPool } from './cognito.js';
import { createMetadata } from './metadata.js';
import { queryExceptionReply, queryReply } from './query-protocol.js';
import type { Sessions } from './sessions.js';
import { assumeRole, assumeRoleWithWebIdentity, callerIdentity, type Members } from './sts.js';

type IdentityApi = Exclude<LocalApi, 'bedrock'>;
type Identity = OperationOf<IdentityApi>;

/** A whole answer. */
export interface WholeReply {
  headers: Record<string, string>;
  body: string;
}

/** One request for credentials or about them. */
interface IdentityCall {
  request: Received;
  route: Route<Identity>;
  /** Id of the access key that signed it, where one had to. */
  accessKeyId: string | undefined;
  requestId: string;
  nowMs: number;
}

/** Everything that hands out credentials: Cognito, STS, instance and container metadata. */
export interface IdentityService {
  /** @throws ServiceException where it is refused */
  answer(call: IdentityCall): WholeReply;
}

/** True for a route that is for credentials or about them. */
export function isIdentityRoute(route: Route): route is Route<Identity> {
  return API_OF[route.operation] !== 'bedrock';
}

/** Operations that a caller has to sign. */
export function isSigned({ operation }: Route): boolean {
  return operation === 'GetCallerIdentity' || operation === 'AssumeRole';
}

/** The services that hand out credentials, for one account. */
export function createIdentityService(
  options: LocalBedrockOptions,
  { identityPoolId, region, sessions }: { identityPoolId: string; region: string; sessions: Sessions },
): IdentityService {
  const { guests, logins, customRoleArns } = options;
  const pool = createIdentityPool({ identityPoolId, region, sessions, guests, logins, customRoleArns });
  const sts = { sessions, webIdentityTokens: [options.webIdentityToken ?? []].flat() };
  const metadata = createMetadata(sessions, region, options.containerAuthorizationToken);

  return {
    answer({ request, route, accessKeyId = '', requestId, nowMs }) {
      const { headers } = request;
      const { operation } = route;
      const query = (result: (input: URLSearchParams) => Members): WholeReply =>
        queryReply(operation, result(formOf(request)), requestId, acceptsJson(request));
      switch (operation) {
        case 'GetId':
          return json(pool.getId(jsonOf(request)), 'application/x-amz-json-1.1');
        case 'GetCredentialsForIdentity':
          return json(pool.getCredentials(jsonOf(request)), 'application/x-amz-json-1.1');
        case 'GetCallerIdentity':
          return query(() => callerIdentity(sts, accessKeyId));
        case 'AssumeRole':
          return query((input) => assumeRole(sts, input));
        case 'AssumeRoleWithWebIdentity':
          return query((input) => assumeRoleWithWebIdentity(sts, input));
        case 'InstanceMetadataToken': {
          const { text, headers: more } = metadata.token(headers, nowMs);
          return plain(text, more);
        }
        case 'InstanceRole':
          return plain(metadata.roles(headers, nowMs));
        case 'InstanceRoleCredentials':
          return plain(
            JSON.stringify(metadata.roleCredentials(headers, route.id ?? '', nowMs), undefined, 2),
          );
        case 'ContainerCredentials':
          return json(metadata.containerCredentials(headers, nowMs), 'application/json');
      }
    },
  };
}

/** The answer for an exception, in the shape of the service that was asked. */
export function identityExceptionReply(
  exception: ServiceException,
  api: IdentityApi,
  request: Received,
  requestId: string,
): WholeReply {
  switch (api) {
    case 'cognito-identity':
      return jsonExceptionReply(exception);
    case 'sts':
      return queryExceptionReply(exception, requestId, acceptsJson(request));
    case 'metadata':
      return json({ Code: exception.name, Message: exception.message }, 'application/json');
  }
}

function json(value: object, type: string): WholeReply {
  return { headers: { 'content-type': type }, body: JSON.stringify(value) };
}

function plain(body: string, headers: Record<string, string> = {}): WholeReply {
  return { headers: { 'content-type': 'text/plain', ...headers }, body };
}

function acceptsJson(request: Received): boolean {
  return request.headers.get('accept')?.includes('application/json') === true;
}

function formOf({ body }: Received): URLSearchParams {
  return new URLSearchParams(new TextDecoder().decode(body));
}

function jsonOf({ body }: Received): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    throw new ServiceException('SerializationException', 'The request is no JSON.');
  }
}
