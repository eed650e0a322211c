import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type CallOptions, createBedrock } from '../../src/index.js';

beforeEach(() => {
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) vi.stubEnv(name, '');
  vi.stubEnv('AWS_CONFIG_FILE', join(tmpdir(), 'no-such-file'));
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(tmpdir(), 'no-such-file'));
});
afterEach(() => vi.unstubAllEnvs());

/** Where a call to a model and a listing go. */
async function origins(options: CallOptions = {}): Promise<[toModel: string, toList: string]> {
  let toModel = '';
  let toList = '';
  const fetch = async (input: RequestInfo | URL): Promise<Response> => {
    const url = String(input);
    if (url.includes('/model/')) toModel = url.replace(/\/model\/.*/, '');
    if (url.includes('/foundation-models')) toList = url.replace(/\/foundation-models.*/, '');
    return Response.json({ inputTokens: 1, modelSummaries: [], inferenceProfileSummaries: [] });
  };
  const bedrock = createBedrock({ credentials: { token: 'key' }, fetch, ...options });
  await bedrock.countTokens({ modelId: 'm', messages: [{ role: 'user', content: [] }] });
  await bedrock.discover({ refreshInterval: 0 });
  return [toModel, toList];
}

describe('the region of the environment', () => {
  it('is AWS_REGION, then AWS_DEFAULT_REGION, then us-east-1', async () => {
    expect((await origins())[0]).toBe('https://bedrock-runtime.us-east-1.amazonaws.com');
    vi.stubEnv('AWS_DEFAULT_REGION', 'eu-north-1');
    expect((await origins())[0]).toBe('https://bedrock-runtime.eu-north-1.amazonaws.com');
    vi.stubEnv('AWS_REGION', 'ca-central-1');
    expect((await origins())[0]).toBe('https://bedrock-runtime.ca-central-1.amazonaws.com');
  });

  it('gives way to the host of the endpoint', async () => {
    vi.stubEnv('AWS_REGION', 'ca-central-1');
    let authorization = '';
    const fetch = async (_url: unknown, init?: RequestInit): Promise<Response> => {
      authorization = new Headers(init?.headers).get('authorization') ?? '';
      return Response.json({ inputTokens: 1, modelSummaries: [], inferenceProfileSummaries: [] });
    };
    const endpoint = 'https://vpce-1-2.bedrock-runtime.eu-west-1.vpce.amazonaws.com';
    const credentials = { accessKeyId: 'ASIA', secretAccessKey: 's' };
    await createBedrock({ credentials, endpoint, fetch }).countTokens({ modelId: 'm', prompt: 'Hi' });
    expect(authorization).toContain('/eu-west-1/bedrock/');
  });

  it('is that of the profile where nothing else tells (Node)', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'profile-'));
    await writeFile(
      join(folder, 'config'),
      '[default]\nregion = ap-south-1\n[profile work]\nregion = sa-east-1\n',
    );
    vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'config'));
    expect((await origins())[0]).toMatch(/\.ap-south-1\./);
    vi.stubEnv('AWS_REGION', ' ');
    vi.stubEnv('AWS_PROFILE', 'work');
    expect((await origins())[0]).toMatch(/\.sa-east-1\./);
    await rm(folder, { recursive: true });
  });

  it('is refused where it is no region, naming the variable', async () => {
    vi.stubEnv('AWS_REGION', 'Frankfurt');
    await expect(origins()).rejects.toThrow(/"Frankfurt" \(from AWS_REGION\)/);
  });
});

describe('the endpoint of the environment', () => {
  it('is the one of its service before the one of all', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL', 'https://all.example/base');
    expect(await origins()).toEqual(['https://all.example/base', 'https://all.example/base']);
    vi.stubEnv('AWS_ENDPOINT_URL_BEDROCK_RUNTIME', 'https://runtime.example');
    vi.stubEnv('AWS_ENDPOINT_URL_BEDROCK', 'https://control.example');
    expect(await origins()).toEqual(['https://runtime.example', 'https://control.example']);
    expect((await origins({ endpoint: 'https://option.example/' }))[0]).toBe('https://option.example');
  });

  it('chooses FIPS and dual stack among those of AWS', async () => {
    vi.stubEnv('AWS_USE_FIPS_ENDPOINT', 'true');
    expect((await origins())[0]).toBe('https://bedrock-runtime-fips.us-east-1.amazonaws.com');
    vi.stubEnv('AWS_USE_DUALSTACK_ENDPOINT', 'True');
    expect(await origins()).toEqual([
      'https://bedrock-runtime-fips.us-east-1.api.aws',
      'https://bedrock-fips.us-east-1.api.aws',
    ]);
    await expect(origins({ endpoint: 'https://a.example' })).rejects.toThrow(/contradict/);
  });

  it("tells the control plane from one of AWS's runtime endpoints", async () => {
    expect(await origins({ endpoint: 'https://bedrock-runtime.eu-west-1.amazonaws.com' })).toEqual([
      'https://bedrock-runtime.eu-west-1.amazonaws.com',
      'https://bedrock.eu-west-1.amazonaws.com',
    ]);
  });
});
