import { createAmazonBedrock } from 'bedrock-anywhere/ai-sdk';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  ADD,
  APPLICATION_PROFILE,
  ask,
  askForCity,
  HISTORY,
  LLAMA,
  NOVA,
  OPUS47,
  OSS,
  PROFILE,
  partsOf,
  type SentBody,
  SONNET,
  SONNET55,
  sendCall,
  startProvider,
  startServer,
  WEATHER,
} from './local.js';

/** What users of @ai-sdk/amazon-bedrock reported, by the number of the thread in vercel/ai, read 2026-11-28. */
describe('works here, as users of the other provider asked for:', () => {
  it('11835: citations are returned, in a whole answer and in a stream', async () => {
    const citations = [{ text: 'Everyone is in it.', title: 'Report', sourceText: 'All of us.' }];
    const call = ask('Who?', {
      prompt: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Who?' },
            {
              type: 'file',
              mediaType: 'text/plain',
              filename: 'Report.txt',
              data: { type: 'text', text: 'All of us.' },
              providerOptions: { bedrock: { citations: { enabled: true } } },
            },
          ],
        },
      ],
    });
    const { bedrock } = startProvider({ script: [{ citations }] }, { generateId: () => 'id' });
    const source = {
      type: 'source',
      sourceType: 'document',
      id: 'id',
      title: 'Report',
      filename: 'Report',
      mediaType: 'text/plain',
      providerMetadata: expect.objectContaining({
        bedrock: {
          citation: {
            citedText: 'All of us.',
            location: { documentChar: expect.objectContaining({ documentIndex: 0 }) as unknown },
          },
        },
      }) as unknown,
    };
    const { content } = await bedrock(SONNET).doGenerate(call);
    expect(content).toEqual([{ type: 'text', text: 'Everyone is in it.' }, source]);
    const parts = await partsOf((await bedrock(SONNET).doStream(call)).stream);
    expect(parts.filter(({ type }) => type === 'source')).toEqual([source]);
    const text = parts.flatMap((part) => (part.type === 'text-delta' ? part.delta : []));
    expect(text.join('')).toBe('Everyone is in it.');
  });

  it('14720: gpt-oss does not get its unsigned reasoning back', async () => {
    const { body } = await sendCall(OSS, {
      prompt: [
        ...ask().prompt,
        {
          role: 'assistant',
          content: [
            { type: 'reasoning', text: 'I should greet.' },
            { type: 'text', text: 'Hello.' },
          ],
        },
        ...ask('And?').prompt,
      ],
    });
    expect(body.messages[1]?.content).toEqual([{ text: 'Hello.' }]);
  });

  it('6617, 12688: a level of reasoning is what the model calls it, adaptive where it decides itself', async () => {
    const fieldsOf = async (model: string, reasoning: 'high' | 'xhigh' | 'none') =>
      (await sendCall(model, ask('Hi', { reasoning }))).body.additionalModelRequestFields;
    expect(await fieldsOf(SONNET, 'high')).toEqual({ thinking: { type: 'enabled', budget_tokens: 16_384 } });
    expect(await fieldsOf(OPUS47, 'high')).toEqual({
      thinking: { type: 'adaptive' },
      output_config: { effort: 'high' },
    });
    expect(await fieldsOf('us.anthropic.claude-opus-4-6-v1', 'xhigh')).toMatchObject({
      output_config: { effort: 'max' },
    });
    expect(await fieldsOf('us.amazon.nova-2-lite-v1:0', 'high')).toEqual({
      reasoningConfig: { type: 'enabled', maxReasoningEffort: 'high' },
    });
    expect(await fieldsOf(OSS, 'high')).toEqual({ reasoning_effort: 'high' });
    expect(await fieldsOf('us.anthropic.claude-sonnet-5', 'none')).toEqual({
      thinking: { type: 'disabled' },
    });
  });

  it('19403: GPT-5.6 gets its effort where it reads it', async () => {
    const model = 'openai.gpt-5.6-luna';
    const { body } = await sendCall(model, ask('Hi', { reasoning: 'medium' }), { addModels: [model] });
    expect(body.additionalModelRequestFields).toEqual({ reasoning: { effort: 'medium' } });
  });

  it('4396: Nova calls the tool that is named, and returns an object', async () => {
    const named = await sendCall(
      NOVA,
      ask('Hi', { tools: [WEATHER, ADD], toolChoice: { type: 'tool', toolName: 'get_weather' } }),
      { script: [] },
    );
    expect(named.content).toMatchObject([{ type: 'tool-call', toolName: 'get_weather' }]);
    expect(named.finishReason).toEqual({ unified: 'tool-calls', raw: 'tool_use' });
    const object = await sendCall(NOVA, askForCity(), { script: [] });
    expect(object.content).toEqual([{ type: 'text', text: '{"city":""}' }]);
    expect(object.finishReason).toEqual({ unified: 'stop', raw: 'tool_use' });
  });

  it('5648, 14117, 17523: an application profile is called by its ARN, with what its model accepts', async () => {
    const { bedrock, local, bodies } = startProvider({
      profiles: [APPLICATION_PROFILE],
      script: [{ text: 'Hello.' }],
    });
    const model = bedrock(PROFILE, { foundationModelId: SONNET.slice(3) });
    await model.doGenerate(ask('Hi', { reasoning: 'low', temperature: 0.5 }));
    expect(local.requests.map(({ modelId, path }) => [modelId, path])).toEqual([
      [PROFILE, expect.stringContaining('application-inference-profile%2Fa1b2c3d4e5f6/converse')],
    ]);
    expect(bodies()[0]).toMatchObject({
      inferenceConfig: { maxTokens: 4096 + 2048 },
      additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 2048 } },
    });
    expect(bodies()[0]?.inferenceConfig).not.toHaveProperty('temperature');
  });

  it('2053, 2780: without credentials in the settings, those of the machine are used', async () => {
    const { local } = await startServer();
    const { accessKeyId, secretAccessKey } = local.credentials;
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    vi.stubEnv('AWS_BEARER_TOKEN_BEDROCK', undefined);
    vi.stubEnv('AWS_PROFILE', undefined);
    vi.stubEnv('AWS_ACCESS_KEY_ID', accessKeyId);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', secretAccessKey);
    const bedrock = createAmazonBedrock({ region: local.region, baseURL: local.url });
    await bedrock(NOVA).doGenerate(ask());
    expect(local.requests.map(({ status }) => status)).toEqual([200]);
  });

  it('16662, 9967: an object comes out of an answer with words and a fence around it', async () => {
    const text = 'Here it is:\n```json\n{"city":"Rome {1}"}\n```\nAnything else?';
    const { bedrock, bodies } = startProvider({ script: [{ text }] });
    for (const model of [SONNET55, LLAMA]) {
      const { content } = await bedrock(model).doGenerate(askForCity());
      expect(content).toEqual([{ type: 'text', text: '{"city":"Rome {1}"}' }]);
      const parts = await partsOf((await bedrock(model).doStream(askForCity())).stream);
      const streamed = parts.flatMap((part) => (part.type === 'text-delta' ? part.delta : []));
      expect(streamed.join('')).toBe('{"city":"Rome {1}"}');
    }
    for (const { system, toolConfig } of bodies()) {
      expect(system?.at(-1)?.text).toContain('"required":["city"]');
      expect(toolConfig).toBeUndefined();
    }
  });

  it('7528: a history of tools is accepted without tools, and keeps its results', async () => {
    const { body, warnings } = await sendCall(SONNET, { prompt: HISTORY });
    expect(body.messages.flatMap(({ content }) => content.map((block) => Object.keys(block)[0]))).toEqual([
      'text',
      'toolUse',
      'toolResult',
    ]);
    expect(body.toolConfig?.tools).toMatchObject([{ toolSpec: { name: 'get_weather' } }]);
    expect(warnings).toEqual([]);
  });

  it('21364: the newest Claude is not made to call a tool, which it rejects, and gets only the one that is named', async () => {
    const { body, warnings } = await sendCall(
      SONNET55,
      ask('Hi', { tools: [WEATHER, ADD], toolChoice: { type: 'tool', toolName: 'add' } }),
    );
    expect(body.toolConfig).toMatchObject({
      tools: [{ toolSpec: { name: 'add' } }],
      toolChoice: { auto: {} },
    });
    expect(warnings).toMatchObject([{ type: 'unsupported', feature: 'toolChoice' }]);
  });

  it('20365: the name of a file is one that Bedrock accepts, and different for each', async () => {
    const file = (filename: string) => ({
      type: 'file' as const,
      mediaType: 'application/pdf',
      data: btoa('%PDF-1.4'),
      filename,
    });
    const { body } = await sendCall(SONNET, {
      prompt: [{ role: 'user', content: [file('Q3_report.final.pdf'), file('Q3_report.final.pdf')] }],
    });
    const names = body.messages[0]?.content.flatMap(
      ({ document }) => (document as { name: string } | undefined)?.name ?? [],
    );
    expect(new Set(names).size).toBe(2);
    for (const name of names ?? []) expect(name).toMatch(/^[A-Za-z0-9 _()[\]-]+$/);
  });

  // Also strands-agents/harness-sdk#644 (live, gpt-oss), #1810 (live, Claude) and strands-rl/strands-env#252 (the other way round).
  it.each([
    ['tool-calls', 'end_turn', { toolUse: { name: 'get_weather', input: {} } }],
    ['stop', 'tool_use', { text: 'Hello.' }],
  ])(
    'strands 644: the finish reason is %s, going by the calls in the answer, even if Bedrock says %s',
    async (unified, raw, answer) => {
      const { bedrock } = startProvider({ script: [{ ...answer, stopReason: raw }] });
      const call = ask('Hi', { tools: [WEATHER] });
      expect((await bedrock(OSS).doGenerate(call)).finishReason).toEqual({ unified, raw });
      const parts = await partsOf((await bedrock(OSS).doStream(call)).stream);
      expect(parts.at(-1)).toMatchObject({ finishReason: { unified, raw } });
    },
  );

  it('lobehub 19876: strict is left out for the newest Claude, with a warning', async () => {
    const call = ask('Hi', { tools: [{ ...WEATHER, strict: true }] });
    const { body, warnings } = await sendCall(OPUS47, call);
    expect(specOf(body)).not.toHaveProperty('strict');
    expect(warnings).toMatchObject([{ type: 'unsupported', feature: 'strict' }]);
    expect(specOf((await sendCall(SONNET, call)).body)).toMatchObject({ strict: true });
  });
});

function specOf({ toolConfig }: SentBody): unknown {
  return toolConfig?.tools[0]?.['toolSpec'];
}
