import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type AwsCredentials,
  BedrockError,
  createApiKey,
  type ExplainOptions,
  explain,
  fromCognitoIdentityPool,
} from '../../src/index.js';
import { expectNoMark, MARK, secret } from '../credentials/marks.js';
import { transportVia } from '../discovery/answering.js';
import { onlyVariables } from './variables.js';

const ARN = 'arn:aws:bedrock:ap-south-2:123456789012:application-inference-profile/a1b2c3d4e5f6';
const RUNTIME = 'https://bedrock-runtime.eu-west-3.amazonaws.com';
const keys: AwsCredentials = { accessKeyId: 'AKIAOFTHETESTOFATEST', secretAccessKey: secret('key') };

let home: string;
let fetched: number;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'explain-'));
  fetched = 0;
  vi.stubGlobal('fetch', () => {
    fetched += 1;
    return Promise.reject(new Error('The network was asked.'));
  });
  onlyVariables({});
});
afterEach(() => {
  expect(fetched).toBe(0);
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** Files of AWS with these texts; gives the variables that lead to them. */
function files(config: string, credentials = ''): Record<string, string> {
  const [AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE] = [join(home, 'config'), join(home, 'credentials')];
  writeFileSync(AWS_CONFIG_FILE, config);
  writeFileSync(AWS_SHARED_CREDENTIALS_FILE, credentials);
  return { AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE };
}

describe('the region', () => {
  it.each<[from: string, region: string, ExplainOptions, variables: Record<string, string>, lost?: string[]]>(
    [
      [
        'the option region',
        'us-west-2',
        { region: 'us-west-2' },
        { AWS_REGION: 'us-east-2' },
        ['AWS_REGION'],
      ],
      ['the option region', 'us-west-2', { defaults: { region: 'us-west-2' } }, {}],
      [
        'the option region',
        'us-west-2',
        { region: 'us-west-2', defaults: { region: 'us-west-1' } },
        {},
        ['defaults.region'],
      ],
      ['the option region', 'ap-south-2', { region: 'ap-south-2', modelId: ARN }, {}],
      [
        'the ARN in modelId',
        'ap-south-2',
        { modelId: ARN, defaults: { region: 'us-west-2' } },
        {},
        ['defaults.region'],
      ],
      [
        'the ARN in modelId',
        'ap-south-2',
        { modelId: ARN },
        { AWS_DEFAULT_REGION: 'us-east-2' },
        ['AWS_DEFAULT_REGION'],
      ],
      [
        'the host of the endpoint',
        'eu-west-3',
        { endpoint: RUNTIME },
        { AWS_REGION: 'us-east-2' },
        ['AWS_REGION'],
      ],
      ['the host of the endpoint', 'eu-west-3', {}, { AWS_ENDPOINT_URL: RUNTIME }],
      [
        'AWS_REGION',
        'us-east-2',
        {},
        { AWS_REGION: 'us-east-2', AWS_DEFAULT_REGION: 'us-west-1' },
        ['AWS_DEFAULT_REGION'],
      ],
      ['AWS_REGION', 'us-east-2', {}, { AWS_REGION: 'us-east-2', AWS_DEFAULT_REGION: 'us-east-2' }],
      [
        'AWS_DEFAULT_REGION',
        'us-west-1',
        { fallbackRegion: 'us-west-2' },
        { AWS_DEFAULT_REGION: 'us-west-1' },
      ],
      ['the option fallbackRegion', 'us-west-2', { fallbackRegion: 'us-west-2' }, {}],
      ['the default', 'us-east-1', { modelId: 'amazon.nova-lite-v1:0' }, {}],
    ],
  )('comes from %s: %s, with %j and %j', async (regionFrom, region, options, variables, lost = []) => {
    onlyVariables(variables);
    expect(await explain({ credentials: keys, ...options })).toMatchObject({
      region,
      regionFrom,
      notUsed: lost,
      failure: undefined,
    });
  });

  it('of a profile is named with it', async () => {
    const config = '[default]\nregion = eu-north-1\n[profile work]\nregion = eu-south-1\n';
    onlyVariables(files(config));
    expect(await explain()).toMatchObject({
      region: 'eu-north-1',
      regionFrom: 'the AWS profile',
      profile: 'default',
    });
    onlyVariables({ ...files(config), AWS_PROFILE: 'work' });
    expect(await explain()).toMatchObject({
      region: 'eu-south-1',
      regionFrom: 'the AWS profile',
      profile: 'work',
    });
  });
});

describe('the endpoint', () => {
  it.each<
    [from: string, endpoint: string, ExplainOptions, variables: Record<string, string>, lost?: string[]]
  >([
    ['the region', 'https://bedrock-runtime.us-east-1.amazonaws.com', {}, {}],
    ['the option endpoint', 'https://proxy.example/base', { endpoint: 'https://proxy.example/base/' }, {}],
    [
      'the option endpoint',
      'https://a.example',
      { endpoint: new URL('https://a.example') },
      { AWS_ENDPOINT_URL: 'https://b.example' },
      ['AWS_ENDPOINT_URL'],
    ],
    ['AWS_ENDPOINT_URL', 'https://b.example', {}, { AWS_ENDPOINT_URL: 'https://b.example' }],
    [
      'AWS_ENDPOINT_URL_BEDROCK_RUNTIME',
      'https://c.example',
      {},
      { AWS_ENDPOINT_URL: 'https://b.example', AWS_ENDPOINT_URL_BEDROCK_RUNTIME: 'https://c.example' },
      ['AWS_ENDPOINT_URL'],
    ],
    [
      'the region',
      'https://bedrock-runtime.us-east-1.amazonaws.com',
      {},
      { AWS_ENDPOINT_URL_BEDROCK: 'https://d.example' },
    ],
  ])('comes from %s: %s, with %j and %j', async (endpointFrom, endpoint, options, variables, lost = []) => {
    onlyVariables(variables);
    expect(await explain({ region: 'us-east-1', credentials: keys, ...options })).toMatchObject({
      endpoint,
      endpointFrom,
      notUsed: lost,
      flags: [],
    });
  });

  it('of each service is a matter of its own', async () => {
    onlyVariables({
      AWS_ENDPOINT_URL: 'https://b.example',
      AWS_ENDPOINT_URL_BEDROCK: 'https://d.example',
      AWS_ENDPOINT_URL_STS: 'https://e.example',
    });
    const { endpointFrom, discovery, identity } = await explain({ credentials: keys });
    expect([endpointFrom, discovery.endpoint, discovery.endpointFrom, discovery.notUsed]).toEqual([
      'AWS_ENDPOINT_URL',
      'https://d.example',
      'AWS_ENDPOINT_URL_BEDROCK',
      ['AWS_ENDPOINT_URL'],
    ]);
    expect([identity?.endpoint, identity?.endpointFrom]).toEqual([
      'https://e.example',
      'AWS_ENDPOINT_URL_STS',
    ]);
  });

  it('says which flags chose it', async () => {
    onlyVariables({ AWS_USE_FIPS_ENDPOINT: 'TRUE', AWS_USE_DUALSTACK_ENDPOINT: 'false' });
    expect(await explain({ region: 'us-east-1', credentials: keys })).toMatchObject({
      endpoint: 'https://bedrock-runtime-fips.us-east-1.amazonaws.com',
      endpointFrom: 'the region',
      flags: ['AWS_USE_FIPS_ENDPOINT'],
    });
  });
});

describe('credentials', () => {
  const [id, key] = [{ AWS_ACCESS_KEY_ID: 'AKIAOFTHEENVVARIABLE' }, { AWS_SECRET_ACCESS_KEY: secret('env') }];
  const token = { AWS_BEARER_TOKEN_BEDROCK: secret('token').replace(/\W/g, '') };
  const profile = { AWS_PROFILE: 'work' };

  it.each<[source: string, effective: string, used: string[], lost: string[], ExplainOptions, env: object]>([
    [
      'bearer-token',
      'bearer-token',
      Object.keys(token),
      Object.keys({ ...id, ...key, ...profile }),
      {},
      { ...profile, ...key, ...id, ...token },
    ],
    [
      'access-keys',
      'profile',
      Object.keys(profile),
      Object.keys({ ...id, ...key }),
      {},
      { ...id, ...key, ...profile },
    ],
    ['access-keys', 'access-keys', Object.keys({ ...id, ...key }), [], {}, { ...id, ...key }],
    ['profile', 'profile', Object.keys(profile), [], {}, profile],
    ['default-chain', 'default-chain', [], Object.keys(id), {}, id],
    [
      'option',
      'option',
      [],
      Object.keys({ ...token, ...id, ...key }),
      { credentials: keys },
      { ...id, ...key, ...token },
    ],
    ['option', 'none', [], Object.keys(token), { credentials: null }, token],
    ['option', 'option', [], [], { defaults: { credentials: keys } }, {}],
  ])('come from %s, used are %s', async (source, effective, variables, notUsed, options, env) => {
    onlyVariables(env as Record<string, string>);
    expect((await explain(options)).credentials).toMatchObject({ source, effective, variables, notUsed });
  });

  it('that are there are described without asking anybody', async () => {
    onlyVariables({ ...id, ...key });
    expect((await explain()).credentials).toMatchObject({
      kind: 'access-keys',
      keyId: '…ABLE',
      failure: undefined,
    });
    const expiration = new Date(Date.now() + 60_000);
    const credentials = { ...keys, sessionToken: secret('session'), accountId: '123456789012', expiration };
    expect((await explain({ credentials })).credentials).toMatchObject({
      keyId: '…TEST',
      accountId: '123456789012',
      expiration,
      failure: undefined,
    });
  });

  it('are not shown where something else is in their place', async () => {
    const swapped = {
      accessKeyId: secret('key'),
      secretAccessKey: keys.accessKeyId,
      accountId: secret('id'),
    };
    const explained = await explain({ credentials: swapped });
    expect(explained.credentials).toMatchObject({
      kind: 'access-keys',
      keyId: undefined,
      accountId: undefined,
    });
    expect(JSON.stringify(explained)).not.toContain(swapped.accessKeyId.slice(-4));
    expect(explained.warnings.join()).toMatch(/access key id does not look like one.*swapped/);
  });

  it('of a provider are asked for with resolve alone', async () => {
    const provider = vi.fn(async () => keys);
    const { credentials } = await explain({ credentials: provider });
    expect([provider.mock.calls.length, credentials.kind, credentials.keyId]).toEqual([
      0,
      undefined,
      undefined,
    ]);
    const { credentials: resolved } = await explain({ credentials: provider, resolve: true });
    expect([provider.mock.calls.length, resolved.kind, resolved.keyId]).toEqual([1, 'access-keys', '…TEST']);
  });

  it('of a profile are asked for with resolve alone, and name their step and account', async () => {
    const section = [
      '[work]',
      `aws_access_key_id = ASIAKEYOFPROFILEFILE\naws_secret_access_key = ${secret('file')}`,
      `aws_session_token = ${secret('token')}\naws_account_id = 210987654321`,
    ];
    onlyVariables({ ...files('', section.join('\n')), AWS_PROFILE: 'work' });
    expect((await explain()).credentials).toMatchObject({
      effective: 'profile',
      keyId: undefined,
      step: undefined,
    });
    const { credentials } = await explain({ resolve: true });
    expect(credentials).toMatchObject({
      keyId: '…FILE',
      step: 'config and credentials files',
      accountId: '210987654321',
    });
    expectNoMark(credentials);
  });

  it('that are an API key tell when it expires', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2027-01-01T00:00:00Z') });
    const bearer = await createApiKey(keys, { region: 'us-east-1', expiresInSeconds: 3600 });
    const expiration = new Date('2027-01-01T01:00:00Z');
    onlyVariables({ AWS_BEARER_TOKEN_BEDROCK: bearer });
    const explained = await explain();
    expect(explained.credentials).toMatchObject({
      kind: 'api-key',
      keyId: undefined,
      expiration,
      failure: undefined,
    });
    expectNoMark(explained);
    vi.setSystemTime('2027-01-01T01:00:00Z');
    expect((await explain()).credentials.failure).toEqual({
      code: 'ERR_CREDENTIALS',
      name: 'CredentialsError',
      message:
        'The Bedrock API key expired at 2027-01-01T01:00:00.000Z. Make a new one with createApiKey() or in the AWS ' +
        'console and put it into AWS_BEARER_TOKEN_BEDROCK.',
    });
    const { credentials } = await explain({ credentials: { token: bearer } });
    expect(credentials.failure?.message).toMatch(/in the AWS console\.$/);
  });

  it('that are access keys and have expired cannot be used', async () => {
    const expiration = new Date('2026-01-01T00:00:00Z');
    const { credentials } = await explain({
      credentials: async () => ({ ...keys, expiration }),
      resolve: true,
    });
    expect(credentials).toMatchObject({
      keyId: '…TEST',
      expiration,
      failure: {
        code: 'ERR_CREDENTIALS',
        message: expect.stringMatching(
          /^The access keys expired at 2026-01-01T00:00:00\.000Z\. Get new ones/,
        ),
      },
    });
  });

  it('with a date that is none cannot be used', async () => {
    const credentials = { ...keys, expiration: new Date('soon') };
    expect((await explain({ credentials })).credentials).toMatchObject({
      expiration: undefined,
      failure: { code: 'ERR_CREDENTIALS', message: expect.stringMatching(/^expiration of the credentials/) },
    });
  });

  it('of the option null are none, which needs no asking', async () => {
    expect((await explain({ credentials: null })).credentials.failure).toMatchObject({
      code: 'ERR_CREDENTIALS',
      message: expect.stringContaining('the option credentials is null'),
    });
  });
});

describe('a failure is part of the explanation', () => {
  it('of a provider', async () => {
    const credentials = () => Promise.reject(new TypeError(`The vault is shut to ${secret('vault')}.`));
    const explained = await explain({ credentials, resolve: true, region: 'us-east-1' });
    expect(explained).toMatchObject({
      region: 'us-east-1',
      failure: undefined,
      credentials: {
        effective: 'option',
        failure: {
          code: 'ERR_CREDENTIALS',
          message: expect.stringMatching(/^The credential provider failed\. .* may contain a secret/),
        },
      },
    });
    expectNoMark(explained);
  });

  it('of a provider that fails with one of our errors, in its words', async () => {
    const credentials = () =>
      Promise.reject(new BedrockError({ code: 'ERR_CREDENTIALS', message: 'Log in first.' }));
    const explained = await explain({ credentials, resolve: true });
    expect(explained.credentials.failure?.message).toBe('Log in first.');
  });

  it.each(['region', 'fallbackRegion', 'AWS_REGION', 'AWS_DEFAULT_REGION'])(
    'of a secret in %s, which is not shown',
    async (name) => {
      if (name.startsWith('AWS')) onlyVariables({ [name]: secret('region') });
      const options = name.startsWith('AWS') ? {} : { [name]: secret('region') };
      const explained = await explain({ credentials: keys, ...options });
      expect(explained.failure).toMatchObject({ code: 'ERR_INPUT', message: expect.stringContaining(name) });
      expectNoMark(explained);
    },
  );

  it('of credentials in a wrong shape', async () => {
    const { credentials } = await explain({ credentials: { accessKeyId: 'AKIA' } as AwsCredentials });
    expect(credentials.failure?.code).toBe('ERR_CREDENTIALS');
  });

  it.each<[what: string, ExplainOptions, message: RegExp]>([
    ['a region', { region: 'Ohio' }, /^"Ohio" \(from the option region\) is not an AWS region/],
    ['an endpoint', { endpoint: 'nowhere' }, /^The option endpoint is not a URL/],
    ['headers', { headers: { host: 'a' } }, /^The option headers cannot set host/],
  ])('of %s, which every service meets', async (_what, options, message) => {
    const { discovery, identity, credentials, ...models } = await explain({ credentials: keys, ...options });
    for (const destination of [models, discovery, identity]) {
      expect(destination).toMatchObject({
        region: undefined,
        regionFrom: undefined,
        endpoint: undefined,
        endpointFrom: undefined,
        failure: { code: 'ERR_INPUT', message: expect.stringMatching(message) },
      });
    }
    expect(credentials.keyId).toBe('…TEST');
  });

  it('of a modelId, beside what is known', async () => {
    expect(await explain({ credentials: keys, region: 'us-east-1', modelId: 'arn:half' })).toMatchObject({
      region: 'us-east-1',
      failure: { code: 'ERR_INPUT', message: expect.stringContaining('"arn:half" is not a complete ARN') },
      discovery: { failure: undefined },
    });
  });

  it('of an ARN and an option region that contradict each other', async () => {
    expect(await explain({ credentials: keys, region: 'us-east-1', modelId: ARN })).toMatchObject({
      region: undefined,
      failure: {
        code: 'ERR_INPUT',
        message: expect.stringContaining('The ARN in modelId is in region ap-south-2'),
      },
    });
  });

  it('is a time limit that ran out, too', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const credentials = () => new Promise<never>(() => {});
    const explaining = explain({ credentials, resolve: true, timeoutMs: 20, region: 'us-east-1' });
    await vi.advanceTimersByTimeAsync(20);
    expect(await explaining).toMatchObject({
      region: 'us-east-1',
      credentials: { failure: { code: 'ERR_TIMEOUT' } },
    });
  });

  it('is not the abort of the caller, whose reason it rejects with', async () => {
    for (const reason of ['enough', new BedrockError({ code: 'ERR_TIMEOUT', message: 'My own limit.' })]) {
      const controller = new AbortController();
      const credentials = () => {
        controller.abort(reason);
        return new Promise<never>(() => {});
      };
      await expect(explain({ credentials, resolve: true, signal: controller.signal })).rejects.toBe(reason);
    }
    await expect(explain({ signal: AbortSignal.abort('before') })).rejects.toBe('before');
  });

  it.each([{ timeoutMs: -1 }, { maxAttempts: 0 }, { regoin: 'x' }, { defaults: { apiKey: 'x' } }])(
    'is not %o, which is not a set of options',
    async (options) => {
      await expect(explain(options as ExplainOptions)).rejects.toMatchObject({ code: 'ERR_INPUT' });
    },
  );
});

describe('warnings', () => {
  const warningsFor = async (variables: Record<string, string>, options: ExplainOptions = {}) => {
    onlyVariables({ AWS_REGION: 'us-east-1', ...variables });
    return (await explain(options)).warnings;
  };

  it('are none where nothing is odd', async () => {
    expect(await warningsFor({}, { credentials: keys })).toEqual([]);
  });

  it.each<[what: string, variables: Record<string, string>, ExplainOptions, sentence: string]>([
    [
      'a profile that beats keys',
      { AWS_PROFILE: 'work', AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 's' },
      {},
      'AWS_PROFILE overrides AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, as in the AWS SDK. Unset it to use the keys.',
    ],
    [
      'half a key',
      { AWS_ACCESS_KEY_ID: 'AKIA' },
      {},
      'AWS_ACCESS_KEY_ID is set without AWS_SECRET_ACCESS_KEY, so it is not used. Set both or neither.',
    ],
    [
      'the other half of a key',
      { AWS_SECRET_ACCESS_KEY: 's' },
      {},
      'AWS_SECRET_ACCESS_KEY is set without AWS_ACCESS_KEY_ID, so it is not used. Set both or neither.',
    ],
    [
      'no region',
      { AWS_REGION: '' },
      {},
      'No region is set, so calls go to us-east-1. Set the option region or AWS_REGION.',
    ],
    [
      'an endpoint of another region',
      {},
      { region: 'us-west-2', endpoint: RUNTIME },
      'Calls are signed for us-west-2 but sent to an endpoint in eu-west-3 (from the option endpoint), which rejects them. ' +
        'Set both to the same region.',
    ],
    [
      'services in two regions',
      { AWS_ENDPOINT_URL_BEDROCK_RUNTIME: RUNTIME },
      {},
      'Models are called in eu-west-3, but discover() lists those in us-east-1. Set the region, or the endpoints of both ' +
        'services.',
    ],
  ])('name %s', async (_what, variables, options, sentence) => {
    expect(await warningsFor(variables, options)).toEqual([sentence]);
  });

  it('do not speak of variables that options keep out', async () => {
    expect(await warningsFor({ AWS_ACCESS_KEY_ID: 'AKIA' }, { credentials: keys })).toEqual([]);
    expect(await warningsFor({ AWS_ACCESS_KEY_ID: 'AKIA' }, { credentials: null })).toEqual([]);
  });
});

describe('a transport', () => {
  it('is what region, endpoint and credentials come from', async () => {
    onlyVariables({ AWS_REGION: 'us-east-2', AWS_ENDPOINT_URL: 'https://b.example' });
    const transport = transportVia('one');
    const explained = await explain({ transport });
    expect(explained).toMatchObject({
      region: 'us-east-1',
      regionFrom: 'the transport',
      endpoint: 'https://bedrock.us-east-1.amazonaws.com',
      endpointFrom: 'the transport',
      notUsed: [],
      credentials: { source: 'transport', effective: 'transport', keyId: undefined },
      discovery: { regionFrom: 'the transport' },
      identity: undefined,
    });
  });

  it('is asked for its credentials with resolve', async () => {
    const transport = {
      ...transportVia('one'),
      destination: async () => ({
        region: 'us-east-1',
        endpoint: new URL('https://a.example'),
        credentials: async () => keys,
      }),
    };
    expect((await explain({ transport, resolve: true })).credentials).toMatchObject({ keyId: '…TEST' });
  });
});

describe('no secret is in it', () => {
  it.each<[what: string, variables: Record<string, string>, ExplainOptions]>([
    [
      'keys',
      {
        AWS_ACCESS_KEY_ID: `AKIA${MARK}ENDS`,
        AWS_SECRET_ACCESS_KEY: secret('a'),
        AWS_SESSION_TOKEN: secret('b'),
      },
      {},
    ],
    ['an API key', { AWS_BEARER_TOKEN_BEDROCK: secret('c') }, {}],
    ['an API key with a line break', { AWS_BEARER_TOKEN_BEDROCK: `${MARK}\n${MARK}` }, {}],
    [
      'credentials as an option',
      {},
      { credentials: { accessKeyId: `A${MARK}ENDS`, secretAccessKey: secret('d') } },
    ],
    ['an endpoint with a password', { AWS_ENDPOINT_URL: `https://user:${MARK}@a.example` }, {}],
    ['an endpoint with a query', { AWS_ENDPOINT_URL_STS: `https://a.example?key=${MARK}` }, {}],
    ['an endpoint that is not one', { AWS_ENDPOINT_URL: MARK }, {}],
    ['headers', {}, { credentials: keys, headers: { 'x-api-key': MARK } }],
  ])('of %s', async (_what, variables, options) => {
    onlyVariables(variables);
    for (const resolve of [false, true]) expectNoMark(await explain({ ...options, resolve }));
  });

  it('of a provider that sends one', async () => {
    const fetch = async () => Response.json({ IdentityId: 'us-east-1:9e57', Credentials: {} });
    const identityPoolId = 'us-east-1:01234567-89ab-cdef-0123-456789abcdef';
    const logins = { provider: secret('login') };
    const credentials = fromCognitoIdentityPool({ identityPoolId, logins, fetch });
    const explained = await explain({ credentials, resolve: true });
    expect(explained.credentials.failure?.code).toBe('ERR_CREDENTIALS');
    expectNoMark(explained);
  });
});
