import { Agent } from '@earendil-works/pi-agent-core';
import {
  type Context,
  complete,
  completeSimple,
  getApiProvider,
  registerApiProvider,
  resetApiProviders,
  streamSimple,
  Type,
} from '@earendil-works/pi-ai';
import { createBedrockProvider } from 'bedrock-anywhere/pi';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { IDS, type Local, modelAt, startPeerBedrock } from './pi-peer.js';

let local: Local;
beforeAll(async () => {
  local = await startPeerBedrock({
    script: [
      { toolResult: '12 degrees', text: 'It is 12 degrees in Bonn.' },
      {
        user: 'weather',
        reasoning: { text: 'I should look.', signature: 'c2ln' },
        text: 'Let me look.',
        toolUse: { name: 'weather', input: { city: 'Bonn' }, toolUseId: 'tooluse_1' },
      },
      { user: 'ping', text: 'pong' },
    ],
  });
  registerApiProvider(createBedrockProvider({ region: local.region, credentials: local.credentials }));
});
afterAll(async () => {
  resetApiProviders();
  await local.close();
});

describe("pi's registry", () => {
  it('hands its calls to the provider', async () => {
    expect(getApiProvider('bedrock-converse-stream')).toBeDefined();
    const model = modelAt(local, IDS.sonnet45);
    const context: Context = { messages: [{ role: 'user', content: 'ping', timestamp: 1 }] };
    const events: string[] = [];
    for await (const { type } of streamSimple(model, context)) events.push(type);
    expect(events).toEqual(['start', 'text_start', 'text_delta', 'text_end', 'done']);
    for (const answer of [await complete(model, context), await completeSimple(model, context)]) {
      expect(answer.content).toEqual([{ type: 'text', text: 'pong' }]);
    }
    // Signed with the keys that the provider was made with, which pi's own would not know.
    expect(local.requests.every(({ status }) => status === 200)).toBe(true);
    expect(local.requests[0]?.headers['authorization']).toContain(local.credentials.accessKeyId);
  });
});

describe("pi's agent", () => {
  it('completes a tool round trip', async () => {
    const asked: unknown[] = [];
    const agent = new Agent({
      initialState: {
        systemPrompt: 'Be brief.',
        model: modelAt(local, IDS.sonnet45),
        thinkingLevel: 'low',
        tools: [
          {
            name: 'weather',
            label: 'Weather',
            description: 'The weather of a city',
            parameters: Type.Object({ city: Type.String() }),
            execute: async (_id, params) => {
              asked.push(params);
              return { content: [{ type: 'text', text: '12 degrees' }], details: {} };
            },
          },
        ],
      },
    });
    const before = local.requests.length;
    await agent.prompt('The weather in Bonn?');

    expect(asked).toEqual([{ city: 'Bonn' }]);
    const { messages } = agent.state;
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'toolResult', 'assistant']);
    expect(messages.at(-1)).toMatchObject({
      stopReason: 'stop',
      content: [{ type: 'text', text: 'It is 12 degrees in Bonn.' }],
      usage: { output: expect.any(Number) },
    });
    const [first, second] = local.requests.slice(before);
    expect(first?.body).toMatchObject({
      system: [{ text: 'Be brief.' }, { cachePoint: {} }],
      toolConfig: { tools: [{ toolSpec: { name: 'weather' } }] },
      additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 2048 } },
    });
    expect(second?.body).toMatchObject({
      messages: [
        { role: 'user' },
        {
          role: 'assistant',
          content: [
            { reasoningContent: { reasoningText: { text: 'I should look.', signature: 'c2ln' } } },
            { text: 'Let me look.' },
            { toolUse: { toolUseId: 'tooluse_1', name: 'weather', input: { city: 'Bonn' } } },
          ],
        },
        {
          role: 'user',
          content: [
            { toolResult: { toolUseId: 'tooluse_1', content: [{ text: '12 degrees' }], status: 'success' } },
            { cachePoint: { type: 'default' } },
          ],
        },
      ],
    });
  });

  it('is aborted, and the connection is closed', async () => {
    const agent = new Agent({
      initialState: { model: modelAt(local, IDS.sonnet45) },
      streamFn: (model, context, options) =>
        streamSimple(model, context, { ...options, headers: { 'x-local-fault': 'stall=2' } }),
    });
    const done = agent.prompt('ping');
    await expect.poll(() => local.liveConnections()).toBe(1);
    agent.abort();
    await done;
    expect(agent.state.messages.at(-1)).toMatchObject({ stopReason: 'aborted' });
    await expect.poll(() => local.liveConnections()).toBe(0);
  });
});
