import { percentEncode } from '../encoding.js';
import type { AwsCredentials } from '../types.js';
import {
  ALGORITHM,
  canonicalQuery,
  canonicalRequest,
  credentialScope,
  type SignableRequest,
  type SigningScope,
  signature,
  signedHeaderNames,
  signingKey,
  stringToSign,
} from './sigv4.js';

/**
 * The query of a request that is signed in its URL, sorted by name, with the signature in its place.
 * Source: AWS General Reference, "Authenticating requests: using query parameters".
 */
export function presignedQuery(
  request: SignableRequest,
  credentials: AwsCredentials,
  scope: SigningScope,
  expiresInSeconds: number,
): string {
  const parameters: [name: string, value: string][] = [
    ['X-Amz-Algorithm', ALGORITHM],
    ['X-Amz-Credential', `${credentials.accessKeyId}/${credentialScope(scope)}`],
    ['X-Amz-Date', scope.amzDate],
    ['X-Amz-Expires', String(expiresInSeconds)],
    ['X-Amz-SignedHeaders', signedHeaderNames(request.headers)],
  ];
  if (credentials.sessionToken !== undefined)
    parameters.push(['X-Amz-Security-Token', credentials.sessionToken]);
  const query = joined(request.query, parameters);
  const toSign = stringToSign(canonicalRequest({ ...request, query }), scope);
  const signed = signature(signingKey(credentials.secretAccessKey, scope), toSign);
  return canonicalQuery(joined(query, [['X-Amz-Signature', signed]]));
}

function joined(query: string, parameters: [name: string, value: string][]): string {
  const added = parameters.map(([name, value]) => `${name}=${percentEncode(value)}`);
  return query === '' ? added.join('&') : [query, ...added].join('&');
}
