import { createLocalBedrock, encodeEvent, type LocalBedrock, type ScriptRule } from 'bedrock-anywhere/local';
import { describe, expect, it } from 'vitest';
import { eventsOf, framesOf, textOf } from '../events.js';
import { failure, modelPath, say, send } from '../request.js';

async function text(local: LocalBedrock, user: string, modelId?: string): Promise<string> {
  const response = await send(local, { path: modelPath('converse-stream', modelId), body: say(user) });
  return textOf(await framesOf(response));
}

describe('a rule answers', () => {
  it('by the text of the user: part of it, a pattern, or a pattern as JSON has it', async () => {
    const local = createLocalBedrock({
      script: [
        { user: 'ping', text: 'pong' },
        { user: /^h(i|ello)$/i, text: 'greeting' },
        { user: { pattern: '^BYE', flags: 'i' }, text: 'farewell' },
        { text: 'anything' },
      ],
    });
    expect(await text(local, 'say ping now')).toBe('pong');
    expect(await text(local, 'HELLO')).toBe('greeting');
    expect(await text(local, 'bye bye')).toBe('farewell');
    expect(await text(local, 'what?')).toBe('anything');
  });

  it('by model, with all conditions together, first come first', async () => {
    const local = createLocalBedrock({
      script: [
        { model: /^us\./, user: 'a', text: 'both' },
        { model: 'nova', text: 'model' },
      ],
    });
    expect(await text(local, 'a', 'us.amazon.nova-pro-v1:0')).toBe('both');
    expect(await text(local, 'b', 'us.amazon.nova-pro-v1:0')).toBe('model');
    expect(await text(local, 'a', 'meta.llama3-8b-instruct-v1:0')).toContain('Hello from the local Bedrock');
  });

  it('as often as it says', async () => {
    const local = createLocalBedrock({
      script: [{ once: true, text: 'first' }, { times: 2, text: 'then' }, { text: 'rest' }],
    });
    const said = [];
    for (let i = 0; i < 5; i++) said.push(await text(local, 'x'));
    expect(said).toEqual(['first', 'then', 'then', 'rest', 'rest']);
  });

  it('by tool result, while the words of the turn before are not taken for the user’s', async () => {
    const local = createLocalBedrock({
      script: [
        {
          user: 'weather',
          toolUse: { name: 'get_weather', toolUseId: 'tooluse_1', input: { city: 'Rome' } },
        },
        { toolResult: 'rain', text: 'Take an umbrella.' },
        { toolResult: true, text: 'Go out.' },
      ],
    });
    const toolConfig = {
      tools: [{ toolSpec: { name: 'get_weather', inputSchema: { json: { type: 'object' } } } }],
    };
    const user = { role: 'user', content: [{ text: 'weather?' }] };
    const asked = await send(local, { path: modelPath('converse'), body: { messages: [user], toolConfig } });
    const { output, stopReason } = (await asked.json()) as {
      output: { message: object };
      stopReason: string;
    };
    expect(stopReason).toBe('tool_use');
    for (const [sky, said] of [
      ['rain', 'Take an umbrella.'],
      ['sun', 'Go out.'],
    ]) {
      const result = { toolResult: { toolUseId: 'tooluse_1', content: [{ json: { sky } }] } };
      const messages = [user, output.message, { role: 'user', content: [result] }];
      expect(textOf(await framesOf(await send(local, { body: { messages, toolConfig } })))).toBe(said);
    }
  });
});

describe('a reply', () => {
  it('goes out as it is written: limits of the request do not cut it', async () => {
    const local = createLocalBedrock({ script: [{ text: 'x'.repeat(100) }] });
    const body = { ...say('Hi'), inferenceConfig: { maxTokens: 1, stopSequences: ['x'] } };
    expect(textOf(await framesOf(await send(local, { body })))).toBe('x'.repeat(100));
  });

  it('may have several tool uses, a stop reason and usage of its own', async () => {
    const local = createLocalBedrock({
      script: [
        {
          reasoning: 'Two of them.',
          toolUse: [{ name: 'a' }, { name: 'b', input: { x: 1 } }],
          stopReason: 'malformed_tool_use',
          usage: { inputTokens: 7 },
        },
      ],
    });
    const response = await send(local, { path: modelPath('converse'), body: say('Hi') });
    const answer = (await response.json()) as {
      output: { message: { content: { toolUse?: { toolUseId: string } }[] } };
    };
    expect(answer).toMatchObject({
      stopReason: 'malformed_tool_use',
      usage: { inputTokens: 7, outputTokens: expect.any(Number) as unknown },
      output: {
        message: {
          content: [
            { reasoningContent: { reasoningText: { text: 'Two of them.' } } },
            { toolUse: { name: 'a', input: {} } },
            { toolUse: { name: 'b', input: { x: 1 } } },
          ],
        },
      },
    });
    const ids = answer.output.message.content.flatMap((block) => block.toolUse?.toolUseId ?? []);
    expect(ids[0]).toMatch(/^tooluse_[\w-]{22}$/);
    expect(ids[0]).not.toBe(ids[1]);
  });

  it('may be a guardrail that intervenes, without one in the account', async () => {
    const trace = { actionReason: 'Guardrail blocked.', inputAssessment: { mine: {} } };
    const local = createLocalBedrock({ script: [{ guardrail: { message: 'No.', trace } }] });
    const guardrailConfig = { guardrailIdentifier: 'mine', guardrailVersion: 'DRAFT' };
    const frames = await framesOf(await send(local, { body: { ...say('Hi'), guardrailConfig } }));
    expect(textOf(frames)).toBe('No.');
    const events = eventsOf(frames);
    expect(events.at(-2)).toEqual(['messageStop', { stopReason: 'guardrail_intervened' }]);
    expect(events.at(-1)?.[1]).toMatchObject({ trace: { guardrail: trace } });
  });

  it('may be an exception, at once or in the stream, with words and status of its own', async () => {
    const local = createLocalBedrock({
      script: [
        { user: 'a', error: 'ThrottlingException' },
        {
          user: 'b',
          error: { name: 'ThrottlingException', message: 'Too many tokens per day', status: 429 },
        },
        {
          user: 'c',
          text: 'Well, well.',
          error: { name: 'ModelStreamErrorException', message: 'oh', afterEvents: 2 },
        },
      ],
    });
    const refused = await failure(await send(local, { body: say('a') }));
    expect(refused).toMatchObject({ status: 429, name: 'ThrottlingException' });
    expect((await failure(await send(local, { body: say('b') }))).message).toBe('Too many tokens per day');
    const frames = await framesOf(await send(local, { body: say('c') }));
    expect(frames.length).toBe(3);
    expect(frames[2]?.headers[':exception-type']).toBe('modelStreamErrorException');
    expect(frames[2]?.body).toEqual({ message: 'oh' });
    const whole = await send(local, { path: modelPath('converse'), body: say('c') });
    expect(await failure(whole)).toEqual({ status: 424, name: 'ModelStreamErrorException', message: 'oh' });
    expect(local.requests.map((request) => request.errorType)).toEqual([
      'ThrottlingException',
      'ThrottlingException',
      'ModelStreamErrorException',
      'ModelStreamErrorException',
    ]);
  });

  it('may be events, in either spelling; Converse gets the message that they make', async () => {
    const local = createLocalBedrock({
      script: [
        {
          events: [
            { type: 'messageStart', role: 'assistant' },
            { contentBlockDelta: { contentBlockIndex: 0, delta: { text: 'one ' } } },
            { type: 'contentBlockDelta', contentBlockIndex: 0, delta: { text: 'two' } },
            {
              type: 'contentBlockStart',
              contentBlockIndex: 1,
              start: { toolUse: { name: 'a', toolUseId: 'b' } },
            },
            { type: 'contentBlockDelta', contentBlockIndex: 1, delta: { toolUse: { input: '{"x"' } } },
            { type: 'contentBlockDelta', contentBlockIndex: 1, delta: { toolUse: { input: ':1}' } } },
            { type: 'messageStop', stopReason: 'tool_use' },
          ],
        },
      ],
    });
    const events = eventsOf(await framesOf(await send(local)));
    expect(events.map(([type]) => type)).toEqual([
      'messageStart',
      'contentBlockDelta',
      'contentBlockDelta',
      'contentBlockStart',
      'contentBlockDelta',
      'contentBlockDelta',
      'messageStop',
    ]);
    const whole = await send(local, { path: modelPath('converse'), body: say('Hi') });
    expect(await whole.json()).toMatchObject({
      stopReason: 'tool_use',
      output: {
        message: {
          role: 'assistant',
          content: [{ text: 'one two' }, { toolUse: { name: 'a', toolUseId: 'b', input: { x: 1 } } }],
        },
      },
    });
  });

  it('may be bytes, as they are or in base64, for the stream only', async () => {
    const frame = encodeEvent({ type: 'messageStart', role: 'assistant' });
    const local = createLocalBedrock({
      script: [{ frames: [frame, Buffer.from(frame).toString('base64'), new Uint8Array([1, 2])] }],
    });
    const bytes = new Uint8Array(await (await send(local)).arrayBuffer());
    expect(bytes).toEqual(new Uint8Array([...frame, ...frame, 1, 2]));
    const whole = await send(local, { path: modelPath('converse'), body: say('Hi') });
    expect(whole.status).toBe(200);
  });
});

describe('a script that is wrong', () => {
  const cases: [title: string, script: unknown, message: string | RegExp][] = [
    ['no list', {}, 'A script must be a list of rules.'],
    ['no object', ['x'], 'Rule 1 of the script must be an object, and is of type string.'],
    [
      'unknown field',
      [{ text: 'a' }, { txt: 'b' }],
      /^Rule 2 of the script has the unknown field "txt"\. The fields are: model, /,
    ],
    ['wrong type', [{ text: 1 }], 'Rule 1 of the script, field "text": must be text, and is of type number.'],
    [
      'bad pattern',
      [{ user: { pattern: '(' } }],
      /field "user": the pattern cannot be used: Unterminated group\.$/,
    ],
    [
      'bad flags',
      [{ user: { pattern: 'a', flags: 'secret' } }],
      /the pattern cannot be used: it is not a regular expression, or its flags are unknown\.$/,
    ],
    [
      'a field that is not a word',
      [{ '\u001b[31m secret': 1 }],
      /^Rule 1 of the script has the unknown field with a name that is not a word\. The fields are/,
    ],
    [
      'tool without name',
      [{ toolUse: { input: {} } }],
      'Rule 1 of the script, field "toolUse": "name" is missing.',
    ],
    [
      'one of several tools',
      [{ toolUse: [{ name: 'a' }, { name: 'a b' }] }],
      /field "toolUse": item 2: "name" must be 1 to 64/,
    ],
    [
      'input that is not an object',
      [{ toolUse: { name: 'a', input: 'x' } }],
      /"input" must be an object, and is of type string/,
    ],
    ['times below 1', [{ times: 0 }], /field "times": must be a whole number from 1/],
    [
      'status that is no error',
      [{ error: { name: 'A', status: 200 } }],
      /"status" must be a status from 400 to 599/,
    ],
    [
      'unknown member',
      [{ reasoning: { txt: 'a' } }],
      /"txt" is unknown; the members are: text, signature, redacted/,
    ],
    ['frames that are not base64', [{ frames: ['***'] }], /field "frames": item 1 must be bytes or base64/],
    ['events that are no objects', [{ events: [1] }], /field "events": item 1 must be an object/],
    [
      'two kinds of reply',
      [{ text: 'a', events: [] }],
      'Rule 1 of the script has events and text: give one kind of reply.',
    ],
  ];
  it.each(cases)('says which rule and field: %s', (_title, script, message) => {
    const make = (): unknown => createLocalBedrock({ script: script as ScriptRule[] });
    expect(make).toThrow(expect.objectContaining({ code: 'ERR_INPUT' }));
    expect(make).toThrow(message);
  });
});
