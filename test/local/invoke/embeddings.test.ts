import { createLocalBedrock } from 'bedrock-anywhere/local';
import { describe, expect, it } from 'vitest';
import { failure, modelPath, send } from '../request.js';

const local = createLocalBedrock();

async function invoke(modelId: string, body: unknown) {
  const response = await send(local, { path: modelPath('invoke', modelId), body });
  if (!response.ok) throw new Error((await failure(response)).message);
  return { headers: response.headers, body: (await response.json()) as Record<string, unknown> };
}

const length = (vector: readonly number[]) => Math.hypot(...vector);
const cosine = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0) / (length(a) * length(b));

function readAt(value: unknown, path: string): number[] {
  const members = path.split('.');
  return members.reduce((at, name) => (at as Record<string, unknown>)[name], value) as number[];
}

const nova = (value: string, dimension?: number) => ({
  taskType: 'SINGLE_EMBEDDING',
  singleEmbeddingParams: {
    embeddingPurpose: 'GENERIC_INDEX',
    ...(dimension !== undefined && { embeddingDimension: dimension }),
    text: { truncationMode: 'END', value },
  },
});

/** How each model is asked for the embedding of a text, and where its answer has it. */
const MODELS: [modelId: string, dimensions: number, body: (text: string) => object, path: string][] = [
  ['amazon.titan-embed-text-v1', 1536, (inputText) => ({ inputText }), 'embedding'],
  ['amazon.titan-embed-text-v2:0', 1024, (inputText) => ({ inputText }), 'embedding'],
  [
    'amazon.titan-embed-text-v2:0',
    256,
    (inputText) => ({ inputText, dimensions: 256 }),
    'embeddingsByType.float',
  ],
  ['amazon.titan-embed-image-v1', 1024, (inputText) => ({ inputText }), 'embedding'],
  [
    'amazon.titan-embed-image-v1',
    384,
    (inputText) => ({ inputText, embeddingConfig: { outputEmbeddingLength: 384 } }),
    'embedding',
  ],
  [
    'cohere.embed-multilingual-v3',
    1024,
    (text) => ({ texts: [text], input_type: 'clustering' }),
    'embeddings.0',
  ],
  [
    'us.cohere.embed-v4:0',
    1536,
    (text) => ({ texts: [text], input_type: 'search_query' }),
    'embeddings.float.0',
  ],
  [
    'us.cohere.embed-v4:0',
    512,
    (text) => ({
      inputs: [{ content: [{ type: 'text', text }] }],
      input_type: 'search_query',
      output_dimension: 512,
    }),
    'embeddings.float.0',
  ],
  ['amazon.nova-2-multimodal-embeddings-v1:0', 3072, (text) => nova(text), 'embeddings.0.embedding'],
  ['amazon.nova-2-multimodal-embeddings-v1:0', 384, (text) => nova(text, 384), 'embeddings.0.embedding'],
];

describe.each(MODELS)('the embeddings of %s with %i dimensions', (modelId, dimensions, body, path) => {
  const embed = async (text: string) => readAt((await invoke(modelId, body(text))).body, path);

  it('are unit vectors, the same for the same text, and nearer for nearer texts', async () => {
    const cat = await embed('The cat sleeps on the warm sofa.');
    expect(cat).toHaveLength(dimensions);
    expect(length(cat)).toBeCloseTo(1, 5);
    expect(await embed('The cat sleeps on the warm sofa.')).toEqual(cat);
    const near = cosine(cat, await embed('A cat was sleeping on a sofa.'));
    const far = cosine(cat, await embed('Quarterly revenue rose by nine percent.'));
    expect(near).toBeGreaterThan(far + 0.2);
  });

  it('count their tokens in a header', async () => {
    const { headers } = await invoke(modelId, body('Hello'));
    expect(headers.get('x-amzn-bedrock-input-token-count')).toBe('2');
    expect(headers.has('x-amzn-bedrock-output-token-count')).toBe(false);
  });
});

describe('forms of an embedding', () => {
  it('of Cohere are grouped by type, a bit a number for the binary ones', async () => {
    const types = ['float', 'int8', 'uint8', 'binary', 'ubinary'];
    const { body } = await invoke('cohere.embed-english-v3', {
      texts: ['Hello', 'World'],
      input_type: 'search_document',
      embedding_types: types,
    });
    expect(body).toMatchObject({ response_type: 'embeddings_by_type', texts: ['hello', 'world'] });
    const embeddings = body['embeddings'] as Record<string, number[][]>;
    expect(Object.keys(embeddings)).toEqual(types);
    expect(Object.values(embeddings).map((lists) => lists.map((one) => one.length))).toEqual(
      [1024, 1024, 1024, 128, 128].map((size) => [size, size]),
    );
    const { float = [], int8 = [], uint8 = [], binary = [], ubinary = [] } = embeddings;
    expect(cosine(float[0] ?? [], int8[0] ?? [])).toBeGreaterThan(0.99);
    expect(uint8[0]).toEqual(int8[0]?.map((value) => value + 128));
    expect(ubinary[0]).toEqual(binary[0]?.map((value) => value + 128));
    const bits = (ubinary[0] ?? []).flatMap((byte) => [...byte.toString(2).padStart(8, '0')].map(Number));
    expect(bits).toEqual(float[0]?.map((value) => (value > 0 ? 1 : 0)));
  });

  it('of Titan are not normalized on demand, and have a bit a member', async () => {
    const { body } = await invoke('amazon.titan-embed-text-v2:0', {
      inputText: 'Good morning, everyone.',
      normalize: false,
      embeddingTypes: ['float', 'binary'],
    });
    const { float, binary } = body['embeddingsByType'] as Record<string, number[]>;
    expect(length(float ?? [])).toBeGreaterThan(1.5);
    expect(binary).toEqual(float?.map((value) => (value > 0 ? 1 : 0)));
    expect(body['embedding']).toEqual(float);
  });

  it('come in the order of the texts, up to 96 of them', async () => {
    const texts = Array.from({ length: 96 }, (_, i) => `text number ${i}`);
    const ask = async (some: string[]) =>
      (await invoke('cohere.embed-english-v3', { texts: some, input_type: 'search_document' })).body[
        'embeddings'
      ] as number[][];
    const all = await ask(texts);
    expect(all).toHaveLength(96);
    expect(all[95]).toEqual((await ask(['text number 95']))[0]);
  });
});

describe('a ranking through InvokeModel', () => {
  const documents = [
    'Carson City is the capital city of the American state of Nevada.',
    'Capital punishment is legal in some countries.',
    'Washington, D.C. is the capital of the United States.',
    'Bread is made of flour.',
  ];
  const query = 'What is the capital of the United States?';

  it.each([
    ['cohere.rerank-v3-5:0', { api_version: 2 }],
    ['amazon.rerank-v1:0', {}],
  ])('of %s has all documents, the best first', async (modelId, more) => {
    const { body, headers } = await invoke(modelId, { query, documents, ...more });
    const results = body['results'] as { index: number; relevance_score: number }[];
    expect(results.map(({ index }) => index)).toEqual([2, 1, 0, 3]);
    for (const { relevance_score: score } of results) expect(score).toBeGreaterThan(0);
    expect(headers.has('x-amzn-bedrock-input-token-count')).toBe(false);
    const some = await invoke(modelId, { query, documents, top_n: 1, ...more });
    expect(some.body['results']).toEqual(results.slice(0, 1));
  });
});

describe('Rerank', () => {
  const modelArn = 'arn:aws:bedrock:us-east-1::foundation-model/cohere.rerank-v3-5:0';
  const request = (count: number, more: object = {}) => ({
    queries: [{ type: 'TEXT', textQuery: { text: 'blue whale' } }],
    sources: Array.from({ length: count }, (_, i) => ({
      type: 'INLINE',
      inlineDocumentSource:
        i === 6
          ? { type: 'JSON', jsonDocument: { title: 'The blue whale', size: 'large' } }
          : { type: 'TEXT', textDocument: { text: `Page ${i}` } },
    })),
    rerankingConfiguration: {
      type: 'BEDROCK_RERANKING_MODEL',
      bedrockRerankingConfiguration: { modelConfiguration: { modelArn }, ...more },
    },
  });
  const rerank = (body: unknown, headers = {}) =>
    send(local, {
      path: '/rerank',
      body,
      headers,
      url: 'https://bedrock-agent-runtime.us-east-1.amazonaws.com',
    });

  it('gives five results unless more are requested, the best first', async () => {
    const { results } = (await (await rerank(request(8))).json()) as { results: { index: number }[] };
    expect(results).toHaveLength(5);
    expect(results[0]).toEqual({ index: 6, relevanceScore: expect.any(Number) });
    const all = (await (await rerank(request(8, { numberOfResults: 8 }))).json()) as { results: object[] };
    expect(all.results).toHaveLength(8);
  });

  it('takes no API key', async () => {
    const response = await rerank(request(2), { authorization: `Bearer ${local.apiKey}` });
    expect(await failure(response)).toMatchObject({ status: 403, name: 'IncompleteSignatureException' });
  });

  it('needs the permission to call the model, too', async () => {
    for (const action of ['bedrock:Rerank', 'bedrock:InvokeModel']) {
      const denied = createLocalBedrock({ deny: [action] });
      const response = await send(denied, { path: '/rerank', body: request(2) });
      expect(await failure(response)).toMatchObject({
        status: 403,
        message: expect.stringContaining(action),
      });
    }
  });

  it('refuses an id in place of the ARN, and 1,001 documents', async () => {
    const wrong = JSON.stringify(request(2)).replace(modelArn, 'cohere.rerank-v3-5:0');
    expect(await failure(await rerank(wrong))).toMatchObject({ status: 400, name: 'ValidationException' });
    expect((await failure(await rerank(request(1001)))).message).toContain('less than or equal to 1000');
    // https://github.com/langchain-ai/langchain-aws/issues/761 (2025-11-13)
    expect(await failure(await rerank(request(2, { numberOfResults: 3 })))).toMatchObject({
      status: 400,
      name: 'ValidationException',
      message: 'Cannot provide numberOfResults value that exceeds the number of sources.',
    });
    const { queries } = request(1);
    const twoQueries = { ...request(2), queries: [...queries, ...queries] };
    expect((await failure(await rerank(twoQueries))).message).toContain('less than or equal to 1');
  });
});
