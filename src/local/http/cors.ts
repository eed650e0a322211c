import { inputError } from '../../errors.js';
import { isLoopback } from './loopback.js';
import type { Received } from './received.js';

/**
 * What AWS's clients and those of OpenAI and Anthropic send across origins, and the header for faults. Nothing else passes preflight,
 * though bedrock-mantle, which varies its answers by the requested headers, may allow any.
 */
const ALLOWED_HEADERS = [
  'amz-sdk-invocation-id',
  'amz-sdk-request',
  'anthropic-beta',
  'anthropic-dangerous-direct-browser-access',
  'anthropic-version',
  'authorization',
  'content-type',
  'openai-organization',
  'openai-project',
  'x-amz-content-sha256',
  'x-amz-date',
  'x-amz-security-token',
  'x-amz-target',
  'x-amz-user-agent',
  'x-amzn-bedrock-accept',
  'x-amzn-bedrock-guardrailidentifier',
  'x-amzn-bedrock-guardrailversion',
  'x-amzn-bedrock-performanceconfig-latency',
  'x-amzn-bedrock-request-metadata',
  'x-amzn-bedrock-service-tier',
  'x-amzn-bedrock-trace',
  'x-api-key',
  'x-local-fault',
];

/** Whether pages of the origin that a request names may use the local Bedrock; true for a request of no page. */
export type OriginCheck = (request: Pick<Received, 'headers' | 'host'>) => boolean;

/**
 * Creates the check of `Origin`.
 *
 * @param allowed Origins; `*` is any. Default: those of this machine. The origin of the server itself is always allowed.
 * @throws BedrockError `ERR_INPUT` for an entry that is not an origin
 */
export function createOriginCheck(allowed: readonly string[] | undefined): OriginCheck {
  const origins = allowed?.map(readOrigin);
  return ({ headers, host }) => {
    const origin = headers.get('origin')?.toLowerCase();
    if (origin === undefined || origin.replace(/^https?:\/\//, '') === host.toLowerCase()) return true;
    return origins === undefined
      ? isLoopbackOrigin(origin)
      : origins.includes('*') || origins.includes(origin);
  };
}

function isLoopbackOrigin(origin: string): boolean {
  const [, name] = /^https?:\/\/([^/:@[\]]+|\[[\da-f:]+\])(?::\d+)?$/.exec(origin) ?? [];
  return name !== undefined && isLoopback(name);
}

function readOrigin(origin: unknown): string {
  const text = typeof origin === 'string' ? origin.toLowerCase() : '';
  if (text === '*' || text === 'null' || /^[a-z][a-z0-9+.-]*:\/\/[^\s/?#@]+$/.test(text)) return text;
  throw inputError(
    `allowedOrigins has ${JSON.stringify(origin)}, which is not an origin. ` +
      'Pass scheme, host and port without a path, such as https://app.example.com, or *.',
  );
}

/** Whether a browser sent the request for a page, frame or worker; what a person types into its address bar is not of a page. */
export function isFromPage(headers: ReadonlyMap<string, string>): boolean {
  return headers.has('origin') || (headers.get('sec-fetch-site') ?? 'none') !== 'none';
}

/** Answers a preflight request of an allowed origin. */
export function answerPreflight(headers: ReadonlyMap<string, string>): Response {
  const allowing = new Headers({
    ...writeCorsHeaders(headers, []),
    'access-control-allow-methods': 'GET, POST, DELETE',
    'access-control-allow-headers': ALLOWED_HEADERS.join(', '),
    'access-control-max-age': '3600',
  });
  // Chromium asks before a public page may talk to this machine.
  if (headers.has('access-control-request-private-network')) {
    allowing.set('access-control-allow-private-network', 'true');
  }
  return new Response(null, { status: 204, headers: allowing });
}

/** Headers that let a page of an allowed origin read a response. */
export function writeCorsHeaders(
  requestHeaders: ReadonlyMap<string, string>,
  exposed: readonly string[],
): Record<string, string> {
  const origin = requestHeaders.get('origin');
  if (origin === undefined) return {};
  const headers: Record<string, string> = { 'access-control-allow-origin': origin, vary: 'origin' };
  if (exposed.length > 0) headers['access-control-expose-headers'] = exposed.join(', ');
  return headers;
}
