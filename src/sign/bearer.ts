import type { BearerToken } from '../types.js';

/** The authorization header of a request that a Bedrock API key authorizes (RFC 6750). */
export function bearerAuthorization({ token }: BearerToken): string {
  return `Bearer ${token}`;
}
