import { startLocalBedrock } from 'bedrock-anywhere/local/node';
import { createBedrockProvider } from 'bedrock-anywhere/pi';
import { expect, it } from 'vitest';

it('streams', async () => {
  const local = await startLocalBedrock({ script: [{ user: 'ping', text: 'pong pong pong' }] });
  const provider = createBedrockProvider({ credentials: local.credentials, region: local.region });
  const model = {
    id: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
    name: 'Claude',
    api: 'bedrock-converse-stream',
    provider: 'amazon-bedrock',
    baseUrl: local.url,
    reasoning: true,
    input: ['text' as const],
    cost: { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 },
    contextWindow: 200000,
    maxTokens: 64000,
  };
  const s = provider.streamSimple(model, { messages: [{ role: 'user', content: 'ping', timestamp: 0 }] });
  const types: string[] = [];
  for await (const e of s) types.push(e.type);
  expect(types.at(-1)).toBe('done');
  await local.close();
});
