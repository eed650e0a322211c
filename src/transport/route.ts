import type { Operation } from '../catalog/permissions.js';
import { type BedrockError, inputError, settingsError } from '../errors.js';
import type { CallOptions, Destination, Service, Settings, Transport } from '../options.js';
import { fetchTransport } from './fetch.js';

/** Where calls to a service go, through which transport, and with which settings. */
export interface Route {
  readonly transport: Transport;
  readonly destination: Destination;
  readonly settings: Settings;
  /** The option `headers`, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** Counts requests and collects warnings of several calls that belong together, such as those of `discover()`. */
  readonly tally?: { sent: number; readonly warnings: string[] };
}

/** A request before it is sent: the same for all attempts and all transports. */
export interface Outgoing {
  readonly method: 'GET' | 'POST';
  readonly operation: Operation;
  /** Id or ARN of the model. */
  readonly modelId?: string | undefined;
  /** Path to append to the endpoint's own, percent-encoded, with a leading slash. */
  readonly path: string;
  /** Query without `?`, percent-encoded. */
  readonly query?: string;
  /** Headers in lower case that the operation needs. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Input of the AWS SDK's command, for transports that send commands. */
  readonly input?: object;
  /** Encodes the body; called once for all attempts. */
  readonly body?: () => Uint8Array<ArrayBuffer>;
  /** Adds what the request shows about an error to its message; undefined if there is nothing to add. */
  readonly explain?: (message: string) => string | undefined;
  /** Secrets in the body: no error repeats them. */
  readonly secrets?: readonly string[];
}

/**
 * Resolves where calls to a service go, before anything is sent.
 *
 * @param modelRegion Region in the ARN of the model, if `modelId` is an ARN: it decides the region of the call.
 * @throws BedrockError `ERR_INPUT` for settings that cannot work.
 */
export async function resolveRoute(
  service: Service,
  settings: Settings,
  modelRegion?: string,
): Promise<Route> {
  const { transport = fetchTransport } = settings;
  const headers = settings.headers === undefined ? NO_HEADERS : readHeaders(settings.headers);
  const destination = await transport.destination(service, settings, modelRegion);
  if (typeof destination?.region !== 'string' || typeof destination.endpoint?.origin !== 'string') {
    throw transportError('destination, { region, endpoint: URL, credentials }');
  }
  return { transport, destination, settings, headers };
}

/** A transport in plain JavaScript may return anything. */
export function transportError(missing: string): BedrockError {
  return settingsError(`The option transport returned no ${missing}.`);
}

const NO_HEADERS: Route['headers'] = Object.freeze({});

/** Headers that the signer sets. If callers could set them, they would break the signature or become part of it. */
const SET_BY_SIGNER = ['authorization', 'host', 'x-amz-date', 'x-amz-security-token', 'x-amz-content-sha256'];

function readHeaders(init: NonNullable<CallOptions['headers']>): Record<string, string> {
  const headers = new Headers(init);
  for (const name of SET_BY_SIGNER) {
    if (!headers.has(name)) continue;
    throw inputError(
      `The option headers cannot set ${name}, which belongs to the authorization. Use the option credentials instead.`,
    );
  }
  return Object.fromEntries(headers);
}
