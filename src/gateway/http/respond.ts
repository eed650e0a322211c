import type { Failure } from '../failure.js';
import type { ErrorWriter } from '../protocol.js';

/** A JSON response. No response of the gateway may be cached. */
export function jsonResponse(
  body: object | undefined,
  status: number,
  headers: Record<string, string>,
): Response {
  return respondJson(body === undefined ? null : JSON.stringify(body), status, headers);
}

/** JSON that has been written already. */
export function respondJson(
  body: string | ReadableStream<Uint8Array> | null,
  status: number,
  headers: Record<string, string>,
): Response {
  return new Response(body, {
    status,
    headers: {
      ...headers,
      ...(body !== null && { 'content-type': 'application/json' }),
      'cache-control': 'no-store',
    },
  });
}

/** A failure in the shape of a protocol. */
export function errorResponse(
  failure: Failure,
  errors: ErrorWriter,
  requestId: string,
  more: Record<string, string> = {},
): Response {
  const { kind, retryAfterMs, allow } = failure;
  return jsonResponse(errors.body(failure, requestId), errors.status?.(failure) ?? failure.status, {
    ...more,
    ...errors.headers?.(failure),
    [errors.requestIdHeader]: requestId,
    ...(retryAfterMs !== undefined && {
      'retry-after': String(Math.max(1, Math.ceil(retryAfterMs / 1000))),
      'retry-after-ms': String(Math.ceil(retryAfterMs)),
    }),
    ...(allow !== undefined && { allow }),
    ...(kind === 'quota' && { 'x-should-retry': 'false' }),
    ...(kind === 'no-key' && { 'www-authenticate': 'Bearer' }),
  });
}
