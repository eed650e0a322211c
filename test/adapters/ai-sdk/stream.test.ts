import { createAmazonBedrock } from 'bedrock-anywhere/ai-sdk';
import { createAmazonBedrock as createV3 } from 'bedrock-anywhere/ai-sdk/v3';
import { describe, expect, it, vi } from 'vitest';
import {
  ask,
  failureOf,
  NOVA,
  OPUS47,
  partsOf,
  SONNET,
  startProvider,
  startServer,
  WEATHER,
} from './local.js';

describe('doStream()', () => {
  it('makes parts in the order of the answer: reasoning with its signature, text, tools with their input', async () => {
    const { bedrock } = startProvider({
      script: [
        {
          reasoning: { text: 'Look it up.', signature: 'signed' },
          text: 'I will look.',
          toolUse: { name: 'get_weather', input: { city: 'Paris' }, toolUseId: 'tooluse_1' },
        },
      ],
    });
    const call = ask('Hi', { tools: [WEATHER], reasoning: 'high' });
    const { stream, request } = await bedrock(OPUS47).doStream(call);
    const parts = await partsOf(stream);
    expect(parts.map(({ type }) => type).filter((type, i, all) => type !== all[i - 1])).toEqual([
      'stream-start',
      'response-metadata',
      'reasoning-start',
      'reasoning-delta',
      'reasoning-end',
      'text-start',
      'text-delta',
      'text-end',
      'tool-input-start',
      'tool-input-delta',
      'tool-input-end',
      'tool-call',
      'finish',
    ]);
    expect(parts).toContainEqual({
      type: 'reasoning-delta',
      id: '0',
      delta: '',
      providerMetadata: { bedrock: { signature: 'signed' }, amazonBedrock: { signature: 'signed' } },
    });
    expect(parts).toContainEqual({
      type: 'tool-call',
      toolCallId: 'tooluse_1',
      toolName: 'get_weather',
      input: '{"city":"Paris"}',
    });
    expect(parts.at(-1)).toMatchObject({
      type: 'finish',
      finishReason: { unified: 'tool-calls', raw: 'tool_use' },
      usage: { inputTokens: { total: expect.any(Number) as unknown, cacheRead: 0 } },
    });
    expect(request.body).toMatchObject({ modelId: OPUS47 });
  });

  it('joins encrypted reasoning, and takes it back', async () => {
    const { bedrock, bodies } = startProvider({
      script: [{ reasoning: { redacted: 'AAEC' }, text: 'Hello.' }],
    });
    const model = bedrock(OPUS47);
    const parts = await partsOf((await model.doStream(ask('Hi', { reasoning: 'low' }))).stream);
    const end = parts.find(({ type }) => type === 'reasoning-end') as { providerMetadata: object };
    const { content } = await model.doGenerate(ask('Hi', { reasoning: 'low' }));
    expect(content[0]).toMatchObject({ type: 'reasoning', providerMetadata: end.providerMetadata });
    await model.doGenerate({
      prompt: [
        ...ask().prompt,
        {
          role: 'assistant',
          content: [
            { type: 'reasoning', text: '', providerOptions: end.providerMetadata as never },
            { type: 'text', text: 'Hello.' },
          ],
        },
        ...ask('And?').prompt,
      ],
      reasoning: 'low',
    });
    expect(bodies().at(-1)?.messages[1]?.content[0]).toEqual({
      reasoningContent: { redactedContent: 'AAEC' },
    });
  });

  it('streams an object from the input of its tool as text', async () => {
    const { bedrock } = startProvider({ script: [{ toolUse: { name: 'json', input: { city: 'Rome' } } }] });
    const schema = { type: 'object', properties: { city: { type: 'string' } } };
    const call = ask('Hi', { responseFormat: { type: 'json', schema } });
    const parts = await partsOf((await bedrock(NOVA).doStream(call)).stream);
    expect(parts.flatMap((part) => (part.type === 'text-delta' ? part.delta : [])).join('')).toBe(
      '{"city":"Rome"}',
    );
    expect(parts.some(({ type }) => type.startsWith('tool'))).toBe(false);
    expect(parts.at(-1)).toMatchObject({
      finishReason: { unified: 'stop', raw: 'tool_use' },
      providerMetadata: { bedrock: { isJsonResponseFromTool: true } },
    });
  });

  it('ends an answer that was cut as interrupted, with what had arrived; in V3 with an error', async () => {
    const { settings } = await startServer({
      script: [{ text: 'word '.repeat(50) }],
      faults: ['truncate=1500', 'truncate=1500'],
    });
    const parts = await partsOf((await createAmazonBedrock(settings)(NOVA).doStream(ask())).stream);
    expect(parts.some(({ type }) => type === 'error')).toBe(false);
    expect(parts.slice(-3)).toMatchObject([
      { type: 'text-delta', delta: expect.stringContaining('word') as unknown },
      { type: 'text-end' },
      { type: 'finish', finishReason: { unified: 'interrupted' } },
    ]);
    const { stream } = await createV3(settings)(NOVA).doStream(ask());
    const older = await partsOf(stream as never);
    expect(older.slice(-3)).toMatchObject([
      { type: 'text-end' },
      { type: 'error', error: { name: 'AI_APICallError', cause: { code: 'ERR_TRUNCATED' } } },
      { type: 'finish', finishReason: { unified: 'error' } },
    ]);
  });

  it('omits a tool call that was cut', async () => {
    const input = { city: 'Paris '.repeat(200) };
    const { settings } = await startServer({
      script: [{ toolUse: { name: 'get_weather', input } }],
      faults: ['truncate=1500'],
    });
    const bedrock = createAmazonBedrock(settings);
    const { stream } = await bedrock(NOVA).doStream(ask('Hi', { tools: [WEATHER] }));
    const types = (await partsOf(stream)).map(({ type }) => type);
    expect(types).toContain('tool-input-delta');
    expect(types).not.toContain('tool-call');
  });

  it('repeats a stream that failed before its content, and rejects if it fails again', async () => {
    const { bedrock, local } = startProvider({
      script: [{ text: 'Hello.' }],
      faults: [
        'exception=throttlingException@1',
        '',
        ...Array<string>(2).fill('exception=throttlingException@1'),
      ],
    });
    const parts = await partsOf((await bedrock(NOVA).doStream(ask())).stream);
    expect(parts.at(-1)).toMatchObject({ finishReason: { unified: 'stop' } });
    expect(await failureOf(bedrock(NOVA).doStream(ask()))).toMatchObject({
      name: 'AI_APICallError',
      statusCode: 429,
      isRetryable: true,
    });
    expect(local.requests).toHaveLength(4);
  });

  it('has an error part with the status of the exception for a failure in the text', async () => {
    const { bedrock } = startProvider({
      script: [{ text: 'word '.repeat(50) }],
      faults: ['exception=modelStreamErrorException@6'],
    });
    const parts = await partsOf((await bedrock(NOVA).doStream(ask())).stream);
    expect(parts.slice(-3)).toMatchObject([
      { type: 'text-end' },
      { type: 'error', error: { name: 'AI_APICallError', statusCode: 424, isRetryable: true } },
      { type: 'finish', finishReason: { unified: 'error' } },
    ]);
  });

  it('closes the connection when it is cancelled', async () => {
    const { local, settings } = await startServer({
      script: [{ text: 'word '.repeat(500) }],
      faults: ['stall=12'],
    });
    const bedrock = createAmazonBedrock(settings);
    const { stream } = await bedrock(NOVA).doStream(ask());
    const reader = stream.getReader();
    await reader.read();
    await reader.cancel();
    await vi.waitFor(() => expect(local.liveConnections()).toBe(0));
  });

  it("rejects with the caller's own reason after an abort, before and in the stream", async () => {
    const { local, settings } = await startServer({
      script: [{ text: 'word '.repeat(500) }],
      faults: ['stall=12'],
    });
    const bedrock = createAmazonBedrock(settings);
    const controller = new AbortController();
    const reason = new Error('enough');
    const { stream } = await bedrock(NOVA).doStream(ask('Hi', { abortSignal: controller.signal }));
    const reader = stream.getReader();
    await reader.read();
    controller.abort(reason);
    const read = async (): Promise<void> => {
      while (!(await reader.read()).done);
    };
    expect(await failureOf(read())).toBe(reason);
    const late = bedrock(NOVA).doStream(ask('Hi', { abortSignal: controller.signal }));
    expect(await failureOf(late)).toBe(reason);
    expect(local.requests).toHaveLength(1);
  });

  it('passes on events if raw chunks are wanted, and none otherwise', async () => {
    const { bedrock } = startProvider({ script: [{ text: 'Hi.' }] });
    const rawOf = async (includeRawChunks: boolean) => {
      const parts = await partsOf((await bedrock(SONNET).doStream(ask('Hi', { includeRawChunks }))).stream);
      return parts.flatMap((part) => (part.type === 'raw' ? Object.keys(part.rawValue as object) : []));
    };
    expect(await rawOf(true)).toEqual([
      'messageStart',
      'contentBlockDelta',
      'contentBlockStop',
      'messageStop',
      'metadata',
    ]);
    expect(await rawOf(false)).toEqual([]);
  });
});
