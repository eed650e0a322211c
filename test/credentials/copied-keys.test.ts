import { createLocalBedrock } from 'bedrock-anywhere/local';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  apiKeyExpiration,
  type CallOptions,
  createBedrock,
  fromBearerToken,
  fromEnvironment,
  fromStatic,
} from '../../src/index.js';

const request = {
  modelId: 'amazon.nova-lite-v1:0',
  messages: [{ role: 'user' as const, content: [{ text: 'Hi' }] }],
};

afterEach(() => vi.unstubAllEnvs());

/** What people copy along with a key. */
const AROUND: [what: string, around: (key: string) => string][] = [
  ['a line break', (key) => `${key}\n`],
  ['a line break of Windows', (key) => `${key}\r\n`],
  ['spaces and a tab', (key) => `\t  ${key} `],
  ['double quotes', (key) => `"${key}"`],
  ['single quotes and a line break', (key) => `'${key}'\n`],
  ['a line break in quotes', (key) => `"${key}\n"`],
];
const SCHEMES: typeof AROUND = [
  ['the scheme', (key) => `Bearer ${key}`],
  ['the scheme in small letters', (key) => ` bearer  ${key}\n`],
  ['the scheme in quotes', (key) => `"Bearer ${key}"`],
  ['the scheme before quotes', (key) => `Bearer "${key}"`],
];

const local = createLocalBedrock();
const { accessKeyId, secretAccessKey } = local.credentials;

/** The local Bedrock accepts a call if the key, and the signature made with it, are right to the byte. */
async function call(credentials: CallOptions['credentials']): Promise<number | undefined> {
  const fetch = (url: unknown, init?: RequestInit) => local.fetch(new Request(String(url), init));
  const bedrock = createBedrock({
    fetch: fetch as typeof globalThis.fetch,
    region: local.region,
    credentials,
  });
  return (await bedrock.converse(request)).attempts;
}

describe.each(AROUND)('access keys with %s around them', (_what, around) => {
  const messy = {
    accessKeyId: around(accessKeyId),
    secretAccessKey: around(secretAccessKey),
    sessionToken: around(''),
  };

  it('are used as an object, and from a provider', async () => {
    expect(await call(messy)).toBe(1);
    expect(await call(async () => messy)).toBe(1);
    expect(await call(fromStatic(messy))).toBe(1);
  });

  it('are used from the environment', async () => {
    const variables = {
      AWS_BEARER_TOKEN_BEDROCK: '',
      AWS_PROFILE: '',
      AWS_ACCESS_KEY_ID: messy.accessKeyId,
      AWS_SECRET_ACCESS_KEY: messy.secretAccessKey,
      AWS_SESSION_TOKEN: messy.sessionToken,
    };
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
    expect(await call(undefined)).toBe(1);
    expect(await call(fromEnvironment(variables))).toBe(1);
  });
});

describe.each([...AROUND, ...SCHEMES])('an API key with %s around it', (_what, around) => {
  const token = around(local.apiKey);

  it('is used as an object, from a provider and from the environment', async () => {
    expect(await call({ token })).toBe(1);
    expect(await call(async () => ({ token }))).toBe(1);
    expect(await call(fromBearerToken(token))).toBe(1);
    expect(await call(fromBearerToken(async () => token))).toBe(1);
    vi.stubEnv('AWS_BEARER_TOKEN_BEDROCK', token);
    expect(await call(undefined)).toBe(1);
  });

  it('shows when it expires', () => {
    expect(apiKeyExpiration(token)).toEqual(apiKeyExpiration(local.apiKey));
    expect(apiKeyExpiration(token)).toBeInstanceOf(Date);
  });
});

describe('the time at which credentials expire', () => {
  const HOUR = 3_600_000;
  const end = new Date(Math.floor(Date.now() / 1000) * 1000 + HOUR);

  it.each<[what: string, expiration: unknown]>([
    ['a Date', end],
    ['text of JSON', end.toJSON()],
    ['text with an offset', end.toISOString().replace('.000Z', '+00:00')],
    ['text of HTTP', end.toUTCString()],
    ['seconds', end.getTime() / 1000],
    ['milliseconds', end.getTime()],
    ['seconds as text', String(end.getTime() / 1000)],
  ])('may be %s: the provider is not called again before', async (_what, expiration) => {
    let calls = 0;
    const provider = async () => {
      calls += 1;
      return { ...local.credentials, expiration: expiration as Date };
    };
    for (let i = 0; i < 3; i++) await call(provider);
    expect(calls).toBe(1);
  });

  it.each([
    3600,
    -1,
    0,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    1e17,
    '2026-11-28T12:00:00',
    '12:00',
    'soon',
    '3600',
    '',
    true,
  ])('is an error if its meaning is not certain: %s', async (expiration) => {
    await expect(call({ ...local.credentials, expiration: expiration as never })).rejects.toMatchObject({
      code: 'ERR_CREDENTIALS',
      message: expect.stringMatching(
        /^expiration of the credentials is .*seconds or milliseconds since 1970\.$/,
      ),
    });
  });
});
