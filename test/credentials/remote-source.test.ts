import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { behind, count, machine, seen, signers, start } from './machine.js';

const ROLE = 'arn:aws:iam::123456789012:role/reader';
const SESSION = {
  accessKeyId: 'ASIASSOSSOSSOSSOSSO0',
  secretAccessKey: 'ss0secret',
  sessionToken: 'sso-session',
};

describe('a container', () => {
  it.each([
    ['AWS_CONTAINER_AUTHORIZATION_TOKEN', 'Basic c0ntainer'],
    ['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE', '$HOME/token'],
  ])('signs with the credentials of its role, asked for with %s', async (name, value) => {
    const local = await start({ containerAuthorizationToken: 'Basic c0ntainer' });
    const here = await machine({
      files: { token: 'Basic c0ntainer' },
      env: {
        AWS_CONTAINER_CREDENTIALS_FULL_URI: `${local.url}/local-container-credentials`,
        [name]: value,
      },
    });
    await count(here, local);
    await count(here, local);
    expect(seen(local)).toEqual(['ContainerCredentials 200', 'CountTokens 200', 'CountTokens 200']);
    expect(signers(local)[0]).toMatch(/^ASIA/);
  });

  it('whose token is wrong sends nothing to Bedrock', async () => {
    const local = await start({ containerAuthorizationToken: 'right' });
    const here = await machine({
      env: {
        AWS_CONTAINER_CREDENTIALS_FULL_URI: `${local.url}/local-container-credentials`,
        AWS_CONTAINER_AUTHORIZATION_TOKEN: 'wrong-c0ntainer',
      },
    });
    const error: Error = await count(here, local).then(
      () => expect.unreachable(),
      (reason) => reason,
    );
    expect(error).toMatchObject({ code: 'ERR_CREDENTIALS' });
    expect(error.message).not.toContain('wrong-c0ntainer');
    expect(new Set(seen(local))).toEqual(new Set(['ContainerCredentials 401']));
  });
});

describe('a web identity', () => {
  const env = (url: string) => ({
    AWS_WEB_IDENTITY_TOKEN_FILE: '$HOME/token',
    AWS_ROLE_ARN: ROLE,
    AWS_ROLE_SESSION_NAME: 'pod',
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL_STS: url,
  });

  it('signs with the role that its token file stands for', async () => {
    const local = await start({ webIdentityToken: 'w3bt0ken' });
    const here = await machine({ files: { token: 'w3bt0ken' }, env: env(local.url) });
    await count(here, local);
    await count(here, local);
    expect(seen(local)).toEqual(['AssumeRoleWithWebIdentity 200', 'CountTokens 200', 'CountTokens 200']);
    expect(local.requests[0]?.bodyText).toContain('RoleSessionName=pod');
    expect(signers(local)[0]).toMatch(/^ASIA/);
  });

  it('that STS refuses says so, with the name of the error and without the token', async () => {
    const local = await start({ webIdentityToken: 'another' });
    const here = await machine({ files: { token: 'w3bt0ken' }, env: env(local.url) });
    await expect(count(here, local)).rejects.toMatchObject({
      code: 'ERR_CREDENTIALS',
      message: expect.stringContaining("Couldn't retrieve verification key"),
    });
    expect(seen(local)).toEqual(['AssumeRoleWithWebIdentity 400']);
  });
});

describe('an SSO session', () => {
  const config = `
    [profile sso]
    sso_session = corp
    sso_account_id = 123456789012
    sso_role_name = reader
    [sso-session corp]
    sso_start_url = https://corp.example.com/start
    sso_region = us-east-1
    sso_registration_scopes = sso:account:access
  `.replaceAll(/^ +/gm, '');
  const cache = `.aws/sso/cache/${createHash('sha1').update('corp').digest('hex')}.json`;
  const token = (minutes: number) =>
    JSON.stringify({
      startUrl: 'https://corp.example.com/start',
      region: 'us-east-1',
      accessToken: 'sso-access',
      expiresAt: new Date(Date.now() + minutes * 60_000).toISOString(),
    });

  /** The portal that hands out a role's credentials for a token. */
  async function portal() {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      const allowed = request.headers['x-amz-sso_bearer_token'] === 'sso-access';
      asked.push(`${request.url} ${allowed}`);
      const roleCredentials = { ...SESSION, expiration: Date.now() + 3600_000 };
      response.writeHead(allowed ? 200 : 401, { 'content-type': 'application/json' });
      response.end(JSON.stringify(allowed ? { roleCredentials } : { message: 'Session token not found' }));
    }).listen(0, '127.0.0.1');
    behind(() => server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
  }

  it('signs with the role that the cached token opens', async () => {
    const [local, sso] = [await start({ credentials: SESSION }), await portal()];
    const here = await machine({
      files: { '.aws/config': config, [cache]: token(60) },
      env: { AWS_PROFILE: 'sso', AWS_ENDPOINT_URL_SSO: sso.url },
    });
    await count(here, local);
    await count(here, local);
    expect(sso.asked).toEqual(['/federation/credentials?account_id=123456789012&role_name=reader true']);
    expect(seen(local)).toEqual(['CountTokens 200', 'CountTokens 200']);
    expect(signers(local)[0]).toBe(SESSION.accessKeyId);
  });

  it.each([
    ['is over', { [cache]: token(-60) }],
    ['is not there', {}],
  ])('whose token %s asks for a new login', async (_what, files) => {
    const [local, sso] = [await start({ credentials: SESSION }), await portal()];
    const here = await machine({
      files: { '.aws/config': config, ...files },
      env: { AWS_PROFILE: 'sso', AWS_ENDPOINT_URL_SSO: sso.url, AWS_ENDPOINT_URL_SSO_OIDC: sso.url },
    });
    await expect(count(here, local)).rejects.toMatchObject({
      code: 'ERR_CREDENTIALS',
      message: expect.stringMatching(/profile "sso".*(aws sso login|log in again)/s),
    });
    expect(sso.asked).toEqual([]);
    expect(seen(local)).toEqual([]);
  });
});
