import { createBedrock } from 'bedrock-anywhere';
import { bedrock, createAmazonBedrock, createLanguageModel } from 'bedrock-anywhere/ai-sdk';
import {
  bedrock as bedrockV3,
  createLanguageModel as createLanguageModelV3,
} from 'bedrock-anywhere/ai-sdk/v3';
import { createLocalBedrock, localTransport } from 'bedrock-anywhere/local';
import { describe, expect, it } from 'vitest';
import { ask, failureOf, NOVA, SONNET, startProvider, startServer } from './local.js';

describe('createLanguageModel()', () => {
  const settings = {
    foundationModelId: SONNET,
    maxAttempts: 1,
    headers: { 'x-team': 'a' },
  };

  it.each([
    ['v4', createLanguageModel],
    ['v3', createLanguageModelV3],
  ] as const)('makes a model by specification %s with settings of both kinds', async (version, create) => {
    const { local } = await startServer();
    const { region, url, credentials } = local;
    const own = { ...settings, region, baseURL: url, ...credentials };
    const model = create(NOVA, own);
    expect(model).toMatchObject({ specificationVersion: version, provider: 'amazon-bedrock', modelId: NOVA });
    // Claude's thinking, as it is said to be Claude.
    const call = {
      ...ask(),
      providerOptions: { bedrock: { reasoningConfig: { type: 'enabled', budgetTokens: 1024 } } },
    };
    await model.doGenerate(call as never).catch(() => undefined);
    expect(local.requests).toMatchObject([
      {
        headers: { 'x-team': 'a' },
        body: { additionalModelRequestFields: { thinking: { budget_tokens: 1024 } } },
      },
    ]);
  });

  it('refuses settings that contradict each other', () => {
    expect(() => createLanguageModel(NOVA, { bedrock: createBedrock(), region: 'us-east-1' })).toThrow(
      'Pass the options to createBedrock()',
    );
  });
});

describe('createAmazonBedrock()', () => {
  it('has the methods of the other provider, which agree on version and name', () => {
    for (const [provider, version] of [
      [bedrock, 'v4'],
      [bedrockV3, 'v3'],
    ] as const) {
      const models = [
        provider(NOVA),
        provider.languageModel(NOVA),
        provider.embedding('amazon.titan-embed-text-v2:0'),
        provider.textEmbeddingModel('amazon.titan-embed-text-v2:0'),
        provider.rerankingModel('cohere.rerank-v3-5:0'),
      ];
      for (const model of models)
        expect(model).toMatchObject({ specificationVersion: version, provider: 'amazon-bedrock' });
      expect(() => provider.imageModel('amazon.nova-canvas-v1:0')).toThrow(
        expect.objectContaining({ name: 'AI_NoSuchModelError', modelType: 'imageModel' }),
      );
    }
  });

  it.each([
    ['access keys', ({ accessKeyId, secretAccessKey }: Keys) => ({ accessKeyId, secretAccessKey })],
    ['a provider', (keys: Keys) => ({ credentialProvider: async () => keys })],
    [
      'an API key',
      ({ apiKey }: Keys) => ({ apiKey: ` ${apiKey}\n`, accessKeyId: 'ignored', secretAccessKey: 'ignored' }),
    ],
    [
      'no API key',
      ({ accessKeyId, secretAccessKey }: Keys) => ({ apiKey: ' ', accessKeyId, secretAccessKey }),
    ],
  ])('signs with %s', async (_what, settingsOf) => {
    const { local } = await startServer();
    const { region, url } = local;
    const keys = { ...local.credentials, apiKey: local.apiKey };
    const provider = createAmazonBedrock({ region, baseURL: url, ...settingsOf(keys) });
    await provider(NOVA).doGenerate(ask());
    expect(local.requests.map(({ status }) => status)).toEqual([200]);
  });

  it('sends its headers, those of the call above them, and none without a value', async () => {
    const { bedrock: provider, local } = startProvider(
      {},
      { headers: { 'x-team': 'a', 'x-trace': '1', 'x-no': undefined } },
    );
    await provider(NOVA).doGenerate(ask('Hi', { headers: { 'x-trace': '2', 'x-none': undefined } }));
    const { headers } = local.requests[0] ?? {};
    expect(headers).toMatchObject({ 'x-team': 'a', 'x-trace': '2' });
    expect(headers).not.toHaveProperty('x-no');
    expect(headers).not.toHaveProperty('x-none');
  });

  it('calls through a client with its own options', async () => {
    const local = createLocalBedrock({ script: [{ text: 'Hello.' }], faults: ['throttle=1'] });
    const client = createBedrock({ transport: localTransport(local), maxAttempts: 1 });
    const provider = createAmazonBedrock({ bedrock: client });
    expect(await failureOf(provider(NOVA).doGenerate(ask()))).toMatchObject({ statusCode: 429 });
    expect(local.requests).toHaveLength(1);
    const { embeddings } = await provider
      .embeddingModel('amazon.titan-embed-text-v2:0')
      .doEmbed({ values: ['Hi'] });
    expect(embeddings[0]).toHaveLength(1024);
  });

  it.each([
    [
      'a client and other options',
      { bedrock: createBedrock(), region: 'us-east-1' },
      'Pass the options to createBedrock()',
    ],
    ['one access key alone', { accessKeyId: 'ASIAEXAMPLE' }, 'Pass both'],
  ])('refuses %s', (_what, settings, words) => {
    expect(() => createAmazonBedrock(settings)).toThrow(words);
  });

  it('reports an option that it does not know when a call is made', async () => {
    const provider = createAmazonBedrock({ regoin: 'us-east-1' } as never);
    const failure = await failureOf(provider(NOVA).doGenerate(ask()));
    expect(failure).toMatchObject({ name: 'AI_APICallError', isRetryable: false });
    expect(String(failure['message'])).toContain('region');
  });
});

interface Keys {
  accessKeyId: string;
  secretAccessKey: string;
  apiKey: string;
}

describe('the error of a failed call', () => {
  it("is the AI SDK's, with status, words of the service and how long to wait", async () => {
    const { bedrock: provider } = startProvider({ faults: ['throttle=2,retry-after=30'] });
    const failure = await failureOf(provider(NOVA).doGenerate(ask()));
    expect(failure).toMatchObject({
      name: 'AI_APICallError',
      statusCode: 429,
      isRetryable: true,
      url: '/model/us.amazon.nova-lite-v1%3A0/converse',
      responseHeaders: { 'retry-after-ms': '30000', 'x-amzn-requestid': expect.any(String) as unknown },
      requestBodyValues: { modelId: NOVA },
      cause: { code: 'ERR_THROTTLED' },
    });
    expect(JSON.parse(String(failure['responseBody']))).toMatchObject({ __type: 'ThrottlingException' });
  });

  it.each([
    ['a wrong request', ask('Hi', { maxOutputTokens: -1 }), 400],
    ['an id that does not exist', ask(), 400],
  ])('says that %s is not to be repeated', async (what, call, statusCode) => {
    const { bedrock: provider } = startProvider();
    const model = what.startsWith('an id') ? 'acme.one-v1:0' : SONNET;
    expect(await failureOf(provider(model).doGenerate(call))).toMatchObject({
      isRetryable: false,
      statusCode,
    });
  });
});

describe('embeddingModel()', () => {
  it('embeds more values than the model takes at a time, with the options of the other provider', async () => {
    const { bedrock: provider, local } = startProvider();
    const model = provider.embeddingModel('amazon.titan-embed-text-v2:0');
    const options = { providerOptions: { bedrock: { dimensions: 256, normalize: false } } };
    const { embeddings, usage } = await model.doEmbed({ values: ['One', 'Two', 'Three'], ...options });
    expect(embeddings.map(({ length }) => length)).toEqual([256, 256, 256]);
    expect(usage?.tokens).toBeGreaterThan(0);
    expect(local.requests.map(({ body }) => body)).toContainEqual({
      inputText: 'Two',
      dimensions: 256,
      normalize: false,
    });
  });

  it.each([
    ['cohere.embed-multilingual-v3', {}, { input_type: 'search_query' }],
    [
      'cohere.embed-v4:0',
      { inputType: 'search_document', outputDimension: 512, truncate: 'END' },
      {
        input_type: 'search_document',
        output_dimension: 512,
        truncate: 'RIGHT',
      },
    ],
    [
      'amazon.nova-2-multimodal-embeddings-v1:0',
      {},
      {
        singleEmbeddingParams: {
          embeddingPurpose: 'GENERIC_INDEX',
          embeddingDimension: 1024,
          text: { truncationMode: 'END', value: 'Hi' },
        },
      },
    ],
  ])('%s with %j is called as by the other provider', async (model, bedrockOptions, body) => {
    const { bedrock: provider, local } = startProvider();
    await provider
      .embeddingModel(model)
      .doEmbed({ values: ['Hi'], providerOptions: { bedrock: bedrockOptions } });
    expect(local.requests[0]?.body).toMatchObject(body);
  });

  it('fails with the error of the AI SDK', async () => {
    const { bedrock: provider } = startProvider();
    const model = provider.embeddingModel('amazon.titan-embed-text-v2:0');
    expect(await failureOf(model.doEmbed({ values: [' '] }))).toMatchObject({
      name: 'AI_APICallError',
      isRetryable: false,
    });
  });
});

describe('rerankingModel()', () => {
  it('ranks texts and objects, and warns of options that have no meaning here', async () => {
    const { bedrock: provider } = startProvider();
    const model = provider.rerankingModel('cohere.rerank-v3-5:0');
    const query = 'Why is the sky blue?';
    const values = ['Grass is green.', 'Air scatters blue light in the sky.'];
    const { ranking, response } = await model.doRerank({
      query,
      documents: { type: 'text', values },
      topN: 1,
    });
    expect(ranking).toEqual([{ index: 1, relevanceScore: expect.any(Number) as unknown }]);
    expect(response).toMatchObject({ modelId: 'cohere.rerank-v3-5:0', id: expect.any(String) as unknown });
    const objects = { type: 'object' as const, values: values.map((text) => ({ text })) };
    const all = await model.doRerank({
      query,
      documents: objects,
      providerOptions: { bedrock: { nextToken: 'a' } },
    });
    expect(all.ranking.map(({ index }) => index)).toEqual([1, 0]);
    expect(all.warnings).toEqual([{ type: 'unsupported', feature: 'providerOptions.bedrock.nextToken' }]);
  });
});
