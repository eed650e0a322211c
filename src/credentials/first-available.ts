import { messageOf } from '../errors.js';
import { callback } from '../input/read.js';
import type { CredentialProvider } from '../types.js';
import type { RefreshableProvider } from './cache.js';
import { credentialsError } from './resolve.js';

/**
 * The first of some providers that has credentials, asked in order each time.
 *
 * @throws BedrockError `ERR_INPUT`, immediately, for anything but functions; from the provider, `ERR_CREDENTIALS` with the
 * reason of each if none has credentials.
 *
 * @example
 * ```ts
 * import { createBedrock, firstAvailable, fromBearerToken, fromEnvironment } from 'bedrock-anywhere';
 *
 * const fromServer = fromBearerToken(async () => {
 *   const response = await fetch('/bedrock-key', { method: 'POST' });
 *   if (!response.ok) throw new Error(`The server sent no key: it answered with ${response.status}.`);
 *   return response.text();
 * });
 * const bedrock = createBedrock({ credentials: firstAvailable(fromEnvironment(), fromServer) });
 * ```
 */
export function firstAvailable(...providers: CredentialProvider[]): CredentialProvider {
  providers.forEach((provider, i) => {
    callback(provider, [`Provider ${i + 1} of firstAvailable()`]);
  });
  const first: RefreshableProvider = async (options) => {
    const reasons: unknown[] = [];
    for (const provider of providers) {
      try {
        return await (provider as RefreshableProvider)(options);
      } catch (reason) {
        reasons.push(reason);
      }
    }
    const said = reasons.map((reason, i) => `${i + 1}. ${messageOf(reason)}`);
    throw credentialsError(
      `None of ${providers.length} providers has credentials. ${said.join(' ')}`,
      reasons,
    );
  };
  return first;
}
