import {
  calculateSignature,
  canonicalizeRequest,
  createStringToSign,
  deriveSigningKey,
  formatAmzDate,
} from '../../sign/sigv4.js';
import { ApiKeyException, ServiceException } from '../exception.js';
import { pathOf, queryOf, type Received } from '../http/received.js';
import { type Claim, invalidSignature, readHeaderClaim, readQueryClaim } from './claim.js';
import { CLOCK_SKEW_MS, type KeyRing, parseAmzDate } from './keys.js';

/** What a request's signature is checked against. */
export interface Gate {
  keys: KeyRing;
  /** The regions that signatures may be for. The first one is that of API keys, which name none. */
  regions: readonly string[];
  /** Names of the service in signatures, the usual one first. */
  services: readonly ('bedrock' | 'bedrock-mantle' | 'sts')[];
  /** Headers that may hold an API key: Bedrock accepts them, its hosts for agents do not. */
  keyHeaders: readonly ('authorization' | 'x-api-key')[];
  /**
   * Whether the host is bedrock-mantle, whose front door accepts an unsigned body and drops headers with an underscore. Sources: the
   * pages of the client `openai` on Bedrock; Codex, which removes its session_id for that reason (2026-11-28).
   */
  isMantle?: boolean;
  /** SHA-256 of the body, in hex. */
  bodyHash: string;
  nowMs: number;
}

/** In place of the hash of a body that the signature does not cover. */
const UNSIGNED = 'UNSIGNED-PAYLOAD';

/** Who sent a request, and to which region. */
export interface Admitted {
  /** Undefined for an API key. */
  accessKeyId: string | undefined;
  region: string;
}

/**
 * Checks that a request is signed with one of the keys (Signature Version 4, in a header or in the query) or carries an API
 * key.
 *
 * @throws ServiceException with AWS's name, status and wording
 */
export function authenticate(request: Received, gate: Gate): Admitted {
  const authorization = request.headers.get('authorization')?.trim() ?? '';
  const key = readApiKey(authorization, request, gate);
  if (key !== undefined) {
    const state = gate.keys.judgeApiKey(key, gate.nowMs);
    if (state === 'good') return { accessKeyId: undefined, region: regionOfHost(request.host, gate.regions) };
    throw new ApiKeyException(
      state === 'expired'
        ? 'Bearer Token has expired'
        : 'Authentication failed: Please make sure your API Key is valid.',
    );
  }
  const query = queryOf(request.target);
  const claim =
    authorization === '' ? readQueryClaim(query) : readHeaderClaim(authorization, request.headers, query);
  if (claim === undefined) {
    throw new ServiceException('MissingAuthenticationTokenException', 'Missing Authentication Token');
  }
  verify(request, claim, gate);
  return { accessKeyId: claim.accessKeyId, region: claim.region };
}

function readApiKey(authorization: string, { headers }: Received, { keyHeaders }: Gate): string | undefined {
  if (authorization === '')
    return keyHeaders.includes('x-api-key') ? headers.get('x-api-key')?.trim() : undefined;
  const [, token] = /^Bearer\s+(.*)$/is.exec(authorization) ?? [];
  return keyHeaders.includes('authorization') ? token?.trim() : undefined;
}

/** The region in a host of AWS, where there is one. */
function regionOfHost(host: string, regions: readonly string[]): string {
  const labels = host.split('.');
  return regions.find((region) => labels.includes(region)) ?? regions[0] ?? '';
}

function verify(request: Received, claim: Claim, gate: Gate): void {
  const { keys, regions, services, nowMs, isMantle = false } = gate;
  const { signedHeaders, region, service } = claim;
  if (!regions.includes(region)) throw invalidSignature('Credential should be scoped to a valid region. ');
  if (!(services as readonly string[]).includes(service))
    throw invalidSignature(`Credential should be scoped to correct service: '${services[0]}'. `);
  checkDate(claim, nowMs);
  const credentials = keys.find(claim.accessKeyId);
  if (credentials === undefined || claim.sessionToken !== credentials.sessionToken) {
    throw new ServiceException(
      'UnrecognizedClientException',
      'The security token included in the request is invalid.',
    );
  }
  const headers: Record<string, string> = {};
  for (const name of signedHeaders) {
    const value = name === 'host' || name === ':authority' ? request.host : request.headers.get(name);
    if (value === undefined || (isMantle && name.includes('_'))) throw mismatch();
    headers[name] = value;
  }
  const claimedHash = request.headers.get('x-amz-content-sha256') ?? gate.bodyHash;
  const bodyHash = isMantle && claimedHash === UNSIGNED ? UNSIGNED : gate.bodyHash;
  const canonical = canonicalizeRequest({
    method: request.method,
    path: pathOf(request.target),
    query: claim.query,
    headers,
    payloadHash: bodyHash,
  });
  const scope = { amzDate: claim.amzDate, region, service };
  const expected = calculateSignature(
    deriveSigningKey(credentials.secretAccessKey, scope),
    createStringToSign(canonical, scope),
  );
  if (claim.signature !== expected || claimedHash !== bodyHash) throw mismatch();
  if (credentials.expiration !== undefined && credentials.expiration.getTime() <= nowMs) {
    throw new ServiceException(
      'ExpiredTokenException',
      'The security token included in the request is expired',
    );
  }
}

/** Accepts a clock that is five minutes off in either direction, or the lifetime in a query. */
function checkDate(claim: Claim, nowMs: number): void {
  const at = parseAmzDate(claim.amzDate);
  if (Number.isNaN(at)) {
    throw invalidSignature(`Date must be in ISO-8601 'basic format'. Got '${claim.amzDate}'.`);
  }
  if (claim.amzDate.slice(0, 8) !== claim.date) {
    throw invalidSignature(
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: ` +
        `'${claim.date}' != '${claim.amzDate.slice(0, 8)}', from '${claim.amzDate}'.`,
    );
  }
  const now = formatAmzDate(nowMs);
  const lifeMs = claim.lifeSeconds === undefined ? CLOCK_SKEW_MS : claim.lifeSeconds * 1000;
  if (at < nowMs - lifeMs) {
    const limit = formatAmzDate(nowMs - lifeMs);
    const life = claim.lifeSeconds === undefined ? '5 min.' : `${claim.lifeSeconds} s`;
    throw invalidSignature(
      `Signature expired: ${claim.amzDate} is now earlier than ${limit} (${now} - ${life})`,
    );
  }
  if (at > nowMs + CLOCK_SKEW_MS) {
    const limit = formatAmzDate(nowMs + CLOCK_SKEW_MS);
    throw invalidSignature(
      `Signature not yet current: ${claim.amzDate} is still later than ${limit} (${now} + 5 min.)`,
    );
  }
}

function mismatch(): ServiceException {
  return invalidSignature(
    'The request signature we calculated does not match the signature you provided. ' +
      'Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
  );
}
