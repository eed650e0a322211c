import { fromCognitoIdentityPool as awsFromCognitoIdentityPool } from '@aws-sdk/credential-providers';
import {
  type CallOptions,
  type CognitoIdentityPoolInit,
  createBedrock,
  fromCognitoIdentityPool,
  getCallerIdentity,
  memoryStorage,
} from 'bedrock-anywhere';
import type { LocalBedrockOptions } from 'bedrock-anywhere/local';
import type { LocalServer } from 'bedrock-anywhere/local/node';
import { describe, expect, it, vi } from 'vitest';
import { seen, signers, start } from './machine.js';

const IDP = 'login.example.com';
const ROLE = 'arn:aws:iam::123456789012:role/readers';
const STALE = 'us-east-1:00000000-0000-4000-8000-000000000000';
const USER = ['GetId 200', 'GetCredentialsForIdentity 200'];
/** How a guest who is known gets keys. */
const KNOWN = ['GetOpenIdToken 200', 'AssumeRoleWithWebIdentity 200'];
const GUEST = ['GetId 200', ...KNOWN];

/** The pool of a local Bedrock. */
function poolOf(local: LocalServer, init: Partial<CognitoIdentityPoolInit> = {}): CognitoIdentityPoolInit {
  const { identityPoolId, guestRoleArn, url } = local;
  return { identityPoolId, guestRoleArn, clientConfig: { endpoint: url }, ...init };
}

/** Counts tokens with some credentials. */
function countWith(
  local: LocalServer,
  credentials: NonNullable<CallOptions['credentials']>,
): Promise<number> {
  return createBedrock({ endpoint: local.url, region: local.region, credentials }).countTokens({
    modelId: 'anthropic.claude-3-5-haiku-20241022-v1:0',
    messages: [{ role: 'user', content: [{ text: 'How many?' }] }],
  });
}

/** Base64 as tokens have it. */
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** One of the tokens of a user: each is another text, all are about the same person. */
const jwt = (issue: number) => `${part({ alg: 'none' })}.${part({ sub: 'ann', issue })}.`;

describe('fromCognitoIdentityPool()', () => {
  it('signs as a guest', async () => {
    const local = await start();
    const provider = fromCognitoIdentityPool(poolOf(local));
    await countWith(local, provider);
    await countWith(local, provider);
    expect(seen(local)).toEqual([...GUEST, 'CountTokens 200', 'CountTokens 200']);
    expect(local.requests[0]?.body).toEqual({ IdentityPoolId: local.identityPoolId });
  });

  it('signs as a user, asking for the token each time that credentials are asked for', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const local = await start({ logins: { [IDP]: [jwt(1), jwt(2)] } });
    let issue = 0;
    const login = vi.fn(async () => jwt((issue += 1)));
    const provider = fromCognitoIdentityPool(
      poolOf(local, { logins: { [IDP]: login }, userIdentifier: 'ann' }),
    );
    await countWith(local, provider);
    vi.setSystemTime(Date.now() + 56 * 60_000);
    await countWith(local, provider);
    expect(login).toHaveBeenCalledTimes(2);
    expect(seen(local)).toEqual([
      ...USER,
      'CountTokens 200',
      'GetCredentialsForIdentity 200',
      'CountTokens 200',
    ]);
    expect(local.requests[0]?.body).toMatchObject({ Logins: { [IDP]: '…' } });
    const [first, second] = signers(local);
    expect(second).not.toBe(first);
  });

  it('asks for the role that it is told to', async () => {
    const local = await start({ logins: { [IDP]: 'good' }, customRoleArns: [ROLE] });
    const init = poolOf(local, { logins: { [IDP]: 'good' }, customRoleArn: ROLE, accountId: '123456789012' });
    await countWith(local, fromCognitoIdentityPool(init));
    expect(local.requests[0]?.body).toMatchObject({ AccountId: '123456789012' });
    expect(local.requests[1]?.body).toMatchObject({ CustomRoleArn: ROLE });
  });

  it('remembers the identity in a storage, from which the next provider takes it', async () => {
    const local = await start();
    const cache = memoryStorage();
    await countWith(local, fromCognitoIdentityPool(poolOf(local, { cache })));
    await countWith(local, fromCognitoIdentityPool(poolOf(local, { cache })));
    expect(seen(local)).toEqual([...GUEST, 'CountTokens 200', ...KNOWN, 'CountTokens 200']);
  });

  it('keeps the identities of users apart in one storage', async () => {
    const local = await start({ logins: { [IDP]: ['ann', 'bob'] } });
    const cache = memoryStorage();
    for (const user of ['ann', 'bob', 'ann']) {
      const init = poolOf(local, { cache, logins: { [IDP]: user }, userIdentifier: user });
      await countWith(local, fromCognitoIdentityPool(init));
    }
    const once = [...USER, 'CountTokens 200'];
    expect(seen(local)).toEqual([...once, ...once, USER[1], 'CountTokens 200']);
  });

  it('takes a new identity where the remembered one is gone', async () => {
    const local = await start();
    const cache = memoryStorage();
    const key = `aws:cognito-identity-credentials:${local.identityPoolId}:ANONYMOUS`;
    await cache.setItem(key, STALE);
    await countWith(local, fromCognitoIdentityPool(poolOf(local, { cache })));
    expect(seen(local)).toEqual(['GetOpenIdToken 400', ...GUEST, 'CountTokens 200']);
    const kept = await cache.getItem(key);
    expect(kept).toMatch(/^us-east-1:/);
    expect(kept).not.toBe(STALE);
  });

  it.each([
    '',
    'garbage',
    'us-east-1:XYZ',
    'null',
    '{"id":1}',
    `us-east-1:${'a'.repeat(100)}`,
    'us-east-1:1\n',
  ])('takes a new identity where the remembered one has not the form of one: %j', async (damaged) => {
    const local = await start();
    const cache = memoryStorage();
    const key = `aws:cognito-identity-credentials:${local.identityPoolId}:ANONYMOUS`;
    await cache.setItem(key, damaged);
    await countWith(local, fromCognitoIdentityPool(poolOf(local, { cache })));
    expect(seen(local)).toEqual([...GUEST, 'CountTokens 200']);
    expect(await cache.getItem(key)).toMatch(/^us-east-1:[0-9a-f-]{36}$/);
  });

  /** A pool that refuses one identity, and gives another each time. */
  function refusing(refused: string, refusal: () => Response) {
    const asked: string[] = [];
    const cache = memoryStorage();
    const identityPoolId = 'us-east-1:01234567-89ab-cdef-0123-456789abcdef';
    const key = `aws:cognito-identity-credentials:${identityPoolId}:ann`;
    cache.setItem(key, refused);
    let issued = 0;
    const fetch: typeof globalThis.fetch = async (_input, init) => {
      const target = new Headers(init?.headers).get('x-amz-target')?.split('.')[1] ?? '';
      const { IdentityId } = JSON.parse(new TextDecoder().decode(init?.body as Uint8Array)) as {
        IdentityId?: string;
      };
      asked.push(target);
      if (target === 'GetId') {
        issued += 1;
        return Response.json({ IdentityId: `us-east-1:00000000-0000-4000-8000-00000000000${issued}` });
      }
      if (IdentityId === refused) return refusal();
      return Response.json({
        IdentityId,
        Credentials: { AccessKeyId: 'ASIAGUEST', SecretKey: 'secret', SessionToken: 'token' },
      });
    };
    const init = { identityPoolId, logins: { [IDP]: 'good' }, userIdentifier: 'ann' };
    return { provider: fromCognitoIdentityPool({ ...init, cache, fetch }), cache, key, asked };
  }

  it.each([
    'InvalidParameterException',
    'ValidationException',
    'ResourceNotFoundException',
    'BrandNewException',
  ])('takes a new identity, once, where Cognito refuses the remembered one with %s', async (type) => {
    const refusal = () => Response.json({ __type: type, message: 'no' }, { status: 400 });
    const { provider, cache, key, asked } = refusing(STALE, refusal);
    await expect(provider()).resolves.toMatchObject({ accessKeyId: 'ASIAGUEST' });
    expect(asked).toEqual(['GetCredentialsForIdentity', 'GetId', 'GetCredentialsForIdentity']);
    expect(cache.getItem(key)).toBe('us-east-1:00000000-0000-4000-8000-000000000001');
  });

  it('keeps the identity while Cognito has too many requests, which it answers with 400 too', async () => {
    let refused = 0;
    const { provider, cache, key, asked } = refusing(STALE, () => {
      refused += 1;
      return refused === 1
        ? Response.json({ __type: 'TooManyRequestsException', message: 'slow down' }, { status: 400 })
        : Response.json({ Credentials: { AccessKeyId: 'ASIAOLD', SecretKey: 'secret', SessionToken: 't' } });
    });
    await expect(provider()).resolves.toMatchObject({ accessKeyId: 'ASIAOLD' });
    expect(asked).toEqual(['GetCredentialsForIdentity', 'GetCredentialsForIdentity']);
    expect(cache.getItem(key)).toBe(STALE);
  });

  it('takes a new identity where the remembered one belongs to somebody else', async () => {
    const local = await start({ logins: { [IDP]: ['ann', 'bob'] } });
    const cache = memoryStorage();
    const as = (token: string) => poolOf(local, { cache, logins: { [IDP]: token }, userIdentifier: 'me' });
    await countWith(local, fromCognitoIdentityPool(as('ann')));
    await countWith(local, fromCognitoIdentityPool(as('bob')));
    expect(seen(local).slice(3)).toEqual(['GetCredentialsForIdentity 400', ...USER, 'CountTokens 200']);
  });

  it('goes on without a storage that fails', async () => {
    const local = await start();
    const fails = () => Promise.reject(new Error('quota'));
    const cache = { getItem: fails, setItem: fails, removeItem: fails };
    await countWith(local, fromCognitoIdentityPool(poolOf(local, { cache })));
    expect(seen(local)).toEqual([...GUEST, 'CountTokens 200']);
  });

  it.each<[what: string, init: Partial<CognitoIdentityPoolInit>, said: string]>([
    ['a login that the pool does not take', { logins: { [IDP]: 'bad' } }, 'Invalid login token'],
    [
      'a provider that the pool does not know',
      { logins: { other: 'good' } },
      'not from a supported provider',
    ],
    ['a guest where none are allowed', {}, 'Unauthenticated access is not supported'],
    ['a pool that does not exist', { identityPoolId: STALE }, 'not found'],
  ])('fails with ERR_CREDENTIALS and what to do for %s', async (_what, init, said) => {
    const local = await start({ guests: false, logins: { [IDP]: 'good' } });
    await expect(countWith(local, fromCognitoIdentityPool(poolOf(local, init)))).rejects.toMatchObject({
      code: 'ERR_CREDENTIALS',
      message: expect.stringMatching(
        new RegExp(`identity pool us-east-1:.*${said}.*Check the id and region of the pool`),
      ),
      cause: expect.objectContaining({ status: 400 }),
    });
    expect(seen(local)).toEqual(['GetId 400']);
  });

  it.each<[what: string, login: unknown, said: RegExp]>([
    ['undefined', undefined, /^The login for login\.example\.com is missing\. Pass its token/],
    ['a function that gives nothing', async () => undefined, /is missing\./],
    ['blank', '', /is blank\./],
    ['a number', 5, /is 5\./],
    ['an object', { token: 's3cret' }, /is an object\./],
  ])('says which login is no token, and sends nothing: %s', async (_what, login, said) => {
    const local = await start();
    const init = poolOf(local, { logins: { [IDP]: login as string } });
    await expect(countWith(local, fromCognitoIdentityPool(init))).rejects.toMatchObject({
      code: 'ERR_CREDENTIALS',
      message: expect.stringMatching(said),
    });
    expect(seen(local)).toEqual([]);
  });

  it.each<[what: string, clientConfig: object]>([
    ['region', { region: 5 }],
    ['endpoint', { endpoint: Symbol('x') }],
    ['endpoint', { endpoint: 5 }],
    ['regoin', { regoin: 'us-east-1' }],
  ])('refuses a clientConfig with an odd %s at once', (name, clientConfig) => {
    expect(() =>
      fromCognitoIdentityPool({ identityPoolId: STALE, guestRoleArn: ROLE, clientConfig }),
    ).toThrow(expect.objectContaining({ code: 'ERR_INPUT', message: expect.stringContaining(name) }));
  });

  it('fails with ERR_CREDENTIALS and what to do for a role that the pool does not allow', async () => {
    const local = await start({ logins: { [IDP]: 'good' } });
    const init = poolOf(local, { logins: { [IDP]: 'good' }, customRoleArn: ROLE });
    await expect(countWith(local, fromCognitoIdentityPool(init))).rejects.toMatchObject({
      code: 'ERR_CREDENTIALS',
      message: expect.stringContaining('Check the id and region of the pool'),
    });
  });

  it('shares one question among calls at the same time', async () => {
    const local = await start();
    const provider = fromCognitoIdentityPool(poolOf(local));
    await Promise.all(Array.from({ length: 20 }, () => countWith(local, provider)));
    expect(seen(local).filter((line) => !line.startsWith('CountTokens'))).toEqual(GUEST);
  });

  it('asks once more for credentials that the service calls over', async () => {
    const local = await start({ faults: ['', 'status=403:ExpiredTokenException'] });
    const provider = fromCognitoIdentityPool(poolOf(local));
    await countWith(local, provider);
    await countWith(local, provider);
    expect(seen(local).slice(4)).toEqual(['CountTokens 403', ...KNOWN, 'CountTokens 200']);
  });

  it('finds a pool behind AWS_ENDPOINT_URL_COGNITO_IDENTITY', async () => {
    const local = await start();
    vi.stubEnv('AWS_ENDPOINT_URL_COGNITO_IDENTITY', local.url);
    vi.stubEnv('AWS_ENDPOINT_URL_STS', local.url);
    await countWith(local, fromCognitoIdentityPool(poolOf(local, { clientConfig: undefined })));
    expect(seen(local)).toEqual([...GUEST, 'CountTokens 200']);
  });

  describe('for guests', () => {
    it('assumes their role in a session that CloudTrail can tell apart, without secrets in the log', async () => {
      const local = await start();
      const keys = await fromCognitoIdentityPool(poolOf(local))();
      expect(keys).toMatchObject({ identityId: expect.stringMatching(/^us-east-1:/) });
      const form = new URLSearchParams(local.requests[2]?.bodyText);
      expect(form.get('RoleArn')).toBe(local.guestRoleArn);
      expect(form.get('RoleSessionName')).toMatch(/^guest-[\da-f-]{36}$/);
      expect(form.get('WebIdentityToken')).toBe('…');
      expect(local.requests.every(({ headers }) => headers['authorization'] === undefined)).toBe(true);
      const identity = await getCallerIdentity({
        endpoint: local.url,
        region: local.region,
        credentials: keys,
      });
      expect(identity.arn).toMatch(/:assumed-role\/local-guests\/guest-/);
    });

    it('gets new keys before the old ones expire', async () => {
      vi.useFakeTimers({ toFake: ['Date'] });
      const local = await start();
      const provider = fromCognitoIdentityPool(poolOf(local));
      await countWith(local, provider);
      vi.setSystemTime(Date.now() + 56 * 60_000);
      await countWith(local, provider);
      expect(seen(local)).toEqual([...GUEST, 'CountTokens 200', ...KNOWN, 'CountTokens 200']);
    });

    it.each<
      [what: string, options: LocalBedrockOptions, init: Partial<CognitoIdentityPoolInit>, said: RegExp]
    >([
      [
        'a pool without the classic flow',
        { classicFlow: false },
        {},
        /Basic \(classic\) flow is not enabled, please use enhanced flow\. Allow the basic \(classic\) flow/,
      ],
      [
        'a role that does not trust them',
        {},
        { guestRoleArn: ROLE },
        /Not authorized to perform sts:AssumeRoleWithWebIdentity.* Check that arn:aws:iam::123456789012:role\/readers exists and trusts/,
      ],
    ])('fails with ERR_CREDENTIALS and what to do for %s', async (_what, options, init, said) => {
      const local = await start(options);
      await expect(countWith(local, fromCognitoIdentityPool(poolOf(local, init)))).rejects.toMatchObject({
        code: 'ERR_CREDENTIALS',
        message: expect.stringMatching(said),
      });
      expect(seen(local)).not.toContain('CountTokens 200');
    });

    it.each<[what: string, init: object, said: RegExp]>([
      ['no role', { identityPoolId: STALE }, /has no logins, and guests .* Pass guestRoleArn/],
      ['a blank role', { identityPoolId: STALE, guestRoleArn: '' }, /Pass guestRoleArn/],
      ['empty logins', { identityPoolId: STALE, logins: {} }, /Pass guestRoleArn/],
      [
        'a role without its ARN',
        { identityPoolId: STALE, guestRoleArn: 'guests' },
        /^guestRoleArn is "guests"\. Pass the ARN/,
      ],
      ['no pool', { guestRoleArn: ROLE }, /^identityPoolId is missing\. Pass the id of the identity pool/],
      ['a blank pool', { identityPoolId: '', guestRoleArn: ROLE }, /^identityPoolId is missing/],
      [
        'a user pool',
        { identityPoolId: 'eu-central-1_AbCdEf', guestRoleArn: ROLE },
        /this is the id of a user pool/,
      ],
      ['half a pool', { identityPoolId: '0123-4567', guestRoleArn: ROLE }, /^identityPoolId is "0123-4567"/],
      [
        'a pool in no region',
        { identityPoolId: 'Frankfurt:0123-4567', guestRoleArn: ROLE },
        /^identityPoolId is/,
      ],
    ])('refuses %s at once', (_what, init, said) => {
      expect(() => fromCognitoIdentityPool(init as CognitoIdentityPoolInit)).toThrow(
        expect.objectContaining({ code: 'ERR_INPUT', message: expect.stringMatching(said) }),
      );
    });

    it("calls STS at its own endpoint where one is given, and at the pool's otherwise", async () => {
      const [pool, sts] = [await start(), await start()];
      const clientConfig = { endpoint: pool.url, stsEndpoint: sts.url };
      const provider = fromCognitoIdentityPool(poolOf(pool, { clientConfig }));
      await expect(provider()).rejects.toMatchObject({ code: 'ERR_CREDENTIALS' });
      expect(seen(sts)).toEqual(['AssumeRoleWithWebIdentity 400']);
    });
  });

  it("takes the same options as AWS's own, which the core takes in its place", async () => {
    const local = await start({ logins: { [IDP]: 'good' } });
    const init = {
      identityPoolId: local.identityPoolId,
      logins: { [IDP]: async () => 'good' },
      userIdentifier: 'ann',
      cache: { getItem: () => null, setItem: () => undefined, removeItem: () => undefined },
      clientConfig: { region: local.region, endpoint: local.url },
    };
    await countWith(local, fromCognitoIdentityPool(init));
    await countWith(local, awsFromCognitoIdentityPool(init));
    const once = [...USER, 'CountTokens 200'];
    expect(seen(local)).toEqual([...once, ...once]);
    const bodies = local.requests.map(({ body }) => body);
    expect(bodies[3]).toEqual(bodies[0]);
    expect(bodies[4]).toEqual(bodies[1]);
  });
});
