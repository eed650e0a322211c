import type { Received } from './http/received.js';
import { API_OF, type Route } from './http/routes.js';
import type { ReceivedRequest } from './options.js';

const MAX_ENTRIES = 1000;
const MAX_LETTERS = 16 * 1024 * 1024;

/** The last requests; memory stays flat. */
export interface RequestLog {
  readonly entries: readonly ReceivedRequest[];
  /** Takes a request down; what became of it is filled in later. */
  add(request: Received, route: Route | undefined, at: number): ReceivedRequest;
}

/** An empty log. */
export function createRequestLog(): RequestLog {
  const entries: ReceivedRequest[] = [];
  let letters = 0;
  return {
    entries,
    add(request, route, at) {
      const bodyText = withoutTokens(new TextDecoder().decode(request.body), route);
      const entry: ReceivedRequest = {
        method: request.method,
        path: request.target,
        operation: route?.operation,
        modelId: route !== undefined && API_OF[route.operation] === 'bedrock' ? route.id : undefined,
        headers: withoutSecrets(request.headers),
        body: jsonOf(bodyText),
        bodyText,
        status: 0,
        errorType: undefined,
        at,
      };
      entries.push(entry);
      letters += bodyText.length;
      while (entries.length > MAX_ENTRIES || (letters > MAX_LETTERS && entries.length > 1)) {
        letters -= entries.shift()?.bodyText.length ?? 0;
      }
      return entry;
    },
  };
}

function withoutSecrets(headers: ReadonlyMap<string, string>): Record<string, string> {
  const shown = Object.fromEntries(headers);
  if (shown['authorization'] !== undefined) shown['authorization'] = redacted(shown['authorization']);
  for (const name of ['x-amz-security-token', 'cookie', 'x-api-key', 'x-aws-ec2-metadata-token']) {
    if (shown[name] !== undefined) shown[name] = '…';
  }
  return shown;
}

/** The scheme, and of a signature all but the signature itself. */
function redacted(authorization: string): string {
  const scheme = /^\S+/.exec(authorization)?.[0] ?? '';
  if (scheme !== 'AWS4-HMAC-SHA256') return `${/^Bearer$/i.test(scheme) ? scheme : ''} …`.trim();
  return authorization.replace(/(Signature=)[^,\s]*/g, '$1…');
}

/** Tokens of identity providers stand in the body. */
function withoutTokens(body: string, route: Route | undefined): string {
  if (route?.operation === 'AssumeRoleWithWebIdentity') {
    return body.replace(/(^|&)(WebIdentityToken=)[^&]*/g, '$1$2…');
  }
  if (route?.operation !== 'GetId' && route?.operation !== 'GetCredentialsForIdentity') return body;
  const { Logins, ...rest } = (jsonOf(body) ?? {}) as { Logins?: unknown };
  if (typeof Logins !== 'object' || Logins === null) return body;
  const shown = Object.fromEntries(Object.keys(Logins).map((provider) => [provider, '…']));
  return JSON.stringify({ ...rest, Logins: shown });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
