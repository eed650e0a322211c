import type { ConverseRequest } from 'bedrock-anywhere';
import { describe, expect, it } from 'vitest';
import { failure, modelPath, send } from '../request.js';
import { answers, ask, bodiesOf, CLAUDE, completion, setUp, WEATHER } from './server.js';

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** What the upstream is sent for a request. */
async function sentFor(request: Partial<ConverseRequest>): Promise<Record<string, unknown>> {
  const { bedrock, server } = await setUp(answers(completion({ content: 'Hello' })));
  await bedrock.converse({ ...ask('Hi', CLAUDE), ...request } as ConverseRequest);
  return bodiesOf(server)[0] ?? {};
}

/** The messages for the blocks of one message of the user. */
async function messagesFor(...content: object[]): Promise<unknown> {
  const { messages } = await sentFor({ messages: [{ role: 'user', content }] } as Partial<ConverseRequest>);
  return messages;
}

/** Why a request with these blocks is refused. */
async function refusalOf(...content: object[]): Promise<string> {
  const { local, server } = await setUp(answers(completion({ content: 'Hello' })));
  const body = { messages: [{ role: 'user', content }] };
  const response = await send(local, { path: modelPath('converse', 'amazon.nova-pro-v1:0'), body });
  const { message } = (await response.json()) as { message: string };
  expect({ status: response.status, requests: server.requests.length }).toEqual({ status: 400, requests: 0 });
  return message;
}

describe('a request', () => {
  it('is sent with the name of the model, and nothing that was not set', async () => {
    expect(await sentFor({})).toEqual({ model: 'qwen3:8b', messages: [{ role: 'user', content: 'Hi' }] });
  });

  it('has the system prompt, sampling, limits and stop sequences', async () => {
    const sent = await sentFor({
      modelId: 'us.anthropic.claude-3-7-sonnet-20250219-v1:0',
      system: [{ text: 'Be brief.' }, { cachePoint: { type: 'default' } }, { text: 'Be kind.' }],
      inferenceConfig: { maxTokens: 100, temperature: 0.5, topP: 0.9, stopSequences: ['END', '###'] },
      additionalModelRequestFields: { top_k: 40, unknown: 1 },
    });
    expect(sent).toEqual({
      model: 'qwen3:8b',
      messages: [
        { role: 'system', content: 'Be brief.\n\nBe kind.' },
        { role: 'user', content: 'Hi' },
      ],
      max_tokens: 100,
      temperature: 0.5,
      top_p: 0.9,
      top_k: 40,
      stop: ['END', '###'],
    });
  });

  it.each([
    [{ auto: {} }, 'auto'],
    [{ any: {} }, 'required'],
    [{ tool: { name: 'get_weather' } }, { type: 'function', function: { name: 'get_weather' } }],
    [undefined, undefined],
  ])('has tools with their schemas, and the choice %j as %j', async (toolChoice, choice) => {
    const tools = [WEATHER];
    const { inputSchema, ...spec } = WEATHER.toolSpec;
    const sent = await sentFor({
      toolConfig: { tools, ...(toolChoice && { toolChoice }) },
    } as Partial<ConverseRequest>);
    expect(sent['tools']).toEqual([
      { type: 'function', function: { ...spec, parameters: inputSchema.json } },
    ]);
    expect(sent['tool_choice']).toEqual(choice);
  });

  it.each<[string, Partial<ConverseRequest>]>([
    [
      'outputConfig',
      {
        outputConfig: {
          textFormat: {
            type: 'json_schema',
            structure: {
              jsonSchema: { name: 'city', schema: '{"type":"object","additionalProperties":false}' },
            },
          },
        },
      },
    ],
    [
      "Claude's own field",
      {
        additionalModelRequestFields: {
          output_config: {
            format: { type: 'json_schema', schema: { type: 'object', additionalProperties: false } },
          },
        },
      },
    ],
  ])('has the schema in %s as response_format', async (_name, request) => {
    expect((await sentFor(request))['response_format']).toEqual({
      type: 'json_schema',
      json_schema: { name: 'answer', strict: true, schema: { type: 'object', additionalProperties: false } },
    });
  });

  it('has the whole conversation: text, calls, results, without reasoning', async () => {
    const use = { toolUseId: 'tooluse_abcdefghi', name: 'get_weather', input: { city: 'Bern' } };
    const failed = { toolUseId: 'tooluse_jklmnopqr', name: 'get_weather', input: {} };
    const signed = { reasoningText: { text: 'Hm.', signature: 'c2lnbmF0dXJl' } };
    const { messages } = await sentFor({
      toolConfig: { tools: [WEATHER] },
      messages: [
        { role: 'user', content: [{ text: 'Hi' }] },
        {
          role: 'assistant',
          content: [
            { reasoningContent: signed },
            { text: 'Let me look.' },
            { toolUse: use },
            { toolUse: failed },
          ],
        },
        {
          role: 'user',
          content: [
            {
              toolResult: { toolUseId: use.toolUseId, content: [{ json: { sun: true } }, { text: 'warm' }] },
            },
            { toolResult: { toolUseId: failed.toolUseId, content: [{ text: 'no city' }], status: 'error' } },
            { text: 'Well?' },
          ],
        },
      ],
    });
    const call = (id: string, input: object) => ({
      id,
      type: 'function',
      function: { name: 'get_weather', arguments: JSON.stringify(input) },
    });
    expect(messages).toEqual([
      { role: 'user', content: 'Hi' },
      {
        role: 'assistant',
        content: 'Let me look.',
        tool_calls: [call(use.toolUseId, { city: 'Bern' }), call(failed.toolUseId, {})],
      },
      { role: 'tool', tool_call_id: use.toolUseId, content: '{"sun":true}\n\nwarm' },
      { role: 'tool', tool_call_id: failed.toolUseId, content: 'Error: no city' },
      { role: 'user', content: 'Well?' },
    ]);
  });
});

describe('content', () => {
  it('that is an image becomes a data URL', async () => {
    const image = { format: 'png', source: { bytes: PNG } };
    expect(await messagesFor({ text: 'What is this?' }, { image })).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is this?' },
          { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG.toString('base64')}` } },
        ],
      },
    ]);
  });

  it('that is an image in a tool result follows it in a message of the user', async () => {
    const use = { toolUseId: 'tooluse_abcdefghi', name: 'get_weather', input: {} };
    const image = { format: 'png' as const, source: { bytes: PNG } };
    const { messages } = await sentFor({
      toolConfig: { tools: [WEATHER] },
      messages: [
        { role: 'user', content: [{ text: 'Hi' }] },
        { role: 'assistant', content: [{ toolUse: use }] },
        {
          role: 'user',
          content: [{ toolResult: { toolUseId: use.toolUseId, content: [{ text: 'A map' }, { image }] } }],
        },
      ],
    });
    expect((messages as object[]).slice(2)).toEqual([
      { role: 'tool', tool_call_id: use.toolUseId, content: 'A map' },
      {
        role: 'user',
        content: [
          { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG.toString('base64')}` } },
        ],
      },
    ]);
  });

  it.each([
    [
      'bytes of a format that is text',
      { format: 'csv', source: { bytes: Buffer.from('a,b\n1,ü') } },
      'a,b\n1,ü',
    ],
    ['text', { format: 'txt', source: { text: 'words' } }, 'words'],
    [
      'pieces of text',
      { format: 'txt', source: { content: [{ text: 'one' }, { text: 'two' }] } },
      'one\ntwo',
    ],
  ])('that is a document of %s becomes text with its name', async (_name, document, text) => {
    expect(await messagesFor({ text: 'Read.' }, { document: { name: 'Report', ...document } })).toEqual([
      { role: 'user', content: `Read.\n\nDocument "Report":\n\n${text}` },
    ]);
  });

  it('that is marked for a guardrail is sent without the mark', async () => {
    expect(await messagesFor({ guardContent: { text: { text: 'Hello' } } })).toEqual([
      { role: 'user', content: 'Hello' },
    ]);
  });

  it.each([
    [
      'a document that is not text',
      {
        document: {
          name: 'Report',
          format: 'pdf',
          source: { bytes: Buffer.from('%PDF-1.4').toString('base64') },
        },
      },
      /documents to its upstream as text.*format pdf.*txt, md, html, csv/,
    ],
    [
      'a document in S3',
      {
        document: {
          name: 'Report',
          format: 'txt',
          source: { s3Location: { uri: 's3://bucket/report.txt' } },
        },
      },
      /a document to its upstream from bytes only: it has no S3/,
    ],
    [
      'a video',
      { video: { format: 'mp4', source: { bytes: Buffer.from('video').toString('base64') } } },
      /cannot pass a video to its upstream/,
    ],
  ])('that is %s is refused, with what to do', async (_name, block, message) => {
    expect(await refusalOf({ text: 'Read.' }, block)).toMatch(message);
  });
});

it('what the service rejects never reaches the upstream', async () => {
  const { local, server } = await setUp(answers(completion({ content: 'Hello' })));
  const response = await send(local, {
    path: modelPath('converse', 'us.anthropic.claude-opus-4-7'),
    body: { ...ask(), inferenceConfig: { temperature: 0.5 } },
  });
  expect(await failure(response)).toMatchObject({ name: 'ValidationException' });
  expect(server.requests).toEqual([]);
});
