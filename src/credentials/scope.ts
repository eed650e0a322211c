import type { CredentialProvider } from '../types.js';

/** What a provider's credentials have in common, however often its keys change. */
export interface Scope {
  /** Such as a pool or profile; holds no secret. */
  name: string;
  /** Whether all of its credentials are of one account. A profile can be filled with keys of another. */
  isOfOneAccount: boolean;
}

const scopes = new WeakMap<CredentialProvider, Scope>();

/** Names what a provider's credentials have in common. */
export function withScope(provider: CredentialProvider, scope: Scope): CredentialProvider {
  scopes.set(provider, scope);
  return provider;
}

/** What a provider's credentials have in common; undefined where nobody named it, and for credentials themselves. */
export function scopeOf(given: unknown): Scope | undefined {
  return typeof given === 'function' ? scopes.get(given as CredentialProvider) : undefined;
}
