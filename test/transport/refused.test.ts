import { createLocalBedrock } from 'bedrock-anywhere/local';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type CredentialProvider, type Credentials, createBedrock } from '../../src/index.js';

const request = { modelId: 'm', messages: [{ role: 'user' as const, content: [{ text: 'Hi' }] }] };
const keys: Credentials = { accessKeyId: 'ASIA', secretAccessKey: 's' };
const NOW = Date.UTC(2026, 10, 24, 12, 0, 0);
let origin = 0;

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

/** A service that refuses with some answers first, then counts tokens. Each has an origin of its own. */
function service(...refusals: (() => Response)[]) {
  const seen: Headers[] = [];
  const fetch = async (_url: unknown, init?: RequestInit): Promise<Response> => {
    seen.push(new Headers(init?.headers));
    return refusals[seen.length - 1]?.() ?? Response.json({ inputTokens: 1 });
  };
  const endpoint = `https://service-${origin++}.example`;
  return {
    seen,
    call: (credentials: Credentials | CredentialProvider) =>
      createBedrock({ fetch, endpoint, credentials, maxAttempts: 2 }).countTokens(request),
  };
}

const refuse =
  (name: string | undefined, message: string, headers: Record<string, string> = {}) =>
  (): Response =>
    Response.json(
      { message },
      { status: 403, headers: { ...(name !== undefined && { 'x-amzn-errortype': name }), ...headers } },
    );

const amz = (ms: number): string => new Date(ms).toISOString().replace(/[:-]|\.\d{3}/g, '');
const expired = (server: number, withParenthesis = true): string =>
  `Signature expired: ${amz(NOW)} is now earlier than ${amz(server - 300_000)}${withParenthesis ? ` (${amz(server)} - 5 min.)` : ''}`;
const early = (server: number): string =>
  `Signature not yet current: ${amz(NOW)} is still later than ${amz(server + 300_000)} (${amz(server)} + 5 min.)`;

describe('credentials that the service refuses', () => {
  it.each([
    ['ExpiredTokenException', 'The security token included in the request is expired'],
    ['UnrecognizedClientException', 'The security token included in the request is invalid.'],
    [undefined, 'The security token included in the request is expired'],
    ['AccessDeniedException', 'Bearer Token has expired'],
  ])('are asked for once more and the call is made again at once: %s "%s"', async (name, message) => {
    const { seen, call } = service(refuse(name, message));
    let asked = 0;
    const provider = async (): Promise<Credentials> => {
      asked += 1;
      return {
        accessKeyId: `ASIA${asked}`,
        secretAccessKey: 's',
        expiration: new Date(Date.now() + 3_600_000),
      };
    };
    expect(await call(provider)).toBe(1);
    expect(asked).toBe(2);
    expect(seen[1]?.get('authorization')).toContain('ASIA2/');
  });

  it('a second time are an error', async () => {
    const refusal = refuse('ExpiredTokenException', 'The security token included in the request is expired');
    const { seen, call } = service(refusal, refusal);
    await expect(call(async () => keys)).rejects.toMatchObject({
      code: 'ERR_CREDENTIALS',
      name: 'ExpiredTokenException',
      attempts: 2,
    });
    expect(seen).toHaveLength(2);
  });

  it('and cannot change are an error at once', async () => {
    const { seen, call } = service(
      refuse('UnrecognizedClientException', 'The security token included in the request is invalid.'),
    );
    await expect(call(keys)).rejects.toMatchObject({ code: 'ERR_CREDENTIALS' });
    expect(seen).toHaveLength(1);
  });

  it('are not asked for anew when a permission is missing', async () => {
    const { seen, call } = service(
      refuse(
        'AccessDeniedException',
        'User: arn:aws:iam::1:user/x is not authorized to perform: bedrock:InvokeModel',
      ),
    );
    await expect(call(async () => keys)).rejects.toMatchObject({ code: 'ERR_ACCESS_DENIED' });
    expect(seen).toHaveLength(1);
  });
});

describe('a clock that is wrong is corrected and the call made again', () => {
  const hour = 3_600_000;
  it.each<[why: string, refusal: () => Response, server: number]>([
    [
      'by the Date header',
      refuse('InvalidSignatureException', expired(NOW + hour), { date: new Date(NOW + hour).toUTCString() }),
      NOW + hour,
    ],
    ['by the text where Date is hidden, as in browsers', refuse(undefined, expired(NOW + hour)), NOW + hour],
    [
      'by the text where a cache held the answer',
      refuse('InvalidSignatureException', expired(NOW + hour), {
        date: new Date(NOW).toUTCString(),
        age: '9',
      }),
      NOW + hour,
    ],
    [
      'by the text without its parenthesis',
      refuse('InvalidSignatureException', expired(NOW + hour, false)),
      NOW + hour,
    ],
    ['backwards, when it is fast', refuse('InvalidSignatureException', early(NOW - hour)), NOW - hour],
  ])('%s', async (_why, refusal, server) => {
    vi.useFakeTimers({ toFake: ['Date'], now: NOW });
    const { seen, call } = service(refusal);
    expect(await call(keys)).toBe(1);
    expect(seen.map((headers) => headers.get('x-amz-date'))).toEqual([amz(NOW), amz(server)]);
    await call(keys);
    expect(seen[2]?.get('x-amz-date')).toBe(amz(server));
  });

  it('but not after another refusal, whatever its Date says', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: NOW });
    const { seen, call } = service(
      refuse('UnrecognizedClientException', 'The security token included in the request is invalid.', {
        date: new Date(NOW + hour).toUTCString(),
      }),
    );
    await expect(call(keys)).rejects.toMatchObject({ code: 'ERR_CREDENTIALS' });
    expect(seen).toHaveLength(1);
  });
});

describe('a request that waited on its way until its signature was too old, with a right clock', () => {
  /** A process that is frozen for ten minutes after it has signed, as in AWS Lambda, in front of a local Bedrock. */
  function freezing(times: number) {
    vi.useFakeTimers({ toFake: ['Date'], now: NOW });
    const local = createLocalBedrock();
    const fetch = async (url: unknown, init?: RequestInit): Promise<Response> => {
      if (local.requests.length < times) vi.setSystemTime(Date.now() + 600_000);
      return local.fetch(new Request(String(url), init));
    };
    const endpoint = `https://service-${origin++}.example`;
    const converse = { ...request, modelId: 'amazon.nova-lite-v1:0' };
    const call = (credentials?: Credentials | CredentialProvider) =>
      createBedrock({ fetch, endpoint, region: local.region, credentials }).converse(converse);
    return { local, call };
  }

  it('is signed again, with the same key object', async () => {
    const { local, call } = freezing(1);
    expect(await call(local.credentials)).toMatchObject({ attempts: 2 });
    expect(local.requests.map(({ errorType }) => errorType)).toEqual([
      'InvalidSignatureException',
      undefined,
    ]);
  });

  it('is signed again, with the keys of the environment', async () => {
    const { local, call } = freezing(1);
    for (const name of ['AWS_BEARER_TOKEN_BEDROCK', 'AWS_PROFILE', 'AWS_SESSION_TOKEN']) vi.stubEnv(name, '');
    vi.stubEnv('AWS_ACCESS_KEY_ID', local.credentials.accessKeyId);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', local.credentials.secretAccessKey);
    expect(await call()).toMatchObject({ attempts: 2 });
  });

  it('is signed again once, and then fails', async () => {
    const { local, call } = freezing(9);
    await expect(call(local.credentials)).rejects.toMatchObject({
      code: 'ERR_CREDENTIALS',
      attempts: 2,
      message: expect.stringMatching(/Signature expired.*the request waited on the way: call again\.$/),
    });
  });
});
