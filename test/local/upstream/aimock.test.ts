import { LLMock } from '@copilotkit/aimock';
import { type Bedrock, createBedrock, runTools, tool } from 'bedrock-anywhere';
import { createLocalBedrock, localTransport } from 'bedrock-anywhere/local';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from './server.js';

/** An OpenAI-compatible server that others wrote. */
const mock = new LLMock({ port: 0, chunkSize: 4 });
let bedrock: Bedrock;

beforeAll(async () => {
  mock.on({ userMessage: 'hello' }, { content: 'Hello from somewhere else!' });
  mock.on({ userMessage: 'think' }, { reasoning: 'Let me see.', content: 'Done.' });
  mock.on({ userMessage: 'busy' }, { error: { message: 'too busy', type: 'rate_limit' }, status: 429 });
  mock.on(
    { userMessage: 'weather', hasToolResult: false },
    { toolCalls: [{ name: 'get_weather', arguments: '{"city":"Bern"}' }] },
  );
  mock.on({ userMessage: 'weather', hasToolResult: true }, { content: 'It is sunny in Bern.' });
  mock.on({ userMessage: 'break' }, { content: 'This never gets to its end.' }, { truncateAfterChunks: 3 });
  const local = createLocalBedrock({ upstream: `${await mock.start()}/v1` });
  bedrock = createBedrock({ transport: localTransport(local), maxAttempts: 1 });
});
afterAll(() => mock.stop());

const CLAUDE = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';

describe("@copilotkit/aimock's server as the upstream", () => {
  it('answers stream() and converse() with text', async () => {
    const pieces: string[] = [];
    for await (const piece of bedrock.stream(ask('hello')).textStream()) pieces.push(piece);
    expect(pieces.length).toBeGreaterThan(3);
    expect(pieces.join('')).toBe('Hello from somewhere else!');
    expect((await bedrock.converse(ask('hello'))).text).toBe('Hello from somewhere else!');
  });

  it('reasons', async () => {
    const request = ask('think', CLAUDE);
    for (const answer of [bedrock.stream(request).result(), bedrock.converse(request)]) {
      expect((await answer).message.content).toEqual([
        { reasoningContent: { reasoningText: { text: 'Let me see.', signature: expect.any(String) } } },
        { text: 'Done.' },
      ]);
    }
  });

  it('calls a tool, gets its result, and goes on', async () => {
    const seen: unknown[] = [];
    const run = runTools(
      {
        modelId: CLAUDE,
        prompt: 'weather',
        tools: {
          get_weather: tool({
            description: 'The weather of a city.',
            input: { type: 'object', properties: { city: { type: 'string' } } },
            run(input) {
              seen.push(input);
              return { sky: 'clear' };
            },
          }),
        },
      },
      { client: bedrock },
    );
    expect((await run.result()).text).toBe('It is sunny in Bern.');
    expect(seen).toEqual([{ city: 'Bern' }]);
  });

  it('is busy, which is AWS throttling', async () => {
    await expect(bedrock.converse(ask('busy'))).rejects.toMatchObject({
      code: 'ERR_THROTTLED',
      message: expect.stringContaining('too busy'),
    });
  });

  it('breaks off, and no answer is finished', async () => {
    // The server destroys its socket, so the beginning of the answer may be lost too.
    await expect(bedrock.stream(ask('break')).result()).rejects.toMatchObject({
      name: expect.stringMatching(/^(?:ModelStreamError|ServiceUnavailable)Exception$/),
    });
  });
});
