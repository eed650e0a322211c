import { createLocalBedrock } from 'bedrock-anywhere/local';
import { describe, expect, it } from 'vitest';
import { failure, modelPath, say, send } from '../request.js';

const CLAUDE = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const TOOLS = { tools: [{ toolSpec: { name: 'look_up', inputSchema: { json: { type: 'object' } } } }] };
const USE = { toolUse: { toolUseId: 'tooluse_1', name: 'look_up', input: {} } };
const RESULT = { toolResult: { toolUseId: 'tooluse_1', content: [{ text: 'found' }] } };

const user = (...content: object[]) => ({ role: 'user', content });
const assistant = (...content: object[]) => ({ role: 'assistant', content });
const hi = { text: 'Hi' };

const local = createLocalBedrock({
  addModels: [{ modelId: 'acme.slow-v1', responseStreamingSupported: false }],
});

async function refusal(
  body: unknown,
  modelId = 'amazon.nova-lite-v1:0',
  operation = 'converse',
): Promise<Awaited<ReturnType<typeof failure>>> {
  const response = await send(local, { path: modelPath(operation, modelId), body });
  if (response.status === 200) throw new Error(`passed: ${JSON.stringify(body)}`);
  return failure(response);
}

describe('a request that Converse refuses with ValidationException:', () => {
  const image = (source: object, format = 'png') => user(hi, { image: { format, source } });
  const cases: [title: string, body: unknown, message: string | RegExp][] = [
    ['no messages', {}, /^The messages field is empty/],
    ['empty messages', { messages: [] }, /^The messages field is empty/],
    [
      'first message not of the user',
      { messages: [assistant(hi)] },
      'A conversation must start with a user message. Try again with a conversation that starts with a user message.',
    ],
    [
      'roles that do not alternate',
      { messages: [user(hi), user(hi)] },
      /^A conversation must alternate between user and assistant roles\. /,
    ],
    [
      'message without content',
      { messages: [user(hi), assistant(), user(hi)] },
      'The content field in the Message object at messages.1 is empty. Add a ContentBlock object to the content field and try again.',
    ],
    [
      'blank text',
      { messages: [user({ text: ' \n' })] },
      'The text field in the ContentBlock object at messages.0.content.0 is blank. Add text to the text field, and try again.',
    ],
    [
      'a block that is two things',
      { messages: [user({ ...hi, ...USE })] },
      /must have exactly one member, and has text, toolUse/,
    ],
    ['an empty block', { messages: [user({})] }, /must have exactly one member, and has none/],
    [
      'tool blocks without toolConfig',
      { messages: [user(hi), assistant(USE), user(RESULT)] },
      'The toolConfig field must be defined when using toolUse and toolResult content blocks.',
    ],
    [
      'tool use without its result in the next message',
      { messages: [user(hi), assistant(USE), user(hi)], toolConfig: TOOLS },
      'Expected toolResult blocks at messages.2.content for the following Ids: tooluse_1',
    ],
    [
      'tool result without its use in the message before',
      { messages: [user(hi), assistant(hi), user(RESULT)], toolConfig: TOOLS },
      'The number of toolResult blocks at messages.2.content exceeds the number of toolUse blocks of previous turn.',
    ],
    [
      'one tool result twice',
      { messages: [user(hi), assistant(USE), user(RESULT, RESULT)], toolConfig: TOOLS },
      'The toolResult blocks at messages.2.content contain duplicate Ids: tooluse_1',
    ],
    [
      'failed tool result without content',
      {
        messages: [
          user(hi),
          assistant(USE),
          user({ toolResult: { toolUseId: 'tooluse_1', content: [], status: 'error' } }),
        ],
        toolConfig: TOOLS,
      },
      'The content field at messages.2.content.0.toolResult cannot be empty when status value is error.',
    ],
    [
      'tool input that is not an object',
      {
        messages: [user(hi), assistant({ toolUse: { ...USE.toolUse, input: 'x' } }), user(RESULT)],
        toolConfig: TOOLS,
      },
      'The format of the value at messages.1.content.0.toolUse.input is invalid. Provide a json object for the field and try again.',
    ],
    [
      'tool name outside its pattern',
      { ...say('Hi'), toolConfig: { tools: [{ toolSpec: { name: 'look.up', inputSchema: { json: {} } } }] } },
      "1 validation error detected: Value 'look.up' at 'toolConfig.tools.1.member.toolSpec.name' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_-]+",
    ],
    [
      'tool name over 64 letters',
      {
        ...say('Hi'),
        toolConfig: { tools: [{ toolSpec: { name: 'x'.repeat(65), inputSchema: { json: {} } } }] },
      },
      /length less than or equal to 64/,
    ],
    [
      'no tools in toolConfig',
      { ...say('Hi'), toolConfig: { tools: [] } },
      /length greater than or equal to 1/,
    ],
    [
      'one tool name twice',
      { ...say('Hi'), toolConfig: { tools: [...TOOLS.tools, ...TOOLS.tools] } },
      /more than one tool/,
    ],
    [
      'a chosen tool that is not offered',
      { ...say('Hi'), toolConfig: { ...TOOLS, toolChoice: { tool: { name: 'other' } } } },
      /other in the toolChoice field is not among the tools/,
    ],
    [
      'image bytes that are not base64',
      { messages: [image({ bytes: 'no base64!' })] },
      /^The value at messages\.0\.content\.1\.image\.source\.bytes is not valid base64/,
    ],
    [
      'unknown image format',
      { messages: [image({ bytes: 'AAAA' }, 'bmp')] },
      /enum value set: \[png, jpeg, gif, webp\]/,
    ],
    [
      'unknown document format',
      { messages: [user(hi, { document: { format: 'rtf', name: 'a', source: { bytes: 'AAAA' } } })] },
      /enum value set: \[pdf, /,
    ],
    [
      'document name outside its letters',
      { messages: [user(hi, { document: { format: 'txt', name: 'a.txt', source: { bytes: 'AAAA' } } })] },
      /^The document file name can only contain alphanumeric characters/,
    ],
    [
      'temperature over 1',
      { ...say('Hi'), inferenceConfig: { temperature: 1.1 } },
      /value less than or equal to 1/,
    ],
    ['topP below 0', { ...say('Hi'), inferenceConfig: { topP: -0.1 } }, /value greater than or equal to 0/],
    [
      'maxTokens below 1',
      { ...say('Hi'), inferenceConfig: { maxTokens: 0 } },
      /value greater than or equal to 1/,
    ],
    [
      'several limits at once',
      { ...say('Hi'), inferenceConfig: { temperature: 2, topP: 2 } },
      /^2 validation errors detected: .*; .*/,
    ],
    [
      'unknown role',
      { messages: [{ role: 'robot', content: [hi] }] },
      /enum value set: \[user, assistant, system\]/,
    ],
    [
      'message without role',
      { messages: [{ content: [hi] }] },
      "1 validation error detected: Value null at 'messages.1.member.role' failed to satisfy constraint: Member must not be null",
    ],
    [
      'guardrail identifier outside its pattern',
      { ...say('Hi'), guardrailConfig: { guardrailIdentifier: 'No Good', guardrailVersion: '1' } },
      /guardrailConfig\.guardrailIdentifier/,
    ],
    [
      'guardrail version that is neither number nor DRAFT',
      {
        ...say('Hi'),
        guardrailConfig: { guardrailIdentifier: 'localguardrail', guardrailVersion: 'latest' },
      },
      /guardrailConfig\.guardrailVersion/,
    ],
    [
      'guardrail without version',
      { ...say('Hi'), guardrailConfig: { guardrailIdentifier: 'localguardrail' } },
      /guardrailVersion is missing/,
    ],
    [
      'half of a surrogate pair',
      '{"messages":[{"role":"user","content":[{"text":"\\ud83d"}]}]}',
      /half of a surrogate pair/,
    ],
  ];

  it.each(cases)('%s', async (_title, body, message) => {
    for (const operation of ['converse', 'converse-stream']) {
      const refused = await refusal(body, 'amazon.nova-lite-v1:0', operation);
      expect(refused).toMatchObject({ status: 400, name: 'ValidationException' });
      if (typeof message === 'string') expect(refused.message).toBe(message);
      else expect(refused.message).toMatch(message);
    }
  });

  it("the model's own limits on thinking", async () => {
    const thinking = { type: 'enabled', budget_tokens: 2000 };
    const body = (more: object, config: object = thinking) => ({
      ...say('Hi'),
      additionalModelRequestFields: { thinking: config },
      ...more,
    });
    const prefix = 'The model returned the following errors: ';
    const cases: [object, string][] = [
      [
        body({ inferenceConfig: { maxTokens: 2000 } }),
        '`max_tokens` must be greater than `thinking.budget_tokens`.',
      ],
      [
        body({}, { type: 'enabled', budget_tokens: 10 }),
        'thinking.enabled.budget_tokens: Input should be greater than',
      ],
      [body({ inferenceConfig: { temperature: 0.5 } }), '`temperature` may only be set to 1'],
      [
        body({ toolConfig: { ...TOOLS, toolChoice: { any: {} } } }),
        'Thinking may not be enabled when tool_choice',
      ],
    ];
    for (const [request, message] of cases) {
      expect((await refusal(request, CLAUDE)).message).toContain(prefix + message);
    }
  });
});

describe('a body of the wrong make is refused with SerializationException:', () => {
  const cases: [string, string | Uint8Array][] = [
    ['no JSON', '{"messages":'],
    ['a list', '[]'],
    ['text where a list belongs', '{"messages":"Hi"}'],
    ['a number where text belongs', '{"messages":[{"role":"user","content":[{"text":1}]}]}'],
    ['half a token', '{"inferenceConfig":{"maxTokens":1.5}}'],
  ];
  it.each(cases)('%s', async (_title, body) => {
    expect(await refusal(body)).toMatchObject({ status: 400, name: 'SerializationException' });
  });
});

describe('a model that cannot be invoked so:', () => {
  const cases: [title: string, modelId: string, operation: string, message: string][] = [
    ['unknown id', 'does-not-exist', 'converse', 'The provided model identifier is invalid.'],
    [
      'ARN of another region',
      'arn:aws:bedrock:eu-west-1::foundation-model/amazon.nova-lite-v1:0',
      'converse',
      'The provided model identifier is invalid.',
    ],
    [
      'only through a profile',
      'anthropic.claude-sonnet-4-5-20250929-v1:0',
      'converse-stream',
      'Invocation of model ID anthropic.claude-sonnet-4-5-20250929-v1:0 with on-demand throughput isn’t supported. ' +
        'Retry your request with the ID or ARN of an inference profile that contains this model.',
    ],
    [
      'embeddings',
      'amazon.titan-embed-text-v2:0',
      'converse',
      "This action doesn't support the model that you provided. Try again with a supported text or chat model.",
    ],
    [
      'rankings',
      'cohere.rerank-v3-5:0',
      'converse',
      "This action doesn't support the model that you provided. Try again with a supported text or chat model.",
    ],
    ['no streaming', 'acme.slow-v1', 'converse-stream', 'The model is unsupported for streaming.'],
  ];
  it.each(cases)('%s', async (_title, modelId, operation, message) => {
    const refused = await refusal(say('Hi'), modelId, operation);
    expect(refused).toEqual({ status: 400, name: 'ValidationException', message });
  });

  it('an image for a model that takes none', async () => {
    const body = { messages: [user(hi, { image: { format: 'png', source: { bytes: 'AAAA' } } })] };
    expect((await refusal(body, 'meta.llama3-8b-instruct-v1:0')).message).toBe(
      "This model doesn't support the image field for user messages. Remove image and try again.",
    );
  });
});

describe('a request that Converse takes', () => {
  it.each([
    ['members that it does not know', { ...say('Hi'), somethingNew: { a: 1 } }],
    [
      'a system message between turns',
      { messages: [user(hi), { role: 'system', content: [hi] }, assistant(hi), user(hi)] },
    ],
    ['a whole tool turn', { messages: [user(hi), assistant(hi, USE), user(RESULT)], toolConfig: TOOLS }],
    ['null in place of a member', { ...say('Hi'), system: null, inferenceConfig: { maxTokens: null } }],
  ])('%s', async (_title, body) => {
    expect((await send(local, { path: modelPath('converse'), body })).status).toBe(200);
  });

  it.each(['__proto__', 'constructor', 'toString'])('an output format of the type %s', async (type) => {
    const path = modelPath('converse', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0');
    const schema = { type: 'object', properties: { city: { type } }, additionalProperties: false };
    const format = { type: 'json_schema', schema };
    const body = { ...say('Hi'), additionalModelRequestFields: { output_config: { format } } };
    expect((await send(local, { path, body })).status).toBe(200);
  });

  it('no messages where the model is a stored prompt', async () => {
    const path = modelPath('converse', 'arn:aws:bedrock:us-east-1:123456789012:prompt/ABCDEFGHIJ:1');
    const response = await send(local, { path, body: { promptVariables: { name: { text: 'Ada' } } } });
    expect(response.status).toBe(200);
  });

  it('every way to name a model', async () => {
    const ids = [
      'amazon.nova-lite-v1:0',
      'us.amazon.nova-lite-v1:0',
      'global.anthropic.claude-haiku-4-5-20251001-v1:0',
      'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0',
      'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-lite-v1:0',
    ];
    for (const id of ids) {
      const response = await send(local, { path: modelPath('converse', id), body: say('Hi') });
      expect([id, response.status]).toEqual([id, 200]);
    }
  });

  it('an application inference profile of the account', async () => {
    const arn = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3d4e5f6';
    const account = createLocalBedrock({
      profiles: [
        {
          inferenceProfileName: 'search team',
          inferenceProfileArn: arn,
          inferenceProfileId: 'a1b2c3d4e5f6',
          models: [{ modelArn: 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0' }],
          status: 'ACTIVE',
          type: 'APPLICATION',
        },
      ],
    });
    expect((await send(account, { path: modelPath('converse', arn), body: say('Hi') })).status).toBe(200);
    const list = await send(account, { path: '/inference-profiles?type=APPLICATION' });
    expect(await list.json()).toMatchObject({ inferenceProfileSummaries: [{ inferenceProfileArn: arn }] });
    const system = await send(account, { path: '/inference-profiles?type=SYSTEM_DEFINED' });
    expect(await system.json()).toEqual({ inferenceProfileSummaries: [] });
  });
});

describe('lists', () => {
  it.each([
    ['/inference-profiles?maxResults=0', /maxResults/],
    ['/inference-profiles?maxResults=1001', /maxResults/],
    ['/inference-profiles?type=OTHER', /typeEquals/],
    ['/inference-profiles?nextToken=nonsense', /nextToken/],
  ])('refuse %s', async (path, message) => {
    const refused = await failure(await send(local, { path }));
    expect(refused).toMatchObject({ status: 400, name: 'ValidationException' });
    expect(refused.message).toMatch(message);
  });

  it('name the geography of the region in its profiles', async () => {
    const europe = createLocalBedrock({ region: 'eu-central-1' });
    const answer = await send(europe, { path: '/inference-profiles' });
    const { inferenceProfileSummaries } = (await answer.json()) as {
      inferenceProfileSummaries: { inferenceProfileId: string; models: { modelArn: string }[] }[];
    };
    const ids = inferenceProfileSummaries.map((profile) => profile.inferenceProfileId.split('.')[0]);
    expect(new Set(ids)).toEqual(new Set(['eu', 'global']));
    expect(inferenceProfileSummaries[0]?.models[0]?.modelArn).toContain('eu-central-1');
  });
});

describe('a path that leads nowhere', () => {
  it('gets UnknownOperationException as AWS writes it, signed or not', async () => {
    for (const path of ['/', '/model/amazon.nova-lite-v1%3A0/sing', '/custom-models/x/y']) {
      const response = await local.fetch(new Request(`https://bedrock.us-east-1.amazonaws.com${path}`));
      expect(response.status).toBe(404);
      expect(response.headers.get('x-amzn-errortype')).toBe('UnknownOperationException');
      const message = `GET ${path} is not implemented by the local Bedrock.`;
      expect(await response.json()).toEqual({
        Output: { __type: 'com.amazon.coral.service#UnknownOperationException', message },
        Version: '1.0',
        message,
      });
    }
  });
});
