import { isBearer, refuseLongLived, resolveCredentials } from '../credentials/resolve.js';
import { BedrockError, inputError } from '../errors.js';
import { bearerAuthorization } from '../sign/bearer.js';
import { amzDate, payloadHash, signHeaders } from '../sign/sigv4.js';
import type { Credentials } from '../types.js';
import { errorOfResponse } from '../wire/error-body.js';
import type { Abort } from './abort.js';
import { blamesClock, learnClock, serviceNow } from './clock-skew.js';
import { connectionError } from './connection-error.js';
import type { Target } from './options.js';
import { neededPermission, type Operation } from './permissions.js';
import type { Attempts } from './retry.js';
import { withoutSecrets } from './secrets.js';

/** One request of one operation. */
export interface Outgoing {
  method: 'GET' | 'POST';
  /** AWS's name of the operation. */
  operation: Operation;
  /** What it is done to: the id or ARN of a model. */
  resource?: string | undefined;
  /** Path below the endpoint's own, percent-encoded, with a leading slash. */
  path: string;
  /** Query without `?`, percent-encoded. */
  query?: string;
  /** Headers in lower case that the operation needs; `content-type` is JSON's where there is a body and none here. */
  headers?: Readonly<Record<string, string>>;
  body?: Uint8Array<ArrayBuffer> | undefined;
  /** What the body is made of, for a transport. */
  input?: object;
  /** Secrets that the body holds: no error repeats them. */
  secrets?: readonly string[];
}

/** An error's body is read up to here. */
const MAX_ERROR_BYTES = 64 * 1024;

/** Makes ONE attempt: credentials, signature, fetch. Resolves with a successful response; everything else throws. */
export async function send(
  target: Target,
  request: Outgoing,
  abort: Abort,
  attempts: Attempts,
): Promise<Response> {
  const { origin } = target.endpoint;
  const credentials =
    target.credentials === 'anonymous'
      ? undefined
      : await abort.race(resolveCredentials(target.credentials, serviceNow(origin), attempts.refresh));
  if (target.refuseLongLivedKeys && credentials !== undefined) refuseLongLived(credentials);
  const path = target.endpoint.pathname.replace(/\/$/, '') + request.path;
  const query = request.query === undefined || request.query === '' ? '' : `?${request.query}`;
  const headers = await authorized(target, request, path, credentials);
  const url = `${origin}${path}${query}`;
  const { method, operation, resource: modelId } = request;
  const details = attempts.onRequest({ operation, modelId, method, url }, abort);
  let response: Response;
  try {
    response = await abort.race(
      target.fetch(url, {
        method,
        headers,
        redirect: 'manual',
        signal: abort.signal,
        ...(request.body !== undefined && { body: request.body }),
      }),
    );
  } catch (cause) {
    abort.throwIfAborted();
    throw connectionError(cause, target.endpoint, 'request');
  }
  if (typeof response?.status !== 'number') {
    throw inputError('The option fetch returned no Response. Return that of the fetch that it calls.');
  }
  const { status } = response;
  const requestId = response.headers.get('x-amzn-requestid') ?? undefined;
  attempts.call('onResponse', { ...details, status, requestId });
  if (response.ok) return response;
  if (response.type === 'opaqueredirect' || (status >= 300 && status < 400)) {
    discard(response);
    throw redirectError(response, target.endpoint);
  }
  const body = withoutSecrets(await abort.race(readErrorBody(response)), secretsOf(credentials, request));
  const error = errorOfResponse(
    response.status,
    response.headers,
    body,
    { phase: 'request' },
    neededPermission(request.operation, request.resource),
  );
  if (error.code === 'ERR_CREDENTIALS') {
    const learned = blamesClock(error) && learnClock(origin, response.headers, body);
    if (learned || typeof target.credentials === 'function') attempts.fixed = error;
  }
  throw error;
}

/** Ends a response whose body nobody reads. */
export function discard(response: Response): void {
  response.body?.cancel().catch(() => {});
}

/** Names that go into the signature beside the signer's own; others a proxy may change on the way. */
const SIGNED = /^(?:x-amz-|content-type$)/;

async function authorized(
  target: Target,
  request: Outgoing,
  path: string,
  credentials: Credentials | undefined,
): Promise<Record<string, string>> {
  const own = { ...Object.fromEntries(target.headers), ...request.headers };
  if (request.body !== undefined) own['content-type'] ??= 'application/json';
  if (credentials === undefined) return own;
  if (isBearer(credentials)) return { ...own, authorization: bearerAuthorization(credentials) };
  const headers: Record<string, string> = { host: target.endpoint.host };
  for (const [name, value] of Object.entries(own)) if (SIGNED.test(name)) headers[name] = value;
  const signable = {
    method: request.method,
    path,
    query: request.query ?? '',
    headers,
    payloadHash: await payloadHash(request.body ?? new Uint8Array(0)),
  };
  const scope = {
    amzDate: amzDate(serviceNow(target.endpoint.origin)),
    region: target.region,
    service: target.signingName,
  };
  return { ...own, ...signHeaders(signable, credentials, scope) };
}

async function readErrorBody(response: Response): Promise<string> {
  if (response.body === null) return '';
  const reader: ReadableStreamDefaultReader<Uint8Array> = response.body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return text + decoder.decode();
      text += decoder.decode(value, { stream: true });
      if (text.length > MAX_ERROR_BYTES) break;
    }
  } catch {
    // The status alone still says what happened.
  }
  reader.cancel().catch(() => {});
  return text;
}

function secretsOf(credentials: Credentials | undefined, { secrets = [] }: Outgoing): readonly string[] {
  if (credentials === undefined) return secrets;
  if (isBearer(credentials)) return [...secrets, credentials.token];
  return [...secrets, credentials.secretAccessKey, credentials.sessionToken ?? ''];
}

function redirectError(response: Response, endpoint: URL): BedrockError {
  const location = response.headers.get('location');
  let origin: string | undefined;
  try {
    if (location !== null) origin = new URL(location, endpoint).origin;
  } catch {
    // A location that is no URL is not worth naming.
  }
  return new BedrockError({
    code: 'ERR_REDIRECT',
    name: 'RedirectError',
    message:
      `${endpoint.host} answered with a redirect${origin === undefined ? '' : ` to ${origin}`}, which is not followed: ` +
      'keys go only to the endpoint they were meant for. Bedrock does not redirect: set the endpoint to the final ' +
      'address, or find out what answers in between.',
    status: response.status === 0 ? undefined : response.status,
    phase: 'request',
  });
}
