import { percentEncode } from '../encoding.js';
import type { AwsCredentials } from '../types.js';
import {
  ALGORITHM,
  calculateSignature,
  canonicalizeQuery,
  canonicalizeRequest,
  createStringToSign,
  deriveSigningKey,
  formatScope,
  listSignedHeaders,
  type SignableRequest,
  type SigningScope,
} from './sigv4.js';

/**
 * Signs a request in its URL. Returns the query with the signature, sorted by name.
 * Source: AWS General Reference, "Authenticating requests: using query parameters".
 */
export function presignQuery(
  request: SignableRequest,
  credentials: AwsCredentials,
  scope: SigningScope,
  expiresInSeconds: number,
): string {
  const parameters: [name: string, value: string][] = [
    ['X-Amz-Algorithm', ALGORITHM],
    ['X-Amz-Credential', `${credentials.accessKeyId}/${formatScope(scope)}`],
    ['X-Amz-Date', scope.amzDate],
    ['X-Amz-Expires', String(expiresInSeconds)],
    ['X-Amz-SignedHeaders', listSignedHeaders(request.headers)],
  ];
  if (credentials.sessionToken !== undefined)
    parameters.push(['X-Amz-Security-Token', credentials.sessionToken]);
  const query = appendParameters(request.query, parameters);
  const toSign = createStringToSign(canonicalizeRequest({ ...request, query }), scope);
  const signed = calculateSignature(deriveSigningKey(credentials.secretAccessKey, scope), toSign);
  return canonicalizeQuery(appendParameters(query, [['X-Amz-Signature', signed]]));
}

function appendParameters(query: string, parameters: [name: string, value: string][]): string {
  const added = parameters.map(([name, value]) => `${name}=${percentEncode(value)}`);
  return query === '' ? added.join('&') : [query, ...added].join('&');
}
