import { makeError } from '../errors.js';
import { type Join, raceAbort, startFlight } from '../flight.js';
import { tagOf } from '../input/read.js';
import { canSharePromises } from '../runtime.js';
import type { CredentialProvider, Credentials } from '../types.js';

/** Credentials are renewed this long before they expire, or at half of their lifetime if that is shorter. */
const WINDOW_MS = 5 * 60_000;

/** The longest wait for a provider: some ask a person to log in. */
const PROVIDER_TIMEOUT_MS = 5 * 60_000;

/** The longest wait for new credentials while the old ones are still valid. */
const RENEWAL_TIMEOUT_MS = 10_000;

/** How long the old ones are used without another try after a renewal that hung. */
const RENEWAL_PAUSE_MS = 60_000;

/** The AWS SDK's providers have a cache of their own and skip it if they are told to. Ours stop at the signal. */
export type RefreshableProvider = (options?: {
  forceRefresh?: boolean;
  signal?: AbortSignal;
}) => PromiseLike<Credentials>;

/** How to call a provider. */
export interface ProviderCall {
  /** Call it although cached credentials look valid, because the service refused them. */
  refresh?: boolean | undefined;
  /** Stops the wait. */
  signal?: AbortSignal | undefined;
}

interface Entry {
  credentials?: Credentials | undefined;
  renewAt: number;
  flight?: Join<Credentials> | undefined;
}

const entries = new WeakMap<CredentialProvider, Entry>();

/**
 * Returns what a provider returns, cached until shortly before its `expiration`; without one, the provider is called each
 * time. Callers at the same time share one call. If a renewal fails, credentials that are still valid stay in use. A call
 * that hangs ends when nobody waits for it anymore, or at its time limit.
 *
 * @param nowMs Time of the service, in milliseconds.
 */
export async function getCredentials(
  provider: CredentialProvider,
  nowMs: number,
  { refresh = false, signal }: ProviderCall = {},
): Promise<Credentials> {
  const entry = entries.get(provider) ?? { renewAt: 0 };
  entries.set(provider, entry);
  const { credentials, flight } = entry;
  if (credentials !== undefined && !refresh && nowMs < entry.renewAt) return credentials;
  if (flight !== undefined && canSharePromises()) return flight(signal);
  const own = startFlight(
    (controller) => callProvider(provider, entry, nowMs, refresh, controller),
    () => {
      if (entry.flight === own) entry.flight = undefined;
    },
  );
  entry.flight = own;
  return own(signal);
}

async function callProvider(
  provider: CredentialProvider,
  entry: Entry,
  nowMs: number,
  refresh: boolean,
  controller: AbortController,
): Promise<Credentials> {
  const { credentials: old } = entry;
  const expiresAt = expirationMs(old) ?? 0;
  const canUseOld = !refresh && nowMs < expiresAt;
  const limit = canUseOld ? RENEWAL_TIMEOUT_MS : PROVIDER_TIMEOUT_MS;
  const timer = setTimeout(() => controller.abort(timeoutError(limit)), limit);
  try {
    const { signal } = controller;
    // The AWS SDK's providers would return the old ones again while they fetch new ones.
    const forceRefresh = refresh || old !== undefined;
    const credentials = await raceAbort((provider as RefreshableProvider)({ forceRefresh, signal }), signal);
    const end = expirationMs(credentials);
    entry.credentials = end === undefined ? undefined : credentials;
    if (end !== undefined) entry.renewAt = end - Math.min(WINDOW_MS, (end - nowMs) / 2);
    return credentials;
  } catch (error) {
    if (!canUseOld) throw error;
    // It would keep the next calls waiting too.
    if (controller.signal.aborted) entry.renewAt = Math.min(expiresAt, nowMs + limit + RENEWAL_PAUSE_MS);
    return old as Credentials;
  } finally {
    clearTimeout(timer);
  }
}

function timeoutError(ms: number): Error {
  return makeError(
    'ERR_TIMEOUT',
    `The credential provider did not answer within ${ms / 1000} seconds. The next call tries again: check what it waits for.`,
  );
}

/** Numbers below are seconds since 1970, from 2001 on; numbers from here on are milliseconds, from 1973 on. */
const FIRST_MS = 1e11;
const FIRST_SECONDS = 1e9;

/**
 * When credentials expire, in milliseconds since 1970: a Date, a text with its time zone, or seconds or milliseconds since 1970.
 * Undefined for anything whose meaning is not certain.
 */
export function expirationMs(
  credentials: Pick<Credentials, 'expiration'> | null | undefined,
): number | undefined {
  const ms = readTime(credentials?.expiration);
  return Number.isNaN(ms) ? undefined : ms;
}

function readTime(time: unknown): number {
  // By its tag: a Date of another realm is not an instance of this class.
  if (typeof time === 'object' && time !== null && tagOf(time) === 'Date')
    return new Date(time as Date).getTime();
  if (typeof time === 'string') {
    if (/^\d+(?:\.\d+)?$/.test(time)) return readTime(Number(time));
    return /(?:Z|GMT|UTC|[+-]\d\d:?\d\d)$/i.test(time) ? Date.parse(time) : Number.NaN;
  }
  if (typeof time !== 'number' || !(time >= FIRST_SECONDS)) return Number.NaN;
  return new Date(time < FIRST_MS ? time * 1000 : time).getTime();
}
