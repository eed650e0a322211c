import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BedrockClient, ListFoundationModelsCommand } from '@aws-sdk/client-bedrock';
import { BedrockRuntimeClient, ConverseCommand } from '@aws-sdk/client-bedrock-runtime';
import { createBedrock, explain } from 'bedrock-anywhere';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
const request = {
  modelId: 'amazon.nova-lite-v1:0',
  messages: [{ role: 'user' as const, content: [{ text: 'Hi' }] }],
};
const folders: string[] = [];

beforeEach(() => {
  for (const name of Object.keys(process.env).filter((one) => one.startsWith('AWS_')))
    vi.stubEnv(name, undefined);
});
afterEach(() => void vi.unstubAllEnvs());
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

/** Files of a machine. Each has a folder of its own, since AWS's clients read a file once. */
function files(config: string, keys = ''): void {
  const folder = mkdtempSync(join(tmpdir(), 'bedrock-anywhere-'));
  folders.push(folder);
  writeFileSync(join(folder, 'config'), config);
  writeFileSync(join(folder, 'credentials'), keys);
  vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'config'));
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(folder, 'credentials'));
}

/** Where both services are called, or that it is refused. */
async function ours(): Promise<string[]> {
  const origins: string[] = [];
  const fetch = (async (input: string | URL | Request) => {
    const url = new URL(input instanceof Request ? input.url : input);
    origins.push(
      url.origin + url.pathname.replace(/\/(?:model|foundation-models|inference-profiles)\b.*/, ''),
    );
    return Response.json({ message: 'no' }, { status: 400 });
  }) as typeof globalThis.fetch;
  const bedrock = createBedrock({ credentials, fetch, maxAttempts: 1 });
  const calls = [() => bedrock.converse(request), () => bedrock.discover({ refreshInterval: 0 })];
  const where: string[] = [];
  for (const call of calls) {
    origins.length = 0;
    await call().catch(() => undefined);
    where.push(origins[0] ?? 'refused');
  }
  return where;
}

async function awss(): Promise<string[]> {
  let origin = 'refused';
  const requestHandler = {
    handle: async ({ protocol, hostname, path }: { protocol: string; hostname: string; path: string }) => {
      origin = `${protocol}//${hostname}${path.replace(/\/(?:model|foundation-models)\b.*/, '')}`;
      throw new Error('seen');
    },
  };
  const init = { credentials, requestHandler: requestHandler as never, maxAttempts: 1 };
  const calls = [
    () => new BedrockRuntimeClient(init).send(new ConverseCommand(request)),
    () => new BedrockClient(init).send(new ListFoundationModelsCommand({})),
  ];
  const where: string[] = [];
  for (const call of calls) {
    origin = 'refused';
    await call().catch(() => undefined);
    where.push(origin);
  }
  return where;
}

const SERVICES =
  '[services mine]\nbedrock_runtime =\n  endpoint_url = https://runtime.example/base\nbedrock =\n  endpoint_url = https://control.example\n';

describe('the endpoint of a profile is that of AWS’s clients', () => {
  it.each<[what: string, config: string, env?: Record<string, string>, keys?: string]>([
    ['nothing but a region', '[default]\nregion = eu-west-1\n'],
    ['an endpoint', '[default]\nregion = eu-west-1\nendpoint_url = https://all.example/base\n'],
    [
      'an endpoint in the file of credentials',
      '[default]\nregion = eu-west-1\n',
      {},
      '[default]\nendpoint_url = https://all.example\n',
    ],
    ['services', `[default]\nregion = eu-west-1\nservices = mine\n${SERVICES}`],
    [
      'services and an endpoint for the rest',
      `[default]\nregion = eu-west-1\nservices = mine\nendpoint_url = https://all.example\n[services mine]\nbedrock =\n  endpoint_url = https://control.example\n`,
    ],
    [
      'services that are missing',
      '[default]\nregion = eu-west-1\nservices = none\nendpoint_url = https://all.example\n',
    ],
    [
      'an endpoint that is ignored',
      '[default]\nregion = eu-west-1\nignore_configured_endpoint_urls = true\nendpoint_url = https://all.example\n',
    ],
    [
      'an endpoint that the environment ignores',
      '[default]\nregion = eu-west-1\nendpoint_url = https://all.example\n',
      { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' },
    ],
    [
      'a variable before the profile',
      `[default]\nregion = eu-west-1\nservices = mine\n${SERVICES}`,
      { AWS_ENDPOINT_URL: 'https://variable.example' },
    ],
    [
      'a variable that is ignored',
      '[default]\nregion = eu-west-1\n',
      { AWS_ENDPOINT_URL: 'https://variable.example', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' },
    ],
    ['FIPS', '[default]\nregion = us-east-1\nuse_fips_endpoint = true\n'],
    ['dual stack', '[default]\nregion = us-east-1\nuse_dualstack_endpoint = true\n'],
    ['both', '[default]\nregion = us-east-1\nuse_dualstack_endpoint = true\nuse_fips_endpoint = true\n'],
    [
      'FIPS that the environment switches off',
      '[default]\nregion = us-east-1\nuse_fips_endpoint = true\n',
      { AWS_USE_FIPS_ENDPOINT: 'false' },
    ],
    [
      'FIPS with an endpoint',
      '[default]\nregion = us-east-1\nuse_fips_endpoint = true\nendpoint_url = https://all.example\n',
    ],
    [
      'dual stack with an endpoint',
      '[default]\nregion = us-east-1\nuse_dualstack_endpoint = true\nendpoint_url = https://all.example\n',
    ],
    [
      'another profile',
      '[default]\nregion = us-east-1\n[profile work]\nregion = us-west-2\nendpoint_url = https://work.example\n',
      { AWS_PROFILE: 'work' },
    ],
    [
      'another profile than the one that says so',
      '[default]\nregion = us-east-1\nendpoint_url = https://all.example\n[profile work]\nregion = us-west-2\n',
      { AWS_PROFILE: 'work' },
    ],
    [
      'a profile that is not there',
      '[default]\nregion = us-east-1\nendpoint_url = https://all.example\n',
      { AWS_PROFILE: 'none', AWS_REGION: 'us-west-2' },
    ],
  ])('%s', async (_what, config, env = {}, keys) => {
    files(config, keys);
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    const [mine, real] = [await ours(), await awss()];
    expect(mine).toEqual(real);
    expect(mine).toHaveLength(2);
  });

  it('is explained, and an option of the code wins', async () => {
    files('[default]\nregion = eu-west-1\nendpoint_url = https://all.example/base\n');
    expect(await explain({ credentials })).toMatchObject({
      endpoint: 'https://all.example/base',
      endpointFrom: 'the AWS profile',
      regionFrom: 'the AWS profile',
    });
    expect(await explain({ credentials, endpoint: 'https://option.example' })).toMatchObject({
      endpoint: 'https://option.example',
      endpointFrom: 'the option endpoint',
    });
    files('[default]\nregion = us-east-1\nuse_fips_endpoint = true\n');
    expect(await explain({ credentials })).toMatchObject({ flags: ['AWS_USE_FIPS_ENDPOINT'] });
  });

  it('names the profile where its endpoint cannot be used', async () => {
    files('[default]\nregion = us-east-1\nendpoint_url = http://plain.example\n');
    await expect(createBedrock({ credentials }).converse(request)).rejects.toMatchObject({
      code: 'ERR_INPUT',
      message: expect.stringContaining('The endpoint_url of the AWS profile is plain http:'),
    });
  });
});
