import { afterEach, describe, expect, it } from 'vitest';
import { type Bedrock, createBedrock, isBedrockError } from '../../src/index.js';
import {
  type Answer,
  frame,
  frames,
  messageStart,
  messageStop,
  metadata,
  startServer,
  type TestServer,
} from './server.js';

const REQUEST = {
  modelId: 'amazon.nova-lite-v1:0',
  messages: [{ role: 'user' as const, content: [{ text: 'When is high water?' }] }],
};

/** Text, reasoning, a cited passage and a tool use: as blocks, and as the events of the same blocks. */
const BLOCKS = [
  { reasoningContent: { reasoningText: { text: 'Look it up.' } } },
  { text: 'High water is ' },
  { citationsContent: { content: [{ text: 'at noon' }], citations: [{ title: 'Tide table' }] } },
  { toolUse: { toolUseId: 'tooluse_1', name: 'get_tide', input: { harbour: 'Hamburg' } } },
  { text: '.' },
];
const EVENTS = [
  messageStart,
  delta(0, { reasoningContent: { text: 'Look it up.' } }),
  delta(1, { text: 'High water ' }),
  delta(1, { text: 'is ' }),
  delta(2, { text: 'at noon' }),
  delta(2, { citation: { title: 'Tide table' } }),
  frame('contentBlockStart', {
    contentBlockIndex: 3,
    start: { toolUse: { toolUseId: 'tooluse_1', name: 'get_tide' } },
  }),
  delta(3, { toolUse: { input: '{"harbour":"Hamburg"}' } }),
  frame('contentBlockStop', { contentBlockIndex: 3 }),
  delta(4, { text: '.' }),
];

let server: TestServer;
afterEach(() => server.close());

describe('the text of an answer, without reasoning and tools', () => {
  it('is in the result of converse()', async () => {
    const { text, toolUses } = await (await bedrockThatAnswers(json(BLOCKS))).converse(REQUEST);
    expect(text).toBe('High water is at noon.');
    expect(toolUses[0]?.input.harbour).toBe('Hamburg');
  });

  it('is in the result of a stream, and is what text() gives', async () => {
    const bedrock = await bedrockThatAnswers(frames(...EVENTS, messageStop, metadata));
    const stream = bedrock.stream(REQUEST);
    expect((await stream.result()).text).toBe('High water is at noon.');
    expect(await stream.text()).toBe('High water is at noon.');
  });

  it('is in what had arrived when a stream was cut off', async () => {
    const bedrock = await bedrockThatAnswers(frames(...EVENTS.slice(0, 5)));
    const error = await bedrock
      .stream(REQUEST)
      .result()
      .catch((reason: unknown) => reason);
    expect(isBedrockError(error) && error.partial?.text).toBe('High water is at noon');
  });

  it('is empty where an answer has none', async () => {
    expect((await (await bedrockThatAnswers(json(BLOCKS.slice(3, 4)))).converse(REQUEST)).text).toBe('');
  });
});

describe('the tool uses of converse()', () => {
  it('are the blocks of the message where their input is an object', async () => {
    const { message, toolUses } = await (await bedrockThatAnswers(json(BLOCKS))).converse(REQUEST);
    expect(toolUses).toEqual([message.content?.[3]?.toolUse]);
  });

  it.each([
    ['missing', undefined, { input: {} }],
    ['null', null, { input: {} }],
    ['text', '{"harbour":', { input: '{"harbour":', inputError: 'it is not a JSON object' }],
    ['a list', ['Hamburg'], { input: '["Hamburg"]', inputError: 'it is not a JSON object' }],
  ])('have an object as input, or the raw text and the reason: %s', async (_name, input, expected) => {
    const toolUse = { toolUseId: 'tooluse_1', name: 'get_tide', ...(input !== undefined && { input }) };
    const { toolUses } = await (await bedrockThatAnswers(json([{ toolUse }]))).converse(REQUEST);
    expect(toolUses).toStrictEqual([{ toolUseId: 'tooluse_1', name: 'get_tide', ...expected }]);
  });
});

function delta(contentBlockIndex: number, delta: object): Uint8Array {
  return frame('contentBlockDelta', { contentBlockIndex, delta });
}

function json(content: readonly object[]): Answer {
  return (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify({ output: { message: { role: 'assistant', content } }, stopReason: 'tool_use' }),
    );
  };
}

async function bedrockThatAnswers(answer: Answer): Promise<Bedrock> {
  server = await startServer(answer);
  return createBedrock({ endpoint: server.url, region: 'us-east-1', credentials: { token: 'key' } });
}
