import { CALL_OPTIONS, readCallOptions } from '../input/call-options.js';
import type { Options } from '../input/options.js';
import type { CallOptions, ClientOptions, Settings } from '../options.js';

/** Settings of a call that has options of its own. */
export type SettingsOf<Call extends CallOptions> = Settings & Omit<Call, keyof CallOptions>;

/**
 * Checks the options of a call and merges them with the bound ones, which were checked before. Options of the call win; one
 * that is undefined overrides nothing. The result is frozen, because it is shared by all attempts of the call.
 *
 * @param of The function that was called, such as `stream()`, for errors.
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
