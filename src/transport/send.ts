import { neededPermission, type Operation } from '../catalog/permissions.js';
import { isBearer, refuseLongLived, resolveCredentials } from '../credentials/resolve.js';
import { type BedrockError, makeError, withFacts } from '../errors.js';
import { cleanId, cleanText, listSecrets } from '../foreign-text/foreign-text.js';
import type { TransportCall } from '../options.js';
import { formatAmzDate, hashPayload, signHeaders } from '../sign/sigv4.js';
import type { BearerToken, Credentials } from '../types.js';
import { cancelBody } from '../wire/chunks.js';
import { errorOfResponse } from '../wire/error-body.js';
import { fetchError, readErrorText } from './body.js';
import { blamesClock, learnClock, serviceNow } from './clock-skew.js';
import { connectionError } from './connection-error.js';
import type { FetchDestination } from './destination.js';

/**
 * Sends one request: gets credentials, signs and fetches. Resolves with a successful response, whose body has not been read.
 *
 * @throws BedrockError for everything else; its `again` says whether to retry.
 */
export async function send(call: TransportCall): Promise<Response> {
  const response = await sendSigned(call);
  if (response.ok) return response;
  throw await refusalError(response, call);
}

/**
 * Sends one request: gets credentials, signs and fetches. Resolves with any response of the service, whose body has not been
 * read. Redirects are not followed, because the signature or API key in the headers is meant for one host.
 */
export async function sendSigned(call: TransportCall): Promise<Response> {
  const destination = call.destination as FetchDestination;
  const { endpoint } = destination;
  const { origin } = endpoint;
  const body = call.body();
  const credentials =
    destination.credentials &&
    (await resolveCredentials(destination.credentials, serviceNow(origin), {
      refresh: call.renew,
      signal: call.signal,
    }));
  if (destination.refuseLongLivedKeys && credentials !== undefined) refuseLongLived(credentials);
  const path = endpoint.pathname.replace(/\/$/, '') + call.path;
  const headers = await authorize(call, body, path, credentials);
  call.secrets.push(...listSecrets(headers));
  if (credentials !== undefined && !isBearer(credentials)) call.secrets.push(credentials.secretAccessKey);
  const url = `${origin}${path}${call.query === '' ? '' : `?${call.query}`}`;
  call.onRequest(url);
  let response: Response;
  try {
    response = await destination.fetch(url, {
      method: call.method,
      headers,
      redirect: 'manual',
      signal: call.signal,
      ...(body !== undefined && { body }),
    });
  } catch (cause) {
    throw connectionError(cause, endpoint, 'request');
  }
  requireUnread(response);
  if (call.signal.aborted) {
    // Not every fetch obeys the signal.
    cancelBody(response);
    throw call.signal.reason;
  }
  const { status } = response;
  call.onResponse(status, readRequestId(response, call));
  if (response.type === 'opaqueredirect' || (status >= 300 && status < 400)) {
    cancelBody(response);
    throw redirectError(response, endpoint, call.secrets);
  }
  return response;
}

/** Operations whose answers hold keys or tokens. */
export const ISSUES_KEYS = /^(?:AssumeRole|GetCredentialsForIdentity|GetOpenIdToken)/;

/**
 * The error for a failed response. Its verdict is `now` if the next request would have another time or other credentials. A
 * process that is frozen while it sends, as AWS Lambda does it, makes a signature expire though every clock is right.
 */
export async function refusalError(response: Response, call: TransportCall): Promise<BedrockError> {
  const { destination, operation, modelId } = call;
  const said = await readErrorText(response, call.signal, call.secrets);
  // Whatever its status, a body that is not an error of AWS may hold the keys that were asked for.
  const mayHoldKeys = ISSUES_KEYS.test(operation) && !/"__type"/.test(said ?? '');
  const text = mayHoldKeys ? undefined : said;
  const error = errorOfResponse(
    response.status,
    response.headers,
    text,
    { phase: 'request', requestId: readRequestId(response, call) },
    neededPermission(operation as Operation, modelId),
  );
  if (error.code !== 'ERR_CREDENTIALS') return error;
  const learned = blamesClock(error) && learnClock(destination.endpoint.origin, response.headers, said);
  const canRenew =
    learned || typeof destination.credentials === 'function' || error.message.includes('Signature expired');
  return canRenew ? withFacts(error, { again: 'now' }) : error;
}

/** A fetch of the caller's own can return anything. */
function requireUnread(response: Partial<Response> | undefined): void {
  if (typeof response?.headers?.get !== 'function' || response.bodyUsed || response.body?.locked)
    throw fetchError();
}

/** Reads AWS's id of the request. */
export function readRequestId({ headers }: Response, { secrets }: TransportCall): string | undefined {
  return cleanId(headers.get('x-amzn-requestid'), secrets);
}

/** Headers that are signed, besides the signer's own. A proxy may change others on the way, which would break the signature. */
const SIGNED = /^(?:x-amz-|x-amzn-bedrock-|content-type$)/;

async function authorize(
  call: TransportCall,
  body: Uint8Array<ArrayBuffer> | undefined,
  path: string,
  credentials: Credentials | undefined,
): Promise<Record<string, string>> {
  const destination = call.destination as FetchDestination;
  const own: Record<string, string> = { ...call.headers };
  if (body !== undefined) own['content-type'] ??= 'application/json';
  if (credentials === undefined) return own;
  if (isBearer(credentials)) return { ...own, authorization: formatBearer(credentials) };
  const headers: Record<string, string> = { host: destination.endpoint.host };
  for (const [name, value] of Object.entries(own)) if (SIGNED.test(name)) headers[name] = value;
  const signable = {
    method: call.method,
    path,
    query: call.query,
    headers,
    payloadHash: await hashPayload(body ?? new Uint8Array(0)),
  };
  const scope = {
    amzDate: formatAmzDate(serviceNow(destination.endpoint.origin)),
    region: destination.region,
    service: destination.signingName,
  };
  return { ...own, ...signHeaders(signable, credentials, scope) };
}

function redirectError(response: Response, endpoint: URL, secrets: readonly string[]): BedrockError {
  const location = response.headers.get('location');
  let origin: string | undefined;
  try {
    // Before URL converts the host to lower case, in which no secret would be recognized.
    if (location !== null) origin = new URL(cleanText(location, secrets, 65_536), endpoint).origin;
  } catch {
    // Not a URL, so it would not help to name it.
  }
  return makeError(
    'ERR_REDIRECT',
    `${endpoint.host} answered with a redirect${origin === undefined ? '' : ` to ${origin}`}, which is not followed: ` +
      'credentials are only sent to the endpoint that they are meant for. Bedrock does not redirect. Set the endpoint to ' +
      'the final address, or find out what answers in its place.',
    { status: response.status === 0 ? undefined : response.status, phase: 'request' },
  );
}

/** Formats the authorization header for a Bedrock API key (RFC 6750). */
export function formatBearer({ token }: BearerToken): string {
  return `Bearer ${token}`;
}
