import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  type CallOptions,
  type CredentialProvider,
  createBedrock,
  fromBearerToken,
  fromEnvironment,
  fromStatic,
} from '../../src/index.js';

const VARIABLES = [
  'AWS_BEARER_TOKEN_BEDROCK',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
];
afterEach(() => vi.unstubAllEnvs());

function environment(variables: Record<string, string> = {}): void {
  for (const name of VARIABLES) vi.stubEnv(name, variables[name] ?? '');
}

/** The authorization that a call is sent with. */
async function authorization(options: CallOptions): Promise<string> {
  let headers = new Headers();
  const fetch = async (_url: unknown, init?: RequestInit): Promise<Response> => {
    headers = new Headers(init?.headers);
    return Response.json({ inputTokens: 1 });
  };
  await createBedrock({ fetch, ...options }).countTokens({
    modelId: 'm',
    messages: [{ role: 'user', content: [] }],
  });
  const token = headers.get('x-amz-security-token');
  return `${headers.get('authorization')}${token === null ? '' : ` token=${token}`}`;
}

const keys = { AWS_ACCESS_KEY_ID: 'AKIAENV', AWS_SECRET_ACCESS_KEY: 's' };

describe('credentials given explicitly beat the environment', () => {
  it.each<[kind: string, credentials: NonNullable<CallOptions['credentials']>, used: RegExp]>([
    [
      'access keys',
      { accessKeyId: 'ASIAMINE', secretAccessKey: 's', sessionToken: 't' },
      /Credential=ASIAMINE\/.* token=t$/,
    ],
    ['an API key', { token: 'mine' }, /^Bearer mine$/],
    ['fromStatic()', fromStatic({ accessKeyId: 'ASIAMINE', secretAccessKey: 's' }), /Credential=ASIAMINE\//],
    ['fromBearerToken(text)', fromBearerToken('mine'), /^Bearer mine$/],
    ['fromBearerToken(function)', fromBearerToken(async () => ({ token: 'mine' })), /^Bearer mine$/],
    [
      'a provider of the AWS SDK',
      (async () => ({ accessKeyId: 'ASIAMINE', secretAccessKey: 's', $source: {} })) as CredentialProvider,
      /ASIAMINE/,
    ],
    ['fromEnvironment(env)', fromEnvironment({ AWS_BEARER_TOKEN_BEDROCK: 'mine' }), /^Bearer mine$/],
  ])('%s', async (_kind, credentials, used) => {
    environment({ ...keys, AWS_BEARER_TOKEN_BEDROCK: 'ambient' });
    expect(await authorization({ credentials })).toMatch(used);
  });
});

describe('the environment', () => {
  it('gives the API key first', async () => {
    environment({ ...keys, AWS_BEARER_TOKEN_BEDROCK: 'ambient' });
    expect(await authorization({})).toBe('Bearer ambient');
  });

  it('gives the access keys where there is no API key', async () => {
    environment({ ...keys, AWS_SESSION_TOKEN: 'st' });
    expect(await authorization({})).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIAENV\/\d{8}\/us-east-1\/bedrock\/aws4_request,.*token=st$/,
    );
  });

  it('counts blank values as not set, and a line break behind a key as nothing', async () => {
    environment({ ...keys, AWS_ACCESS_KEY_ID: 'AKIAENV\n', AWS_BEARER_TOKEN_BEDROCK: '  ' });
    expect(await authorization({})).toMatch(/AKIAENV\//);
  });

  it('is shut out by null', async () => {
    environment(keys);
    await expect(authorization({ credentials: null })).rejects.toMatchObject({
      code: 'ERR_CREDENTIALS',
      message: expect.stringContaining('credentials is null'),
    });
  });

  it('that may not be read (Deno without permission) is not set', async () => {
    const denied = new Proxy(
      {},
      {
        get: () => {
          throw new Error('NotCapable');
        },
      },
    );
    await expect(fromEnvironment(denied)()).rejects.toMatchObject({ code: 'ERR_CREDENTIALS' });
  });

  it('with one half of an access key says which are needed', async () => {
    await expect(fromEnvironment({ AWS_ACCESS_KEY_ID: 'AKIA' })()).rejects.toThrow(
      /both AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY/,
    );
  });
});

describe('without credentials', () => {
  it('the error names every source that was tried and what to set', async () => {
    environment();
    const error: unknown = await authorization({}).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'ERR_CREDENTIALS', name: 'CredentialsError' });
    for (const source of [
      'option credentials',
      'AWS_BEARER_TOKEN_BEDROCK',
      'AWS_ACCESS_KEY_ID',
      'AWS_SECRET_ACCESS_KEY',
      'default chain',
    ]) {
      expect(String(error)).toContain(source);
    }
  });

  const keys = { accessKeyId: 'ASIAEXAMPLE', secretAccessKey: 's3cret-key-of-mine' };
  const token = 'bedrock-api-key-s3cret';
  it.each<[said: RegExp, given: unknown]>([
    [/^The credentials are missing\. Pass \{ token \}, a Bedrock API key, or/, undefined],
    [/^The credentials are null\./, null],
    [/^The credentials are a string\./, token],
    [/^The credentials are 5\./, 5],
    [/^The credentials are an array\./, [keys]],
    [/^The credentials are a function\./, () => keys],
    [/have no token or access key\./, {}],
    [/have no token or access key/, { token: '' }],
    [/have no token or access key/, { token: ' ', accessKeyId: '', secretAccessKey: null }],
    [/have no secretAccessKey\./, { accessKeyId: 'ASIAEXAMPLE' }],
    [/have no secretAccessKey\./, { ...keys, secretAccessKey: ' ' }],
    [/have no accessKeyId\./, { secretAccessKey: 's3cret-key-of-mine' }],
    [/^token of the credentials is 5\. Pass a string\./, { token: 5 }],
    [/^token of the credentials is a Promise\./, { token: Promise.resolve(token) }],
    [/^token of the credentials is a function\./, { ...keys, token: () => token }],
    [/^accessKeyId of the credentials is 12\./, { ...keys, accessKeyId: 12 }],
    [/^secretAccessKey of the credentials is an object\./, { ...keys, secretAccessKey: {} }],
    [/^sessionToken of the credentials is 7\./, { ...keys, sessionToken: 7 }],
    [/^sessionToken of the credentials is true\./, { ...keys, sessionToken: true }],
    [
      /^expiration of the credentials is 3600\. Pass a Date, a text in ISO 8601/,
      { ...keys, expiration: 3600 },
    ],
    [/^expiration of the credentials is a string\./, { ...keys, expiration: '2026-11-28T12:00:00' }],
    [/^expiration of the credentials is a string\./, { ...keys, expiration: 'tomorrow' }],
    [/^expiration of the credentials is a Date\./, { token, expiration: new Date(Number.NaN) }],
    [/^expiration of the credentials is an object\./, { token, expiration: {} }],
    [/^token of the credentials contains a space, line break/, { token: `${token}\n${token}` }],
    [/^secretAccessKey of the credentials contains/, { ...keys, secretAccessKey: 's3cret key' }],
    [/^secretAccessKey of the credentials contains/, { ...keys, secretAccessKey: 's3cret-key\nof-mine' }],
    [/^accessKeyId of the credentials contains a space/, { ...keys, accessKeyId: 'ASIA EXAMPLE' }],
    [/^sessionToken of the credentials contains a space/, { ...keys, sessionToken: 's3cret\r\nx: y' }],
  ])('what a provider gives must be usable, else the error names the member: %s', async (said, given) => {
    const provider = (async () => given) as CredentialProvider;
    const error = await authorization({ credentials: provider }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'ERR_CREDENTIALS', message: expect.stringMatching(said) });
    expect(String(error)).not.toContain('s3cret');
  });

  it.each([undefined, null, '', ' '])('keys beside a token that is %j are keys', async (blank) => {
    const credentials = { ...keys, token: blank } as never;
    expect(await authorization({ credentials })).toMatch(/^AWS4-HMAC-SHA256 Credential=ASIAEXAMPLE\//);
  });

  it.each([undefined, null, '', ' ', '\n', '""', 'undefined', 'null'])(
    'a session token that is %j is none, and is not sent as text',
    async (blank) => {
      const credentials = { ...keys, sessionToken: blank, expiration: null, accountId: null } as never;
      const signature = await authorization({ credentials });
      expect(signature).toMatch(/^AWS4-HMAC-SHA256 Credential=ASIAEXAMPLE\//);
      expect(signature).not.toContain('x-amz-security-token');
    },
  );

  it('credentials of a class, with getters that are looked at once, are taken', async () => {
    let looks = 0;
    class Keys {
      get accessKeyId(): string {
        looks += 1;
        return looks === 1 ? 'ASIAEXAMPLE' : (undefined as never);
      }
      get secretAccessKey(): string {
        return 'secret';
      }
      get expiration(): Date {
        return new Date(Date.now() + 3600_000);
      }
    }
    expect(await authorization({ credentials: new Keys() })).toMatch(/Credential=ASIAEXAMPLE\//);
  });

  it('a provider that fails keeps its reason', async () => {
    const cause = new Error('SSO session ended');
    await expect(authorization({ credentials: () => Promise.reject(cause) })).rejects.toMatchObject({
      code: 'ERR_CREDENTIALS',
      message: expect.stringContaining('SSO session ended'),
      cause,
    });
  });
});
