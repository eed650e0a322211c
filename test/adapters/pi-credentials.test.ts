import { fetchTransport } from 'bedrock-anywhere';
import { createLocalBedrock, localTransport } from 'bedrock-anywhere/local';
import {
  type BedrockProviderOptions,
  type BedrockStreamOptions,
  bedrockFailure,
  createBedrockProvider,
} from 'bedrock-anywhere/pi';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isAwsHost } from '../../src/adapters/pi/destination.js';
import { user } from './pi-contexts.js';
import { IDS } from './pi-peer.js';

const KEY = 'ABSKsecret-of-the-environment';
const COLLECTOR = 'https://collector.example';

beforeEach(() => {
  for (const name of ['AWS_PROFILE', 'AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_ENDPOINT_URL'])
    vi.stubEnv(name, undefined);
  vi.stubEnv('AWS_ENDPOINT_URL_BEDROCK_RUNTIME', undefined);
  vi.stubEnv('AWS_BEARER_TOKEN_BEDROCK', KEY);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

/** The requests of a call: where each goes, and with which key. */
async function call(
  baseUrl: string,
  provider: BedrockProviderOptions = {},
  options: BedrockStreamOptions = {},
) {
  const sent: string[] = [];
  const fetch = (async (input: string | URL | Request, init?: RequestInit) => {
    const request = new Request(input, init);
    sent.push(`${new URL(request.url).origin} ${request.headers.get('authorization')}`);
    return new Response('{"message":"no"}', { status: 400 });
  }) as typeof globalThis.fetch;
  const model = {
    id: IDS.sonnet45,
    name: 'Sonnet',
    api: 'bedrock-converse-stream',
    provider: 'amazon-bedrock',
    baseUrl,
    reasoning: true,
    input: ['text' as const],
    cost: { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 },
    contextWindow: 200_000,
    maxTokens: 64_000,
  };
  const { stream } = createBedrockProvider({ fetch, ...provider });
  const message = await stream(model, { messages: [user('go')] }, options).result();
  return { sent, message };
}

describe('the key of the environment goes', () => {
  it.each([
    'https://bedrock-runtime.eu-central-1.amazonaws.com',
    'https://bedrock-runtime-fips.us-gov-west-1.amazonaws.com',
    'https://vpce-0a1b-2c3d.bedrock-runtime.eu-west-1.vpce.amazonaws.com',
    'https://bedrock-runtime.cn-north-1.amazonaws.com.cn/',
    'https://bedrock-runtime.us-east-1.api.aws',
    'http://127.0.0.1:8080',
    'http://localhost:8080/base',
    'http://[::1]:8080',
  ])('to %s', async (baseUrl) => {
    const { sent } = await call(baseUrl);
    expect(sent).toHaveLength(1);
    expect(sent[0]).toContain(`Bearer ${KEY}`);
  });

  it('to the address that the environment sets', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL_BEDROCK_RUNTIME', 'https://gateway.example/bedrock');
    expect((await call('https://gateway.example/other')).sent).toEqual([
      `https://gateway.example Bearer ${KEY}`,
    ]);
    expect((await call(COLLECTOR)).sent).toEqual([]);
  });

  it('to the address that the provider sets or allows', async () => {
    const allowed = { allowAmbientCredentialsAt: ['https://a.example', `${COLLECTOR}/path`] };
    expect((await call(COLLECTOR, allowed)).sent).toEqual([`${COLLECTOR} Bearer ${KEY}`]);
    expect((await call(COLLECTOR, { endpoint: COLLECTOR })).sent).toEqual([`${COLLECTOR} Bearer ${KEY}`]);
    expect((await call(`${COLLECTOR}:8443`, allowed)).sent).toEqual([]);
  });
});

describe('the key of the environment does not go', () => {
  it.each([
    COLLECTOR,
    'https://bedrock-runtime.s3.amazonaws.com',
    'https://bedrock-runtime.us-east-1.amazonaws.com.collector.example',
    'https://collector-bedrock-runtime.us-east-1.amazonaws.com',
    'https://bedrock-runtime.us-east-1.collector.example',
    'https://bucket.s3.us-east-1.amazonaws.com',
    'https://collector.localhost',
    'https://127.0.0.1.collector.example',
  ])('to %s', async (baseUrl) => {
    for (const options of [{}, { apiKey: '<authenticated>' }, { apiKey: KEY }]) {
      const { sent, message } = await call(baseUrl, {}, options);
      expect(sent).toEqual([]);
      expect(bedrockFailure(message)).toMatchObject({
        reason: 'invalid_request',
        code: 'ERR_INPUT',
        retryable: false,
      });
      expect(message.errorMessage).toContain(`allowAmbientCredentialsAt: ['${new URL(baseUrl).origin}']`);
      expect(JSON.stringify(message)).not.toContain(KEY);
    }
  });

  it('does so for access keys and the default chain too', async () => {
    vi.stubEnv('AWS_BEARER_TOKEN_BEDROCK', undefined);
    expect((await call(COLLECTOR)).message.errorMessage).toContain('allowAmbientCredentialsAt');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAEXAMPLE');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
    expect((await call(COLLECTOR, { transport: fetchTransport })).sent).toEqual([]);
  });

  it('nor is a user or password of the address repeated', async () => {
    const { message } = await call('https://name:word@collector.example');
    expect(message.errorMessage).not.toMatch(/name|word/);
  });

  it('says what is wrong with the option', async () => {
    const { message } = await call(COLLECTOR, { allowAmbientCredentialsAt: ['collector.example'] });
    expect(message.errorMessage).toContain('contains something that is not a URL');
  });
});

describe('other credentials', () => {
  it.each<[string, BedrockProviderOptions, BedrockStreamOptions]>([
    ['of the provider', { credentials: { token: 'mine' } }, {}],
    ['of the call', {}, { credentials: { token: 'mine' } }],
    ['that are a key of the call', {}, { bearerToken: 'mine' }],
    ['of a profile', { credentialsOfProfile: () => async () => ({ token: 'mine' }) }, { profile: 'work' }],
  ])('%s go to any address', async (_name, provider, options) => {
    expect((await call(COLLECTOR, provider, options)).sent).toEqual([`${COLLECTOR} Bearer mine`]);
  });

  it('are not needed where a transport has its own', async () => {
    const { message } = await call(COLLECTOR, {
      transport: localTransport(createLocalBedrock()),
      fetch: undefined,
    });
    expect(message.errorMessage).not.toContain('allowAmbientCredentialsAt');
  });
});

describe("AWS's hosts", () => {
  it.each([
    'us-east-1',
    'us-gov-west-1',
    'cn-north-1',
    'eusc-de-east-1',
    'us-iso-east-1',
    'us-isob-east-1',
    'eu-isoe-west-1',
    'us-isof-south-1',
  ])('are those that a call in %s goes to', async (region) => {
    for (const fips of ['true', undefined]) {
      for (const dualStack of ['true', undefined]) {
        vi.stubEnv('AWS_USE_FIPS_ENDPOINT', fips);
        vi.stubEnv('AWS_USE_DUALSTACK_ENDPOINT', dualStack);
        const settings = { region: { call: region, bound: undefined } };
        const { endpoint } = await fetchTransport.destination('bedrock-runtime', settings);
        expect(isAwsHost(endpoint), endpoint.host).toBe(true);
      }
    }
  });
});
