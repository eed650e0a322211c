import {
  BedrockClient,
  type BedrockClientConfig,
  ListFoundationModelsCommand,
  type ListFoundationModelsCommandInput,
  paginateListInferenceProfiles,
} from '@aws-sdk/client-bedrock';
import {
  BedrockRuntimeClient,
  type BedrockRuntimeClientConfig,
  ConverseCommand,
  ConverseStreamCommand,
  type ConverseStreamOutput,
  CountTokensCommand,
} from '@aws-sdk/client-bedrock-runtime';
import { FetchHttpHandler } from '@smithy/fetch-http-handler';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { type LocalServer, startLocalBedrock } from 'bedrock-anywhere/local/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const SESSION = {
  accessKeyId: 'ASIASESSIONSESSION00',
  secretAccessKey: 'c2Vzc2lvbg',
  sessionToken: 'FwoGZXIvYXdz',
};
const CLAUDE = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const WEATHER = {
  toolSpec: {
    name: 'get_weather',
    description: 'Current weather of a city',
    inputSchema: {
      json: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    },
  },
};

let local: LocalServer;
beforeAll(async () => {
  local = await startLocalBedrock({
    credentials: SESSION,
    script: [
      {
        user: 'weather',
        reasoning: 'The tool knows.',
        text: 'I look.',
        toolUse: { name: 'get_weather', input: { city: 'Lisbon' } },
      },
    ],
  });
});
afterAll(() => local.close());

const handlers: [string, () => Pick<BedrockRuntimeClientConfig, 'requestHandler'>][] = [
  ['its default HTTP/2 handler', () => ({})],
  ['NodeHttpHandler', () => ({ requestHandler: new NodeHttpHandler() })],
  ['FetchHttpHandler', () => ({ requestHandler: new FetchHttpHandler() })],
];

type Identity = Pick<BedrockRuntimeClientConfig, 'credentials' | 'token' | 'authSchemePreference'>;
const identities: [string, () => Identity][] = [
  ['access keys', () => ({ credentials: local.credentials })],
  ['access keys with a session token', () => ({ credentials: SESSION })],
  ['an API key', () => ({ token: { token: local.apiKey }, authSchemePreference: ['httpBearerAuth'] })],
];

describe.each(handlers)("AWS's clients with %s", (_handler, handler) => {
  describe.each(identities)('and %s', (_identity, identity) => {
    function config(): BedrockRuntimeClientConfig {
      return { endpoint: local.url, region: local.region, maxAttempts: 1, ...handler(), ...identity() };
    }

    it('converse, stream and count tokens', async () => {
      const client = new BedrockRuntimeClient(config());
      const request = {
        modelId: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
        messages: [{ role: 'user' as const, content: [{ text: 'Good morning.' }] }],
      };
      const whole = await client.send(new ConverseCommand(request));
      const { stream } = await client.send(new ConverseStreamCommand(request));
      const events = await collect(stream);
      const counted = await client.send(
        new CountTokensCommand({
          modelId: request.modelId.replace('us.', ''),
          input: { converse: { messages: request.messages } },
        }),
      );

      expect(whole.output?.message?.content?.[0]?.text).toContain('Good morning.');
      expect(events.map((event) => event.contentBlockDelta?.delta?.text ?? '').join('')).toBe(
        whole.output?.message?.content?.[0]?.text,
      );
      expect(events.at(-1)?.metadata?.usage).toEqual(whole.usage);
      expect(counted.inputTokens).toBe(whole.usage?.inputTokens);
      expect(whole.$metadata.requestId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
      client.destroy();
    });

    it('take a turn with reasoning and a tool', async () => {
      const client = new BedrockRuntimeClient(config());
      const user = { role: 'user' as const, content: [{ text: 'What is the weather in Lisbon?' }] };
      const request = {
        modelId: `arn:aws:bedrock:us-east-1:123456789012:inference-profile/${CLAUDE}`,
        toolConfig: { tools: [WEATHER] },
        additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 1024 } },
      };
      const asked = await client.send(new ConverseCommand({ ...request, messages: [user] }));
      const message = asked.output?.message;
      const toolUse = message?.content?.find((block) => block.toolUse !== undefined)?.toolUse;
      expect(asked.stopReason).toBe('tool_use');
      expect(message?.content?.[0]?.reasoningContent?.reasoningText?.signature).toMatch(/^[\w+/=]+$/);
      expect(toolUse).toMatchObject({ name: 'get_weather', input: { city: 'Lisbon' } });
      if (message === undefined) throw new Error('no message');

      const result = {
        role: 'user' as const,
        content: [{ toolResult: { toolUseId: toolUse?.toolUseId, content: [{ json: { sky: 'clear' } }] } }],
      };
      const { stream } = await client.send(
        new ConverseStreamCommand({ ...request, messages: [user, message, result] }),
      );
      const text = (await collect(stream))
        .map((event) => event.contentBlockDelta?.delta?.text ?? '')
        .join('');
      expect(text).toContain('sky clear');
      client.destroy();
    });

    it('list models and pages of profiles', async () => {
      const client = new BedrockClient(config() as BedrockClientConfig);
      const { modelSummaries = [] } = await client.send(
        new ListFoundationModelsCommand({ byProvider: 'anthropic' }),
      );
      expect(modelSummaries.length).toBeGreaterThan(1);
      expect(new Set(modelSummaries.map((model) => model.providerName))).toEqual(new Set(['Anthropic']));

      const pages = [];
      for await (const page of paginateListInferenceProfiles({ client, pageSize: 3 }, {})) pages.push(page);
      const ids = pages
        .flatMap((page) => page.inferenceProfileSummaries ?? [])
        .map((one) => one.inferenceProfileId);
      expect(pages.length).toBeGreaterThan(1);
      expect(ids).toContain(CLAUDE);
      expect(new Set(ids).size).toBe(ids.length);
      expect(pages[0]?.inferenceProfileSummaries?.[0]?.createdAt).toBeInstanceOf(Date);
      client.destroy();
    });
  });
});

describe("AWS's control plane client", () => {
  async function list(input: ListFoundationModelsCommandInput): Promise<string[]> {
    const client = new BedrockClient({
      endpoint: local.url,
      region: local.region,
      credentials: local.credentials,
    });
    const { modelSummaries = [] } = await client.send(new ListFoundationModelsCommand(input));
    client.destroy();
    return modelSummaries.map((model) => model.modelId ?? '');
  }

  it('filters models by modality, inference type and customization', async () => {
    expect(await list({ byOutputModality: 'EMBEDDING' })).toEqual([
      'amazon.titan-embed-text-v2:0',
      'amazon.titan-embed-text-v1',
      'amazon.titan-embed-image-v1',
      'amazon.nova-2-multimodal-embeddings-v1:0',
      'cohere.embed-english-v3',
      'cohere.embed-multilingual-v3',
      'cohere.embed-v4:0',
    ]);
    const provisioned = await list({ byInferenceType: 'PROVISIONED' });
    expect(provisioned).toContain('amazon.nova-lite-v1:0:24k');
    expect(provisioned).not.toContain('amazon.nova-lite-v1:0');
    expect(await list({ byCustomizationType: 'FINE_TUNING' })).toEqual(['amazon.nova-canvas-v1:0']);
  });

  it('names the values that a filter can have', async () => {
    for (const [filter, values] of [
      [{ byOutputModality: 'SOUND' }, '[TEXT, IMAGE, EMBEDDING]'],
      [{ byInferenceType: 'ALWAYS' }, '[ON_DEMAND, PROVISIONED]'],
      [{ byCustomizationType: 'PAINT' }, '[FINE_TUNING, CONTINUED_PRE_TRAINING, DISTILLATION]'],
    ] as const) {
      const [[name, value] = []] = Object.entries(filter);
      await expect(list(filter as object)).rejects.toMatchObject({
        name: 'ValidationException',
        message:
          `1 validation error detected: Value '${value}' at '${name}' failed to satisfy constraint: ` +
          `Member must satisfy enum value set: ${values}`,
      });
    }
  });

  it('finds an account with models of every kind to filter', async () => {
    const client = new BedrockClient({
      endpoint: local.url,
      region: local.region,
      credentials: local.credentials,
    });
    const { modelSummaries = [] } = await client.send(new ListFoundationModelsCommand({}));
    client.destroy();
    const kinds = modelSummaries.map((model) => ({
      text: model.outputModalities?.includes('TEXT'),
      streams: model.responseStreamingSupported,
      active: model.modelLifecycle?.status === 'ACTIVE',
      onDemand: model.inferenceTypesSupported?.includes('ON_DEMAND'),
    }));
    expect(kinds).toContainEqual({ text: true, streams: true, active: true, onDemand: true });
    expect(kinds).toContainEqual({ text: true, streams: true, active: true, onDemand: false });
    expect(kinds).toContainEqual({ text: true, streams: true, active: false, onDemand: true });
    expect(kinds).toContainEqual({ text: true, streams: false, active: true, onDemand: true });
    expect(kinds).toContainEqual({ text: false, streams: false, active: true, onDemand: true });
  });
});

async function collect(
  stream: AsyncIterable<ConverseStreamOutput> | undefined,
): Promise<ConverseStreamOutput[]> {
  const events: ConverseStreamOutput[] = [];
  for await (const event of stream ?? []) events.push(event);
  return events;
}
