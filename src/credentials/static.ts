import type { CredentialProvider, Credentials } from '../types.js';

/**
 * Always the same credentials.
 *
 * @example
 * ```ts
 * import { createBedrock, fromStatic } from 'bedrock-anywhere';
 *
 * const bedrock = createBedrock({
 *   credentials: fromStatic({ accessKeyId: 'ASIA…', secretAccessKey: '…', sessionToken: '…' }),
 * });
 * ```
 */
export function fromStatic(credentials: Credentials): CredentialProvider {
  return async () => credentials;
}
