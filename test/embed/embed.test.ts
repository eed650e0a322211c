import { describe, expect, it } from 'vitest';
import { type BedrockError, createBedrock, type EmbedRequest, embed } from '../../src/index.js';

const CALL = { region: 'us-east-1', credentials: { token: 'key' }, maxAttempts: 1 };
const PNG = 'iVBORw0KGgoAAAANSUhEUg==';
const PROFILE = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/';

type Json = Record<string, unknown>;
interface Sent {
  path: string;
  body: Json;
}

/** Answers as the models do: each embedding begins with the length of its text, so that its place can be checked. */
function answerOf(path: string, body: Json): Json {
  const of = (text: unknown): number[] => [String(text ?? 'image').length, 1, 0];
  if (path.includes('titan'))
    return { embedding: of(body['inputText']), embeddingsByType: { binary: [1, 0, 1] } };
  if (path.includes('nova')) {
    const { text } = body['singleEmbeddingParams'] as { text?: { value: string } };
    return { embeddings: [{ embeddingType: 'TEXT', embedding: of(text?.value) }] };
  }
  const texts = (body['texts'] ?? body['images'] ?? body['inputs']) as unknown[];
  const float = texts.map(of);
  return path.includes('v4')
    ? { embeddings: { float, int8: float } }
    : { embeddings: body['embedding_types'] === undefined ? float : { int8: float } };
}

function models(
  respond: (sent: Sent, n: number) => Promise<Response | undefined> | undefined = () => undefined,
) {
  const sent: Sent[] = [];
  let open = 0;
  const seen = { most: 0 };
  const fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, { ...init, signal: null });
    const path = decodeURIComponent(new URL(request.url).pathname);
    const body = request.method === 'POST' ? ((await request.json()) as Json) : {};
    sent.push({ path, body });
    open += 1;
    seen.most = Math.max(seen.most, open);
    // Lets all calls begin that may.
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
    open -= 1;
    const special = await respond({ path, body }, sent.length);
    return (
      special ?? Response.json(answerOf(path, body), { headers: { 'x-amzn-bedrock-input-token-count': '4' } })
    );
  };
  return { fetch, sent, seen };
}

describe('the body of a call, in the form of the model', () => {
  it.each<[string, Omit<EmbedRequest, 'modelId'>, Json]>([
    ['amazon.titan-embed-text-v1', { values: ['a'] }, { inputText: 'a' }],
    ['amazon.titan-embed-text-v2:0', { values: ['a'] }, { inputText: 'a' }],
    [
      'amazon.titan-embed-text-v2:0',
      { values: [{ text: 'a' }], dimensions: 256, normalize: false, encoding: 'binary' },
      { inputText: 'a', dimensions: 256, normalize: false, embeddingTypes: ['binary'] },
    ],
    [
      'amazon.titan-embed-image-v1',
      { values: [{ text: 'a', image: PNG }], dimensions: 384 },
      { inputText: 'a', inputImage: PNG, embeddingConfig: { outputEmbeddingLength: 384 } },
    ],
    ['cohere.embed-english-v3', { values: ['a', 'b'] }, { input_type: 'search_document', texts: ['a', 'b'] }],
    [
      'us.cohere.embed-multilingual-v3',
      { values: ['a'], inputType: 'query', truncate: 'start', encoding: 'int8' },
      { input_type: 'search_query', texts: ['a'], truncate: 'START', embedding_types: ['int8'] },
    ],
    [
      'cohere.embed-english-v3',
      { values: [{ image: PNG }] },
      { input_type: 'image', images: [`data:image/png;base64,${PNG}`] },
    ],
    [
      'eu.cohere.embed-v4:0',
      { values: ['a'], inputType: 'clustering', truncate: 'end', dimensions: 1536 },
      { input_type: 'clustering', texts: ['a'], truncate: 'RIGHT', output_dimension: 1536 },
    ],
    [
      'cohere.embed-v4:0',
      { values: [{ text: 'a', image: PNG }] },
      {
        input_type: 'search_document',
        inputs: [
          {
            content: [
              { type: 'text', text: 'a' },
              { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } },
            ],
          },
        ],
      },
    ],
    [
      'amazon.nova-2-multimodal-embeddings-v1:0',
      { values: ['a'], inputType: 'query', dimensions: 1024 },
      {
        taskType: 'SINGLE_EMBEDDING',
        singleEmbeddingParams: {
          embeddingPurpose: 'GENERIC_RETRIEVAL',
          embeddingDimension: 1024,
          text: { truncationMode: 'NONE', value: 'a' },
        },
      },
    ],
    [
      'amazon.nova-2-multimodal-embeddings-v1:0',
      { values: [{ image: Buffer.from(PNG, 'base64') }], inputType: 'IMAGE_RETRIEVAL' },
      {
        taskType: 'SINGLE_EMBEDDING',
        singleEmbeddingParams: {
          embeddingPurpose: 'IMAGE_RETRIEVAL',
          image: { detailLevel: 'STANDARD_IMAGE', format: 'png', source: { bytes: PNG } },
        },
      },
    ],
  ])('%s: %j', async (modelId, request, body) => {
    const { fetch, sent } = models();
    const { embeddings, dimensions } = await embed({ modelId, ...request }, { ...CALL, fetch });
    expect(sent).toEqual([{ path: `/model/${modelId}/invoke`, body }]);
    expect(embeddings).toHaveLength(request.values.length);
    expect(dimensions).toBe(3);
  });
});

describe('many values', () => {
  it('are split into calls, at most five at once, and come back in their order', async () => {
    const { fetch, sent, seen } = models();
    const values = Array.from({ length: 1000 }, (_, i) => 'x'.repeat(i + 1));
    const { embeddings, usage, attempts } = await embed(
      { modelId: 'cohere.embed-english-v3', values },
      { ...CALL, fetch },
    );
    expect(sent.map(({ body }) => (body['texts'] as string[]).length)).toEqual([...Array(10).fill(96), 40]);
    expect(embeddings.map(([length]) => length)).toEqual(values.map(({ length }) => length));
    expect({ usage, attempts, most: seen.most }).toEqual({
      usage: { inputTokens: 44 },
      attempts: 11,
      most: 5,
    });
  });

  it('of both kinds go in calls of their own', async () => {
    const { fetch, sent } = models();
    const values = ['aa', { image: PNG }, 'bbbb', { image: PNG }];
    const { embeddings } = await embed({ modelId: 'cohere.embed-english-v3', values }, { ...CALL, fetch });
    expect(sent.map(({ body }) => Object.keys(body)[1])).toEqual(['texts', 'images', 'images']);
    expect(embeddings.map(([first]) => first)).toEqual([2, 37 + 9, 4, 37 + 9]);
  });

  it('may be called one after the other', async () => {
    const { fetch, seen } = models();
    const values = ['a', 'b', 'c'];
    await embed({ modelId: 'amazon.titan-embed-text-v2:0', values }, { ...CALL, fetch, concurrency: 1 });
    expect(seen.most).toBe(1);
  });
});

const failure = (promise: Promise<unknown>): Promise<BedrockError> =>
  promise.then(
    () => expect.fail('it succeeded'),
    (error: BedrockError) => error,
  );

describe('a call that fails', () => {
  it('fails all, with the embeddings that were there', async () => {
    const { fetch, sent } = models((_sent, n) =>
      n === 3
        ? Promise.resolve(
            Response.json(
              { message: 'Too long.' },
              { status: 400, headers: { 'x-amzn-errortype': 'ValidationException' } },
            ),
          )
        : undefined,
    );
    const values = Array.from({ length: 20 }, (_, i) => 'x'.repeat(i + 1));
    const error = await failure(
      embed({ modelId: 'amazon.titan-embed-text-v2:0', values }, { ...CALL, fetch, concurrency: 2 }),
    );
    expect(error).toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining('Too long.'),
    });
    expect(error.embeddings).toHaveLength(20);
    expect(error.embeddings?.[0]).toEqual([1, 1, 0]);
    expect(error.embeddings?.[2]).toBeUndefined();
    expect(error.embeddings?.[19]).toBeUndefined();
    // No call begins after the third has failed: at most the fourth was under way.
    const count = sent.length;
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(sent).toHaveLength(count);
    expect([3, 4]).toContain(count);
  });

  it('because it was aborted rejects with the reason, and nothing more is sent', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const { fetch, sent } = models(async (_sent, n) => {
      if (n === 5) controller.abort(reason);
      return undefined;
    });
    const values = Array.from({ length: 50 }, () => 'x');
    const { signal } = controller;
    await expect(
      embed({ modelId: 'amazon.titan-embed-text-v2:0', values }, { ...CALL, fetch, signal }),
    ).rejects.toBe(reason);
    const count = sent.length;
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(sent).toHaveLength(count);
  });

  it.each<[string, unknown]>([
    ['fewer embeddings', { embeddings: [[1]] }],
    ['no list', { embeddings: 'x' }],
    ['an embedding of texts', { embeddings: [['1'], ['2']] }],
    ['an empty embedding', { embeddings: [[], []] }],
    ['no JSON object', null],
  ])('because its answer has %s', async (_what, json) => {
    const { fetch } = models(async () => Response.json(json));
    const error = await failure(
      embed({ modelId: 'cohere.embed-english-v3', values: ['a', 'b'] }, { ...CALL, fetch }),
    );
    expect(error).toMatchObject({ code: 'ERR_PROTOCOL', message: expect.stringContaining('2 embeddings') });
  });
});

describe('the ARN of an application profile', () => {
  it('has the form of the model that GetInferenceProfile names, which is asked for once', async () => {
    const modelArn = 'arn:aws:bedrock:us-east-1::foundation-model/cohere.embed-v4:0';
    const { fetch, sent } = models(async ({ path, body }) =>
      path.startsWith('/inference-profiles/')
        ? Response.json({ models: [{ modelArn }] })
        : Response.json(answerOf('v4', body)),
    );
    const client = createBedrock({ ...CALL, fetch });
    for (let n = 0; n < 2; n++) await embed({ modelId: `${PROFILE}found`, values: ['a'] }, { client });
    expect(sent.map(({ path }) => path)).toEqual([
      `/inference-profiles/${PROFILE}found`,
      `/model/${PROFILE}found/invoke`,
      `/model/${PROFILE}found/invoke`,
    ]);
    expect(sent[1]?.body).toEqual({ input_type: 'search_document', texts: ['a'] });
  });

  it('has the form that foundationModelId says', async () => {
    const { fetch, sent } = models(async ({ body }) => Response.json(answerOf('titan', body)));
    await embed(
      { modelId: `${PROFILE}told`, values: ['a'], foundationModelId: 'amazon.titan-embed-text-v2:0' },
      { ...CALL, fetch },
    );
    expect(sent.map(({ body }) => body)).toEqual([{ inputText: 'a' }]);
  });

  it('says what to pass where GetInferenceProfile is not allowed', async () => {
    const { fetch } = models(async () =>
      Response.json(
        { message: 'No.' },
        { status: 403, headers: { 'x-amzn-errortype': 'AccessDeniedException' } },
      ),
    );
    const error = await failure(embed({ modelId: `${PROFILE}denied`, values: ['a'] }, { ...CALL, fetch }));
    expect(error.code).toBe('ERR_ACCESS_DENIED');
    expect(error.message).toMatch(
      /could not be looked up: .*bedrock:GetInferenceProfile.*Pass foundationModelId\./s,
    );
  });
});

describe('a request that cannot work is refused before anything is sent', () => {
  const TITAN = 'amazon.titan-embed-text-v2:0';
  it.each<[string, unknown, object?]>([
    ['values is missing. Pass a list of texts', { modelId: TITAN }],
    ['values is empty', { modelId: TITAN, values: [] }],
    ['values.1 is blank', { modelId: TITAN, values: ['a', ' '] }],
    ['values.0 is a number'.replace('a number', '7'), { modelId: TITAN, values: [7] }],
    [
      'user is not a known member. Pass { modelId, values }',
      { modelId: TITAN, values: ['a'], user: undefined },
    ],
    ['Pass values: [ … ]', { modelId: TITAN, value: 'a' }],
    ['Pass inputType', { modelId: TITAN, values: ['a'], input_type: 'search_query' }],
    [
      'has no embeddings of 7 dimensions. Pass 1024, 512, 256.',
      { modelId: TITAN, values: ['a'], dimensions: 7 },
    ],
    [
      'has embeddings of one length',
      { modelId: 'amazon.titan-embed-text-v1', values: ['a'], dimensions: 256 },
    ],
    ['does not write embeddings as int8', { modelId: TITAN, values: ['a'], encoding: 'int8' }],
    ['does not shorten texts', { modelId: TITAN, values: ['a'], truncate: 'end' }],
    ['always normalizes', { modelId: 'cohere.embed-v4:0', values: ['a'], normalize: false }],
    ['embeds texts only, and values.0 has an image', { modelId: TITAN, values: [{ image: PNG }] }],
    [
      'values.0 has both. Pass two values',
      { modelId: 'cohere.embed-english-v3', values: [{ text: 'a', image: PNG }] },
    ],
    ['is not PNG, JPEG, GIF or WebP', { modelId: 'cohere.embed-v4:0', values: [{ image: 'AAAA' }] }],
    [
      'amazon.nova-lite-v1:0 is not a model for embeddings',
      { modelId: 'amazon.nova-lite-v1:0', values: ['a'] },
    ],
    ['The option concurrency is not a whole number', { modelId: TITAN, values: ['a'] }, { concurrency: 0 }],
  ])('%s', async (words, request, options) => {
    const { fetch, sent } = models();
    const error = await failure(embed(request as EmbedRequest, { ...CALL, fetch, ...options }));
    expect(error.code).toBe('ERR_INPUT');
    expect(error.message).toContain(words);
    expect(sent).toEqual([]);
  });
});
