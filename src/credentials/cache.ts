import { canSharePromises } from '../runtime.js';
import type { CredentialProvider, Credentials } from '../types.js';

/** Credentials are renewed this long before their end, or at half of their life where that is shorter. */
const WINDOW_MS = 5 * 60_000;

/** The AWS SDK's providers remember on their own, and ask again when told to. */
export type RefreshableProvider = (options?: { forceRefresh?: boolean }) => PromiseLike<Credentials>;

interface Kept {
  credentials?: Credentials | undefined;
  renewAt: number;
  flight?: Promise<Credentials> | undefined;
}

const kept = new WeakMap<CredentialProvider, Kept>();

/**
 * What a provider gives, remembered until shortly before its `expiration`; what has none is asked for each time.
 * Callers at the same time share one question. When renewing fails, credentials that are still good go on being used.
 *
 * @param nowMs Time of the service, in milliseconds.
 * @param refresh Ask again even though the remembered ones look good: the service refused them.
 */
export function remembered(
  provider: CredentialProvider,
  nowMs: number,
  refresh = false,
): Promise<Credentials> {
  const entry = kept.get(provider) ?? { renewAt: 0 };
  kept.set(provider, entry);
  const { credentials, flight } = entry;
  if (credentials !== undefined && !refresh && nowMs < entry.renewAt) return Promise.resolve(credentials);
  if (flight !== undefined && canSharePromises()) return flight;
  const asked = ask(provider, entry, nowMs, refresh);
  entry.flight = asked;
  const landed = (): void => {
    if (entry.flight === asked) entry.flight = undefined;
  };
  asked.then(landed, landed);
  return asked;
}

async function ask(
  provider: CredentialProvider,
  entry: Kept,
  nowMs: number,
  refresh: boolean,
): Promise<Credentials> {
  // The AWS SDK's providers would give the old ones once more while they ask for new ones.
  const isRenewal = entry.credentials !== undefined;
  try {
    const credentials = await (provider as RefreshableProvider)({ forceRefresh: refresh || isRenewal });
    const end = expirationMs(credentials);
    entry.credentials = end === undefined ? undefined : credentials;
    if (end !== undefined) entry.renewAt = end - Math.min(WINDOW_MS, (end - nowMs) / 2);
    return credentials;
  } catch (error) {
    const { credentials } = entry;
    const end = credentials === undefined ? undefined : expirationMs(credentials);
    if (credentials !== undefined && end !== undefined && nowMs < end && !refresh) return credentials;
    throw error;
  }
}

/** When credentials expire, in milliseconds since 1970: a Date, or the text that JSON makes of one. */
export function expirationMs(
  credentials: Pick<Credentials, 'expiration'> | null | undefined,
): number | undefined {
  const expiration: unknown = credentials?.expiration;
  const ms =
    expiration instanceof Date || typeof expiration === 'string'
      ? new Date(expiration).getTime()
      : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
}
