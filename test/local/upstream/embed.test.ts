import { createBedrock, embed, invokeModel } from 'bedrock-anywhere';
import { createLocalBedrock, localTransport } from 'bedrock-anywhere/local';
import { describe, expect, it } from 'vitest';
import { answers, bodiesOf, setUp } from './server.js';

const TITAN_V2 = 'amazon.titan-embed-text-v2:0';

/** The response of a server with OpenAI's Embeddings API. */
function vectors(...embeddings: unknown[]): object {
  const data = embeddings.map((embedding, index) => ({ object: 'embedding', index, embedding }));
  return { object: 'list', data, model: 'nomic-embed-text', usage: { prompt_tokens: 4, total_tokens: 4 } };
}

async function start(json: unknown, status = 200) {
  const { server } = await setUp(answers(json, status));
  const upstream = {
    baseURL: `${server.url}/v1`,
    model: 'qwen3:8b',
    embeddingModel: 'nomic-embed-text',
    apiKey: 'sk-secret01',
  };
  const transport = localTransport(createLocalBedrock({ upstream }));
  return { server, bedrock: createBedrock({ transport, maxAttempts: 1 }) };
}

describe('embeddings of an upstream', () => {
  it.each([
    ['amazon.titan-embed-text-v1', 1536],
    [TITAN_V2, 1024],
    ['amazon.titan-embed-image-v1', 1024],
    ['amazon.nova-2-multimodal-embeddings-v1:0', 3072],
  ])('are those of %s', async (modelId, dimensions) => {
    const { bedrock, server } = await start(vectors([0.6, 0.8]));
    const { embeddings } = await embed({ modelId, values: ['sun'] }, { client: bedrock });
    const [vector = []] = embeddings;
    expect([...vector].slice(0, 3)).toEqual([expect.closeTo(0.6), expect.closeTo(0.8), 0]);
    expect(vector).toHaveLength(dimensions);
    expect(server.requests).toMatchObject([
      { path: '/v1/embeddings', headers: { authorization: 'Bearer sk-secret01' } },
    ]);
    expect(bodiesOf(server)).toEqual([{ model: 'nomic-embed-text', input: ['sun'] }]);
  });

  it.each(['cohere.embed-english-v3', 'cohere.embed-v4:0'])(
    'are one request for all texts of %s, in their order',
    async (modelId) => {
      const { data } = vectors([1, 0], [0, 2]) as { data: object[] };
      const { bedrock, server } = await start({ data: data.reverse() });
      const { embeddings } = await embed(
        { modelId, values: ['sun', 'moon'], inputType: 'search_document' },
        { client: bedrock },
      );
      expect(embeddings.map((one) => [...one].slice(0, 2))).toEqual([
        [1, 0],
        [0, 1],
      ]);
      expect(bodiesOf(server)).toEqual([{ model: 'nomic-embed-text', input: ['sun', 'moon'] }]);
    },
  );

  it('that are longer than the model of Bedrock has are truncated and have length 1 again', async () => {
    const long = Array.from({ length: 2000 }, (_, i) => (i === 0 ? 3 : i === 1 ? 4 : i < 256 ? 0 : 9));
    const { bedrock } = await start(vectors(long));
    const { embeddings } = await embed(
      { modelId: TITAN_V2, values: ['sun'], dimensions: 256 },
      { client: bedrock },
    );
    expect(embeddings[0]).toHaveLength(256);
    expect([...(embeddings[0] ?? [])].slice(0, 3)).toEqual([expect.closeTo(0.6), expect.closeTo(0.8), 0]);
  });

  it('have bits and small numbers too', async () => {
    const { bedrock } = await start(vectors([0.6, -0.8]));
    const body = { texts: ['sun'], input_type: 'search_query', embedding_types: ['int8', 'ubinary'] };
    const answer = await invokeModel({ modelId: 'cohere.embed-v4:0', body }, { client: bedrock });
    expect(answer.json()).toMatchObject({
      embeddings: {
        int8: [[95, -127, 0].concat(Array(1533).fill(0))],
        ubinary: [[128].concat(Array(191).fill(0))],
      },
    });
  });

  it('stay local without embeddingModel', async () => {
    const { bedrock, server } = await setUp(answers({}));
    const { embeddings } = await embed({ modelId: TITAN_V2, values: ['sun'] }, { client: bedrock });
    expect(embeddings[0]).toHaveLength(1024);
    expect(server.requests).toEqual([]);
  });

  it('are requested only for a body that AWS accepts', async () => {
    const { bedrock, server } = await start(vectors([1]));
    const body = { inputText: 'sun', dimensions: 5 };
    await expect(invokeModel({ modelId: TITAN_V2, body }, { client: bedrock })).rejects.toMatchObject({
      name: 'ValidationException',
    });
    expect(server.requests).toEqual([]);
  });

  it.each([
    ['amazon.titan-embed-image-v1', { inputText: 'a dog', inputImage: 'aGk=' }],
    ['cohere.embed-v4:0', { images: ['data:image/png;base64,aGk='], input_type: 'image' }],
    [
      'cohere.embed-v4:0',
      {
        inputs: [{ content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,aGk=' } }] }],
        input_type: 'image',
      },
    ],
  ])('are refused for images: %s', async (modelId, body) => {
    const { bedrock, server } = await start(vectors([1]));
    await expect(invokeModel({ modelId, body }, { client: bedrock })).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining('reads text only. Send text') as unknown,
    });
    expect(server.requests).toEqual([]);
  });
});

describe('an upstream that does not embed', () => {
  it.each([
    ['no list', {}],
    ['fewer vectors than texts', vectors([1])],
    ['more vectors than texts', vectors([1], [1], [1])],
    ['vectors of different lengths', vectors([1], [1, 2])],
    ['an empty vector', vectors([], [])],
    ['a vector of something else', vectors([1], ['1'])],
    ['base64', vectors('AACAPw==', 'AACAPw==')],
    [
      'a place that does not exist',
      {
        data: [
          { index: 1e9, embedding: [1] },
          { index: 0, embedding: [1] },
        ],
      },
    ],
    [
      'the same place twice',
      {
        data: [
          { index: 1, embedding: [1] },
          { index: 1, embedding: [1] },
        ],
      },
    ],
  ])('is a ServiceUnavailableException: %s', async (_what, json) => {
    const { bedrock } = await start(json);
    const call = embed(
      { modelId: 'cohere.embed-v4:0', values: ['sun', 'moon'], inputType: 'search_query' },
      { client: bedrock },
    );
    await expect(call).rejects.toMatchObject({
      name: 'ServiceUnavailableException',
      message: expect.stringMatching(
        /^The upstream http:\S+ .* did not complete its answer: (a|it has no) vector/,
      ) as unknown,
    });
  });

  it('says which settings to check', async () => {
    const { bedrock } = await start({ error: { message: 'no such model' } }, 404);
    await expect(embed({ modelId: TITAN_V2, values: ['sun'] }, { client: bedrock })).rejects.toMatchObject({
      name: 'ModelErrorException',
      message: expect.stringMatching(
        /404: no such model\. .*upstream\.embeddingModel \(--upstream-embed\)/,
      ) as unknown,
    });
  });
});
