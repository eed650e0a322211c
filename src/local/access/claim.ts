import { ALGORITHM } from '../../sign/sigv4.js';
import { ServiceException } from '../exception.js';

/** What a signature says about itself. */
export interface Claim {
  accessKeyId: string;
  date: string;
  region: string;
  service: string;
  signedHeaders: string[];
  signature: string;
  amzDate: string;
  sessionToken: string | undefined;
  /** The query that is signed. */
  query: string;
  /** How long it is valid, for signatures in the query only: those in a header are valid for five minutes. */
  lifeSeconds: number | undefined;
}

/**
 * Reads the claim of an Authorization header.
 *
 * @throws ServiceException if a part is missing
 */
export function readHeaderClaim(
  authorization: string,
  headers: ReadonlyMap<string, string>,
  query: string,
): Claim {
  const [scheme = '', rest = ''] = authorization.split(/\s+(.*)/s);
  // The whole header would put a signature into logs; the scheme is enough to recognize it.
  const refuse = (what: string) => incomplete(`${what} Authorization=${schemeOf(authorization)} …`);
  if (scheme !== ALGORITHM) throw refuse(`Unsupported AWS 'algorithm': '${scheme}'.`);
  const parts = new Map<string, string>();
  for (const part of rest.split(',')) {
    const at = part.indexOf('=');
    const name = part.slice(0, Math.max(0, at)).trim();
    if (name === '') {
      throw refuse(
        `'${part.trim()}' not a valid key=value pair (missing equal-sign) in Authorization header.`,
      );
    }
    parts.set(name, part.slice(at + 1).trim());
  }
  const amzDate = headers.get('x-amz-date') ?? '';
  const missing = ['Credential', 'Signature', 'SignedHeaders'].filter((name) => !parts.get(name));
  const problems = missing.map((name) => `Authorization header requires '${name}' parameter.`);
  if (amzDate === '') {
    problems.push("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.");
  }
  if (problems.length > 0) throw refuse(problems.join(' '));
  const signedHeaders = (parts.get('SignedHeaders') ?? '').split(';');
  const scope = readScope(parts.get('Credential') ?? '', refuse);
  // Over HTTP/2, AWS's client signs the pseudo header instead of host.
  requireHeader(signedHeaders, 'host', "'Host' or ':authority'", ':authority');
  requireHeader(signedHeaders, 'x-amz-date', "'X-Amz-Date'");
  return {
    ...scope,
    signedHeaders,
    signature: parts.get('Signature') ?? '',
    amzDate,
    sessionToken: headers.get('x-amz-security-token'),
    query,
    lifeSeconds: undefined,
  };
}

/** How long a signature in a query can be valid. Source: IAM user guide, "Elements of an AWS API request signature". */
const MOST_SECONDS = 604_800;

/**
 * Reads the claim of a query, as in a presigned URL; undefined if it has none.
 *
 * @throws ServiceException if a part is missing
 */
export function readQueryClaim(query: string): Claim | undefined {
  const values = new URLSearchParams(query);
  const signature = values.get('X-Amz-Signature');
  if (signature === null) return undefined;
  const algorithm = values.get('X-Amz-Algorithm');
  if (algorithm !== ALGORITHM) throw incomplete(`Unsupported AWS 'algorithm': '${algorithm ?? ''}'.`);
  const missing = ['X-Amz-Credential', 'X-Amz-Date', 'X-Amz-SignedHeaders'].find((name) => !values.get(name));
  if (missing !== undefined) {
    throw incomplete(
      `AWS query-string parameters must include '${missing}'. Re-examine the query-string parameters.`,
    );
  }
  const lifeSeconds = Number(values.get('X-Amz-Expires') ?? MOST_SECONDS);
  if (!(lifeSeconds >= 1 && lifeSeconds <= MOST_SECONDS)) {
    throw invalidSignature(`X-Amz-Expires must be a number of seconds from 1 to ${MOST_SECONDS}.`);
  }
  const signedHeaders = (values.get('X-Amz-SignedHeaders') ?? '').split(';');
  requireHeader(signedHeaders, 'host', "'Host' or ':authority'", ':authority');
  return {
    ...readScope(values.get('X-Amz-Credential') ?? '', incomplete),
    signedHeaders,
    signature,
    amzDate: values.get('X-Amz-Date') ?? '',
    sessionToken: values.get('X-Amz-Security-Token') ?? undefined,
    query: query
      .split('&')
      .filter((part) => !part.startsWith('X-Amz-Signature='))
      .join('&'),
    lifeSeconds,
  };
}

/** An InvalidSignatureException. */
export function invalidSignature(message: string): ServiceException {
  return new ServiceException('InvalidSignatureException', message);
}

function readScope(credential: string, refuse: (what: string) => ServiceException) {
  const parts = credential.split('/');
  const [accessKeyId = '', date = '', region = '', service = '', terminator] = parts;
  if (parts.length !== 5) {
    throw refuse(
      `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, ` +
        `got '${parts.join('/')}'`,
    );
  }
  if (terminator !== 'aws4_request') {
    throw invalidSignature(
      `Credential should be scoped with a valid terminator: 'aws4_request', not '${terminator}'. `,
    );
  }
  return { accessKeyId, date, region, service };
}

function requireHeader(signed: readonly string[], name: string, shown: string, other = name): void {
  if (!signed.includes(name) && !signed.includes(other)) {
    throw invalidSignature(`${shown} must be a 'SignedHeader' in the AWS Authorization.`);
  }
}

function incomplete(message: string): ServiceException {
  return new ServiceException('IncompleteSignatureException', message);
}

function schemeOf(authorization: string): string {
  return authorization.slice(0, authorization.indexOf(' ') + 1).trim() || authorization.slice(0, 16);
}
