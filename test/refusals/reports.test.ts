/** What people reported of other clients, tried on this one. Refusals of a request alone are in the lists of this folder. */
import { type ConverseRequest, type ConverseStreamRequest, createBedrock } from 'bedrock-anywhere';
import { createLocalBedrock, localTransport } from 'bedrock-anywhere/local';
import { afterEach, describe, expect, it } from 'vitest';
import {
  answerFrames,
  blockStop,
  frame,
  frames,
  messageStart,
  messageStop,
  metadata,
  startServer,
  type TestServer,
  text,
} from '../converse/server.js';

const NOVA = 'amazon.nova-lite-v1:0';
const say = (words: string) => ({ text: words });
const user = (...content: object[]) => ({ role: 'user', content });
const assistant = (...content: object[]) => ({ role: 'assistant', content });
const use = (toolUseId: string) => ({ toolUse: { toolUseId, name: 'look_up', input: {} } });
const result = (toolUseId: string) => ({ toolResult: { toolUseId, content: [{ text: 'found' }] } });
const inputSchema = { json: { type: 'object', properties: {}, required: [] } };
const toolConfig = { tools: [{ toolSpec: { name: 'look_up', inputSchema } }] };

/** A request that the service refuses as it is, and what is repaired in it. */
const REPAIRED: readonly [source: string, what: string, request: object, kinds: string[], level?: 'all'][] = [
  [
    'https://github.com/BerriAI/litellm/issues/24668 (2026-03)',
    'a tool without a name and a description',
    {
      messages: [user(say('Where is James?'))],
      system: [],
      toolConfig: { tools: [{ toolSpec: { name: '', description: '', inputSchema } }] },
    },
    ['tool-name', 'tool-config'],
  ],
  [
    'https://github.com/camel-ai/camel/issues/3954 (2026-03-21)',
    'two results of one turn in two messages',
    {
      messages: [user(say('Hi')), assistant(use('a'), use('b')), user(result('a')), user(result('b'))],
      toolConfig,
    },
    ['repeated-role'],
  ],
  [
    'https://github.com/strands-agents/sdk-typescript/issues/727 (2026-03-23)',
    "a window that begins with the assistant's words",
    { messages: [assistant(say('Hello.')), user(say('Hi'))] },
    ['first-role'],
  ],
  [
    'https://github.com/strands-agents/sdk-typescript/issues/727 (2026-03-23)',
    'a window that begins with the result of a tool',
    { messages: [user(result('a')), assistant(say('Found.')), user(say('And?'))], toolConfig },
    ['orphaned-tool', 'empty-message'],
    'all',
  ],
];

describe('is refused, and passes once repaired', () => {
  it.each(REPAIRED)('%s: %s', async (_source, _what, given, kinds, level) => {
    const bedrock = createBedrock({ transport: localTransport(createLocalBedrock()) });
    const request = { modelId: NOVA, ...given } as ConverseRequest & ConverseStreamRequest;
    await expect(bedrock.converse(request, { repair: false })).rejects.toMatchObject({
      name: 'ValidationException',
    });
    const repair = level ?? 'lossless';
    for (const { repairs } of [
      await bedrock.converse(request, { repair }),
      await bedrock.stream(request, { repair }).result(),
    ]) {
      expect([...new Set(repairs.map(({ kind }) => kind))]).toEqual(kinds);
    }
  });
});

describe('a stream', () => {
  let server: TestServer | undefined;
  afterEach(() => server?.close());

  async function startStream(...answers: Parameters<typeof startServer>) {
    await server?.close();
    server = await startServer(...answers);
    const bedrock = createBedrock({
      endpoint: server.url,
      credentials: { token: 'key' },
      maxRetryDelayMs: 1,
    });
    return { bedrock, request: { modelId: NOVA, prompt: 'Hi' } };
  }

  // https://github.com/NousResearch/hermes-agent/issues/109988 (2026-09-13)
  it('that ends before messageStop is no answer, though every frame of it is whole', async () => {
    const { bedrock, request } = await startStream(frames(messageStart, text('partial answer'), blockStop));
    await expect(bedrock.stream(request).result()).rejects.toMatchObject({
      code: 'ERR_TRUNCATED',
      partial: { text: 'partial answer' },
    });
  });

  // https://github.com/earendil-works/pi/issues/4210 (2026-05-07)
  it('that ends without content and messageStop is requested again', async () => {
    const { bedrock, request } = await startStream(
      frames(messageStart),
      frames(),
      frames(...answerFrames('Here.')),
    );
    expect(await bedrock.stream(request).result()).toMatchObject({ text: 'Here.', attempts: 3 });
    const again = await startStream(frames(messageStart));
    await expect(again.bedrock.stream(request).result()).rejects.toMatchObject({
      code: 'ERR_TRUNCATED',
      attempts: 3,
    });
  });

  // https://github.com/0xPlaygrounds/rig/pull/1683 (2026-04-28)
  it('whose thought is a signature alone keeps it, and sends it with the next request', async () => {
    const { bedrock, request } = await startStream(
      frames(
        messageStart,
        frame('contentBlockDelta', {
          contentBlockIndex: 0,
          delta: { reasoningContent: { signature: 'EqAB' } },
        }),
        blockStop,
        frame('contentBlockDelta', { contentBlockIndex: 1, delta: { text: 'Hello.' } }),
        frame('contentBlockStop', { contentBlockIndex: 1 }),
        messageStop,
        metadata,
      ),
    );
    const { message } = await bedrock.stream(request).result();
    const thought = { reasoningContent: { reasoningText: { text: '', signature: 'EqAB' } } };
    expect(message.content).toEqual([thought, { text: 'Hello.' }]);
    const modelId = 'eu.anthropic.claude-opus-4-7';
    const messages = [user(say('Hi')), message, user(say('And?'))];
    await bedrock.stream({ modelId, messages } as ConverseStreamRequest).result();
    expect(JSON.parse(server?.requests[1]?.body ?? '')).toMatchObject({ messages });
  });
});
