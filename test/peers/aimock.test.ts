import { LLMock } from '@copilotkit/aimock';
import { createBedrock } from 'bedrock-anywhere';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** A Bedrock that others wrote: what it sends was made without a look at our decoder. */
const mock = new LLMock({ port: 0 });
let bedrock: ReturnType<typeof createBedrock>;

beforeAll(async () => {
  mock.on({ userMessage: 'hello' }, { content: 'Hello from somewhere else!' });
  mock.on({ userMessage: 'weather' }, { toolCalls: [{ name: 'get_weather', arguments: '{"city":"Bern"}' }] });
  bedrock = createBedrock({
    endpoint: await mock.start(),
    region: 'us-east-1',
    credentials: { token: 'any' },
    maxAttempts: 1,
  });
});
afterAll(() => mock.stop());

const ask = (text: string) => ({
  modelId: 'anthropic.claude-x',
  messages: [{ role: 'user' as const, content: [{ text }] }],
});

describe("against @copilotkit/aimock's server", () => {
  it('stream() reads its text', async () => {
    const answer = bedrock.stream(ask('hello'));
    const pieces: string[] = [];
    for await (const piece of answer.textStream()) pieces.push(piece);
    expect(pieces.join('')).toBe('Hello from somewhere else!');
    expect((await answer.result()).stopReason).toBe('end_turn');
  });

  it('stream() reads its tool call', async () => {
    const { toolUses, stopReason } = await bedrock.stream(ask('weather')).result();
    expect(toolUses).toMatchObject([{ name: 'get_weather', input: { city: 'Bern' } }]);
    expect(stopReason).toBe('tool_use');
  });

  it('converse() reads its answer', async () => {
    const { message } = await bedrock.converse(ask('hello'));
    expect(message.content).toEqual([{ text: 'Hello from somewhere else!' }]);
  });

  it('its errors, which have the shape of OpenAI, become errors of ours', async () => {
    await expect(bedrock.converse(ask('what nobody scripted'))).rejects.toMatchObject({
      code: 'ERR_NOT_FOUND',
      status: 404,
    });
  });
});
