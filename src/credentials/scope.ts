import type { CredentialProvider, Credentials } from '../types.js';

const scopes = new WeakMap<CredentialProvider, string>();

/** Names what a provider's credentials belong to, such as a pool or profile: it outlives keys that rotate. */
export function withScope(provider: CredentialProvider, scope: string): CredentialProvider {
  scopes.set(provider, scope);
  return provider;
}

/**
 * What some credentials belong to, without a secret: the account, else what their provider is named after, else
 * undefined.
 */
export function scopeOf(given: unknown, credentials: Credentials): string | undefined {
  if ('accountId' in credentials && credentials.accountId !== undefined)
    return `account:${credentials.accountId}`;
  return typeof given === 'function' ? scopes.get(given as CredentialProvider) : undefined;
}
