import type { Operation } from '../catalog/permissions.js';
import { inputError } from '../errors.js';
import type { CallOptions, Destination, Service, Settings, Transport } from '../options.js';
import { fetchTransport } from './fetch.js';

/** Where calls to a service go, through what, and within which limits. */
export interface Route {
  readonly transport: Transport;
  readonly destination: Destination;
  readonly settings: Settings;
  /** The option `headers`, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** Counts what several calls do together. */
  readonly tally?: { sent: number; readonly warnings: string[] };
}

/** What a call sends, however often and through whatever. */
export interface Outgoing {
  readonly method: 'GET' | 'POST';
  readonly operation: Operation;
  /** Id or ARN of the model that it is about. */
  readonly modelId?: string | undefined;
  /** Path below the endpoint's own, percent-encoded, with a leading slash. */
  readonly path: string;
  /** Query without `?`, percent-encoded. */
  readonly query?: string;
  /** Headers in lower case that the operation needs. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Members of AWS's command. */
  readonly input?: object;
  /** Encodes the body; called once for all attempts. */
  readonly body?: () => Uint8Array<ArrayBuffer>;
  /** Secrets in the body: no error repeats them. */
  readonly secrets?: readonly string[];
}

/** @param modelRegion Region in the ARN of the model. */
export async function resolveRoute(
  service: Service,
  settings: Settings,
  modelRegion?: string,
): Promise<Route> {
  const { transport = fetchTransport } = settings;
  const headers = settings.headers === undefined ? NO_HEADERS : readHeaders(settings.headers);
  const destination = await transport.destination(service, settings, modelRegion);
  return { transport, destination, settings, headers };
}

const NO_HEADERS: Route['headers'] = Object.freeze({});

/** Headers that the signer sets: one from outside would break the signature or leak into it. */
const SET_BY_SIGNER = ['authorization', 'host', 'x-amz-date', 'x-amz-security-token', 'x-amz-content-sha256'];

function readHeaders(init: NonNullable<CallOptions['headers']>): Record<string, string> {
  const headers = new Headers(init);
  for (const name of SET_BY_SIGNER) {
    if (!headers.has(name)) continue;
    throw inputError(
      `The option headers may not set ${name}: it is part of authorization. Use the option credentials.`,
    );
  }
  return Object.fromEntries(headers);
}
