import type { ConverseStreamCommandInput, Message, Tool } from '@aws-sdk/client-bedrock-runtime';
import type { Repair } from '../../src/index.js';

/** A broken history from real life, how the service rejects it, and the repairs that make it pass. */
export interface BrokenHistory {
  title: string;
  request: ConverseStreamCommandInput;
  /** The service's message for the unrepaired request. */
  refused: RegExp;
  /** The option `repair` that it needs. Default: `lossless`. */
  level?: 'all';
  repairs: Repair[];
}

export const NOVA = 'amazon.nova-lite-v1:0';
export const CLAUDE = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
export const QWEN_VL = 'qwen.qwen3-vl-235b-a22b';
export const GPT_OSS = 'openai.gpt-oss-120b-1:0';
export const LLAMA = 'us.meta.llama3-3-70b-instruct-v1:0';

export const user = (...content: object[]) => ({ role: 'user', content }) as Message;
export const assistant = (...content: object[]) => ({ role: 'assistant', content }) as Message;
export const say = (text: string) => ({ text });
export const use = (toolUseId: string, name = 'look_up', input: unknown = {}) => ({
  toolUse: { toolUseId, name, input },
});
export const result = (toolUseId: string, ...content: object[]) => ({
  toolResult: { toolUseId, content: content.length === 0 ? [{ text: 'found' }] : content },
});
export const thought = (text: string, signature?: string) => ({
  reasoningContent: { reasoningText: { text, ...(signature !== undefined && { signature }) } },
});
export const toolNamed = (name: string, more: object = {}) =>
  ({ toolSpec: { name, inputSchema: { json: { type: 'object' } }, ...more } }) as Tool;

const toolConfig = { tools: [toolNamed('look_up')] };
export const ask = user(say('Look it up.'));
const image = { image: { format: 'png', source: { bytes: new Uint8Array([1, 2, 3]) } } };

export const BROKEN: BrokenHistory[] = [
  {
    title: 'a blank text beside another',
    request: { modelId: NOVA, messages: [user(say('Hi'), say(' \n'))] },
    refused:
      /^The text field in the ContentBlock object at messages\.0\.content\.1 is blank\. Add text to the text field, and try again\.$/,
    repairs: [{ kind: 'blank-text', path: 'messages.0.content.1' }],
  },
  {
    title: 'an answer that was cut before its first word',
    request: { modelId: CLAUDE, messages: [user(say('Hi')), assistant(say('')), user(say('Still there?'))] },
    refused: /messages\.1\.content\.0 is blank/,
    repairs: [
      { kind: 'blank-text', path: 'messages.1.content.0' },
      { kind: 'empty-message', path: 'messages.1', after: '(empty)' },
    ],
  },
  {
    title: 'a message without content',
    request: { modelId: NOVA, messages: [user(say('Hi')), assistant(), user(say('Still there?'))] },
    refused: /^The content field in the Message object at messages\.1 is empty\./,
    repairs: [{ kind: 'empty-message', path: 'messages.1', after: '(empty)' }],
  },
  {
    title: 'an empty answer at the end',
    request: { modelId: NOVA, messages: [user(say('Hi')), assistant()] },
    refused: /^The content field in the Message object at messages\.1 is empty\./,
    repairs: [{ kind: 'empty-message', path: 'messages.1' }],
  },
  {
    title: 'an empty system prompt',
    request: { modelId: NOVA, system: [say('')] as never, messages: [user(say('Hi'))] },
    refused:
      /'system\.1\.member\.text' failed to satisfy constraint: Member must have length greater than or equal to 1/,
    repairs: [{ kind: 'blank-text', path: 'system.0' }],
  },
  {
    title: 'roles that repeat',
    request: { modelId: NOVA, messages: [user(say('Hi')), user(say('Are you there?'))] },
    refused: /^A conversation must alternate between user and assistant roles\./,
    repairs: [{ kind: 'repeated-role', path: 'messages.1' }],
  },
  {
    title: 'results of one turn in several messages, behind a word of the user',
    request: {
      modelId: CLAUDE,
      toolConfig,
      messages: [
        ask,
        assistant(use('a'), use('b')),
        user(result('a')),
        user(say('Go on.')),
        user(result('b')),
      ],
    },
    refused: /alternate/,
    repairs: [
      { kind: 'repeated-role', path: 'messages.3' },
      { kind: 'repeated-role', path: 'messages.4' },
    ],
  },
  {
    title: 'a window that begins with an answer',
    request: { modelId: NOVA, messages: [assistant(say('Hello!')), user(say('Hi'))] },
    refused: /^A conversation must start with a user message\./,
    repairs: [{ kind: 'first-role', path: 'messages.0', after: '(empty)' }],
  },
  {
    title: 'tool names with a dot, in tools, choice and history',
    request: {
      modelId: CLAUDE,
      toolConfig: {
        tools: [toolNamed('fs.read'), toolNamed('fs_read')],
        toolChoice: { tool: { name: 'fs.read' } },
      },
      messages: [ask, assistant(use('a', 'fs.read'), use('b', 'fs_read')), user(result('a'), result('b'))],
    },
    refused:
      /Value 'fs\.read' at 'messages\.2\.member\.content\.1\.member\.toolUse\.name' failed to satisfy constraint: Member must satisfy regular expression pattern: \[a-zA-Z0-9_-\]\+/,
    repairs: [
      {
        kind: 'tool-name',
        path: 'toolConfig.tools.0.toolSpec.name',
        before: 'fs.read',
        after: 'fs_read_2',
      },
    ],
  },
  {
    title: 'tool names over 64 letters that differ at their ends',
    request: {
      modelId: NOVA,
      toolConfig: { tools: [toolNamed(`${'x'.repeat(70)}a`), toolNamed(`${'x'.repeat(70)}b`)] },
      messages: [user(say('Hi'))],
    },
    refused: /2 validation errors detected.*Member must have length less than or equal to 64/,
    repairs: [
      {
        kind: 'tool-name',
        path: 'toolConfig.tools.0.toolSpec.name',
        before: `${'x'.repeat(70)}a`,
        after: 'x'.repeat(64),
      },
      {
        kind: 'tool-name',
        path: 'toolConfig.tools.1.toolSpec.name',
        before: `${'x'.repeat(70)}b`,
        after: `${'x'.repeat(60)}_2`,
      },
    ],
  },
  {
    title: 'a call that the model wrote as its tool’s name',
    request: {
      modelId: NOVA,
      toolConfig,
      messages: [ask, assistant(use('a', 'look_up(url="x")')), user(result('a'))],
    },
    refused: /toolUse\.name' failed to satisfy constraint/,
    repairs: [
      {
        kind: 'tool-name',
        path: 'messages.1.content.0.toolUse.name',
        before: 'look_up(url="x")',
        after: 'look_up_url__x__',
      },
    ],
  },
  {
    title: 'tool use ids of another provider',
    request: {
      modelId: NOVA,
      toolConfig,
      messages: [ask, assistant(use(`call_1|${'f'.repeat(80)}`)), user(result(`call_1|${'f'.repeat(80)}`))],
    },
    refused: /toolUse\.toolUseId' failed to satisfy constraint/,
    repairs: [
      {
        kind: 'tool-use-id',
        path: 'messages.1.content.0.toolUse.toolUseId',
        before: `call_1|${'f'.repeat(80)}`,
        after: `call_1_${'f'.repeat(57)}`,
      },
    ],
  },
  {
    title: 'tool use ids that the service takes and Claude does not',
    request: {
      modelId: CLAUDE,
      toolConfig,
      messages: [ask, assistant(use('functions.look_up:0')), user(result('functions.look_up:0'))],
    },
    refused: /tool_use\.id: String should match pattern '\^\[a-zA-Z0-9_-\]\+\$'/,
    repairs: [
      {
        kind: 'tool-use-id',
        path: 'messages.1.content.0.toolUse.toolUseId',
        before: 'functions.look_up:0',
        after: 'functions_look_up_0',
      },
    ],
  },
  {
    title: 'two tool uses with one id',
    request: {
      modelId: NOVA,
      toolConfig,
      messages: [ask, assistant(use('a'), use('a')), user(result('a', say('one')), result('a', say('two')))],
    },
    refused: /^The toolUse blocks at messages\.1\.content contain duplicate Ids: a$/,
    repairs: [
      { kind: 'tool-use-id', path: 'messages.1.content.1.toolUse.toolUseId', before: 'a', after: 'a_2' },
    ],
  },
  {
    title: 'two results for one tool use',
    request: {
      modelId: NOVA,
      toolConfig,
      messages: [ask, assistant(use('a')), user(result('a', say('one')), result('a', say('two')))],
    },
    refused: /^The toolResult blocks at messages\.2\.content contain duplicate Ids: a$/,
    repairs: [{ kind: 'tool-result', path: 'messages.2.content.1.toolResult', before: 'a' }],
  },
  {
    title: 'tool blocks in the history and no tools any more',
    request: { modelId: CLAUDE, messages: [ask, assistant(use('a')), user(result('a'))] },
    refused: /^The toolConfig field must be defined when using toolUse and toolResult content blocks\.$/,
    repairs: [{ kind: 'tool-config', path: 'toolConfig', after: 'look_up' }],
  },
  {
    title: 'an empty list of tools',
    request: { modelId: NOVA, toolConfig: { tools: [] }, messages: [user(say('Hi'))] },
    refused:
      /'toolConfig\.tools' failed to satisfy constraint: Member must have length greater than or equal to 1/,
    repairs: [{ kind: 'tool-config', path: 'toolConfig', after: '' }],
  },
  {
    title: 'a tool without a word about it',
    request: {
      modelId: NOVA,
      toolConfig: { tools: [toolNamed('look_up', { description: '' })] },
      messages: [user(say('Hi'))],
    },
    refused:
      /Value '' at 'toolConfig\.tools\.1\.member\.toolSpec\.description' failed to satisfy constraint: Member must have length greater than or equal to 1/,
    repairs: [{ kind: 'tool-config', path: 'toolConfig.tools.0.toolSpec.description' }],
  },
  {
    title: 'a schema without its type',
    request: {
      modelId: NOVA,
      toolConfig: { tools: [toolNamed('look_up', { inputSchema: { json: { oneOf: [{}] } } })] },
      messages: [user(say('Hi'))],
    },
    refused:
      /^The value at toolConfig\.tools\.0\.toolSpec\.inputSchema\.json\.type must be one of the following: object\.$/,
    repairs: [
      { kind: 'tool-config', path: 'toolConfig.tools.0.toolSpec.inputSchema.json.type', after: 'object' },
      { kind: 'tool-config', path: 'toolConfig.tools.0.toolSpec.inputSchema.json.oneOf' },
    ],
  },
  {
    title: 'an input that was kept as text',
    request: {
      modelId: NOVA,
      toolConfig,
      messages: [
        ask,
        assistant(use('a', 'look_up', '{"q":"x"}'), use('b', 'look_up', ''), use('c', 'look_up', [1])),
        user(result('a'), result('b'), result('c')),
      ],
    },
    refused:
      /^The format of the value at messages\.1\.content\.0\.toolUse\.input is invalid\. Provide a json object for the field and try again\.$/,
    repairs: [0, 1, 2].map((j) => ({ kind: 'tool-input', path: `messages.1.content.${j}.toolUse.input` })),
  },
  {
    title: 'a result whose JSON is a list',
    request: {
      modelId: NOVA,
      toolConfig,
      messages: [ask, assistant(use('a')), user(result('a', { json: [{ found: true }] }))],
    },
    refused:
      /^The format of the value at messages\.2\.content\.0\.toolResult\.content\.0\.json is invalid\. Provide a json object/,
    repairs: [{ kind: 'tool-result', path: 'messages.2.content.0.toolResult.content.0.json' }],
  },
  {
    title: 'a tool that failed without a word',
    request: {
      modelId: NOVA,
      toolConfig,
      messages: [
        ask,
        assistant(use('a')),
        user({ toolResult: { toolUseId: 'a', content: [], status: 'error' } }),
      ],
    },
    refused: /cannot be empty when status value is error/,
    repairs: [{ kind: 'tool-result', path: 'messages.2.content.0.toolResult.content', after: '(empty)' }],
  },
  {
    title: 'a screenshot of a failure, for Claude',
    request: {
      modelId: CLAUDE,
      toolConfig,
      messages: [
        ask,
        assistant(use('a')),
        user({ toolResult: { toolUseId: 'a', content: [image], status: 'error' } }),
      ],
    },
    refused: /messages\.2\.content\.0\.tool_result: all content must be type `text` if `is_error` is true$/,
    repairs: [
      { kind: 'tool-result', path: 'messages.2.content.0.toolResult.content.0' },
      { kind: 'tool-result', path: 'messages.2.content.0.toolResult.content', after: '(empty)' },
    ],
  },
  {
    title: 'a screenshot, for a model that takes images from users only',
    request: {
      modelId: QWEN_VL,
      toolConfig,
      messages: [ask, assistant(use('a')), user(result('a', say('Look:'), image))],
    },
    refused: /^This model doesn't support the image field for user messages\. Remove image and try again\.$/,
    repairs: [{ kind: 'tool-result', path: 'messages.2.content.0.toolResult.content.1' }],
  },
  {
    title: 'halves of characters, in text, input and result',
    request: {
      modelId: NOVA,
      toolConfig,
      messages: [
        user(say('Look up \ud83d, not \\ud83d nor 🌍.')),
        assistant(use('a', 'look_up', { q: ['\udc00'], '\ud800': 1 })),
        user(result('a', { json: { text: 'cut \ud83c' } })),
      ],
    },
    refused: /half of a surrogate pair/,
    repairs: [
      { kind: 'lone-surrogate', path: 'messages.0.content.0.text' },
      { kind: 'lone-surrogate', path: 'messages.1.content.0.toolUse.input.q.0' },
      { kind: 'lone-surrogate', path: 'messages.1.content.0.toolUse.input.\ud800' },
      { kind: 'lone-surrogate', path: 'messages.2.content.0.toolResult.content.0.json.text' },
    ],
  },
  {
    title: 'a tool use that nobody answered',
    level: 'all',
    request: {
      modelId: CLAUDE,
      toolConfig,
      messages: [ask, assistant(say('I will.'), use('a')), user(say('Never mind.'))],
    },
    refused: /^Expected toolResult blocks at messages\.2\.content for the following Ids: a$/,
    repairs: [{ kind: 'orphaned-tool', path: 'messages.1.content.1', before: 'a' }],
  },
  {
    title: 'a result whose use was cut away',
    level: 'all',
    request: { modelId: NOVA, toolConfig, messages: [user(result('a')), assistant(say('Found.')), ask] },
    refused:
      /^The number of toolResult blocks at messages\.0\.content exceeds the number of toolUse blocks of previous turn\.$/,
    repairs: [
      { kind: 'orphaned-tool', path: 'messages.0.content.0', before: 'a' },
      { kind: 'empty-message', path: 'messages.0', after: '(empty)' },
    ],
  },
  {
    title: 'an orphan and no tools',
    level: 'all',
    request: { modelId: NOVA, messages: [user(say('Hi'), result('a'))] },
    refused: /^The toolConfig field must be defined/,
    repairs: [{ kind: 'orphaned-tool', path: 'messages.0.content.1', before: 'a' }],
  },
  {
    title: 'thoughts without a signature, for Claude',
    level: 'all',
    request: {
      modelId: CLAUDE,
      messages: [ask, assistant(thought('Hm.'), say('Done.')), ask, assistant(thought('Hm.', '')), ask],
    },
    refused:
      /^The model returned the following errors: messages\.1\.content\.0\.thinking\.signature: Field required$/,
    repairs: [
      { kind: 'reasoning', path: 'messages.1.content.0' },
      { kind: 'reasoning', path: 'messages.3.content.0' },
    ],
  },
  {
    title: 'thoughts with a signature, for a model that knows none',
    level: 'all',
    request: { modelId: GPT_OSS, messages: [ask, assistant(thought('Hm.', 'c2ln'), say('Done.')), ask] },
    refused:
      /^This model doesn't support the reasoningContent\.reasoningText\.signature field\. Remove reasoningContent\.reasoningText\.signature and try again\.$/,
    repairs: [{ kind: 'reasoning', path: 'messages.1.content.0.reasoningContent.reasoningText.signature' }],
  },
  {
    title: 'encrypted thoughts, for a model that cannot read them',
    level: 'all',
    request: {
      modelId: GPT_OSS,
      messages: [
        ask,
        assistant({ reasoningContent: { redactedContent: new Uint8Array([1]) } }, say('Done.')),
        ask,
      ],
    },
    refused: /reasoningContent\.redactedContent field/,
    repairs: [{ kind: 'reasoning', path: 'messages.1.content.0' }],
  },
  {
    title: 'thoughts, for a model that takes none',
    level: 'all',
    request: { modelId: LLAMA, messages: [ask, assistant(thought('Hm.'), say('Done.')), ask] },
    refused:
      /^User messages cannot contain reasoning content\. Please remove the reasoning content and try again\.$/,
    repairs: [{ kind: 'reasoning', path: 'messages.1.content.0' }],
  },
  {
    title: 'thoughts in a summary that became a user’s message',
    level: 'all',
    request: { modelId: CLAUDE, messages: [user(thought('Hm.', 'c2ln'), say('So far: nothing.'))] },
    refused: /^User messages cannot contain reasoning content\./,
    repairs: [{ kind: 'reasoning', path: 'messages.0.content.0' }],
  },
  {
    title: 'all at once',
    level: 'all',
    request: {
      modelId: CLAUDE,
      messages: [
        assistant(say(' ')),
        assistant(say('Hello!')),
        ask,
        assistant(thought('Hm.'), use('a', 'fs.read'), use('b.1', 'fs.read')),
        user(image, result('b.1')),
        user(say('')),
      ],
    },
    refused: /validation error/,
    repairs: [
      {
        kind: 'tool-name',
        path: 'messages.3.content.1.toolUse.name',
        before: 'fs.read',
        after: 'fs_read',
      },
      { kind: 'tool-use-id', path: 'messages.3.content.2.toolUse.toolUseId', before: 'b.1', after: 'b_1' },
      { kind: 'repeated-role', path: 'messages.1' },
      { kind: 'repeated-role', path: 'messages.5' },
      { kind: 'blank-text', path: 'messages.0.content.0' },
      { kind: 'reasoning', path: 'messages.3.content.0' },
      { kind: 'blank-text', path: 'messages.5.content.0' },
      { kind: 'orphaned-tool', path: 'messages.3.content.1', before: 'a' },
      { kind: 'first-role', path: 'messages.0', after: '(empty)' },
      { kind: 'tool-config', path: 'toolConfig', after: 'fs_read' },
    ],
  },
];
