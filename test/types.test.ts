import type {
  Tool as AwsTool,
  ConverseCommandInput,
  ConverseStreamCommandInput,
  ConverseStreamOutput,
  ConverseStreamResponse,
  CountTokensCommandInput,
  ToolUseBlock,
} from '@aws-sdk/client-bedrock-runtime';
import { describe, expect, expectTypeOf, it } from 'vitest';
import * as z from 'zod';
import {
  BedrockError,
  type ConverseEvent,
  type ConverseRequest,
  type ConverseResult,
  type ConverseStream,
  type ConverseStreamRequest,
  type CountTokensRequest,
  createBedrock,
  isBedrockError,
  type JsonObject,
  type KnownModelId,
  type MessageInput,
  type PartialResult,
  type Tool,
  type ToolInputSchema,
  type ToolUse,
} from '../src/index.js';
import { startLocalBedrock } from '../src/local/node.js';

type Exception = `${string}Exception`;

describe('the types are those of the AWS SDK', () => {
  it('an AWS input goes in as it is', () => {
    expectTypeOf<ConverseStreamCommandInput>().toExtend<ConverseStreamRequest>();
    expectTypeOf<ConverseCommandInput>().toExtend<ConverseRequest>();
    expectTypeOf<CountTokensCommandInput>().toExtend<CountTokensRequest>();
  });

  it('no member of a request is left out', () => {
    expectTypeOf<Exclude<keyof ConverseStreamRequest, 'prompt'>>().toEqualTypeOf<
      keyof ConverseStreamCommandInput
    >();
    expectTypeOf<Exclude<keyof ConverseRequest, 'prompt'>>().toEqualTypeOf<keyof ConverseCommandInput>();
  });

  it('a string stands for { text } wherever content goes', () => {
    const system: ConverseStreamRequest['system'][] = [
      'Be brief',
      ['Be brief', { text: 'a' }, { cachePoint: { type: 'default' } }, { guardContent: 'a' }],
    ];
    const messages: NonNullable<ConverseRequest['messages']> = [
      { role: 'user', content: 'Hi' },
      {
        role: 'user',
        content: [
          'Hi',
          { image: { format: 'png', source: { bytes: new Uint8Array() } } },
          { toolResult: { toolUseId: 'a', content: '21' } },
          { toolResult: { toolUseId: 'a', content: ['21', { json: { c: 21 } }], status: 'success' } },
          { document: { name: 'a', source: { content: ['a', { text: 'b' }] } } },
          { searchResult: { source: 'a', title: 'b', content: 'c' } },
          { citationsContent: { content: ['a'] } },
          { guardContent: { text: 'a' } },
        ],
      },
    ];
    const counted: CountTokensRequest[] = [
      { modelId: 'm', prompt: 'Hi' },
      { modelId: 'm', input: { converse: { messages, system: 'Be brief' } } },
      { modelId: 'm', input: { converse: { prompt: 'Hi' } } },
    ];
    const request: ConverseRequest = { modelId: 'm', prompt: 'Hi', promptVariables: { city: 'Bern' } };
    expectTypeOf([system, messages, counted, request]).toBeArray();
  });

  it('a text in the place of a role, and a number in the place of content, do not compile', () => {
    type Content = MessageInput['content'];
    expectTypeOf<5>().not.toExtend<Content>();
    expectTypeOf<{ text: 5 }[]>().not.toExtend<Content>();
    expectTypeOf<'robot'>().not.toExtend<MessageInput['role']>();
  });

  it("an answer's message goes back into the next request", () => {
    expectTypeOf<ConverseResult['message']>().toExtend<MessageInput>();
  });

  it('no member of the event stream is left out but its exceptions', () => {
    type Members = Exclude<
      ConverseStreamOutput extends infer U ? (U extends unknown ? keyof U : never) : never,
      '$unknown' | Exception
    >;
    expectTypeOf<ConverseEvent['type']>().toEqualTypeOf<Members>();
  });

  it.each([
    'messageStart',
    'contentBlockStart',
    'contentBlockDelta',
    'contentBlockStop',
    'messageStop',
    'metadata',
  ] as const)('no member of %s is left out', (type) => {
    type Kind = typeof type;
    type Ours<K extends Kind> = Exclude<keyof Extract<ConverseEvent, { type: K }>, 'type'>;
    type Theirs<K extends Kind> = keyof NonNullable<Extract<ConverseStreamOutput, Record<K, unknown>>[K]>;
    expectTypeOf<{ [K in Kind]: Ours<K> }>().toEqualTypeOf<{ [K in Kind]: Theirs<K> }>();
  });

  it('no member of an answer is left out', () => {
    type Answer = Extract<ConverseEvent, { type: 'messageStop' | 'metadata' }>;
    type Members = Exclude<Answer extends infer U ? (U extends unknown ? keyof U : never) : never, 'type'>;
    expectTypeOf<Members>().toExtend<keyof ConverseResult>();
    expectTypeOf<keyof ConverseStreamResponse>().toEqualTypeOf<'stream'>();
  });
});

describe('an error', () => {
  it('has a partial result behind either way of knowing it', () => {
    const error: unknown = new BedrockError({ code: 'ERR_SERVICE', message: 'No.' });
    if (isBedrockError(error)) expectTypeOf(error.partial).toEqualTypeOf<PartialResult | undefined>();
    if (error instanceof BedrockError) expectTypeOf(error.partial).toEqualTypeOf<PartialResult | undefined>();
    expect(isBedrockError(error)).toBe(true);
  });
});

describe('a stream', () => {
  it('can be disposed of by `await using`', () => {
    expectTypeOf<ConverseStream>().toExtend<AsyncDisposable>();
  });
});

describe('a model id', () => {
  it('is a known one or any other text', () => {
    expectTypeOf<KnownModelId>().toExtend<ConverseRequest['modelId']>();
    expectTypeOf<string>().toExtend<ConverseStreamRequest['modelId']>();
    expectTypeOf<KnownModelId>().not.toEqualTypeOf<string>();
    expectTypeOf<'us.anthropic.claude-sonnet-4-5-20250929-v1:0'>().toExtend<KnownModelId>();
  });
});

describe('the input of a tool', () => {
  it('can be looked into without a check, and is a JSON object after one', () => {
    expectTypeOf<ToolUse['input']['city']>().toEqualTypeOf<unknown>();
    expectTypeOf<Extract<ToolUse, { inputError?: undefined }>['input']>().toEqualTypeOf<JsonObject>();
    expectTypeOf<Extract<ToolUse, { inputError: string }>['input']>().toExtend<string>();
  });

  it("goes into AWS's own block as it is", () => {
    expectTypeOf<ToolUse>().toExtend<ToolUseBlock>();
  });
});

describe('the schema of a tool', () => {
  interface Schema {
    type: 'object';
    properties: Record<string, { type: string }>;
  }
  const ofInterface: Schema = { type: 'object', properties: { city: { type: 'string' } } };
  const ofConst = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } as const;
  const ofZod = z.toJSONSchema(z.object({ city: z.string() }));

  it("may be typed as any object, or as AWS's", () => {
    expectTypeOf<{ json: Schema }>().toExtend<ToolInputSchema>();
    expectTypeOf<{ json: typeof ofConst }>().toExtend<ToolInputSchema>();
    expectTypeOf<{ json: typeof ofZod }>().toExtend<ToolInputSchema>();
    expectTypeOf<AwsTool>().toExtend<Tool>();
  });

  it('arrives as it is written', async () => {
    const local = await startLocalBedrock();
    const bedrock = createBedrock({
      endpoint: local.url,
      region: local.region,
      credentials: { token: local.apiKey },
    });
    const schemas = [ofInterface, ofConst, ofZod];
    await bedrock.converse({
      modelId: 'amazon.nova-lite-v1:0',
      messages: [{ role: 'user', content: [{ text: 'Hi' }] }],
      toolConfig: {
        tools: schemas.map((json, i) => ({ toolSpec: { name: `tool_${i}`, inputSchema: { json } } })),
      },
    });
    const sent = local.requests[0]?.body as {
      toolConfig: { tools: { toolSpec: { inputSchema: object } }[] };
    };
    await local.close();
    expect(sent.toolConfig.tools.map(({ toolSpec }) => toolSpec.inputSchema)).toEqual(
      [ofInterface, ofConst, JSON.parse(JSON.stringify(ofZod))].map((json) => ({ json })),
    );
  });
});
