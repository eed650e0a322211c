/** What AWS's clients send across origins, and the header for faults. Nothing else passes preflight. */
const ALLOWED_HEADERS = [
  'amz-sdk-invocation-id',
  'amz-sdk-request',
  'authorization',
  'content-type',
  'x-amz-content-sha256',
  'x-amz-date',
  'x-amz-security-token',
  'x-amz-target',
  'x-amz-user-agent',
  'x-local-fault',
];

/** Answers a preflight request. */
export function answerPreflight(requestHeaders: ReadonlyMap<string, string>): Response {
  const headers: Record<string, string> = {
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'GET, POST',
    'access-control-allow-headers': ALLOWED_HEADERS.join(', '),
    'access-control-max-age': '3600',
  };
  // Chromium asks before a public page may talk to this machine.
  if (requestHeaders.has('access-control-request-private-network')) {
    headers['access-control-allow-private-network'] = 'true';
  }
  return new Response(null, { status: 204, headers });
}

/** Headers that let a page of any origin read a response. */
export function writeCorsHeaders(exposed: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = { 'access-control-allow-origin': '*' };
  if (exposed.length > 0) headers['access-control-expose-headers'] = exposed.join(', ');
  return headers;
}
