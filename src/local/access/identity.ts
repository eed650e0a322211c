import type { ServiceException, WholeReply } from '../exception.js';
import type { Received } from '../http/received.js';
import { type EndpointApi, isRouteOf, type LocalApi, type OperationOf, type Route } from '../http/routes.js';
import { parseJson } from '../parse-json.js';
import { createIdentityPool, type IdentityPoolOptions } from './cognito.js';
import { createMetadata } from './metadata.js';
import { createOpenIdTokens } from './openid-tokens.js';
import { writeException, writeResult } from './query-protocol.js';
import type { Sessions } from './sessions.js';
import { assumeRole, assumeRoleWithWebIdentity, getCallerIdentity, type Members } from './sts.js';

type IdentityApi = Exclude<LocalApi, 'bedrock' | EndpointApi>;
type Identity = OperationOf<IdentityApi>;

/** A request for credentials or about them. */
interface IdentityCall {
  request: Received;
  route: Route<Identity>;
  /** Id of the access key that signed it, if it had to be signed. */
  accessKeyId: string | undefined;
  requestId: string;
  nowMs: number;
}

/** Options of everything that issues credentials. */
export interface IdentityOptions extends IdentityPoolOptions {
  /** Tokens that AssumeRoleWithWebIdentity accepts. Default: none. */
  webIdentityToken?: string | readonly string[] | undefined;
  /** Value that `authorization` must have in requests for a container's credentials. Default: any. */
  containerAuthorizationToken?: string | undefined;
}

/** Everything that issues credentials: Cognito, STS, instance and container metadata. */
export interface IdentityService {
  /** @throws ServiceException if the request is rejected */
  answer(call: IdentityCall): WholeReply;
}

/** Whether a route is for credentials or about them. */
export function isIdentityRoute(route: Route): route is Route<Identity> {
  return isRouteOf(route, 'cognito-identity', 'sts', 'metadata');
}

/** Whether a caller has to sign for this operation. */
export function mustBeSigned({ operation }: Route): boolean {
  return operation === 'GetCallerIdentity' || operation === 'AssumeRole';
}

/** What the services that issue credentials share. */
interface IdentityInit {
  identityPoolId: string;
  /** The role that trusts guests of the identity pool. */
  guestRoleArn: string;
  region: string;
  sessions: Sessions;
  now: () => number;
}

/** Creates the services that issue credentials for one account. */
export function createIdentityService(
  options: IdentityOptions,
  { now, guestRoleArn, ...init }: IdentityInit,
): IdentityService {
  const { region, sessions } = init;
  const tokens = createOpenIdTokens(now);
  const pool = createIdentityPool({ ...options, ...init, tokens });
  const webIdentityTokens = [options.webIdentityToken ?? []].flat();
  const sts = { sessions, webIdentityTokens, tokens, guestRoleArn, now };
  const metadata = createMetadata(sessions, region, options.containerAuthorizationToken);

  return {
    answer({ request, route, accessKeyId = '', requestId, nowMs }) {
      const { headers } = request;
      const { operation } = route;
      const query = (result: (input: URLSearchParams) => Members): WholeReply =>
        writeResult(operation, result(formOf(request)), requestId, acceptsJson(request));
      switch (operation) {
        case 'GetId':
          return json(pool.getId(jsonOf(request)), 'application/x-amz-json-1.1');
        case 'GetCredentialsForIdentity':
          return json(pool.getCredentials(jsonOf(request)), 'application/x-amz-json-1.1');
        case 'GetOpenIdToken':
          return json(pool.getOpenIdToken(jsonOf(request)), 'application/x-amz-json-1.1');
        case 'GetCallerIdentity':
          return query(() => getCallerIdentity(sts, accessKeyId));
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

/** Writes an exception as the service in question does. */
export function writeIdentityException(
  exception: ServiceException,
  api: IdentityApi,
  request: Received,
  requestId: string,
): WholeReply {
  switch (api) {
    case 'cognito-identity':
      return jsonException(exception);
    case 'sts':
      return writeException(exception, requestId, acceptsJson(request));
    case 'metadata':
      return json({ Code: exception.name, Message: exception.message }, 'application/json');
  }
}

/** AWS's JSON protocol, in which every fault of the caller is a 400. */
function jsonException({ name, message, headers }: ServiceException): WholeReply {
  return {
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amzn-errortype': `${name}:`,
      'x-amzn-errormessage': message.slice(0, 1000).replace(/[^\x20-\x7e]/g, '?'),
      ...headers,
    },
    body: JSON.stringify({ __type: name, message }),
  };
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
  return parseJson(new TextDecoder().decode(body));
}
