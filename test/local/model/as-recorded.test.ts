import { createLocalBedrock } from 'bedrock-anywhere/local';
import { describe, expect, it } from 'vitest';
import { createBedrock, type Message } from '../../../src/index.js';
import { localTransport } from '../../../src/local/transport.js';
import { modelPath, send } from '../request.js';

const CLAUDE = 'anthropic.claude-sonnet-4-5-20250929-v1:0';
const hi: Message[] = [{ role: 'user', content: [{ text: 'Hi' }] }];

function open(options: Parameters<typeof createLocalBedrock>[0] = {}) {
  const models = [CLAUDE, 'amazon.nova-pro-v1:0', 'anthropic.claude-3-haiku-20240307-v1:0'].map(
    (modelId) => ({
      modelId,
      responseStreamingSupported: true,
    }),
  );
  const local = createLocalBedrock({ models, profiles: [], ...options });
  return { local, bedrock: createBedrock({ transport: localTransport(local) }) };
}

describe('an answer of the local Bedrock, as recorded from the service', () => {
  const schema = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] };

  it("is JSON where the AI SDK and Mastra ask for it in Claude's own field", async () => {
    const { bedrock } = open();
    const { text } = await bedrock.converse({
      modelId: CLAUDE,
      messages: hi,
      additionalModelRequestFields: { output_config: { format: { type: 'json_schema', schema } } },
    });
    expect(JSON.parse(text)).toEqual({ name: expect.any(String) });
  });

  it.each([
    [undefined, null],
    [['local'], 'local'],
  ])('names the stop sequence in the delta of a stream (%j)', async (stopSequences, met) => {
    const { bedrock } = open();
    const { additionalModelResponseFields: fields } = await bedrock
      .stream({
        modelId: CLAUDE,
        messages: hi,
        additionalModelResponseFieldPaths: ['/delta/stop_sequence'],
        ...(stopSequences && { inferenceConfig: { stopSequences } }),
      })
      .result();
    expect(fields).toEqual({ delta: { stop_sequence: met } });
  });

  it('reports cached tokens for newer Claude, and tools of the service for all', async () => {
    const { bedrock } = open();
    const usageOf = async (modelId: string) => (await bedrock.converse({ modelId, messages: hi })).usage;
    expect(await usageOf(CLAUDE)).toMatchObject({
      cacheReadInputTokens: 0,
      cacheReadInputTokenCount: 0,
      cacheWriteInputTokens: 0,
      serverToolUsage: {},
    });
    for (const id of ['amazon.nova-pro-v1:0', 'anthropic.claude-3-haiku-20240307-v1:0']) {
      const usage = await usageOf(id);
      expect(usage).toMatchObject({ serverToolUsage: {} });
      expect(usage).not.toHaveProperty('cacheReadInputTokens');
    }
  });

  it('cites a document that asks for it, whole and as a stream', async () => {
    const { bedrock } = open();
    const bytes = new TextEncoder().encode('Employees get 20 days of leave.');
    const document = (enabled: boolean) => ({
      document: { format: 'txt' as const, name: 'policy', source: { bytes }, citations: { enabled } },
    });
    const request = (enabled: boolean) => ({
      modelId: CLAUDE,
      messages: [{ role: 'user' as const, content: [document(enabled), { text: 'How many days?' }] }],
    });
    const cited = {
      location: { documentChar: { documentIndex: 0, start: 0, end: 31 } },
      sourceContent: [{ text: 'Employees get 20 days of leave.' }],
      title: 'policy',
    };
    const citations = ({ content }: Message) =>
      content?.flatMap((block) => block.citationsContent?.citations ?? []);
    expect(citations((await bedrock.converse(request(true))).message)).toEqual([cited]);
    expect(citations((await bedrock.stream(request(true)).result()).message)).toEqual([cited]);
    expect(citations((await bedrock.converse(request(false))).message)).toEqual([]);
  });
});

describe('a refusal of the local Bedrock, as recorded from the service', () => {
  const path = modelPath('converse', CLAUDE);
  const coral = 'http://internal.amazon.com/coral/';

  it('of a model without access comes from the service, not from IAM', async () => {
    const { local } = open({ noAccess: [CLAUDE] });
    const response = await send(local, { path, body: { messages: hi } });
    expect(response.status).toBe(403);
    expect(response.headers.get('x-amzn-errortype')).toBe(
      `AccessDeniedException:${coral}com.amazon.bedrock/`,
    );
    expect(await response.json()).toEqual({
      message: "You don't have access to the model with the specified model ID.",
    });
  });

  it('of an unknown key names the framework', async () => {
    const { local } = open();
    const keys = { ...local.credentials, accessKeyId: 'AKIAUNKNOWN000000000' };
    const response = await send(local, { path, body: { messages: hi }, credentials: keys });
    expect(response.status).toBe(403);
    expect(response.headers.get('x-amzn-errortype')).toBe(
      `UnrecognizedClientException:${coral}com.amazon.coral.service/`,
    );
  });
});
