import type { BearerToken } from '../types.js';

/** The headers to send for a request that a Bedrock API key authorizes. */
export function bearerHeaders(
  headers: Readonly<Record<string, string>>,
  token: BearerToken,
): Record<string, string> {
  const { host: _setByFetch, ...rest } = headers;
  return { ...rest, authorization: `Bearer ${token.token}` };
}
