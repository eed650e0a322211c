import { BedrockClient, ListFoundationModelsCommand } from '@aws-sdk/client-bedrock';
import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
} from '@aws-sdk/client-bedrock-runtime';
import { FetchHttpHandler } from '@smithy/fetch-http-handler';
import { createLocalBedrock } from 'bedrock-anywhere/local';
import { localBedrockHandlers } from 'bedrock-anywhere/local/msw';
import { setupServer } from 'msw/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const local = createLocalBedrock({ region: 'eu-central-1' });
const server = setupServer(
  ...localBedrockHandlers(local, { origins: ['https://bedrock.example.com/base/'] }),
);
beforeAll(() =>
  server.listen({
    onUnhandledRequest({ url }) {
      throw new Error(`no handler for ${url}`);
    },
  }),
);
afterAll(() => server.close());

const request = {
  modelId: 'amazon.nova-lite-v1:0',
  messages: [{ role: 'user' as const, content: [{ text: 'Good evening.' }] }],
};

const common = {
  region: local.region,
  credentials: local.credentials,
  maxAttempts: 1,
  requestHandler: new FetchHttpHandler(),
};

describe("msw handlers lead AWS's own hosts to a local Bedrock", () => {
  it.each([
    ['the runtime', {}],
    ['FIPS', { useFipsEndpoint: true }],
    ['dual stack', { useDualstackEndpoint: true }],
    ['another origin with a path', { endpoint: 'https://bedrock.example.com/base' }],
  ])('for %s', async (_name, options) => {
    const client = new BedrockRuntimeClient({ ...common, ...options });
    const whole = await client.send(new ConverseCommand(request));
    expect(whole.output?.message?.content?.[0]?.text).toContain('Good evening.');
    const { stream } = await client.send(new ConverseStreamCommand(request));
    let text = '';
    for await (const event of stream ?? []) text += event.contentBlockDelta?.delta?.text ?? '';
    expect(text).toBe(whole.output?.message?.content?.[0]?.text);
  });

  it('for the control plane', async () => {
    const client = new BedrockClient(common);
    const { modelSummaries } = await client.send(new ListFoundationModelsCommand({}));
    expect(modelSummaries?.[0]?.modelArn).toContain(':eu-central-1:');
  });

  it('and no other region', async () => {
    const client = new BedrockRuntimeClient({ ...common, region: 'us-west-2' });
    await expect(client.send(new ConverseCommand(request))).rejects.toThrow(/us-west-2|fetch/);
  });
});
