import { BedrockRuntimeClient, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime';
import { FetchHttpHandler } from '@smithy/fetch-http-handler';
import { type LocalServer, startLocalBedrock } from 'bedrock-anywhere/local/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelQuirks } from '../../src/catalog/quirks.js';
import { type Bedrock, type BedrockError, createBedrock } from '../../src/index.js';
import { createDefaultModels } from '../../src/local/account/account.js';
import {
  ask,
  assistant,
  BROKEN,
  CLAUDE,
  LLAMA,
  NOVA,
  QWEN_VL,
  result,
  say,
  thought,
  toolNamed,
  use,
  user,
} from './histories.js';

let local: LocalServer;
let bedrock: Bedrock;
let aws: BedrockRuntimeClient;
beforeAll(async () => {
  local = await startLocalBedrock({
    models: [
      { modelId: QWEN_VL, responseStreamingSupported: true, inputModalities: ['TEXT', 'IMAGE'] },
      ...createDefaultModels('us-east-1').filter(({ modelId }) => modelId !== QWEN_VL),
    ],
    script: [
      { user: 'two tools', toolUse: [{ name: 'fs_read', input: { path: 'a' } }, { name: 'search' }] },
      { user: 'fail', error: { name: 'ThrottlingException', afterEvents: 2 }, text: 'Well, that was it.' },
    ],
  });
  bedrock = createBedrock({ endpoint: local.url, region: local.region, credentials: local.credentials });
  aws = new BedrockRuntimeClient({
    endpoint: local.url,
    region: local.region,
    credentials: local.credentials,
    requestHandler: new FetchHttpHandler(),
    maxAttempts: 1,
  });
});
afterAll(() => local.close());

const lastBody = () =>
  local.requests.at(-1)?.body as { messages: { content: object[] }[] } & Record<string, object>;
const failure = (promise: Promise<unknown>): Promise<BedrockError> =>
  promise.then(
    () => {
      throw new Error('it passed');
    },
    (error: unknown) => error as BedrockError,
  );

describe('a broken history', () => {
  for (const { title, request, refused, repairs, level = 'lossless' } of BROKEN) {
    it(`is refused as it is and passes once repaired: ${title}`, async () => {
      const given = structuredClone(request);
      const byAws = await failure(aws.send(new ConverseStreamCommand(request)));
      expect(byAws.message).toMatch(refused);
      const plain = await failure(bedrock.stream(request, { repair: false }).result());
      expect(plain).toMatchObject({ code: 'ERR_INPUT', name: 'ValidationException' });
      expect(plain.message).toMatch(refused);
      expect(plain.partial?.repairs).toEqual([]);

      const streamed = await bedrock.stream(request, { repair: level }).result();
      expect(streamed.repairs).toEqual(repairs);
      const whole = await bedrock.converse(request, { repair: level });
      expect(whole.repairs).toEqual(repairs);
      for (const counted of [
        request,
        { modelId: request.modelId, input: { converse: { ...request, modelId: undefined } as never } },
      ]) {
        const count = bedrock.countTokens(counted, { repair: level });
        if (modelQuirks(request.modelId ?? '').countTokens) expect(await count).toBeGreaterThan(0);
        else expect((await failure(count)).message).toMatch(/^The provided model doesn't support counting/);
      }
      expect(request).toEqual(given);
    });
  }

  it('is repaired by default, unless meaning is lost', async () => {
    const { repairs } = await bedrock
      .stream({ modelId: NOVA, messages: [user(say('Hi')), user(say('Hi'))] })
      .result();
    expect(repairs).toHaveLength(1);
    const orphan = {
      modelId: CLAUDE,
      messages: [ask, assistant(use('a')), ask],
      toolConfig: { tools: [toolNamed('look_up')] },
    };
    expect((await failure(bedrock.stream(orphan).result())).message).toMatch(/Expected toolResult blocks/);
  });

  it('has its repairs listed where the answer fails, too', async () => {
    const error = await failure(
      bedrock.stream({ modelId: NOVA, messages: [user(say(' '), say('fail'))] }, { maxAttempts: 1 }).result(),
    );
    expect(error.partial?.repairs).toEqual([{ kind: 'blank-text', path: 'messages.0.content.0' }]);
  });
});

describe('what is sent instead', () => {
  const sentFor = async (
    request: Parameters<Bedrock['stream']>[0],
    repair: 'lossless' | 'all' = 'lossless',
  ) => {
    await bedrock.stream(request, { repair }).result();
    return lastBody();
  };
  const toolConfig = { tools: [toolNamed('look_up')] };

  it('are the results of a turn in one message, before the words of the user', async () => {
    const { messages } = await sentFor({
      modelId: CLAUDE,
      toolConfig,
      messages: [
        ask,
        assistant(use('a'), use('b')),
        user(say('Go on.')),
        user(result('b')),
        user(result('a')),
      ],
    });
    expect(messages).toHaveLength(3);
    expect(messages[2]?.content).toEqual([result('b'), result('a'), say('Go on.')]);
  });

  it('is what a tool was called with, as an object', async () => {
    const { messages } = await sentFor({
      modelId: NOVA,
      toolConfig,
      messages: [
        ask,
        assistant(
          use('a', 'look_up', '{"q":"x"}'),
          use('b', 'look_up', ' '),
          use('c', 'look_up', 'x'),
          use('d', 'look_up', [1]),
          use('e', 'look_up', null),
        ),
        user(...['a', 'b', 'c', 'd', 'e'].map((id) => result(id))),
      ],
    });
    expect(messages[1]?.content.map((block) => (block as ReturnType<typeof use>).toolUse.input)).toEqual([
      { q: 'x' },
      {},
      { input: 'x' },
      { input: [1] },
      {},
    ]);
  });

  it('is each result under the id of its use', async () => {
    const { messages } = await sentFor({
      modelId: NOVA,
      toolConfig,
      messages: [
        ask,
        assistant(use('a'), use('a')),
        user(result('a', say('1')), result('a', say('2')), result('a', say('3'))),
      ],
    });
    expect(messages[1]?.content).toEqual([use('a'), use('a_2')]);
    expect(messages[2]?.content).toEqual([result('a', say('1')), result('a_2', say('2'), say('3'))]);
  });

  it('are the images of results behind all of them', async () => {
    const image = { image: { format: 'png', source: { bytes: new Uint8Array([1]) } } };
    const { messages } = await sentFor({
      modelId: QWEN_VL,
      toolConfig,
      messages: [ask, assistant(use('a'), use('b')), user(result('a', image), result('b'), say('Well?'))],
    });
    expect(messages[2]?.content.map((block) => Object.keys(block)[0])).toEqual([
      'toolResult',
      'toolResult',
      'text',
      'image',
    ]);
    expect(messages[2]?.content[0]).toEqual({ toolResult: { toolUseId: 'a', content: [] } });
  });

  it('are whole characters only, and every whole one', async () => {
    const { messages } = await sentFor({
      modelId: NOVA,
      messages: [user(say('\ud83d\ud83d\ude00\ude00 \\ud83d \\\ud83d 世 \u0000\u2028'))],
    });
    expect(messages[0]?.content).toEqual([say('\ufffd\ud83d\ude00\ufffd \\ud83d \\\ufffd 世 \u0000\u2028')]);
  });

  it('are the thoughts themselves where a message holds nothing else', async () => {
    const { messages } = await sentFor(
      { modelId: LLAMA, messages: [ask, assistant(thought('Hm.')), ask] },
      'all',
    );
    expect(messages[1]?.content).toEqual([say('Hm.')]);
  });

  it('keeps signed and encrypted thoughts of Claude', async () => {
    const content = [thought('Hm.', 'c2ln'), { reasoningContent: { redactedContent: 'AQ==' } }, say('Done.')];
    const { messages } = await sentFor(
      { modelId: CLAUDE, messages: [ask, assistant(...content), ask] },
      'all',
    );
    expect(messages[1]?.content).toEqual(content);
  });

  it('goes by what the caller knows of the model', async () => {
    const modelId = LLAMA;
    const messages = [ask, assistant(thought('Hm.', 'c2ln'), say('Done.')), ask];
    const asked: string[] = [];
    const answer = bedrock.stream(
      { modelId, messages },
      {
        repair: 'all',
        quirks: (id) => {
          asked.push(id);
          return { reasoning: 'unsigned' };
        },
      },
    );
    await failure(answer.result());
    expect(asked).toEqual([modelId]);
    expect(lastBody().messages[1]?.content).toEqual([thought('Hm.'), say('Done.')]);
  });

  it('keeps the cache point of tools and the use of a tool that runs at the service', async () => {
    const given = {
      modelId: CLAUDE,
      toolConfig: { tools: [toolNamed('look_up'), { cachePoint: { type: 'default' as const } }] },
      messages: [
        ask,
        assistant(
          { toolUse: { toolUseId: 's', name: 'search', input: {}, type: 'server_tool_use' } },
          { toolResult: { toolUseId: 's', content: [say('found')] } },
          say('Found.'),
        ),
        ask,
      ],
    };
    expect(await sentFor(given, 'all')).toMatchObject({
      messages: given.messages,
      toolConfig: given.toolConfig,
    });
  });
});

describe('a conversation of nothing but an empty answer', () => {
  it.each([
    ['no content', [assistant()]],
    ['a blank text', [assistant(say(' '))]],
    ['several of them', [assistant(say('')), assistant()]],
  ])('is an error, not a call that is paid for: %s', async (_name, messages) => {
    const before = local.requests.length;
    for (const level of ['lossless', 'all'] as const) {
      const request = { modelId: NOVA, messages };
      const options = { repair: level };
      const calls = [
        bedrock.stream(request, options).result(),
        bedrock.converse(request, options),
        bedrock.countTokens(request, options),
      ];
      const refused = {
        code: 'ERR_INPUT',
        message: expect.stringContaining('Every message of the request is empty'),
      };
      expect(await Promise.all(calls.map(failure))).toMatchObject([refused, refused, refused]);
    }
    expect(local.requests).toHaveLength(before);
  });
});

describe('names of tools', () => {
  const request = {
    modelId: CLAUDE,
    messages: [user(say('Use two tools.'))],
    toolConfig: { tools: [toolNamed('fs.read'), toolNamed('search')] },
  };

  it('come back as they were, in events, message and toolUses', async () => {
    const answer = bedrock.stream(request);
    const started: (string | undefined)[] = [];
    for await (const event of answer) {
      if (event.type === 'contentBlockStart') started.push(event.start.toolUse?.name);
    }
    const { message, toolUses, repairs } = await answer.result();
    expect(started).toEqual(['fs.read', 'search']);
    expect(message.content?.map(({ toolUse }) => toolUse?.name)).toEqual(['fs.read', 'search']);
    expect(toolUses.map(({ name }) => name)).toEqual(['fs.read', 'search']);
    expect(repairs.map(({ kind }) => kind)).toEqual(['tool-name']);
  });

  it('come back from converse(), and go into the next request again', async () => {
    const { message, toolUses } = await bedrock.converse(request);
    expect(toolUses.map(({ name }) => name)).toEqual(['fs.read', 'search']);
    const results = toolUses.map(({ toolUseId }) => result(toolUseId));
    await bedrock.converse({ ...request, messages: [...request.messages, message, user(...results)] });
    const sent = lastBody().messages[1]?.content as ReturnType<typeof use>[];
    expect(sent.map(({ toolUse }) => toolUse.name)).toEqual(['fs_read', 'search']);
  });
});
