import Anthropic from '@anthropic-ai/sdk';
import { createBedrock } from 'bedrock-anywhere';
import { createGateway, type GatewayOptions } from 'bedrock-anywhere/gateway';
import { createLocalBedrock, type LocalBedrockOptions, localTransport } from 'bedrock-anywhere/local';
import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { CLAUDE } from './setup.js';

const PARAMETERS = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } as const;

/** The packages openai and @anthropic-ai/sdk, whose requests go to a gateway in this process. */
function connect(script: NonNullable<LocalBedrockOptions['script']>, options: Partial<GatewayOptions> = {}) {
  const local = createLocalBedrock({ script });
  const gateway = createGateway({
    bedrock: createBedrock({ transport: localTransport(local), maxRetryDelayMs: 0 }),
    authorize: (_request, { key }) => (key === 'k' ? { name: 'me' } : undefined),
    ...options,
  });
  const fetch = (input: RequestInfo | URL, init?: RequestInit): Promise<Response> =>
    gateway.fetch(new Request(input, init));
  const shared = { apiKey: 'k', fetch, maxRetries: 0 };
  return {
    local,
    openai: new OpenAI({ ...shared, baseURL: 'http://gateway.test/v1' }),
    anthropic: new Anthropic({ ...shared, baseURL: 'http://gateway.test' }),
  };
}

describe('the package openai', () => {
  const tool = {
    type: 'function',
    function: {
      name: 'get_weather',
      parameters: PARAMETERS,
      parse: JSON.parse,
      function: ({ city }: { city: string }) => `sunny in ${city}`,
    },
  } as const;
  const script = [
    { toolResult: 'sunny in Bern', text: 'It is sunny.' },
    {
      reasoning: { text: 'Hm.', signature: 'S' },
      toolUse: [
        { name: 'get_weather', input: { city: 'Bern' } },
        { name: 'get_weather', input: { city: 'Rome' } },
      ],
    },
  ];
  const ask = { model: CLAUDE, messages: [{ role: 'user', content: 'Weather?' }], tools: [tool] } as const;

  it.each([true, false])('runs tools (streamed: %s) and brings reasoning back', async (stream) => {
    const { openai, local } = connect(script);
    const runner = openai.chat.completions.runTools({
      ...ask,
      messages: [...ask.messages],
      tools: [tool as never],
      reasoning_effort: 'low',
      stream,
    } as never);
    expect(await (runner as unknown as { finalContent(): Promise<string> }).finalContent()).toBe(
      'It is sunny.',
    );
    expect(local.requests.at(-1)?.body).toMatchObject({
      messages: [
        {},
        {
          content: [
            { reasoningContent: { reasoningText: { signature: 'S' } } },
            { toolUse: {} },
            { toolUse: {} },
          ],
        },
        { content: [{ toolResult: {} }, { toolResult: {} }] },
      ],
      additionalModelRequestFields: { thinking: { type: 'enabled' } },
    });
  });

  it('reads responses, streamed and whole', async () => {
    const { openai } = connect([
      {
        reasoning: { text: 'Hm.', signature: 'S' },
        text: 'I look.',
        toolUse: { name: 'get_weather', input: { city: 'Bern' }, toolUseId: 'a' },
      },
    ]);
    const function_ = {
      type: 'function' as const,
      name: 'get_weather',
      parameters: PARAMETERS as never,
      strict: false,
    };
    const request = { model: CLAUDE, input: 'Weather?', tools: [function_] };
    const whole = await openai.responses.create(request);
    const streamed = await openai.responses.stream(request).finalResponse();
    expect(whole.output_text).toBe('I look.');
    for (const { output, status } of [whole, streamed]) {
      expect(status).toBe('completed');
      expect(output).toMatchObject([
        { type: 'reasoning' },
        { type: 'message' },
        { type: 'function_call', call_id: 'a', arguments: '{"city":"Bern"}' },
      ]);
    }
  });

  it('lists models, and embeds by its default, base64', async () => {
    const { openai } = connect([]);
    const models = await openai.models.list();
    expect(models.data.map(({ id }) => id)).toContain(CLAUDE);
    expect((await openai.models.retrieve(CLAUDE)).id).toBe(CLAUDE);
    const { data } = await openai.embeddings.create({
      model: 'amazon.titan-embed-text-v2:0',
      input: 'x',
      dimensions: 256,
    });
    expect(data[0]?.embedding).toHaveLength(256);
  });

  it('throws its own errors, in the stream too', async () => {
    const { openai } = connect([
      { user: 'throttle', error: 'ThrottlingException' },
      { error: { name: 'modelStreamErrorException', afterEvents: 5 } },
    ]);
    const messages = [{ role: 'user' as const, content: 'throttle' }];
    await expect(openai.chat.completions.create({ model: CLAUDE, messages })).rejects.toMatchObject({
      name: 'Error',
      status: 429,
      code: 'rate_limit_exceeded',
    });
    const stream = await openai.chat.completions.create({
      model: CLAUDE,
      messages: [{ role: 'user', content: 'x' }],
      stream: true,
    });
    const read = async () => {
      for await (const _chunk of stream);
    };
    await expect(read()).rejects.toThrow(/model failed/);
  });
});

describe('the package @anthropic-ai/sdk', () => {
  const tool = { name: 'get_weather', input_schema: PARAMETERS as never };

  it('reads streams with every kind of block', async () => {
    const { anthropic } = connect([
      {
        reasoning: { text: 'Hm.', signature: 'S', redacted: 'aGlkZGVu' },
        text: 'I look.',
        toolUse: { name: 'get_weather', input: { city: 'Bern' }, toolUseId: 'a' },
      },
    ]);
    const stream = anthropic.messages.stream({
      model: CLAUDE,
      max_tokens: 100,
      messages: [{ role: 'user', content: 'x' }],
      tools: [tool],
    });
    const message = await stream.finalMessage();
    expect(message).toMatchObject({
      stop_reason: 'tool_use',
      content: [
        { type: 'thinking', thinking: 'Hm.', signature: 'S' },
        { type: 'redacted_thinking', data: 'aGlkZGVu' },
        { type: 'text', text: 'I look.' },
        { type: 'tool_use', id: 'a', input: { city: 'Bern' } },
      ],
    });
    expect(message.usage.output_tokens).toBeGreaterThan(0);
  });

  it('creates, counts and lists', async () => {
    const { anthropic } = connect([{ text: 'Hello' }]);
    const ask = { model: CLAUDE, messages: [{ role: 'user' as const, content: 'x' }] };
    expect((await anthropic.messages.create({ ...ask, max_tokens: 10 })).content).toMatchObject([
      { text: 'Hello' },
    ]);
    expect((await anthropic.messages.countTokens(ask)).input_tokens).toBeGreaterThan(0);
    const ids: string[] = [];
    for await (const { id } of anthropic.models.list({ limit: 5 })) ids.push(id);
    expect(ids).toContain(CLAUDE);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('throws its own errors, in the stream too', async () => {
    const { anthropic } = connect([{ error: { name: 'modelStreamErrorException', afterEvents: 5 } }]);
    await expect(
      anthropic.messages.create({ model: 'claude-9', max_tokens: 1, messages: [] }),
    ).rejects.toBeInstanceOf(Anthropic.BadRequestError);
    const stream = anthropic.messages.stream({
      model: CLAUDE,
      max_tokens: 10,
      messages: [{ role: 'user', content: 'x' }],
    });
    await expect(stream.finalMessage()).rejects.toThrow(/model failed/);
  });
});
