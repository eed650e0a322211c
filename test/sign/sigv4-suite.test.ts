import { expect, it } from 'vitest';
import { presignQuery } from '../../src/sign/presign.js';
import {
  calculateSignature,
  canonicalizeRequest,
  createStringToSign,
  deriveSigningKey,
  EMPTY_HASH,
  formatAmzDate,
  formatScope,
  hashPayload,
  listSignedHeaders,
  type SignableRequest,
  type SigningScope,
  signHeaders,
} from '../../src/sign/sigv4.js';
import type { AwsCredentials } from '../../src/types.js';
import { describeFixtures, fixtureJson, fixtureNames, fixtureText } from '../fixtures.js';

/** How a case of the suite wants its request signed. */
interface Context {
  credentials: { access_key_id: string; secret_access_key: string; token?: string };
  region: string;
  service: string;
  timestamp: string;
  normalize: boolean;
  sign_body: boolean;
  omit_session_token?: boolean;
}

interface Case {
  request: SignableRequest;
  /** Without the session token where the case adds it behind the signature. */
  credentials: AwsCredentials;
  scope: SigningScope;
  normalize: boolean;
}

describeFixtures('sigv4', "AWS's Signature Version 4 suite, header variant", () => {
  const names = fixtureNames('sigv4');

  it('has the cases that it is known to have', () => {
    expect(names).toHaveLength(38);
  });

  it.each(names)('%s: canonical request, string to sign and signature', async (name) => {
    const { request, credentials, scope, normalize } = await readCase(name);
    const headers = {
      ...request.headers,
      'x-amz-date': scope.amzDate,
      ...(credentials.sessionToken !== undefined && { 'x-amz-security-token': credentials.sessionToken }),
    };
    const canonical = canonicalizeRequest({ ...request, headers }, normalize);
    expect(canonical).toBe(expected(name, 'header-canonical-request'));
    const toSign = createStringToSign(canonical, scope);
    expect(toSign).toBe(expected(name, 'header-string-to-sign'));
    const signed = calculateSignature(deriveSigningKey(credentials.secretAccessKey, scope), toSign);
    expect(signed).toBe(expected(name, 'header-signature'));
    expect(
      `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${formatScope(scope)}, ` +
        `SignedHeaders=${listSignedHeaders(headers)}, Signature=${signed}`,
    ).toBe(authorizationOf(name));
  });

  const normalized = names.filter((name) => context(name).normalize);

  it.each(normalized)('%s: signHeaders gives the authorization header', async (name) => {
    const { request, credentials, scope } = await readCase(name);
    const headers = signHeaders(request, credentials, scope);
    expect(headers['authorization']).toBe(authorizationOf(name));
    expect(headers['x-amz-date']).toBe(scope.amzDate);
    expect(headers['x-amz-security-token']).toBe(credentials.sessionToken);
    expect(headers).not.toHaveProperty('host');
  });
});

describeFixtures('sigv4', "AWS's Signature Version 4 suite, query variant", () => {
  // A presigned URL of ours has a path that is normalized already: the other cases do not occur.
  const normalized = fixtureNames('sigv4').filter((name) => context(name).normalize);

  it('has the cases that it is known to have', () => {
    expect(normalized).toHaveLength(31);
  });

  it.each(normalized)('%s: presignQuery gives the signature', async (name) => {
    const { request, credentials, scope } = await readCase(name);
    const { 'x-amz-content-sha256': _onlyInHeaders, ...headers } = request.headers;
    const query = new URLSearchParams(presignQuery({ ...request, headers }, credentials, scope, 3600));
    expect(query.get('X-Amz-Signature')).toBe(expected(name, 'query-signature'));
  });
});

function context(name: string): Context {
  return fixtureJson(`sigv4/${name}/context.json`);
}

function expected(name: string, what: string): string {
  return fixtureText(`sigv4/${name}/${what}.txt`).replaceAll('\r', '').trimEnd();
}

function authorizationOf(name: string): string | undefined {
  return /^Authorization:(.*)$/m.exec(expected(name, 'header-signed-request'))?.[1];
}

async function readCase(name: string): Promise<Case> {
  const { credentials, region, service, timestamp, normalize, sign_body, omit_session_token } = context(name);
  const { method, path, query, headers, body } = parseRequest(fixtureText(`sigv4/${name}/request.txt`));
  const hash = await hashPayload(new TextEncoder().encode(body));
  if (sign_body) headers['x-amz-content-sha256'] = hash;
  return {
    request: { method, path, query, headers, payloadHash: sign_body ? hash : EMPTY_HASH },
    credentials: {
      accessKeyId: credentials.access_key_id,
      secretAccessKey: credentials.secret_access_key,
      ...(omit_session_token !== true && { sessionToken: credentials.token }),
    },
    scope: { amzDate: formatAmzDate(Date.parse(timestamp)), region, service },
    normalize,
  };
}

interface RawRequest {
  method: string;
  path: string;
  query: string;
  headers: Record<string, string>;
  body: string;
}

/** Reads HTTP/1.1: lines that begin with a blank go on with the header above, values of a repeated one are listed. */
function parseRequest(text: string): RawRequest {
  const [head = '', ...rest] = text.replaceAll('\r', '').split('\n\n');
  const [first = '', ...lines] = head
    .trimEnd()
    .replace(/\n[ \t]/g, ' ')
    .split('\n');
  const method = first.slice(0, first.indexOf(' '));
  const target = first.slice(method.length + 1, first.lastIndexOf(' '));
  const [path = '', query = ''] = target.split('?');
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const name = line.slice(0, line.indexOf(':')).toLowerCase();
    const value = line.slice(name.length + 1).trim();
    headers[name] = headers[name] === undefined ? value : `${headers[name]},${value}`;
  }
  return { method, path, query, headers, body: rest.join('\n\n') };
}
