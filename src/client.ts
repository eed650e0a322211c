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

/** Under this name a client has a function that returns its options, also for another copy of this library. */
const OPTIONS = Symbol.for('bedrock-anywhere.options');

/** Makes the options of a client known to calls that are functions of their own. Logs do not show them. */
export function bindClient<Client extends object>(client: Client, options: ClientOptions): Client {
  return Object.defineProperty(client, OPTIONS, { value: () => options });
}

/** The options that a client was created with; none without a client. */
export function optionsOfClient(client: unknown, of: string): ClientOptions {
  if (client == null) return {};
  const read = (Object(client) as Partial<Record<typeof OPTIONS, unknown>>)[OPTIONS];
  if (typeof read === 'function') return read() as ClientOptions;
  throw inputError(`The option client of ${of} is not a client. Pass what createBedrock() returned.`);
}

const CALLER_OPTIONS = /* @__PURE__ */ Object.assign({}, CALL_OPTIONS, { client: any });

/**
 * Checks the options of a call and merges them with those of its client.
 *
 * @param of The function that was called, such as `embed()`, for errors.
 */
export function readCallerOptions(options: CallerOptions, of: string): SettingsOf<CallOptions> {
  const bound = optionsOfClient(Object(options).client, of);
  const { client: _used, ...settings } = resolveSettings<CallerOptions>(bound, options, of, CALLER_OPTIONS);
  return settings as SettingsOf<CallOptions>;
}
