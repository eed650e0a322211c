import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type CallOptions, type ClientOptions, createBedrock, explain } from '../../src/index.js';

/** Where requests went, with the region that each was signed for. */
let sent: string[] = [];
const fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
  const { url, headers } = new Request(input, init);
  const region = /Credential=[^/]+\/\d+\/([^/]+)/.exec(headers.get('authorization') ?? '')?.[1];
  sent.push(`${new URL(url).host} ${region}`);
  return Response.json({ inputTokens: 1 });
};

beforeEach(() => {
  sent = [];
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) vi.stubEnv(name, undefined);
});
afterEach(() => void vi.unstubAllEnvs());

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret-of-the-server' };
const arn = (region: string, partition = 'aws') =>
  `arn:${partition}:bedrock:${region}:123456789012:inference-profile/us.anthropic.claude-sonnet-4-20250514-v1:0`;

/** Calls a model that a user of the program named. */
const call = (modelId: string, bound: ClientOptions = {}, options: CallOptions = {}) =>
  createBedrock({ credentials, fetch, ...bound }).countTokens({ modelId, prompt: 'Hi' }, options);

describe('the region in an ARN', () => {
  it.each([
    's3',
    'evil',
    'attacker-bucket',
    'us-east-1x',
    'us-east',
    '1-1',
    'us-east-123',
    'xn--us-east-1',
    '--',
    'a'.repeat(25),
  ])('has to be one: %s', async (region) => {
    for (const bound of [{}, { region: 'us-east-1' }]) {
      await expect(call(arn(region), bound)).rejects.toMatchObject({
        code: 'ERR_INPUT',
        message: expect.stringContaining(
          `names the region "${region}", which is not one of the partition aws`,
        ),
      });
    }
    expect(sent).toEqual([]);
  });

  it.each([
    ['us-east-1', 'aws-cn'],
    ['cn-north-1', 'aws'],
    ['us-iso-east-1', 'aws'],
    ['us-gov-west-1', 'aws'],
    ['eusc-de-east-1', 'aws'],
    ['us-gov-west-1', 'aws-iso'],
    ['us-east-1', 'aws-nowhere'],
  ])('has to be in the partition of the ARN: %s, %s', async (region, partition) => {
    for (const bound of [{}, { region }]) {
      await expect(call(arn(region, partition), bound)).rejects.toMatchObject({
        code: 'ERR_INPUT',
        message: expect.stringMatching(
          new RegExp(`names the region "${region}", which is not one of the partition ${partition}`),
        ),
      });
    }
    expect(sent).toEqual([]);
  });

  it.each([
    ['us-east-1', 'aws', 'amazonaws.com'],
    ['cn-north-1', 'aws-cn', 'amazonaws.com.cn'],
    ['us-gov-west-1', 'aws-us-gov', 'amazonaws.com'],
    ['eusc-de-east-1', 'aws-eusc', 'amazonaws.eu'],
  ])('decides where a call goes if nothing else names a region: %s', async (region, partition, suffix) => {
    await call(arn(region, partition));
    expect(sent).toEqual([`bedrock-runtime.${region}.${suffix} ${region}`]);
  });

  it('may leave the region that is set, within its partition', async () => {
    await call(arn('eu-west-3'), { region: 'us-east-1' });
    vi.stubEnv('AWS_REGION', 'us-west-2');
    await call(arn('eu-west-3'));
    expect(sent).toEqual(Array(2).fill('bedrock-runtime.eu-west-3.amazonaws.com eu-west-3'));
  });

  it.each<[what: string, bound: ClientOptions, env: Record<string, string>, from: string]>([
    ['by the option region', { region: 'us-east-1' }, {}, 'us-east-1 (from the option region) is in aws'],
    [
      'by the host of the endpoint',
      { endpoint: 'https://bedrock-runtime.us-west-2.amazonaws.com' },
      {},
      'us-west-2 (from the host of the endpoint)',
    ],
    ['by AWS_REGION, as on Lambda', {}, { AWS_REGION: 'eu-west-1' }, 'eu-west-1 (from AWS_REGION)'],
    ['by AWS_DEFAULT_REGION', {}, { AWS_DEFAULT_REGION: 'eu-west-1' }, 'eu-west-1 (from AWS_DEFAULT_REGION)'],
  ])('may not leave the partition of a region that is set %s', async (_what, bound, env, from) => {
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    await expect(call(arn('cn-north-1', 'aws-cn'), bound)).rejects.toMatchObject({
      code: 'ERR_INPUT',
      message: expect.stringContaining(from),
    });
    expect(sent).toEqual([]);
  });

  it('does not fail for a variable that the ARN overrides', async () => {
    vi.stubEnv('AWS_REGION', 'somewhere');
    await call(arn('eu-west-3'));
    expect(sent).toEqual(['bedrock-runtime.eu-west-3.amazonaws.com eu-west-3']);
  });

  it('is explained when it cannot be used', async () => {
    const modelId = arn('cn-north-1', 'aws-cn');
    const { failure, region } = await explain({ modelId, credentials, defaults: { region: 'us-east-1' } });
    expect(failure?.message).toContain('us-east-1 (from the option region) is in aws,');
    expect(region).toBeUndefined();
  });
});

describe('a modelId from a user', () => {
  it('of any length is refused without being repeated', async () => {
    for (const modelId of [
      'x'.repeat(2049),
      arn('us-east-1') + 'x'.repeat(1_000_000),
      `arn:${'x'.repeat(5000)}`,
    ]) {
      const error = await call(modelId).catch((thrown: Error) => thrown);
      expect(error).toMatchObject({ code: 'ERR_INPUT' });
      expect((error as Error).message.length).toBeLessThan(400);
    }
    expect(sent).toEqual([]);
  });

  it.each([
    'us.amazon.nova-lite-v1:0',
    'a'.repeat(2048),
    'x@evil.example',
    '//evil.example',
    '%2e%2e%2fadmin',
  ])('never changes the host: %s', async (modelId) => {
    await call(modelId, { region: 'us-east-1' });
    expect(sent).toEqual(['bedrock-runtime.us-east-1.amazonaws.com us-east-1']);
  });
});
