import { fromCognitoIdentity, fromCognitoIdentityPool } from '@aws-sdk/credential-providers';
import { createLocalBedrock, type LocalBedrock } from 'bedrock-anywhere/local';
import { describe, expect, it } from 'vitest';
import { failure, modelPath, say, send } from '../request.js';
import { start, taken } from './identity.js';

const IDP = 'login.example.com';
const ROLE = 'arn:aws:iam::123456789012:role/readers';

/** A token as an OpenID provider makes it, unsigned: the local pool looks at its list only. */
function jwt(sub: string, issue: number): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part({ sub, issue })}.`;
}

/** AWS's own storage would remember identities for the whole process. */
const noCache = { getItem: () => null, setItem() {}, removeItem() {} };

/** One call of Cognito. */
async function call(local: LocalBedrock, operation: string, body: object) {
  const response = await local.fetch(
    new Request('https://cognito-identity.us-east-1.amazonaws.com/', {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `AWSCognitoIdentityService.${operation}`,
      },
      body: JSON.stringify(body),
    }),
  );
  return { status: response.status, headers: response.headers, json: await response.json() };
}

/** A new identity of the pool. */
async function identity(local: LocalBedrock, logins?: Record<string, string>): Promise<string> {
  const { json } = await call(local, 'GetId', { IdentityPoolId: local.identityPoolId, Logins: logins });
  return json.IdentityId;
}

describe("AWS's own fromCognitoIdentityPool", () => {
  it('gets a guest credentials that no session policy allows to call Bedrock', async () => {
    const local = await start({ credentialsLifeSeconds: 900 });
    const provider = fromCognitoIdentityPool({
      identityPoolId: local.identityPoolId,
      cache: noCache,
      clientConfig: { region: local.region, endpoint: local.url },
    });
    const before = Math.floor(Date.now() / 1000) * 1000;
    const credentials = await provider();
    expect(credentials.identityId).toMatch(/^us-east-1:[0-9a-f-]{36}$/);
    const expires = credentials.expiration?.getTime() ?? 0;
    expect(expires).toBeGreaterThanOrEqual(before + 900_000);
    expect(expires).toBeLessThanOrEqual(Date.now() + 900_000);
    expect(await taken(local, credentials)).toBe('AccessDeniedException');
    expect(local.requests.map(({ operation, status }) => `${operation} ${status}`)).toEqual([
      'GetId 200',
      'GetCredentialsForIdentity 200',
      'Converse 403',
    ]);
  });

  it('gets a user credentials with a token that the pool takes, for a role that it allows', async () => {
    const local = await start({ logins: { [IDP]: 'good' }, customRoleArns: [ROLE] });
    const provider = fromCognitoIdentityPool({
      identityPoolId: local.identityPoolId,
      cache: noCache,
      logins: { [IDP]: async () => 'good' },
      customRoleArn: ROLE,
      clientConfig: { region: local.region, endpoint: local.url },
    });
    expect(await taken(local, await provider())).toBe('ok');
    expect(local.requests[0]?.body).toMatchObject({ Logins: { [IDP]: '…' } });
    expect(JSON.stringify(local.requests)).not.toContain('good');
  });

  it.each([
    ['a token that the pool does not know', { logins: { [IDP]: 'bad' } }, 'NotAuthorizedException'],
    ['another provider', { logins: { 'other.example.com': 'good' } }, 'NotAuthorizedException'],
    [
      'another pool',
      { identityPoolId: 'us-east-1:00000000-0000-4000-8000-000000000000' },
      'ResourceNotFoundException',
    ],
    [
      'a role that is not allowed',
      { logins: { [IDP]: 'good' }, customRoleArn: ROLE },
      'InvalidIdentityPoolConfigurationException',
    ],
  ])('learns that %s is refused', async (_what, init, name) => {
    const local = await start({ logins: { [IDP]: 'good' } });
    const provider = fromCognitoIdentityPool({
      identityPoolId: local.identityPoolId,
      cache: noCache,
      clientConfig: { region: local.region, endpoint: local.url },
      ...init,
    });
    await expect(provider()).rejects.toMatchObject({ name, $metadata: { httpStatusCode: 400 } });
  });

  it('learns that an identity was deleted', async () => {
    const local = await start();
    const provider = fromCognitoIdentity({
      identityId: 'us-east-1:00000000-0000-4000-8000-000000000000',
      clientConfig: { region: local.region, endpoint: local.url },
    });
    await expect(provider()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

describe('the identity pool', () => {
  it('knows a user again by the claim sub, whatever token comes, and tells users apart', async () => {
    const tokens = [jwt('ann', 1), jwt('ann', 2), jwt('bob', 1)];
    const local = createLocalBedrock({ logins: { [IDP]: tokens } });
    const [ann, again, bob] = await Promise.all(tokens.map((token) => identity(local, { [IDP]: token })));
    expect(again).toBe(ann);
    expect(bob).not.toBe(ann);
    expect(await identity(local)).not.toBe(await identity(local));
  });

  it('gives a user credentials with that user’s token only', async () => {
    const local = createLocalBedrock({ logins: { [IDP]: ['ann', 'bob'] } });
    const ann = await identity(local, { [IDP]: 'ann' });
    const ask = (Logins?: object) => call(local, 'GetCredentialsForIdentity', { IdentityId: ann, Logins });
    expect(await ask({ [IDP]: 'ann' })).toMatchObject({ status: 200 });
    for (const logins of [undefined, {}, { [IDP]: 'bob' }]) {
      expect(await ask(logins)).toMatchObject({ status: 400, json: { __type: 'NotAuthorizedException' } });
    }
  });

  it('lets a guest who logs in keep the identity', async () => {
    const local = createLocalBedrock({ logins: { [IDP]: 'ann' } });
    const guest = await identity(local);
    const logins = { [IDP]: 'ann' };
    await call(local, 'GetCredentialsForIdentity', { IdentityId: guest, Logins: logins });
    expect(await identity(local, logins)).toBe(guest);
    expect(await call(local, 'GetCredentialsForIdentity', { IdentityId: guest })).toMatchObject({
      json: { __type: 'NotAuthorizedException' },
    });
  });

  it('takes no guests where they are not allowed', async () => {
    const local = createLocalBedrock({ guests: false, logins: { [IDP]: 'ann' } });
    const { status, headers, json } = await call(local, 'GetId', { IdentityPoolId: local.identityPoolId });
    expect({ status, json }).toEqual({
      status: 400,
      json: {
        __type: 'NotAuthorizedException',
        message: 'Unauthenticated access is not supported for this identity pool.',
      },
    });
    expect(headers.get('x-amzn-errortype')).toBe('NotAuthorizedException:');
    expect(await identity(local, { [IDP]: 'ann' })).toMatch(/^us-east-1:/);
  });

  it('may be called by a page of this machine, and by no other', async () => {
    const local = createLocalBedrock();
    const ask = (origin: string, method: string) =>
      local.fetch(
        new Request('https://cognito-identity.us-east-1.amazonaws.com/', {
          method,
          headers: {
            origin,
            'x-amz-target': 'AWSCognitoIdentityService.GetId',
            'access-control-request-headers': 'content-type,x-amz-target',
          },
          ...(method === 'POST' && { body: JSON.stringify({ IdentityPoolId: local.identityPoolId }) }),
        }),
      );
    const preflight = await ask('http://localhost:5173', 'OPTIONS');
    expect(preflight.headers.get('access-control-allow-headers')).toContain('x-amz-target');
    const response = await ask('http://localhost:5173', 'POST');
    expect(response.headers.get('access-control-allow-origin')).toBe('http://localhost:5173');
    expect(await response.json()).toHaveProperty('IdentityId');
    for (const method of ['OPTIONS', 'POST']) {
      const refused = await ask('https://evil.example', method);
      expect(refused.status).toBe(403);
      expect(refused.headers.has('access-control-allow-origin')).toBe(false);
      expect(await refused.json()).toMatchObject({ __type: 'AccessDeniedException' });
    }
  });

  it.each([
    ['GetOpenIdTokenForDeveloperIdentity', '{}', 404],
    ['GetOpenIdToken', '{}', 400],
    ['GetId', 'no JSON', 400],
    ['GetId', '[]', 400],
  ])('answers %s with %j in the shape of its errors', async (operation, body, status) => {
    const local = createLocalBedrock();
    const response = await local.fetch(
      new Request('https://cognito-identity.us-east-1.amazonaws.com/', {
        method: 'POST',
        headers: { 'x-amz-target': `AWSCognitoIdentityService.${operation}` },
        body,
      }),
    );
    expect(response.status).toBe(status);
    expect(await response.json()).toHaveProperty('__type');
  });
});

describe('guests of the identity pool', () => {
  const assume = async (local: LocalBedrock, token: string, role = local.guestRoleArn) => {
    const body = new URLSearchParams({
      Action: 'AssumeRoleWithWebIdentity',
      Version: '2011-06-15',
      RoleArn: role,
      RoleSessionName: 'guest',
      WebIdentityToken: token,
    });
    const response = await local.fetch(
      new Request('https://sts.us-east-1.amazonaws.com/', {
        method: 'POST',
        headers: { accept: 'application/json' },
        body,
      }),
    );
    return { status: response.status, json: await response.json() };
  };

  async function tokenOf(local: LocalBedrock, logins?: Record<string, string>): Promise<string> {
    const body = { IdentityId: await identity(local, logins), Logins: logins };
    const { json } = await call(local, 'GetOpenIdToken', body);
    expect(json.IdentityId).toBe(body.IdentityId);
    return json.Token;
  }

  it('are refused by Bedrock with the keys of the enhanced flow, in the words of IAM', async () => {
    const local = createLocalBedrock();
    const { json } = await call(local, 'GetCredentialsForIdentity', { IdentityId: await identity(local) });
    const { AccessKeyId, SecretKey, SessionToken } = json.Credentials;
    const credentials = { accessKeyId: AccessKeyId, secretAccessKey: SecretKey, sessionToken: SessionToken };
    const answer = await failure(
      await send(local, { path: modelPath('converse'), body: say('Hi'), credentials }),
    );
    expect(answer).toEqual({
      status: 403,
      name: 'AccessDeniedException',
      message:
        'User: arn:aws:sts::123456789012:assumed-role/Cognito_localUnauth_Role/CognitoIdentityCredentials is not authorized to ' +
        'perform: bedrock:InvokeModel on resource: arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0 ' +
        'because no session policy allows the bedrock:InvokeModel action',
    });
  });

  it('call Bedrock in the role that trusts them, with a token of ten minutes', async () => {
    let now = Date.now();
    const local = createLocalBedrock({ now: () => now });
    const token = await tokenOf(local);
    const [, payload = ''] = token.split('.');
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({
      aud: local.identityPoolId,
      amr: ['unauthenticated'],
    });
    now += 599_000;
    const { status, json } = await assume(local, token);
    expect(status).toBe(200);
    const { Credentials } = json.AssumeRoleWithWebIdentityResponse.AssumeRoleWithWebIdentityResult;
    const session = {
      accessKeyId: Credentials.AccessKeyId,
      secretAccessKey: Credentials.SecretAccessKey,
      sessionToken: Credentials.SessionToken,
    };
    expect(await taken(local, session, new Date(now))).toBe('ok');
    now += 1_000;
    expect(await assume(local, token)).toMatchObject({
      status: 400,
      json: { Error: { Code: 'ExpiredTokenException', Message: expect.stringMatching(/^Token expired/) } },
    });
  });

  it('are not let into another role, and users not into theirs', async () => {
    const local = createLocalBedrock({ logins: { [IDP]: 'ann' } });
    const refused = {
      status: 403,
      json: {
        Error: { Code: 'AccessDenied', Message: 'Not authorized to perform sts:AssumeRoleWithWebIdentity' },
      },
    };
    expect(await assume(local, await tokenOf(local), ROLE)).toMatchObject(refused);
    expect(await assume(local, await tokenOf(local, { [IDP]: 'ann' }))).toMatchObject(refused);
    expect(await assume(local, `${await tokenOf(local)}x`)).toMatchObject({
      status: 400,
      json: { Error: { Code: 'InvalidIdentityToken' } },
    });
  });

  it('get no token where the classic flow is off', async () => {
    const local = createLocalBedrock({ classicFlow: false });
    expect(await call(local, 'GetOpenIdToken', { IdentityId: await identity(local) })).toMatchObject({
      status: 400,
      json: {
        __type: 'InvalidParameterException',
        message: 'Basic (classic) flow is not enabled, please use enhanced flow.',
      },
    });
  });
});

describe('credentials that were handed out', () => {
  it('are refused after their end and with another session token', async () => {
    let now = Date.now();
    const logins = { [IDP]: 'ann' };
    const local = createLocalBedrock({ credentialsLifeSeconds: 60, logins, now: () => now });
    const id = await identity(local, logins);
    const { json } = await call(local, 'GetCredentialsForIdentity', { IdentityId: id, Logins: logins });
    const { AccessKeyId, SecretKey, SessionToken, Expiration } = json.Credentials;
    const session = { accessKeyId: AccessKeyId, secretAccessKey: SecretKey, sessionToken: SessionToken };
    expect(Expiration * 1000).toBe(Math.floor(now / 1000) * 1000 + 60_000);
    expect(await taken(local, session)).toBe('ok');
    expect(await taken(local, { ...session, sessionToken: 'other' })).toBe('UnrecognizedClientException');
    now += 59_000 - (now % 1000);
    expect(await taken(local, session, new Date(now))).toBe('ok');
    now += 1_000;
    expect(await taken(local, session, new Date(now))).toBe('ExpiredTokenException');
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1e10])(
    'cannot live for %s seconds',
    (credentialsLifeSeconds) => {
      expect(() => createLocalBedrock({ credentialsLifeSeconds })).toThrow(
        expect.objectContaining({ code: 'ERR_INPUT' }),
      );
    },
  );

  it.each([
    [
      'GetCredentialsForIdentity',
      { IdentityId: 'garbage' },
      "1 validation error detected: Value 'garbage' at 'identityId' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w-]+:[0-9a-f-]+",
    ],
    [
      'GetCredentialsForIdentity',
      { IdentityId: '' },
      "2 validation errors detected: Value '' at 'identityId' failed to satisfy constraint: Member must have length greater than or equal to 1; Value '' at 'identityId' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w-]+:[0-9a-f-]+",
    ],
    [
      'GetCredentialsForIdentity',
      {},
      "1 validation error detected: Value null at 'identityId' failed to satisfy constraint: Member must not be null",
    ],
    [
      'GetId',
      { IdentityPoolId: 'us-east-1_pool' },
      "1 validation error detected: Value 'us-east-1_pool' at 'identityPoolId' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w-]+:[0-9a-f-]+",
    ],
  ])(
    'refuses an id that has not the form of one as Cognito does: %s %j',
    async (operation, body, message) => {
      const { status, json } = await call(await start(), operation, body);
      expect([status, json]).toEqual([400, { __type: 'ValidationException', message }]);
    },
  );
});
