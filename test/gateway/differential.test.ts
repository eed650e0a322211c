/** The same conversations through the gateway and directly through `stream()`: the same reaches Bedrock, and the answers mean the same. */
import { type ClientOptions, type ConverseResult, createBedrock } from 'bedrock-anywhere';
import { createLocalBedrock, type LocalBedrockOptions, localTransport } from 'bedrock-anywhere/local';
import { describe, expect, it } from 'vitest';
import { asChat, asConverse, asMessages, asResponses, type Conversation } from './conversations.js';
import {
  type Read,
  readChat,
  readConverse,
  readMessages,
  readResponses,
  wholeChat,
  wholeMessages,
  wholeResponses,
} from './meaning.js';
import { PIXEL_BASE64 } from './recorded.js';
import { CLAUDE, GPT_OSS, json, NEW_CLAUDE, NOVA, setUp } from './setup.js';

// biome-ignore lint/suspicious/noExplicitAny: bodies and answers are read by their members.
type Json = any;
type Script = NonNullable<LocalBedrockOptions['script']>;

interface Spoken {
  path: string;
  write(conversation: Conversation): object;
  whole(text: string): Json;
  read(answer: Json): Read;
  /** Members of a stream's request. */
  stream: object;
}

const PROTOCOLS: Readonly<Record<string, Spoken>> = {
  chat: {
    path: '/v1/chat/completions',
    write: asChat,
    whole: wholeChat,
    read: readChat,
    stream: { stream: true, stream_options: { include_usage: true } },
  },
  responses: {
    path: '/v1/responses',
    write: asResponses,
    whole: wholeResponses,
    read: readResponses,
    stream: { stream: true },
  },
  messages: {
    path: '/v1/messages',
    write: asMessages,
    whole: wholeMessages,
    read: readMessages,
    stream: { stream: true },
  },
};

async function ask(
  { path, whole, stream }: Spoken,
  body: object,
  { script, client = {}, isStream }: { script: Script; client?: ClientOptions; isStream: boolean },
): Promise<{ answer: Json; sent: Json }> {
  const gateway = await setUp({ local: { script }, client });
  const response = await gateway.send(path, { ...body, ...(isStream && stream) });
  expect(response.status, await response.clone().text()).toBe(200);
  const answer = isStream ? whole(await response.text()) : await json(response);
  return { answer, sent: gateway.sent() };
}

async function askDirectly(
  modelId: string,
  conversation: Conversation,
  { script, client = {}, more = {} }: { script: Script; client?: ClientOptions; more?: object },
): Promise<{ result: ConverseResult; sent: Json }> {
  const local = createLocalBedrock({ script });
  const bedrock = createBedrock({ transport: localTransport(local), ...client });
  const request = { modelId, ...asConverse(conversation), ...more };
  const result = await bedrock.stream(request, { repair: 'all', adapt: true }).result();
  return { result, sent: local.requests.at(-1)?.body };
}

/** What of a body is the conversation, and not a limit that clients of a protocol always send. */
function conversationIn({ messages, system, toolConfig, outputConfig }: Json): object {
  return { messages, system, toolConfig, outputConfig };
}

const WEATHER = {
  name: 'get_weather',
  description: 'The weather of a city.',
  schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};
const PDF = Buffer.from('%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF').toString('base64');
const hello: Conversation = { turns: [{ user: [{ text: 'Hello.' }] }] };

const CONVERSATIONS: Readonly<Record<string, Conversation>> = {
  text: hello,
  'a system prompt and earlier turns': {
    system: 'Answer in verse.',
    turns: [
      { user: [{ text: 'Hello.' }] },
      { assistant: [{ text: 'Roses are red.' }] },
      { user: [{ text: 'And' }, { text: 'violets?' }] },
    ],
  },
  'tools that the model may call': { ...hello, tools: [WEATHER] },
  'a tool that it has to call': { ...hello, tools: [WEATHER], choice: 'get_weather' },
  'any tool': { ...hello, tools: [WEATHER, { ...WEATHER, name: 'get_time' }], choice: 'any' },
  'calls, with text before them, and their results': {
    tools: [WEATHER],
    turns: [
      { user: [{ text: 'Bern and Rome?' }] },
      {
        assistant: [
          { text: 'I look.' },
          { call: 'call_1', name: 'get_weather', input: { city: 'Bern' } },
          { call: 'call_2', name: 'get_weather', input: { city: 'Rome' } },
        ],
      },
      {
        user: [
          { result: 'call_1', text: 'rain' },
          { result: 'call_2', text: 'sun' },
        ],
      },
    ],
  },
  'text behind a result': {
    tools: [WEATHER],
    turns: [
      { user: [{ text: 'Bern?' }] },
      { assistant: [{ call: 'call_1', name: 'get_weather', input: {} }] },
      { user: [{ result: 'call_1', text: 'rain' }, { text: 'In one word.' }] },
    ],
  },
  'an image between texts': {
    turns: [{ user: [{ text: 'This' }, { png: PIXEL_BASE64 }, { text: 'is what?' }] }],
  },
  'a document': { turns: [{ user: [{ pdf: PDF, title: 'report' }, { text: 'Sum it up.' }] }] },
  'letters of all scripts': {
    turns: [{ user: [{ text: 'Zürich, Ελλάδα, 東京, 👩‍👩‍👧, \u2028 and \\ "' }] }],
  },
};

describe.each(Object.entries(PROTOCOLS))('a conversation in %s', (_protocol, spoken) => {
  const rows = Object.entries(CONVERSATIONS).flatMap(([name, conversation]) =>
    [CLAUDE, NOVA].map((model) => [name, model, conversation] as const),
  );
  it.each(rows)('reaches Bedrock as from stream(): %s (%s)', async (_name, model, conversation) => {
    const direct = await askDirectly(model, conversation, { script: [] });
    const through = await ask(
      spoken,
      { model, ...spoken.write(conversation) },
      { script: [], isStream: true },
    );
    expect(conversationIn(through.sent)).toEqual(conversationIn(direct.sent));
  });
});

const location = { documentChar: { documentIndex: 0, start: 0, end: 4 } };

const ANSWERS: Readonly<
  Record<string, { script: Script; conversation: Conversation; client?: ClientOptions }>
> = {
  text: { script: [{ text: 'Hello to you.' }], conversation: hello },
  nothing: { script: [{ text: '' }], conversation: hello },
  'letters of all scripts, and what would end an event': {
    script: [{ text: 'Zürich 東京 👩‍👩‍👧\n\ndata: [DONE]\n\nevent: error\r\n\u2028\u2029\u0085"\\' }],
    conversation: hello,
  },
  'one call': {
    script: [{ toolUse: { name: 'get_weather', input: { city: 'Bern' } } }],
    conversation: { ...hello, tools: [WEATHER] },
  },
  'text and calls': {
    script: [
      {
        text: 'I look.',
        toolUse: [
          { name: 'get_weather', input: { city: 'Bern', nested: { list: [1, 'zwei', null] } } },
          { name: 'get_weather' },
        ],
      },
    ],
    conversation: { ...hello, tools: [WEATHER] },
  },
  'reasoning and text': {
    script: [{ reasoning: { text: 'First this, then that.', signature: 'c2ln' }, text: 'Done.' }],
    conversation: hello,
  },
  'reasoning without words': {
    script: [{ reasoning: { text: '', signature: 'c2ln', redacted: 'aGlkZGVu' }, text: 'Done.' }],
    conversation: hello,
  },
  citations: {
    script: [
      {
        citations: [
          { text: 'The sky is blue.', title: 'report', sourceText: 'blue', location },
          { text: ' The grass is green.', title: 'second', sourceText: 'green', location },
        ],
      },
    ],
    conversation: CONVERSATIONS['a document'] as Conversation,
  },
  'tokens from the cache': {
    script: [
      {
        text: 'Cached.',
        usage: {
          inputTokens: 7,
          outputTokens: 3,
          totalTokens: 1010,
          cacheReadInputTokens: 900,
          cacheWriteInputTokens: 100,
        },
      },
    ],
    conversation: hello,
  },
  'what a guardrail puts in its place': {
    script: [{ text: 'The swordfish swims.' }],
    conversation: { turns: [{ user: [{ text: 'Say swordfish.' }] }] },
    client: { guardrailConfig: { guardrailIdentifier: 'localguardrail', guardrailVersion: '1' } },
  },
};

describe.each(Object.entries(PROTOCOLS))('an answer in %s', (_protocol, spoken) => {
  const rows = Object.entries(ANSWERS).flatMap(([name, row]) =>
    [true, false].map(
      (isStream) => [name, isStream ? 'as a stream' : 'whole', { ...row, isStream }] as const,
    ),
  );
  it.each(rows)('means what stream() has: %s, %s', async (_name, _way, { conversation, ...how }) => {
    const { result } = await askDirectly(CLAUDE, conversation, how);
    const { answer } = await ask(spoken, { model: CLAUDE, ...spoken.write(conversation) }, how);
    const { stop: _reason, ...direct } = readConverse(result);
    const { stop: _own, ...through } = spoken.read(answer);
    expect(through).toEqual(direct);
  });
});

/** Converse's reasons, and what each protocol calls them. */
const STOPS: readonly [reason: string, chat: string, responses: string, messages: string][] = [
  ['end_turn', 'stop', 'completed', 'end_turn'],
  ['stop_sequence', 'stop', 'completed', 'stop_sequence'],
  ['tool_use', 'tool_calls', 'completed', 'tool_use'],
  ['max_tokens', 'length', 'max_output_tokens', 'max_tokens'],
  ['model_context_window_exceeded', 'length', 'max_output_tokens', 'model_context_window_exceeded'],
  ['guardrail_intervened', 'content_filter', 'content_filter', 'refusal'],
  ['content_filtered', 'content_filter', 'content_filter', 'refusal'],
];

describe.each(STOPS)('an answer that ends with %s', (stopReason, ...own) => {
  const calls =
    stopReason === 'tool_use' ? { toolUse: { name: 'get_weather', input: { city: 'Bern' } } } : {};
  const script: Script = [{ text: 'As far as', ...calls, stopReason }];
  const conversation = { ...hello, tools: [WEATHER] };

  it.each(
    Object.keys(PROTOCOLS).flatMap((name, i) =>
      [true, false].map((isStream) => [name, isStream, own[i]] as const),
    ),
  )('says so in %s (stream: %s): %s', async (name, isStream, expected) => {
    const spoken = PROTOCOLS[name] as Spoken;
    const { result } = await askDirectly(CLAUDE, conversation, { script });
    const body = { model: CLAUDE, ...spoken.write(conversation) };
    const { answer } = await ask(spoken, body, { script, isStream });
    expect(result.stopReason).toBe(stopReason);
    expect(spoken.read(answer)).toEqual({ ...readConverse(result), stop: expected });
  });
});

describe('a loop of tools with reasoning', () => {
  const script: Script = [
    { toolResult: true, text: 'It rains.' },
    {
      reasoning: { text: 'I have to look.', signature: 'c2ln', redacted: 'aGlkZGVu' },
      text: 'I look.',
      toolUse: { name: 'get_weather', input: { city: 'Bern' }, toolUseId: 'tooluse_1' },
    },
  ];
  const conversation: Conversation = { ...hello, tools: [WEATHER] };
  const RESULT = 'rain';

  /** How a client of each protocol answers the call: with what it got, unchanged. */
  const GO_ON: Readonly<Record<string, { thinking: object; next(body: Json, answer: Json): object }>> = {
    chat: {
      thinking: { reasoning_effort: 'low' },
      next: (body, { choices: [{ message }] }) => ({
        ...body,
        messages: [
          ...body.messages,
          // Only what every client returns.
          { role: 'assistant', content: message.content, tool_calls: message.tool_calls },
          { role: 'tool', tool_call_id: message.tool_calls[0].id, content: RESULT },
        ],
      }),
    },
    responses: {
      thinking: { reasoning: { effort: 'low' } },
      next: (body, { output }) => ({
        ...body,
        input: [
          ...body.input,
          ...output,
          { type: 'function_call_output', call_id: output.at(-1).call_id, output: RESULT },
        ],
      }),
    },
    messages: {
      thinking: { thinking: { type: 'enabled', budget_tokens: 1024 } },
      next: (body, { content }) => ({
        ...body,
        messages: [
          ...body.messages,
          { role: 'assistant', content },
          {
            role: 'user',
            content: [{ type: 'tool_result', tool_use_id: content.at(-1).id, content: RESULT }],
          },
        ],
      }),
    },
  };

  it.each(
    Object.keys(PROTOCOLS).flatMap((name) => [true, false].map((isStream) => [name, isStream] as const)),
  )('returns it to the model as stream() does: %s (stream: %s)', async (name, isStream) => {
    const spoken = PROTOCOLS[name] as Spoken;
    const { thinking, next } = GO_ON[name] as (typeof GO_ON)[string];
    const more = { additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 1024 } } };
    const { result } = await askDirectly(CLAUDE, conversation, { script, more });
    const body = { model: CLAUDE, ...spoken.write(conversation), ...thinking };
    const { answer } = await ask(spoken, body, { script, isStream });
    const { answer: last, sent } = await ask(spoken, next(body, answer), { script, isStream });
    expect(sent.messages).toEqual([
      { role: 'user', content: [{ text: 'Hello.' }] },
      JSON.parse(JSON.stringify(result.message, base64OfBytes)),
      { role: 'user', content: [{ toolResult: { toolUseId: 'tooluse_1', content: [{ text: RESULT }] } }] },
    ]);
    expect(sent.additionalModelRequestFields.thinking.type).toBe('enabled');
    expect(spoken.read(last).text).toBe('It rains.');
  });

  function base64OfBytes(_name: string, value: unknown): unknown {
    return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
  }
});

describe('an answer in JSON', () => {
  const schema = {
    type: 'object',
    properties: { city: { type: 'string' }, degrees: { type: 'integer' } },
    required: ['city', 'degrees'],
    additionalProperties: false,
  };
  const FORMATS: Readonly<Record<string, object>> = {
    chat: { response_format: { type: 'json_schema', json_schema: { name: 'weather', schema } } },
    responses: { text: { format: { type: 'json_schema', name: 'weather', schema } } },
    messages: { output_config: { format: { type: 'json_schema', schema } } },
  };
  const value = { city: 'Bern', degrees: 21 };
  const script: Script = [{ text: JSON.stringify(value) }];
  const textFormat = {
    type: 'json_schema',
    structure: { jsonSchema: { name: 'weather', schema: JSON.stringify(schema) } },
  };

  it.each(
    Object.keys(PROTOCOLS).flatMap((name) => [true, false].map((isStream) => [name, isStream] as const)),
  )('is asked for as stream() does, where the model has it: %s (stream: %s)', async (name, isStream) => {
    const spoken = PROTOCOLS[name] as Spoken;
    const direct = await askDirectly(CLAUDE, hello, { script, more: { outputConfig: { textFormat } } });
    const body = { model: CLAUDE, ...spoken.write(hello), ...FORMATS[name] };
    const { answer, sent } = await ask(spoken, body, { script, isStream });
    const { name: _only, ...unnamed } = textFormat.structure.jsonSchema;
    expect(sent.outputConfig).toEqual(
      name === 'messages'
        ? { textFormat: { ...textFormat, structure: { jsonSchema: unnamed } } }
        : direct.sent.outputConfig,
    );
    expect(JSON.parse(spoken.read(answer).text)).toEqual(JSON.parse(direct.result.text));
  });

  it.each(
    Object.keys(PROTOCOLS).flatMap((name) =>
      [NOVA, GPT_OSS, NEW_CLAUDE].flatMap((model) =>
        [true, false].map((isStream) => [name, model, isStream] as const),
      ),
    ),
  )('has the value on every model: %s on %s (stream: %s)', async (name, model, isStream) => {
    const spoken = PROTOCOLS[name] as Spoken;
    const body = { model, ...spoken.write(hello), ...FORMATS[name] };
    // The model calls the tool that it is given, if there is one, else it writes text.
    const probe = await setUp();
    await (await probe.send(spoken.path, body)).text();
    const { toolConfig } = probe.sent() as Json;
    const tool = toolConfig?.tools[0].toolSpec.name;
    const calling: Script = [{ toolUse: { name: tool, input: value } }];
    const { answer } = await ask(spoken, body, { script: tool === undefined ? script : calling, isStream });
    const { text, calls } = spoken.read(answer);
    expect([JSON.parse(text), calls]).toEqual([value, []]);
  });
});
