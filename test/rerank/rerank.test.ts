import { describe, expect, it } from 'vitest';
import { sdkTransport } from '../../src/aws/index.js';
import { createBedrock, isBedrockError, type RerankRequest, rerank } from '../../src/index.js';

const KEYS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'key' };
const CALL = { region: 'us-west-2', credentials: KEYS, maxAttempts: 1 };
const MODEL = 'cohere.rerank-v3-5:0';

function service(...answers: unknown[]) {
  const sent: { url: string; authorization: string; body: unknown }[] = [];
  const fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init);
    const authorization = request.headers.get('authorization') ?? '';
    sent.push({ url: request.url, authorization, body: await request.json() });
    return Response.json(answers[Math.min(sent.length, answers.length) - 1]);
  };
  return { fetch, sent };
}

const DOCUMENTS = ['Grass is green.', 'Air scatters blue light.', { title: 'Sky', body: 'blue' }];

describe('rerank() with access keys', () => {
  it('calls Rerank for all documents, and returns them best first', async () => {
    const { fetch, sent } = service({
      results: [
        { index: 0, relevanceScore: 0.1 },
        { index: 2, relevanceScore: 0.5 },
        { index: 1, relevanceScore: 0.9 },
      ],
    });
    const { results, attempts } = await rerank(
      { modelId: MODEL, query: 'Why is the sky blue?', documents: DOCUMENTS },
      { ...CALL, fetch },
    );
    expect(results).toEqual([
      { index: 1, score: 0.9, document: DOCUMENTS[1] },
      { index: 2, score: 0.5, document: DOCUMENTS[2] },
      { index: 0, score: 0.1, document: DOCUMENTS[0] },
    ]);
    expect(attempts).toBe(1);
    expect(sent[0]?.url).toBe('https://bedrock-agent-runtime.us-west-2.amazonaws.com/rerank');
    // The service refuses its own name there.
    expect(sent[0]?.authorization).toContain('/us-west-2/bedrock/aws4_request');
    expect(sent[0]?.body).toEqual({
      queries: [{ type: 'TEXT', textQuery: { text: 'Why is the sky blue?' } }],
      sources: [
        inline({ type: 'TEXT', textDocument: { text: DOCUMENTS[0] } }),
        inline({ type: 'TEXT', textDocument: { text: DOCUMENTS[1] } }),
        inline({ type: 'JSON', jsonDocument: DOCUMENTS[2] }),
      ],
      rerankingConfiguration: {
        type: 'BEDROCK_RERANKING_MODEL',
        bedrockRerankingConfiguration: {
          modelConfiguration: { modelArn: `arn:aws:bedrock:us-west-2::foundation-model/${MODEL}` },
          numberOfResults: 3,
        },
      },
    });
  });

  it('reads all pages, and no more than there are', async () => {
    const { fetch, sent } = service(
      { results: [{ index: 0, relevanceScore: 0.2 }], nextToken: 'next' },
      { results: [{ index: 1, relevanceScore: 0.7 }] },
    );
    const { results, attempts } = await rerank(
      { modelId: MODEL, query: 'q', documents: ['a', 'b'] },
      { ...CALL, fetch },
    );
    expect(results.map(({ index }) => index)).toEqual([1, 0]);
    expect(attempts).toBe(2);
    expect(sent[1]?.body).toMatchObject({ nextToken: 'next' });
  });

  it('takes the region and partition of an ARN', async () => {
    const modelId = `arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/${MODEL}`;
    const { fetch, sent } = service({ results: [{ index: 0, relevanceScore: 1 }] });
    await rerank(
      { modelId, query: 'q', documents: ['a'] },
      { credentials: KEYS, fetch, maxAttempts: 1 },
    ).catch((error: unknown) => error);
    expect(sent[0]?.url ?? '').toContain('bedrock-agent-runtime.us-gov-west-1.amazonaws.com');
  });

  it('has its own variable for the endpoint', async () => {
    process.env['AWS_ENDPOINT_URL_BEDROCK_AGENT_RUNTIME'] = 'https://agents.example';
    try {
      const { fetch, sent } = service({ results: [{ index: 0, relevanceScore: 1 }] });
      await rerank({ modelId: MODEL, query: 'q', documents: ['a'] }, { ...CALL, fetch });
      expect(sent[0]?.url).toBe('https://agents.example/rerank');
    } finally {
      delete process.env['AWS_ENDPOINT_URL_BEDROCK_AGENT_RUNTIME'];
    }
  });
});

describe('rerank() with a Bedrock API key, which Rerank does not accept', () => {
  it.each([
    [MODEL, { api_version: 2 }],
    ['amazon.rerank-v1:0', {}],
  ])('calls InvokeModel of %s', async (modelId, more) => {
    const { fetch, sent } = service({ results: [{ index: 1, relevance_score: 0.8 }] });
    const { results } = await rerank(
      { modelId, query: 'q', documents: DOCUMENTS, topN: 1 },
      { ...CALL, credentials: async () => ({ token: 'bedrock-api-key-x' }), fetch },
    );
    expect(results).toEqual([{ index: 1, score: 0.8, document: DOCUMENTS[1] }]);
    expect(sent).toHaveLength(1);
    expect(decodeURIComponent(sent[0]?.url ?? '')).toBe(
      `https://bedrock-runtime.us-west-2.amazonaws.com/model/${modelId}/invoke`,
    );
    expect(sent[0]?.body).toEqual({
      query: 'q',
      documents: [DOCUMENTS[0], DOCUMENTS[1], JSON.stringify(DOCUMENTS[2])],
      top_n: 1,
      ...more,
    });
  });
});

describe('rerank() refuses', () => {
  it('to go through sdkTransport(), which has no client for it', async () => {
    const bedrock = createBedrock({ transport: sdkTransport({ region: 'us-west-2', credentials: KEYS }) });
    const call = rerank({ modelId: MODEL, query: 'q', documents: ['a'] }, { client: bedrock });
    await expect(call).rejects.toMatchObject({
      code: 'ERR_INPUT',
      message: expect.stringContaining('Omit the transport, or call invokeModel()'),
    });
  });

  it.each<[string, unknown]>([
    ['documents has 0 items', { modelId: MODEL, query: 'q', documents: [] }],
    ['documents has 1001 items', { modelId: MODEL, query: 'q', documents: Array(1001).fill('a') }],
    ['documents.1 has 0 characters', { modelId: MODEL, query: 'q', documents: ['a', ''] }],
    ['query has 0 characters', { modelId: MODEL, query: '', documents: ['a'] }],
    ['query has 32001 characters', { modelId: MODEL, query: 'q'.repeat(32_001), documents: ['a'] }],
    ['documents.0 has 32001 characters', { modelId: MODEL, query: 'q', documents: ['a'.repeat(32_001)] }],
    ['Pass topN', { modelId: MODEL, query: 'q', documents: ['a'], top_n: 1 }],
    ['topN is 0', { modelId: MODEL, query: 'q', documents: ['a'], topN: 0 }],
    ['is not a model that ranks', { modelId: 'cohere.embed-v4:0', query: 'q', documents: ['a'] }],
    ['query is missing', { modelId: MODEL, documents: ['a'] }],
  ])('%s', async (words, request) => {
    const { fetch, sent } = service({});
    const error: unknown = await rerank(request as RerankRequest, { ...CALL, fetch }).catch(
      (e: unknown) => e,
    );
    expect(isBedrockError(error) && error.code).toBe('ERR_INPUT');
    expect((error as Error).message).toContain(words);
    expect(sent).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['no results', {}],
    ['an index beyond the documents', { results: [{ index: 7, relevanceScore: 1 }] }],
    ['an index that is a text', { results: [{ index: '0', relevanceScore: 1 }] }],
    ['the name of a member as index', { results: [{ index: 'length', relevanceScore: 1 }] }],
    [
      'a document twice',
      {
        results: [
          { index: 0, relevanceScore: 1 },
          { index: 0, relevanceScore: 1 },
        ],
      },
    ],
    ['no score', { results: [{ index: 0 }] }],
  ])('an answer with %s', async (_what, json) => {
    const { fetch } = service(json);
    const call = rerank({ modelId: MODEL, query: 'q', documents: ['a', 'b'] }, { ...CALL, fetch });
    await expect(call).rejects.toMatchObject({ code: 'ERR_PROTOCOL' });
  });
});

const inline = (inlineDocumentSource: object) => ({ type: 'INLINE', inlineDocumentSource });
