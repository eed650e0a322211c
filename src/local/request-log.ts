import { ALGORITHM } from '../sign/sigv4.js';
import type { Received } from './http/received.js';
import { API_OF, isRouteOf, type Route } from './http/routes.js';
import type { ReceivedRequest } from './options.js';
import { parseJsonIfPossible } from './parse-json.js';

const MAX_ENTRIES = 1000;
const MAX_LETTERS = 16 * 1024 * 1024;

/** The last requests, as many as memory allows. */
export interface RequestLog {
  readonly entries: readonly ReceivedRequest[];
  /** Adds a request; its outcome is filled in later. */
  add(request: Received, route: Route | undefined, at: number): ReceivedRequest;
}

export function createRequestLog(): RequestLog {
  const entries: ReceivedRequest[] = [];
  let letters = 0;
  return {
    entries,
    add(request, route, at) {
      const bodyText = hideTokens(new TextDecoder().decode(request.body), route);
      const entry: ReceivedRequest = {
        method: request.method,
        path: hideSignature(request.target),
        operation: route?.operation,
        modelId: modelIn(route),
        headers: hideSecrets(request.headers),
        get body() {
          return parseJsonIfPossible(bodyText);
        },
        bodyText,
        status: 0,
        errorType: undefined,
        at,
        durationMs: undefined,
        usage: undefined,
        faults: [],
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

/** Operations whose id names something other than a model. */
const NOT_OF_A_MODEL: readonly string[] = [
  'ApplyGuardrail',
  'GetResponse',
  'DeleteResponse',
  'CancelResponse',
];

function modelIn(route: Route | undefined): string | undefined {
  if (route === undefined || !isRouteOf(route, 'bedrock', 'openai', 'anthropic')) return undefined;
  return NOT_OF_A_MODEL.includes(route.operation) ? undefined : route.id;
}

function hideSecrets(headers: ReadonlyMap<string, string>): Record<string, string> {
  const shown = Object.fromEntries(headers);
  if (shown['authorization'] !== undefined) shown['authorization'] = redact(shown['authorization']);
  for (const name of ['x-amz-security-token', 'cookie', 'x-api-key', 'x-aws-ec2-metadata-token']) {
    if (shown[name] !== undefined) shown[name] = '…';
  }
  return shown;
}

/** Keeps the scheme, and of SigV4 everything but the signature. */
function redact(authorization: string): string {
  const scheme = /^\S+/.exec(authorization)?.[0] ?? '';
  if (scheme !== ALGORITHM) return `${/^Bearer$/i.test(scheme) ? scheme : ''} …`.trim();
  return authorization.replace(/(Signature=)[^,\s]*/g, '$1…');
}

/** Removes the signature and the session token from a query. */
function hideSignature(target: string): string {
  return target.replace(/(?<=[?&]X-Amz-(?:Signature|Security-Token)=)[^&]*/g, '…');
}

/** Cuts out tokens of identity providers, which are in the body. */
function hideTokens(body: string, route: Route | undefined): string {
  if (route?.operation === 'AssumeRoleWithWebIdentity') {
    const shown = body.replace(/(^|&)(WebIdentityToken=)[^&]*/g, '$1$2…');
    // The name may be written with escapes.
    const tokens = new URLSearchParams(shown).getAll('WebIdentityToken');
    return tokens.every((token) => token === '…') ? shown : '…';
  }
  if (route === undefined || API_OF[route.operation] !== 'cognito-identity') return body;
  const json = parseJsonIfPossible(body);
  // Tokens are in there, if not in a form that can be read.
  if (typeof json !== 'object' || json === null) return '…';
  const { Logins, ...rest } = json as { Logins?: unknown };
  if (Logins === undefined) return body;
  const shown = Object.keys(Object(Logins)).map((provider) => [provider, '…']);
  return JSON.stringify({ ...rest, Logins: typeof Logins === 'string' ? '…' : Object.fromEntries(shown) });
}
