import { describe, expect, it } from 'vitest';
import {
  ADD,
  ask,
  askForCity,
  failureOf,
  HISTORY,
  NOVA,
  OPUS47,
  OSS,
  SONNET,
  sendCall,
  startProvider,
  WEATHER,
} from './local.js';

const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';
const pixel = Uint8Array.from(atob(PNG), (letter) => letter.charCodeAt(0));

const withFile = (file: object) => ({
  prompt: [
    {
      role: 'user' as const,
      content: [{ type: 'text' as const, text: 'What is this?' }, { type: 'file', ...file } as never],
    },
  ],
});

describe('files of a prompt', () => {
  const image = { image: { format: 'png', source: { bytes: PNG } } };
  it.each([
    ['bytes', { mediaType: 'image/png', data: { type: 'data', data: pixel } }],
    ['base64', { mediaType: 'image/png', data: { type: 'data', data: PNG } }],
    [
      'a data URL',
      { mediaType: 'image/png', data: { type: 'url', url: new URL(`data:image/png;base64,${PNG}`) } },
    ],
    ['the beginning of a media type', { mediaType: 'image', data: { type: 'data', data: pixel } }],
    ['any image', { mediaType: 'image/*', data: { type: 'data', data: PNG } }],
    ['bytes without a tag, as in V3', { mediaType: 'image/png', data: pixel }],
    ['base64 without a tag', { mediaType: 'image/png', data: PNG }],
    ['a URL without a tag', { mediaType: 'image/png', data: new URL(`data:image/png;base64,${PNG}`) }],
  ])('an image as %s', async (_form, file) => {
    const { body } = await sendCall(NOVA, withFile(file));
    expect(body.messages[0]?.content[1]).toEqual(image);
  });

  it('an object in S3, by the address as it was written', async () => {
    const url = 's3://Bucket/A key.mp4';
    const file = { mediaType: 'video/mp4', data: { type: 'url', url: new URL(url), originalUrl: url } };
    const { body } = await sendCall(NOVA, withFile(file));
    expect(body.messages[0]?.content[1]).toEqual({
      video: { format: 'mp4', source: { s3Location: { uri: url } } },
    });
  });

  it.each([
    ['application/pdf', 'pdf'],
    ['text/csv', 'csv'],
    ['text/markdown; charset=utf-8', 'md'],
    ['application/json', 'txt'],
    ['text/x-python', 'txt'],
    ['text', 'txt'],
  ])('a document of type %s is %s', async (mediaType, format) => {
    const file = { mediaType, data: { type: 'text', text: 'Hi' }, filename: 'notes.of.may.txt' };
    const { body } = await sendCall(SONNET, withFile(file));
    expect(body.messages[0]?.content[1]).toMatchObject({
      document: { format, source: { bytes: btoa('Hi') } },
    });
  });

  it.each([
    [
      'an https address',
      { mediaType: 'image/png', data: { type: 'url', url: new URL('https://example.com/a.png') } },
    ],
    ['a reference', { mediaType: 'image/png', data: { type: 'reference', reference: { openai: 'file-1' } } }],
    [
      'a type that Bedrock does not accept',
      { mediaType: 'application/zip', data: { type: 'data', data: PNG } },
    ],
    ['another kind of image', { mediaType: 'image/tiff', data: { type: 'data', data: 'SUkqAA==' } }],
  ])('%s is refused before anything is sent', async (_what, file) => {
    const { bedrock, local } = startProvider();
    expect(await failureOf(bedrock(NOVA).doGenerate(withFile(file)))).toMatchObject({
      name: 'AI_UnsupportedFunctionalityError',
    });
    expect(local.requests).toEqual([]);
  });
});

describe('results of tools', () => {
  const withOutput = (output: object) => ({
    tools: [WEATHER],
    prompt: [
      ...HISTORY.slice(0, 2),
      {
        role: 'tool' as const,
        content: [{ type: 'tool-result', toolCallId: 'call_1', toolName: 'get_weather', output } as never],
      },
    ],
  });
  const text = { type: 'text', text: 'Here:' };
  it.each([
    ['a text', { type: 'text', value: 'sunny' }, [{ text: 'sunny' }], undefined],
    ['JSON', { type: 'json', value: { celsius: 18 } }, [{ text: '{"celsius":18}' }], undefined],
    ['nothing', { type: 'json', value: undefined }, [{ text: 'null' }], undefined],
    ['an error', { type: 'error-text', value: 'no' }, [{ text: 'no' }], 'error'],
    ['an error as JSON', { type: 'error-json', value: { code: 1 } }, [{ text: '{"code":1}' }], 'error'],
    ['a refusal', { type: 'execution-denied', reason: 'Not now.' }, [{ text: 'Not now.' }], 'error'],
    [
      'a picture',
      {
        type: 'content',
        value: [text, { type: 'file', mediaType: 'image/png', data: { type: 'data', data: PNG } }],
      },
      [{ text: 'Here:' }, { image: { format: 'png', source: { bytes: PNG } } }],
      undefined,
    ],
    [
      'a picture as in V3',
      { type: 'content', value: [text, { type: 'image-data', mediaType: 'image/png', data: PNG }] },
      [{ text: 'Here:' }, { image: { format: 'png', source: { bytes: PNG } } }],
      undefined,
    ],
    [
      'a document as in V3',
      {
        type: 'content',
        value: [{ type: 'file-data', mediaType: 'text/csv', data: btoa('a,b'), filename: 'a.csv' }],
      },
      [{ document: { format: 'csv', name: 'a', source: { bytes: btoa('a,b') } } }],
      undefined,
    ],
  ])('%s', async (_what, output, content, status) => {
    const { body } = await sendCall(SONNET, withOutput(output));
    expect(body.messages.at(-1)?.content).toEqual([
      { toolResult: { toolUseId: 'call_1', content, ...(status && { status }) } },
    ]);
  });

  it('stand beside answers to questions of the user, which Converse does not have', async () => {
    const { prompt, tools } = withOutput({ type: 'text', value: 'sunny' });
    const answer = { type: 'tool-approval-response', approvalId: '1', approved: true };
    const results = (prompt.at(-1)?.content ?? []) as object[];
    const call = {
      tools,
      prompt: [...prompt.slice(0, -1), { role: 'tool' as const, content: [answer, ...results] as never[] }],
    };
    const { body } = await sendCall(SONNET, call);
    expect(body.messages.at(-1)?.content).toHaveLength(1);
  });
});

describe('cache points', () => {
  const cached = { bedrock: { cachePoint: { type: 'default' } } };
  it('stand behind the system message, part, message or tool that has one', async () => {
    const point = { cachePoint: { type: 'default' } };
    const { body } = await sendCall(SONNET, {
      prompt: [
        { role: 'system', content: 'Be brief.', providerOptions: cached },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'First', providerOptions: cached },
            { type: 'text', text: 'Second' },
          ],
          providerOptions: { amazonBedrock: { cachePoint: { type: 'default' } } },
        },
      ],
      tools: [{ ...WEATHER, providerOptions: cached }, ADD],
    });
    expect(body.system).toEqual([{ text: 'Be brief.' }, point]);
    expect(body.messages[0]?.content).toEqual([{ text: 'First' }, point, { text: 'Second' }, point]);
    expect(body.toolConfig?.tools.map((tool) => Object.keys(tool)[0])).toEqual([
      'toolSpec',
      'cachePoint',
      'toolSpec',
    ]);
  });
});

describe('provider options', () => {
  it('become members of the request, under either name', async () => {
    const guardrailConfig = { guardrailIdentifier: 'localguardrail', guardrailVersion: '1' };
    for (const name of ['bedrock', 'amazonBedrock']) {
      const { body } = await sendCall(NOVA, {
        ...ask(),
        providerOptions: {
          [name]: {
            guardrailConfig,
            serviceTier: 'flex',
            requestMetadata: { team: 'a' },
            additionalModelRequestFields: { inferenceConfig: { seed: 1 } },
          },
        },
        topK: 20,
      });
      expect(body).toMatchObject({
        guardrailConfig,
        serviceTier: { type: 'flex' },
        requestMetadata: { team: 'a' },
        additionalModelRequestFields: { inferenceConfig: { seed: 1, topK: 20 } },
      });
    }
  });

  it('join the betas of the call with those of the adapter', async () => {
    const { body } = await sendCall('global.anthropic.claude-opus-5-5', {
      ...ask('Hi', { reasoning: 'low' }),
      providerOptions: { bedrock: { anthropicBeta: ['context-1m-2025-08-07'] } },
    });
    expect(body.additionalModelRequestFields).toMatchObject({
      anthropic_beta: ['context-1m-2025-08-07', 'thinking-binding-controls-2026-08-01'],
      thinking: { type: 'adaptive', block_binding: { mismatch_behavior: 'drop_block' } },
    });
  });

  it.each([
    [{ structuredOutputMode: 'tool' }, 'structuredOutputMode'],
    [{ reasoningConfig: { type: 'on' } }, 'reasoningConfig.type'],
    [{ reasoningConfig: { budgetTokens: '1000' } }, 'reasoningConfig.budgetTokens'],
    [{ additionalModelRequestFields: [] }, 'additionalModelRequestFields'],
    [{ anthropicBeta: 'a' }, 'anthropicBeta'],
  ])('are checked: %j', async (bedrock, name) => {
    const { bedrock: provider } = startProvider();
    expect(
      await failureOf(provider(NOVA).doGenerate({ ...ask(), providerOptions: { bedrock } })),
    ).toMatchObject({
      name: 'AI_InvalidArgumentError',
      message: expect.stringContaining(`providerOptions.bedrock.${name}`) as unknown,
    });
  });
});

describe('tools', () => {
  it('are called one at a time where Claude is told so in its own words', async () => {
    const { body } = await sendCall(SONNET, {
      ...ask('Hi', { tools: [WEATHER], toolChoice: { type: 'required' } }),
      providerOptions: { anthropic: { disableParallelToolUse: true } },
    });
    expect(body.toolConfig).not.toHaveProperty('toolChoice');
    expect(body.additionalModelRequestFields).toMatchObject({
      tool_choice: { type: 'any', disable_parallel_tool_use: true },
    });
  });

  it('of the provider: those of Bedrock by name, those of Anthropic by their schema, others not', async () => {
    const call = ask('Hi', {
      tools: [
        WEATHER,
        { type: 'provider', id: 'anthropic.bash_20250124', name: 'bash', args: {} },
        { type: 'provider', id: 'anthropic.web_search_20250305', name: 'web_search', args: {} },
      ],
    });
    const { body, warnings } = await sendCall(SONNET, call);
    expect(body.toolConfig?.tools.map(({ toolSpec }) => toolSpec?.['name'])).toEqual(['get_weather', 'bash']);
    expect(warnings).toMatchObject([{ type: 'unsupported', feature: 'tool anthropic.web_search_20250305' }]);
    const grounding = {
      type: 'provider',
      id: 'bedrock.nova_grounding',
      name: 'nova_grounding',
      args: {},
    } as const;
    const sent = await sendCall('us.amazon.nova-premier-v1:0', ask('Hi', { tools: [grounding] }));
    expect(sent.body.toolConfig?.tools).toEqual([{ systemTool: { name: 'nova_grounding' } }]);
  });

  it('are not strict if an object of their schema is open', async () => {
    const inputSchema = {
      type: 'object',
      properties: { at: { type: 'object', properties: {} } },
      additionalProperties: false,
    };
    const { warnings } = await sendCall(
      SONNET,
      ask('Hi', { tools: [{ ...WEATHER, inputSchema, strict: true }] }),
    );
    expect(warnings).toMatchObject([
      { feature: 'strict', details: expect.stringContaining('additionalProperties') as unknown },
    ]);
  });
});

describe('objects', () => {
  it('come from a format where the model is known to have one, with all objects closed', async () => {
    const schema = {
      type: 'object',
      properties: { at: { type: 'object', properties: { x: { type: 'number' } } } },
    };
    const call = ask('Hi', { responseFormat: { type: 'json', schema } });
    const { body } = await sendCall('us.anthropic.claude-opus-4-6-v1', call);
    const at = { ...schema.properties.at, additionalProperties: false };
    expect(body.additionalModelRequestFields).toEqual({
      output_config: {
        format: {
          type: 'json_schema',
          schema: { ...schema, properties: { at }, additionalProperties: false },
        },
      },
    });
    const kimi = await sendCall('moonshotai.kimi-k2.5', call, { addModels: ['moonshotai.kimi-k2.5'] });
    expect(kimi.body.outputConfig).toMatchObject({ textFormat: { type: 'json_schema' } });
  });

  it('keep the effort beside the format', async () => {
    const { body } = await sendCall('us.anthropic.claude-opus-4-6-v1', askForCity({ reasoning: 'low' }));
    expect(body.additionalModelRequestFields).toMatchObject({
      output_config: { effort: 'low', format: { type: 'json_schema' } },
      thinking: { type: 'adaptive' },
    });
  });

  it.each([
    ['jsonTool', SONNET, 'toolConfig'],
    ['outputFormat', OPUS47, 'additionalModelRequestFields'],
  ])('come as structuredOutputMode says: %s', async (structuredOutputMode, model, member) => {
    const { bedrock, bodies } = startProvider();
    const call = { ...askForCity(), providerOptions: { bedrock: { structuredOutputMode } } };
    await bedrock(model)
      .doGenerate(call)
      .catch(() => {});
    expect(bodies()[0]).toHaveProperty(member);
  });

  it('come from a tool whose name no other tool has', async () => {
    const { body } = await sendCall(NOVA, askForCity({ tools: [{ ...WEATHER, name: 'json' }] }));
    expect(body.toolConfig).toMatchObject({
      tools: [{ toolSpec: { name: 'json' } }, { toolSpec: { name: 'json_' } }],
      toolChoice: { any: {} },
    });
  });

  it('are asked for in words where Claude, while it thinks, cannot be made to call a tool', async () => {
    const { body } = await sendCall(
      'us.anthropic.claude-haiku-4-5-20251001-v1:0',
      askForCity({ reasoning: 'low' }),
    );
    expect(body.toolConfig).toBeUndefined();
    expect(body.system?.[0]?.text).toContain('JSON schema');
  });

  it('without a schema are asked for in words', async () => {
    const { content, body } = await sendCall(NOVA, ask('Hi', { responseFormat: { type: 'json' } }), {
      script: [{ text: 'Sure: [1, {"a": "]"}] Done.' }],
    });
    expect(content).toEqual([{ type: 'text', text: '[1, {"a": "]"}]' }]);
    expect(body.system).toEqual([{ text: 'Answer with JSON and nothing else.' }]);
  });
});

describe('a prompt', () => {
  it('with a system message in its middle keeps it there, as words of the user', async () => {
    const { body, warnings } = await sendCall(SONNET, {
      prompt: [...ask('One').prompt, { role: 'system', content: 'Be brief.' }, ...ask('Two').prompt],
    });
    expect(body.messages).toEqual([
      { role: 'user', content: [{ text: 'One' }, { text: 'Be brief.' }, { text: 'Two' }] },
    ]);
    expect(warnings).toMatchObject([{ type: 'compatibility' }]);
  });

  it('gives reasoning without a signature only to models that read it', async () => {
    const prompt = [
      ...ask('Hi').prompt,
      {
        role: 'assistant' as const,
        content: [
          { type: 'reasoning' as const, text: 'Hm.' },
          { type: 'text' as const, text: 'Hi.' },
        ],
      },
      ...ask('And?').prompt,
    ];
    const blocksFor = async (model: string) => (await sendCall(model, { prompt })).body.messages[1]?.content;
    expect(await blocksFor('us.amazon.nova-2-lite-v1:0')).toHaveLength(2);
    expect(await blocksFor(SONNET)).toEqual([{ text: 'Hi.' }]);
    expect(await blocksFor(OSS)).toEqual([{ text: 'Hi.' }]);
  });

  it('marks text for the guardrail', async () => {
    const { body } = await sendCall(NOVA, {
      prompt: [
        {
          role: 'user',
          content: [
            {
              type: 'text',
              text: 'Check this',
              providerOptions: { bedrock: { guardContent: true, guardContentQualifiers: ['query'] } },
            },
          ],
        },
      ],
    });
    expect(body.messages[0]?.content).toEqual([
      { guardContent: { text: { text: 'Check this', qualifiers: ['query'] } } },
    ]);
  });
});

describe('settings that a model rejects are left out with a warning', () => {
  const featuresOf = async (model: string, more: object) => {
    const { warnings, body } = await sendCall(model, ask('Hi', more));
    return {
      features: warnings.map((warning) => 'feature' in warning && warning.feature),
      sent: body.inferenceConfig,
    };
  };
  it.each([
    [OPUS47, { temperature: 0.5, topP: 0.5, topK: 5 }, ['temperature', 'topP', 'topK'], undefined],
    [SONNET, { temperature: 0.5, topP: 0.5 }, ['topP'], { temperature: 0.5 }],
    [SONNET, { temperature: 2, maxOutputTokens: 9 }, ['temperature'], { temperature: 1, maxTokens: 9 }],
    [OSS, { stopSequences: ['a'] }, ['stopSequences'], undefined],
    [
      NOVA,
      { seed: 1, presencePenalty: 1, frequencyPenalty: 1 },
      ['seed', 'presencePenalty', 'frequencyPenalty'],
      undefined,
    ],
    [NOVA, { stopSequences: [' ', 'END'] }, [], { stopSequences: ['END'] }],
    ['us.amazon.nova-2-lite-v1:0', { reasoning: 'high', maxOutputTokens: 9 }, ['maxOutputTokens'], undefined],
  ])('%s %j', async (model, settings, features, inferenceConfig) => {
    expect(await featuresOf(model, settings)).toEqual({ features, sent: inferenceConfig });
  });
});
