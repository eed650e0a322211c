import { describe, expect, it } from 'vitest';
import { eventsOf, framesOf } from '../events.js';
import { modelPath, say, send } from '../request.js';
import {
  ask,
  bodiesOf,
  CLAUDE,
  chunk,
  DONE,
  line,
  setUp,
  streams,
  streamsText,
  usageChunk,
  WEATHER,
} from './server.js';

/** A part of a tool call in a chunk. */
function part(index: number | undefined, args: unknown, head: { id?: string; name?: string } = {}): object {
  const { id, name } = head;
  const called = { ...(name !== undefined && { name }), arguments: args };
  return {
    ...(index !== undefined && { index }),
    ...(id !== undefined && { id, type: 'function' }),
    function: called,
  };
}

const calls = (...parts: object[]): object => chunk({ tool_calls: parts });
const END = chunk({}, 'tool_calls');
const [FIRST, SECOND] = ['call_first0001', 'call_second002'];

describe('text', () => {
  it('is passed on as it arrives, one delta for each piece, and the upstream counts the tokens', async () => {
    const { local, server } = await setUp(
      streams(
        chunk({ role: 'assistant', content: '' }),
        chunk({ content: 'Hel' }),
        chunk({ content: 'lo, wörld' }),
        chunk({ content: '!' }),
        chunk({}, 'stop'),
        usageChunk(11, 3),
      ),
    );
    const response = await send(local, { path: modelPath('converse-stream'), body: say('Hi') });
    expect(eventsOf(await framesOf(response))).toEqual([
      ['messageStart', { role: 'assistant' }],
      ['contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'Hel' } }],
      ['contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'lo, wörld' } }],
      ['contentBlockDelta', { contentBlockIndex: 0, delta: { text: '!' } }],
      ['contentBlockStop', { contentBlockIndex: 0 }],
      ['messageStop', { stopReason: 'end_turn' }],
      [
        'metadata',
        {
          usage: { inputTokens: 11, outputTokens: 3, totalTokens: 14, serverToolUsage: {} },
          metrics: { latencyMs: expect.any(Number) },
        },
      ],
    ]);
    expect(bodiesOf(server)).toMatchObject([{ stream: true, stream_options: { include_usage: true } }]);
  });

  it('arrives with CRLF, comments that keep the connection alive, and no [DONE]', async () => {
    const text =
      `: ping\r\n\r\n${line(chunk({ content: 'Hel' }))}: ping\r\n\r\n${line(chunk({ content: 'lo' }))}${line(chunk({}, 'stop'))}`.replace(
        /(?<!\r)\n/g,
        '\r\n',
      );
    const { bedrock } = await setUp(streamsText(text));
    expect(await bedrock.stream(ask()).result()).toMatchObject({ text: 'Hello', stopReason: 'end_turn' });
  });

  it('arrives without the empty line after the last event', async () => {
    const { bedrock } = await setUp(streamsText(line(chunk({ content: 'Hello' }, 'stop')).trimEnd()));
    expect(await bedrock.stream(ask()).text()).toBe('Hello');
  });

  it('is complete with [DONE], even without a finish_reason', async () => {
    const { bedrock } = await setUp(streams(chunk({ content: 'Hello' })));
    expect(await bedrock.stream(ask()).result()).toMatchObject({ text: 'Hello', stopReason: 'end_turn' });
  });

  it('is the text of the first choice, in a string, in parts, or as a refusal', async () => {
    const other = { index: 1, delta: { content: 'other' }, finish_reason: null };
    const first = { index: 0, delta: { content: [{ type: 'text', text: 'Hel' }] }, finish_reason: null };
    const { bedrock } = await setUp(
      streams({ choices: [other, first] }, chunk({ content: 'lo. ' }), chunk({ refusal: 'No.' }, 'stop')),
    );
    expect(await bedrock.stream(ask()).text()).toBe('Hello. No.');
  });

  it('is estimated if nobody counts its tokens', async () => {
    const { bedrock } = await setUp(streams(chunk({ content: 'x'.repeat(40) }), chunk({}, 'stop')));
    const { usage } = await bedrock.stream(ask()).result();
    expect(usage).toMatchObject({ outputTokens: 10 });
    expect(usage?.inputTokens).toBeGreaterThan(0);
  });

  it('has cached tokens apart from the others, as Bedrock counts them', async () => {
    const details = { prompt_tokens_details: { cached_tokens: 90 } };
    const { bedrock } = await setUp(streams(chunk({ content: 'a' }, 'stop'), usageChunk(100, 5, details)));
    const { usage } = await bedrock.stream(ask('Hi', CLAUDE)).result();
    expect(usage).toMatchObject({
      inputTokens: 10,
      outputTokens: 5,
      totalTokens: 105,
      cacheReadInputTokens: 90,
      cacheWriteInputTokens: 0,
    });
  });

  it('keeps white space inside, and none where there is nothing else', async () => {
    const { bedrock } = await setUp(
      streams(
        chunk({ reasoning: 'Hm.' }),
        chunk({ content: '\n\n' }),
        chunk({ content: 'a' }),
        chunk({ content: ' \n' }),
        chunk({ content: 'b' }),
        calls(part(0, '{}', { id: FIRST, name: 'get_weather' })),
        chunk({ content: '\n' }, 'tool_calls'),
      ),
    );
    const { message } = await bedrock
      .stream({ ...ask('Hi', CLAUDE), toolConfig: { tools: [WEATHER] } })
      .result();
    expect(message.content?.map((block) => ('text' in block ? block.text : Object.keys(block)[0]))).toEqual([
      'reasoningContent',
      '\n\na \nb',
      'toolUse',
    ]);
  });
});

describe('the reason for the end', () => {
  it.each([
    ['stop', 'end_turn'],
    ['length', 'max_tokens'],
    ['content_filter', 'content_filtered'],
    ['something new', 'end_turn'],
  ])('%s is %s', async (reason, stopReason) => {
    const { bedrock } = await setUp(streams(chunk({ content: 'a' }), chunk({}, reason)));
    expect(await bedrock.stream(ask()).result()).toMatchObject({ text: 'a', stopReason });
  });

  it('is the stop sequence, where the upstream says which', async () => {
    const last = { choices: [{ index: 0, delta: {}, finish_reason: 'stop', stop_reason: 'END' }] };
    const { bedrock } = await setUp(streams(chunk({ content: 'a' }), last));
    const answer = bedrock.stream({
      ...ask(),
      inferenceConfig: { stopSequences: ['END'] },
      additionalModelResponseFieldPaths: ['/stop_sequence'],
    });
    const { stopReason, additionalModelResponseFields: fields } = await answer.result();
    expect({ stopReason, fields }).toEqual({ stopReason: 'stop_sequence', fields: { stop_sequence: 'END' } });
  });
});

describe('reasoning', () => {
  it.each(['reasoning_content', 'reasoning'])(
    'in %s comes before the text, signed, so that it can be sent back',
    async (name) => {
      const { bedrock } = await setUp([
        streams(
          chunk({ role: 'assistant', [name]: 'Let me ' }),
          chunk({ [name]: 'think.', content: '' }),
          chunk({ content: 'Hello' }),
          chunk({}, 'stop'),
        ),
        streams(chunk({ content: 'Again' }, 'stop')),
      ]);
      const answer = bedrock.stream(ask('Hi', CLAUDE));
      const { message } = await answer.result();
      expect(message.content).toEqual([
        {
          reasoningContent: {
            reasoningText: { text: 'Let me think.', signature: expect.stringMatching(/^EloCKg/) },
          },
        },
        { text: 'Hello' },
      ]);
      const next = { role: 'user' as const, content: [{ text: 'And?' }] };
      const again = bedrock.stream({ ...ask('Hi', CLAUDE), messages: [...ask().messages, message, next] });
      expect(await again.text()).toBe('Again');
    },
  );

  it('is left out for models that never reason, because they reject it in the next request', async () => {
    const { bedrock } = await setUp(
      streams(chunk({ reasoning: 'Hm.' }), chunk({ content: 'Hello' }, 'stop')),
    );
    expect((await bedrock.stream(ask('Hi', 'amazon.nova-lite-v1:0')).result()).message.content).toEqual([
      { text: 'Hello' },
    ]);
  });
});

describe('tool calls', () => {
  /** The tool uses of an answer, and its stop reason. */
  async function answerTo(...chunks: object[]) {
    const { bedrock } = await setUp(streams(...chunks));
    const request = { ...ask('Hi', CLAUDE), toolConfig: { tools: [WEATHER] } };
    const { toolUses, stopReason } = await bedrock.stream(request).result();
    return { uses: toolUses.map(({ toolUseId, name, input }) => [toolUseId, name, input]), stopReason };
  }
  const bern = { city: 'Bern' };
  const oslo = { city: 'Oslo' };

  it('arrive in pieces, which are passed on', async () => {
    const { local } = await setUp(
      streams(
        chunk({
          role: 'assistant',
          content: null,
          tool_calls: [part(0, '', { id: FIRST, name: 'get_weather' })],
        }),
        calls(part(0, '{"ci')),
        calls(part(0, 'ty":"Be')),
        calls(part(0, 'rn"}')),
        END,
      ),
    );
    const body = { ...say('Hi'), toolConfig: { tools: [WEATHER] } };
    const frames = eventsOf(await framesOf(await send(local, { path: modelPath('converse-stream'), body })));
    const delta = (input: string) => [
      'contentBlockDelta',
      { contentBlockIndex: 0, delta: { toolUse: { input } } },
    ];
    expect(frames.slice(0, -1)).toEqual([
      ['messageStart', { role: 'assistant' }],
      [
        'contentBlockStart',
        { contentBlockIndex: 0, start: { toolUse: { name: 'get_weather', toolUseId: FIRST } } },
      ],
      delta(''),
      delta('{"ci'),
      delta('ty":"Be'),
      delta('rn"}'),
      ['contentBlockStop', { contentBlockIndex: 0 }],
      ['messageStop', { stopReason: 'tool_use' }],
    ]);
  });

  it('follow one another after text, with stop as the reason at some servers', async () => {
    const { bedrock } = await setUp(
      streams(
        chunk({ content: 'Let me look.' }),
        calls(part(0, '{"city":', { id: FIRST, name: 'get_weather' })),
        calls(part(0, '"Bern"}')),
        calls(part(1, '{"city":"Oslo"}', { id: SECOND, name: 'get_weather' })),
        chunk({}, 'stop'),
      ),
    );
    const { message, stopReason } = await bedrock
      .stream({ ...ask(), toolConfig: { tools: [WEATHER] } })
      .result();
    expect({ content: message.content, stopReason }).toEqual({
      content: [
        { text: 'Let me look.' },
        { toolUse: { toolUseId: FIRST, name: 'get_weather', input: bern } },
        { toolUse: { toolUseId: SECOND, name: 'get_weather', input: oslo } },
      ],
      stopReason: 'tool_use',
    });
  });

  it.each<[string, object[]]>([
    [
      'mixed',
      [
        calls(
          part(0, '', { id: FIRST, name: 'get_weather' }),
          part(1, '', { id: SECOND, name: 'get_weather' }),
        ),
        calls(part(1, '{"city":')),
        calls(part(0, '{"city":"Be')),
        calls(part(1, '"Oslo"}')),
        calls(part(0, 'rn"}')),
        END,
      ],
    ],
    [
      'with their id in each piece',
      [
        calls(part(0, '{"city":', { id: FIRST, name: 'get_weather' })),
        calls(part(0, '"Bern"}', { id: FIRST, name: 'get_weather' })),
        calls(part(1, '{"city":"Oslo"}', { id: SECOND, name: 'get_weather' })),
        END,
      ],
    ],
    [
      'with the same index',
      [
        calls(part(0, '{"city":"Bern"}', { id: FIRST, name: 'get_weather' })),
        calls(part(0, '{"city":"Oslo"}', { id: SECOND, name: 'get_weather' })),
        END,
      ],
    ],
    [
      'without an index',
      [
        calls(part(undefined, '{"city":', { id: FIRST, name: 'get_weather' })),
        calls(part(undefined, '"Bern"}')),
        calls(part(undefined, '{"city":"Oslo"}', { id: SECOND, name: 'get_weather' })),
        END,
      ],
    ],
    [
      'with objects as arguments',
      [
        calls(
          part(0, bern, { id: FIRST, name: 'get_weather' }),
          part(1, oslo, { id: SECOND, name: 'get_weather' }),
        ),
        END,
      ],
    ],
  ])('are put together if they come %s', async (_name, chunks) => {
    expect(await answerTo(...chunks)).toEqual({
      uses: [
        [FIRST, 'get_weather', bern],
        [SECOND, 'get_weather', oslo],
      ],
      stopReason: 'tool_use',
    });
  });

  it.each([[''], ['null'], [null], [undefined]])(
    'without parameters have the arguments {}, sent as %j',
    async (args) => {
      expect((await answerTo(calls(part(0, args, { id: FIRST, name: 'now' })), END)).uses).toEqual([
        [FIRST, 'now', {}],
      ]);
    },
  );

  it('get ids that every model accepts in the next request', async () => {
    const { uses } = await answerTo(
      calls(part(0, '{}', { id: 'call_1', name: 'now' })),
      calls(part(1, '{}', { id: FIRST, name: 'now' })),
      calls(part(2, '{}', { id: 'functions.now:0_with_dots', name: 'now' })),
      END,
    );
    expect(uses.map(([id]) => id)).toEqual([
      expect.stringMatching(/^tooluse_[\w-]{22}$/),
      FIRST,
      expect.stringMatching(/^tooluse_[\w-]{22}$/),
    ]);
  });

  it('that max_tokens truncates are not finished', async () => {
    const answer = await answerTo(
      calls(part(0, '{"city":"Be', { id: FIRST, name: 'get_weather' })),
      chunk({}, 'length'),
    );
    expect(answer.stopReason).toBe('max_tokens');
  });

  it.each(['__proto__', 'constructor'])('end for the reason %s like any other', async (reason) => {
    const answer = await answerTo(
      calls(part(0, '{"city":"Berlin"}', { id: FIRST, name: 'get_weather' })),
      chunk({}, reason),
    );
    expect(answer.stopReason).toBe('tool_use');
  });

  it.each<[string, object[], RegExp]>([
    [
      'arguments that are not an object',
      [part(0, '[1]', { id: FIRST, name: 'now' })],
      /tool now has arguments that are not a JSON object/,
    ],
    [
      'arguments that end too early',
      [part(0, '{"a":', { id: FIRST, name: 'now' })],
      /tool now has arguments that are not a JSON object/,
    ],
    [
      'arguments with something after them',
      [part(0, '{} {}', { id: FIRST, name: 'now' })],
      /not a JSON object/,
    ],
    ['no name', [part(0, '{}', { id: FIRST })], /a tool without a name/],
    [
      'a name that Bedrock rejects',
      [part(0, '{}', { id: FIRST, name: 'a.b' })],
      /a tool without a name that Bedrock accepts/,
    ],
  ])('with %s are a failed stream', async (_name, parts, message) => {
    const { bedrock } = await setUp(streams(chunk({ role: 'assistant' }), calls(...parts), END));
    const failed = bedrock.stream({ ...ask('Hi', CLAUDE), toolConfig: { tools: [WEATHER] } }).result();
    await expect(failed).rejects.toMatchObject({
      code: 'ERR_MODEL',
      name: 'ModelStreamErrorException',
      message: expect.stringMatching(message),
    });
  });
});

describe('a server that does not stream', () => {
  it('answers a stream with JSON, which becomes a stream', async () => {
    const message = { role: 'assistant', content: 'Hello there, you.' };
    const whole = { choices: [{ index: 0, message, finish_reason: 'stop' }] };
    const { bedrock } = await setUp((response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(whole));
    });
    expect(await bedrock.stream(ask()).text()).toBe('Hello there, you.');
  });
});

it('ends with [DONE], whatever the server sends after it', async () => {
  const { bedrock } = await setUp(
    streamsText(`${line(chunk({ content: 'Hello' }, 'stop'))}${DONE}${line(chunk({ content: 'more' }))}`),
  );
  expect(await bedrock.stream(ask()).text()).toBe('Hello');
});
