import { CALL_OPTIONS, readCallOptions } from '../input/call-options.js';
import type { Options } from '../input/options.js';
import type { CallOptions, ClientOptions, Settings } from '../options.js';

/** Settings of a call that has more options than all calls have. */
export type SettingsOf<Call extends CallOptions> = Settings & Omit<Call, keyof CallOptions>;

/**
 * Checks the options of a call, and merges them with the bound ones, which have been checked. Options of the call come
 * first; one that is undefined overrides nothing.
 *
 * @param of The function that was called, such as `stream()`.
 */
export function resolveSettings<Call extends CallOptions = CallOptions>(
  bound: ClientOptions,
  call: Call,
  of: string,
  known: Options = CALL_OPTIONS,
): SettingsOf<Call> {
  const own = readCallOptions<Call>(call, known, of);
  return Object.freeze({
    ...bound,
    ...own,
    region: { call: own.region, bound: bound.region },
  }) as SettingsOf<Call>;
}
