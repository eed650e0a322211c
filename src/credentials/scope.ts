import type { CredentialProvider } from '../types.js';

/** What a provider's credentials have in common, no matter how often its keys change. */
export interface Scope {
  /** Such as a pool and role, or a profile; contains no secret. */
  name: string;
  /**
   * Whether the name can only belong to one account, as that of an identity pool. A profile's name cannot: another machine
   * may have one too, and its keys may be replaced by another account's.
   */
  isOfOneAccount: boolean;
}

/** Registered, as several files of the build contain this module and have to see the scopes of each other. */
const SCOPE = Symbol.for('bedrock-anywhere.scope');

/** Names what a provider's credentials have in common. The provider has to be one of this library. */
export function withScope(provider: CredentialProvider, scope: Scope): CredentialProvider {
  return Object.defineProperty(provider, SCOPE, { value: scope, configurable: true });
}

/** What a provider's credentials have in common; undefined if it has no name, and for plain credentials. */
export function scopeOf(given: unknown): Scope | undefined {
  return typeof given === 'function' ? (given as { [SCOPE]?: Scope })[SCOPE] : undefined;
}
