import { inputError } from './errors.js';
import { CALL_OPTIONS } from './input/call-options.js';
import { any } from './input/read.js';
import type { CallOptions, ClientOptions } from './options.js';
import { resolveSettings, type SettingsOf } from './transport/settings.js';

/** What `createBedrock()` returns, as the calls see it that are functions of their own. */
export interface BedrockClient {
  stream: unknown;
  converse: unknown;
}

/** Options of a call that is a function of its own. */
export interface CallerOptions extends CallOptions {
  /** Client of `createBedrock()`, whose options are the defaults of this call. */
  client?: BedrockClient | undefined;
}

/** The options that each client was created with. */
const optionsOf = /* @__PURE__ */ new WeakMap<object, ClientOptions>();

/** Remembers the options of a client for calls that are functions of their own. */
export function bindClient<Client extends object>(client: Client, options: ClientOptions): Client {
  optionsOf.set(client, options);
  return client;
}

const CALLER_OPTIONS = /* @__PURE__ */ Object.assign({}, CALL_OPTIONS, { client: any });

/**
 * Checks the options of a call and merges them with those of its client.
 *
 * @param of The function that was called, such as `embed()`, for errors.
 */
export function readCallerOptions(options: CallerOptions, of: string): SettingsOf<CallOptions> {
  const client: unknown = Object(options).client;
  const bound = client == null ? {} : optionsOf.get(Object(client) as object);
  if (bound === undefined)
    throw inputError(`The option client of ${of} is not a client. Pass what createBedrock() returned.`);
  const { client: _used, ...settings } = resolveSettings<CallerOptions>(bound, options, of, CALLER_OPTIONS);
  return settings as SettingsOf<CallOptions>;
}
