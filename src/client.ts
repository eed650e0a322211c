import { inputError } from './errors.js';
import { CALL_OPTIONS } from './input/call-options.js';
import { any } from './input/read.js';
import type { CallOptions, ClientOptions } from './options.js';
import { resolveSettings, type SettingsOf } from './transport/settings.js';

/** What `createBedrock()` returns, as far as separate functions such as `embed()` know it. */
export interface BedrockClient {
  stream: unknown;
  converse: unknown;
}

/** Options of a call that is a separate function. */
export interface CallerOptions extends CallOptions {
  /** Client of `createBedrock()`, whose options are the defaults of this call. */
  client?: BedrockClient | undefined;
}

/** Name of a client's function that returns its options. It is global, so that other copies of this library find it. */
const OPTIONS = Symbol.for('bedrock-anywhere.options');

/** Gives separate functions access to a client's options, which logs do not show. */
export function bindClient<Client extends object>(client: Client, options: ClientOptions): Client {
  return Object.defineProperty(client, OPTIONS, { value: () => options });
}

/** The options that a client was created with; none without a client. */
export function optionsOfClient(client: unknown, of: string): ClientOptions {
  if (client == null) return {};
  const read = (Object(client) as Partial<Record<typeof OPTIONS, unknown>>)[OPTIONS];
  if (typeof read === 'function') return read() as ClientOptions;
  throw inputError(`The option client of ${of} is not a client. Pass one from createBedrock().`);
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
