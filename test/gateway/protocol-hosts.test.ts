import { createBedrock } from 'bedrock-anywhere';
import { createLocalBedrock, localTransport } from 'bedrock-anywhere/local';
import { describe, expect, it } from 'vitest';
import { findProtocolHost, type SpokenProtocol } from '../../src/catalog/protocols.js';
import { createBedrockFetch } from '../../src/fetch.js';

const local = createLocalBedrock();
const client = createBedrock({ transport: localTransport(local) });
const messages = [{ role: 'user', content: 'Hi' }];
const REQUESTS: Readonly<
  Record<SpokenProtocol, readonly [paths: 'openai' | 'anthropic', path: string, body: object]>
> = {
  chat: ['openai', '/chat/completions', { messages }],
  responses: ['openai', '/responses', { input: 'Hi', store: false }],
  messages: ['anthropic', '/v1/messages', { messages, max_tokens: 16 }],
};

async function listIds(): Promise<string[]> {
  const { models } = await client.discover();
  const headers = { authorization: `Bearer ${local.apiKey}` };
  const listed = await local.fetch(
    new Request('http://bedrock-mantle.us-east-1.api.aws/v1/models', { headers }),
  );
  const { data } = (await listed.json()) as { data: { id: string }[] };
  return [...new Set([...models.map(({ id }) => id), ...data.map(({ id }) => id)])];
}

describe('findProtocolHost()', () => {
  it('names hosts that serve the model in the protocol, for every model that the local Bedrock has', async () => {
    const found: Record<string, number> = {};
    const refused: string[] = [];
    for (const model of await listIds()) {
      for (const [protocol, [paths, path, body]] of Object.entries(REQUESTS)) {
        const endpoint = findProtocolHost(model, protocol as SpokenProtocol);
        if (endpoint === undefined) continue;
        const { baseURL, fetch } = createBedrockFetch({ protocol: paths, model, client, endpoint });
        const response = await fetch(baseURL + path, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'anthropic-version': '2023-06-01' },
          body: JSON.stringify({ ...body, model }),
        });
        const text = await response.text();
        if (response.status !== 200) refused.push(`${model} ${protocol} ${endpoint}: ${text.slice(0, 150)}`);
        found[`${protocol} ${endpoint}`] = (found[`${protocol} ${endpoint}`] ?? 0) + 1;
      }
    }
    expect(refused).toEqual([]);
    expect(Object.keys(found).sort()).toEqual([
      'chat mantle',
      'chat runtime',
      'messages mantle',
      'messages runtime',
      'responses mantle',
      'responses runtime',
    ]);
  });

  it.each([
    ['us.amazon.nova-pro-v1:0', 'chat'],
    ['us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'messages'],
    ['anthropic.claude-sonnet-4-6', 'messages'],
    ['openai.gpt-oss-120b-1:0', 'responses'],
    ['deepseek.v3.2', 'responses'],
    ['arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a', 'chat'],
  ] as const)('knows none for %s in %s', (model, protocol) => {
    expect(findProtocolHost(model, protocol)).toBeUndefined();
  });
});
