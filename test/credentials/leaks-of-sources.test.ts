import { fromProcess } from '@aws-sdk/credential-providers';
import { describe, expect, it } from 'vitest';
import { answering, everyCall, failure, IDP, KEYS, library, question, TOKEN } from './failing.js';
import { count, type MachineSketch, machine, start } from './machine.js';
import { MARK, secret } from './marks.js';

describe('no secret of a login is in the error', () => {
  const logins = { [IDP]: secret('login') };

  it('that the local pool refuses', async () => {
    const local = await start({ logins: { [IDP]: 'another' } });
    const { fromCognitoIdentityPool } = await library();
    const { identityPoolId } = local;
    const credentials = fromCognitoIdentityPool({
      identityPoolId,
      logins,
      clientConfig: { endpoint: local.url },
    });
    for (const call of await everyCall({ endpoint: local.url, credentials })) {
      expect(await failure(call)).toMatchObject({ code: 'ERR_CREDENTIALS' });
    }
  });

  it('that Cognito gives when its answer makes no sense', async () => {
    const { fromCognitoIdentityPool } = await library();
    const body = JSON.stringify({ IdentityId: 'us-east-1:1', Credentials: { SecretKey: secret('key') } });
    const endpoint = await answering(() => ({ status: 200, type: 'application/json', body }));
    const provider = fromCognitoIdentityPool({
      identityPoolId: 'us-east-1:01234567-89ab-cdef-0123-456789abcdef',
      logins,
      clientConfig: { endpoint },
    });
    expect(await failure(provider)).toMatchObject({ code: 'ERR_CREDENTIALS' });
  });

  it.each([
    ['Cognito itself', 400, 'application/x-amz-json-1.1'],
    ['a proxy before Cognito', 403, 'text/plain'],
  ])('that %s repeats it in', async (_who, status, type) => {
    const { fromCognitoIdentityPool } = await library();
    const endpoint = await answering(({ body }) => {
      const message = `Invalid login: ${JSON.parse(body).Logins[IDP]}`;
      const json = JSON.stringify({ __type: 'NotAuthorizedException', message });
      return { status, type, body: type === 'text/plain' ? message : json };
    });
    const provider = fromCognitoIdentityPool({
      identityPoolId: 'us-east-1:01234567-89ab-cdef-0123-456789abcdef',
      logins,
      clientConfig: { endpoint },
    });
    await failure(provider);
  });
});

describe('no secret of the machine is in the error', () => {
  /** A call with what the machine has, which must fail. */
  async function failing(sketch: MachineSketch) {
    const local = await start();
    const here = await machine(sketch);
    return failure(() => count(here, local));
  }
  const config = (text: string) => ({ '.aws/config': text });

  it('of a token or keys in the environment that are refused', async () => {
    await failing({ env: { AWS_BEARER_TOKEN_BEDROCK: TOKEN.token } });
    await failing({
      env: {
        AWS_ACCESS_KEY_ID: 'ASIANOBODY',
        AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
        AWS_SESSION_TOKEN: MARK,
      },
    });
  });

  it('of a profile with one half of a key, or with keys that are refused', async () => {
    const env = { AWS_PROFILE: 'work' };
    await failing({ env, files: config(`[profile work]\naws_secret_access_key = ${secret('half')}\n`) });
    const keys = `aws_access_key_id = ASIANOBODY\naws_secret_access_key = ${secret('key')}\n`;
    await failing({ env, files: config(`[profile work]\n${keys}`) });
  });

  it('of a credential_process that prints what is no JSON', async () => {
    const files = {
      'keys.mjs': `console.log('SecretAccessKey: ${secret('key')}')`,
      ...config(`[profile tool]\ncredential_process = "${process.execPath}" $HOME/keys.mjs\n`),
    };
    await failing({ env: { AWS_PROFILE: 'tool' }, files });
  });

  it('of a credential_process that fails and tells them on its way out', async () => {
    const files = {
      'keys.mjs': `console.error('cannot use ${secret('key')}'); process.exitCode = 1;`,
      ...config(`[profile tool]\ncredential_process = "${process.execPath}" $HOME/keys.mjs\n`),
    };
    await failing({ env: { AWS_PROFILE: 'tool' }, files });
  });

  it('of a credential_process that fails and has them among its arguments', async () => {
    const command = `"${process.execPath}" $HOME/gone.mjs --password ${MARK}`;
    await failing({
      env: { AWS_PROFILE: 'tool' },
      files: config(`[profile tool]\ncredential_process = ${command}\n`),
    });
  });

  it("of a credential_process that fails under AWS's own fromProcess(), given as the provider", async () => {
    const files = {
      'keys.mjs': `console.error('cannot use ${secret('key')}'); process.exitCode = 1;`,
      ...config(`[profile tool]\ncredential_process = "${process.execPath}" $HOME/keys.mjs\n`),
    };
    const here = await machine({ env: { AWS_PROFILE: 'tool' }, files });
    const credentials = fromProcess({ profile: 'tool' });
    await failure(() => here.library.createBedrock({ credentials }).countTokens(question));
  });

  it('of a container', async () => {
    const local = await start({ containerAuthorizationToken: 'another' });
    const here = await machine({
      env: {
        AWS_CONTAINER_CREDENTIALS_FULL_URI: `${local.url}/local-container-credentials`,
        AWS_CONTAINER_AUTHORIZATION_TOKEN: secret('container'),
      },
    });
    await failure(() => count(here, local));
  });

  it('of a container whose service repeats its token', async () => {
    const url = await answering(({ headers }) => ({
      status: 403,
      type: 'application/json',
      body: JSON.stringify({ Code: 'Denied', Message: `You sent ${headers['authorization']}` }),
    }));
    const env = {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/credentials`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: secret('container'),
    };
    expect((await failing({ env })).message).toContain('default chain');
  });

  const webIdentity = (url: string, token = secret('web')) => ({
    files: { token },
    env: {
      AWS_WEB_IDENTITY_TOKEN_FILE: '$HOME/token',
      AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/reader',
      AWS_REGION: 'us-east-1',
      AWS_ENDPOINT_URL_STS: url,
    },
  });

  it('of a web identity that STS refuses', async () => {
    await failing(webIdentity((await start()).url));
  });

  it('of a web identity whose STS repeats the token, which nobody else knows', async () => {
    const url = await answering(({ body }) => {
      const token = new URLSearchParams(body).get('WebIdentityToken');
      const error = `<Code>InvalidIdentityToken</Code><Message>Not valid: ${token}</Message>`;
      return {
        status: 400,
        type: 'text/xml',
        body: `<ErrorResponse><Error>${error}</Error></ErrorResponse>`,
      };
    });
    const token = ['e', 'payload', 'signature'].map((part) => `${part}${MARK}${'aB3'.repeat(40)}`).join('.');
    expect((await failing(webIdentity(url, token))).message).toContain('Not valid: [secret]');
  });
});
