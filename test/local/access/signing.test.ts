import { createHash } from 'node:crypto';
import { createLocalBedrock, type LocalBedrock } from 'bedrock-anywhere/local';
import { describe, expect, it } from 'vitest';
import { formatAmzDate, signHeaders } from '../../../src/sign/sigv4.js';
import { failure, modelPath, ORIGIN, say, send, signed } from '../request.js';

const MISMATCH =
  'The request signature we calculated does not match the signature you provided. ' +
  'Check your AWS Secret Access Key and signing method. Consult the service documentation for details.';
const INVALID_TOKEN = 'The security token included in the request is invalid.';
const NOON = Date.parse('2026-11-24T00:10:00Z');

/** The same request with a header changed after it was signed. */
function changed(request: Request, headers: Record<string, string | undefined>): Request {
  const made = new Request(request, { duplex: 'half' } as RequestInit);
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) made.headers.delete(name);
    else made.headers.set(name, value);
  }
  return made;
}

const BODY = new TextEncoder().encode(JSON.stringify(say('Hello')));

/** A request signed with these headers too; the length is left to the platform. */
function signedByHand(local: LocalBedrock, now: number, headers: Record<string, string>): Request {
  const { host } = new URL(ORIGIN);
  const { 'content-length': _sentByFetch, ...sent } = signHeaders(
    {
      method: 'POST',
      path: modelPath('converse'),
      query: '',
      headers: { host, ...headers },
      payloadHash: createHash('sha256').update(BODY).digest('hex'),
    },
    local.credentials,
    { amzDate: formatAmzDate(now), region: local.region, service: 'bedrock' },
  );
  return new Request(ORIGIN + modelPath('converse'), { method: 'POST', headers: sent, body: BODY });
}

describe('a signed request', () => {
  it('passes, whatever its path, query and body hold', async () => {
    const local = createLocalBedrock();
    const arn = 'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-lite-v1:0';
    const paths = [
      modelPath('converse'),
      '/model/amazon.nova-lite-v1:0/converse',
      modelPath('converse', arn),
      `/model/${arn}/converse`,
      `/some/prefix${modelPath('converse')}`,
    ];
    for (const path of paths) {
      const response = await send(local, { path, body: say('Grüße, 世界 🌍') });
      expect([path, response.status]).toEqual([path, 200]);
    }
    const list = await send(local, { path: '/inference-profiles?nextToken=b2Zmc2V0OjI%3D&maxResults=2' });
    expect(list.status).toBe(200);
    expect(local.requests.map((request) => request.modelId)).toEqual([
      'amazon.nova-lite-v1:0',
      'amazon.nova-lite-v1:0',
      arn,
      arn,
      'amazon.nova-lite-v1:0',
      undefined,
    ]);
  });

  it('passes up to five minutes to either side of the clock', async () => {
    const local = createLocalBedrock({ now: () => NOON });
    for (const minutes of [-5, 0, 5]) {
      const response = await send(local, { date: new Date(NOON + minutes * 60_000) });
      expect(response.status).toBe(200);
    }
  });

  it('needs no host in a fetch handler: the host of the URL stands in', async () => {
    const local = createLocalBedrock();
    const request = changed(await signed(local), { host: undefined });
    expect((await local.fetch(request)).status).toBe(200);
  });
});

describe('a signed length', () => {
  it('is known to a fetch handler, which does not see it', async () => {
    const local = createLocalBedrock();
    const right = signedByHand(local, Date.now(), { 'content-length': String(BODY.length) });
    expect(right.headers.has('content-length')).toBe(false);
    expect((await local.fetch(right)).status).toBe(200);
    const wrong = signedByHand(local, Date.now(), { 'content-length': '1' });
    expect((await local.fetch(wrong)).status).toBe(403);
  });
});

describe('a request that is not signed right fails as at AWS:', () => {
  const local = createLocalBedrock({ now: () => NOON });
  const date = new Date(NOON);

  it('nothing', async () => {
    const request = changed(await signed(local, { date }), { authorization: undefined });
    expect(await failure(await local.fetch(request))).toEqual({
      status: 403,
      name: 'MissingAuthenticationTokenException',
      message: 'Missing Authentication Token',
    });
  });

  it('unknown access key', async () => {
    const credentials = { ...local.credentials, accessKeyId: 'AKIAIOSFODNN7EXAMPLE' };
    expect(await failure(await send(local, { date, credentials }))).toEqual({
      status: 403,
      name: 'UnrecognizedClientException',
      message: INVALID_TOKEN,
    });
  });

  it('wrong secret', async () => {
    const credentials = { ...local.credentials, secretAccessKey: 'wrong' };
    expect(await failure(await send(local, { date, credentials }))).toEqual({
      status: 403,
      name: 'InvalidSignatureException',
      message: MISMATCH,
    });
  });

  it('body, path, query or header changed on the way', async () => {
    const request = await signed(local, { date });
    const { headers } = request;
    const body = JSON.stringify(say('Hello'));
    const tampered = [
      new Request(request.url, { method: 'POST', headers, body: body.replace('Hello', 'Jello') }),
      new Request(request.url.replace('nova-lite', 'nova-pro'), { method: 'POST', headers, body }),
      new Request(`${request.url}?x=1`, { method: 'POST', headers, body }),
      changed(await signed(local, { date }), { 'content-type': 'text/plain' }),
    ];
    for (const one of tampered) {
      const { status, name, message } = await failure(await local.fetch(one));
      expect({ status, name, message }).toEqual({
        status: 403,
        name: 'InvalidSignatureException',
        message: MISMATCH,
      });
    }
  });

  it('path spelled in another way than it was signed', async () => {
    const request = await signed(local, { date });
    const url = request.url.replace('%3A', ':');
    const body = await request.text();
    const other = new Request(url, { method: 'POST', headers: request.headers, body });
    expect((await failure(await local.fetch(other))).name).toBe('InvalidSignatureException');
  });

  it('body hash that is not of the body, UNSIGNED-PAYLOAD too', async () => {
    for (const hash of [
      'UNSIGNED-PAYLOAD',
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    ]) {
      const request = changed(await signed(local, { date }), { 'x-amz-content-sha256': hash });
      expect((await failure(await local.fetch(request))).message).toBe(MISMATCH);
    }
  });

  it('body hash that is signed and wrong, beside a signature that is made over the right one', async () => {
    const hash = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
    const request = signedByHand(local, NOON, { 'x-amz-content-sha256': hash });
    expect((await failure(await local.fetch(request))).message).toBe(MISMATCH);
    expect((await local.fetch(signedByHand(local, NOON, {}))).status).toBe(200);
  });

  it('another region', async () => {
    const answer = await failure(await send(local, { date, region: 'eu-west-1' }));
    expect(answer.name).toBe('InvalidSignatureException');
    expect(answer.message).toBe('Credential should be scoped to a valid region. ');
  });

  it('another service', async () => {
    const answer = await failure(await send(local, { date, service: 'bedrock-runtime' }));
    expect(answer.name).toBe('InvalidSignatureException');
    expect(answer.message).toBe("Credential should be scoped to correct service: 'bedrock'. ");
  });

  it('too old', async () => {
    const answer = await failure(await send(local, { date: new Date('2026-11-24T00:00:00Z') }));
    expect(answer.name).toBe('InvalidSignatureException');
    expect(answer.message).toBe(
      'Signature expired: 20261124T000000Z is now earlier than 20261124T000500Z (20261124T001000Z - 5 min.)',
    );
  });

  it('not yet current', async () => {
    const answer = await failure(await send(local, { date: new Date('2026-11-24T00:20:00Z') }));
    expect(answer.name).toBe('InvalidSignatureException');
    expect(answer.message).toBe(
      'Signature not yet current: 20261124T002000Z is still later than 20261124T001500Z (20261124T001000Z + 5 min.)',
    );
  });

  it('host left out of the signature', async () => {
    const request = await signed(local, { date });
    const authorization = request.headers.get('authorization') ?? '';
    const other = changed(request, { authorization: authorization.replace('host;', '') });
    expect((await failure(await local.fetch(other))).message).toContain("must be a 'SignedHeader'");
  });

  it('malformed Authorization headers', async () => {
    const whole = (await signed(local, { date })).headers.get('authorization') ?? '';
    const cases: [authorization: string, message: RegExp][] = [
      ['Basic dXNlcjpwYXNz', /Unsupported AWS 'algorithm': 'Basic'/],
      ['AWS4-HMAC-SHA256 Credential', /not a valid key=value pair/],
      [whole.replace(/Credential=[^,]*, /, ''), /requires 'Credential' parameter/],
      [whole.replace(/, Signature=.*/, ''), /requires 'Signature' parameter/],
      [whole.replace(/SignedHeaders=[^,]*, /, ''), /requires 'SignedHeaders' parameter/],
      [whole.replace('/us-east-1', ''), /exactly 5 slash-delimited elements/],
    ];
    for (const [authorization, message] of cases) {
      const request = changed(await signed(local, { date }), { authorization });
      const answer = await failure(await local.fetch(request));
      expect(answer).toMatchObject({ status: 403, name: 'IncompleteSignatureException' });
      expect(answer.message).toMatch(message);
    }
    const undated = changed(await signed(local, { date }), { 'x-amz-date': undefined });
    expect((await failure(await local.fetch(undated))).message).toContain("'X-Amz-Date'");
  });

  it('scope of another day than the date', async () => {
    const request = await signed(local, { date });
    const authorization = request.headers.get('authorization') ?? '';
    const other = changed(request, { authorization: authorization.replace('/20261124/', '/20261123/') });
    expect((await failure(await local.fetch(other))).message).toContain("'20261123' != '20261124'");
  });
});

describe('a session token', () => {
  const session = { accessKeyId: 'ASIASESSIONSESSION00', secretAccessKey: 'secret', sessionToken: 'token' };

  it('must be the one of the keys, and must not come with keys that have none', async () => {
    const local = createLocalBedrock({ credentials: session });
    const wrong = [
      { ...session, sessionToken: 'other' },
      { ...session, sessionToken: undefined },
      { ...local.credentials, sessionToken: 'token' },
    ];
    for (const credentials of wrong) {
      const { name, message } = await failure(await send(local, { credentials }));
      expect([name, message]).toEqual(['UnrecognizedClientException', INVALID_TOKEN]);
    }
    expect((await send(local, { credentials: session })).status).toBe(200);
  });

  it('that is over gets ExpiredTokenException', async () => {
    const local = createLocalBedrock({ credentials: { ...session, expiration: new Date(Date.now() - 1) } });
    expect(await failure(await send(local, { credentials: session }))).toEqual({
      status: 403,
      name: 'ExpiredTokenException',
      message: 'The security token included in the request is expired',
    });
  });
});

describe('an API key', () => {
  function ask(local: ReturnType<typeof createLocalBedrock>, key: string): Promise<Response> {
    return local.fetch(
      new Request(ORIGIN + modelPath('converse'), {
        method: 'POST',
        headers: { authorization: `Bearer ${key}` },
        body: JSON.stringify(say('Hello')),
      }),
    );
  }

  it('is taken where it is the one that was made, or one that was given', async () => {
    const local = createLocalBedrock({ apiKey: 'ABSKtest' });
    expect((await ask(local, local.apiKey)).status).toBe(200);
    expect((await ask(local, 'ABSKtest')).status).toBe(200);
  });

  it('that was made for itself expires after 12 hours, one that was given does not', async () => {
    let now = Date.now();
    const local = createLocalBedrock({ apiKey: 'ABSKtest', now: () => now });
    now += 43_198_000;
    expect((await ask(local, local.apiKey)).status).toBe(200);
    now += 2_000;
    expect(await failure(await ask(local, local.apiKey))).toEqual({
      status: 403,
      name: 'AccessDeniedException',
      message: 'Bearer Token has expired',
    });
    expect((await ask(local, 'ABSKtest')).status).toBe(200);
  });

  it('that is wrong gets AccessDeniedException, with a capital in the body as the authorizer writes it', async () => {
    const local = createLocalBedrock();
    const response = await ask(local, 'ABSKwrong');
    expect(response.status).toBe(403);
    expect(response.headers.get('x-amzn-errortype')).toBe('AccessDeniedException');
    expect(await response.json()).toEqual({
      Message: 'Authentication failed: Please make sure your API Key is valid.',
    });
  });

  it('is a presigned request, so that one made with the access keys is taken until it is over', async () => {
    let now = Date.now();
    const maker = createLocalBedrock();
    const credentials = { ...maker.credentials };
    const local = createLocalBedrock({ credentials, now: () => now });
    const text = atob(maker.apiKey.replace('bedrock-api-key-', ''));
    expect(text).toMatch(/^bedrock\.amazonaws\.com\/\?Action=CallWithBearerToken&.*&Version=1$/);
    expect((await ask(local, maker.apiKey)).status).toBe(200);
    const forged = `bedrock-api-key-${btoa(text.replace('Expires=43200', 'Expires=99999'))}`;
    expect((await ask(local, forged)).status).toBe(403);
    now += 43_201_000;
    expect((await ask(local, maker.apiKey)).status).toBe(403);
  });
});

describe('what a local Bedrock makes for itself', () => {
  it('differs from one to the next, and looks like keys that end', () => {
    const [one, other] = [createLocalBedrock(), createLocalBedrock({ region: 'eu-central-1' })];
    expect(one.credentials.accessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
    expect(one.credentials.secretAccessKey).toMatch(/^[\w+/]{40}$/);
    expect(one.apiKey).toMatch(/^bedrock-api-key-[\w+/]+=*$/);
    expect(other.identityPoolId).toMatch(
      /^eu-central-1:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(one.credentials).not.toEqual(other.credentials);
    expect(one.apiKey).not.toBe(other.apiKey);
  });
});
