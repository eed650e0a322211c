import { describe, expect, expectTypeOf, it } from 'vitest';
import * as z from 'zod';
import {
  type BedrockError,
  createBedrock,
  type RunToolsRequest,
  runTools,
  type StandardSchema,
  type ToolContext,
  tool,
} from '../../src/index.js';
import { createLocalBedrock, localTransport, type ScriptRule } from '../../src/local/index.js';

const MODEL = 'amazon.nova-lite-v1:0';
const call = (harbour: unknown = 'Hamburg', name = 'get_tide') => ({ name, input: { harbour } });

/** A client of a local Bedrock that follows a script, and what it was sent. */
function scripted(...script: ScriptRule[]) {
  const local = createLocalBedrock({ script });
  const sent = () => local.requests.map(({ body }) => body as Request);
  return { client: createBedrock({ transport: localTransport(local) }), sent };
}
type Json = Record<string, unknown>;
interface Request {
  messages: Json[];
  toolConfig: Json;
}

const getTide = tool({
  description: 'The next high water at a harbour.',
  input: z.object({ harbour: z.string() }),
  run: ({ harbour }) => `High water at ${harbour}: 14:20.`,
});
const REQUEST = { modelId: MODEL, prompt: 'When is high water?', tools: { get_tide: getTide } };
const resultOf = (request: Request | undefined, n = 0): unknown => {
  const content = request?.messages.at(-1)?.['content'] as { toolResult: unknown }[] | undefined;
  return content?.[n]?.toolResult;
};
const failure = (promise: Promise<unknown>): Promise<BedrockError> =>
  promise.then(
    () => expect.fail('it succeeded'),
    (error: BedrockError) => error,
  );

describe('runTools()', () => {
  it('runs tools until the model answers, and sums up', async () => {
    const { client, sent } = scripted(
      { user: 'high water', toolUse: call() },
      { toolResult: '14:20', text: 'At 14:20.' },
    );
    const run = runTools(REQUEST, { client });
    expect(sent()).toEqual([]);
    const types: string[] = [];
    for await (const event of run) if (event.type !== 'contentBlockDelta') types.push(event.type);
    expect(types).toEqual([
      'messageStart',
      'contentBlockStart',
      'contentBlockStop',
      'messageStop',
      'metadata',
      'toolResults',
      'messageStart',
      'contentBlockStop',
      'messageStop',
      'metadata',
    ]);
    const result = await run.result();
    expect(result).toMatchObject({
      text: 'At 14:20.',
      stopReason: 'end_turn',
      isFinished: true,
      warnings: [],
    });
    expect(result.messages).toHaveLength(4);
    expect(result.rounds).toHaveLength(2);
    const used = result.rounds.map(({ usage }) => usage?.inputTokens ?? 0);
    expect(result.usage?.inputTokens).toBe((used[0] ?? 0) + (used[1] ?? 0));
    expect(sent()[0]?.toolConfig).toEqual({
      tools: [
        {
          toolSpec: {
            name: 'get_tide',
            description: 'The next high water at a harbour.',
            inputSchema: {
              json: expect.objectContaining({ type: 'object', properties: { harbour: { type: 'string' } } }),
            },
          },
        },
      ],
    });
    expect(resultOf(sent()[1])).toMatchObject({
      status: 'success',
      content: [{ text: 'High water at Hamburg: 14:20.' }],
    });
    expect(() => run[Symbol.asyncIterator]()).toThrow('can only be read once');
  });

  it('runs the tools of a round at the same time, and keeps their order', async () => {
    const { client, sent } = scripted(
      { user: 'high water', toolUse: [call('a'), call('b'), call('c')] },
      { toolResult: true, text: 'Done.' },
    );
    const order: string[] = [];
    let release = (): void => {};
    const all = new Promise<void>((resolve) => {
      release = resolve;
    });
    const slow = tool({
      ...getTide,
      async run({ harbour }) {
        order.push(harbour);
        if (order.length === 3) release();
        // Nobody comes back before all have begun.
        await all;
        return harbour;
      },
    });
    await runTools({ ...REQUEST, tools: { get_tide: slow } }, { client }).result();
    for (const [n, text] of ['a', 'b', 'c'].entries())
      expect(resultOf(sent()[1], n)).toMatchObject({ content: [{ text }] });
  });

  it('forces a tool in the first round only', async () => {
    const { client, sent } = scripted(
      { user: 'high water', toolUse: call() },
      { toolResult: true, text: 'Done.' },
    );
    await runTools({ ...REQUEST, toolChoice: { any: {} } }, { client }).result();
    expect(sent().map(({ toolConfig }) => toolConfig['toolChoice'])).toEqual([{ any: {} }, undefined]);
  });

  it('ends after maxRounds with what it has, ready to go on', async () => {
    const { client } = scripted({ toolUse: call() });
    const result = await runTools({ ...REQUEST, maxRounds: 3 }, { client }).result();
    expect(result).toMatchObject({ isFinished: false, stopReason: 'tool_use' });
    expect(result.rounds).toHaveLength(3);
    expect(result.messages.map(({ role }) => role)).toEqual([
      'user',
      ...Array(3).fill(['assistant', 'user']).flat(),
    ]);
    expect(result.warnings).toEqual([expect.stringContaining('after 3 rounds, maxRounds')]);
    await client.converse({ modelId: MODEL, messages: result.messages, toolConfig: { tools: [] } });
  });

  it('goes on with a conversation, whose list stays as it is', async () => {
    const { client, sent } = scripted({ user: 'again', text: 'Yes.' });
    const messages = [
      { role: 'user' as const, content: 'Hi' },
      { role: 'assistant' as const, content: 'Hello' },
      { role: 'user' as const, content: 'again' },
    ];
    const { prompt: _, ...rest } = REQUEST;
    const result = await runTools({ ...rest, messages }, { client }).result();
    expect(messages).toHaveLength(3);
    expect(result.messages).toHaveLength(4);
    expect(sent()[0]?.messages).toHaveLength(3);
  });
});

describe('what the model gets of a tool', () => {
  const thrower = (thrown: unknown) =>
    tool({
      ...getTide,
      run(): string {
        throw thrown;
      },
    });
  it.each<[string, RunToolsRequest['tools'], unknown, string, object[]]>([
    [
      'an error that it throws',
      { get_tide: thrower(new Error('No harbour.')) },
      'x',
      'error',
      [{ text: 'No harbour.' }],
    ],
    ['anything that it throws', { get_tide: thrower(undefined) }, 'x', 'error', [{ text: 'undefined' }]],
    [
      'wrong input',
      REQUEST.tools,
      7,
      'error',
      [{ text: 'The input is wrong: harbour: Invalid input: expected string, received number' }],
    ],
    [
      'a refusal',
      { get_tide: tool({ ...getTide, approve: () => false }) },
      'x',
      'error',
      [{ text: 'The user did not allow this call.' }],
    ],
    [
      'a refusal with words',
      { get_tide: tool({ ...getTide, approve: async ({ harbour }) => `Not ${harbour}.` }) },
      'Hamburg',
      'error',
      [{ text: 'Not Hamburg.' }],
    ],
    [
      'an object',
      { get_tide: tool({ ...getTide, run: () => ({ at: '14:20', u: undefined }) }) },
      'x',
      'success',
      [{ json: { at: '14:20' } }],
    ],
    ['a list', { get_tide: tool({ ...getTide, run: () => [1, 2] }) }, 'x', 'success', [{ text: '[1,2]' }]],
    ['nothing', { get_tide: tool({ ...getTide, run: () => undefined }) }, 'x', 'success', [{ text: 'null' }]],
    [
      'an empty text',
      { get_tide: tool({ ...getTide, run: () => '' }) },
      'x',
      'success',
      [{ text: '(nothing)' }],
    ],
    [
      'blocks',
      { get_tide: tool({ ...getTide, run: () => [{ text: 'a' }, { json: { b: 1 } }] }) },
      'x',
      'success',
      [{ text: 'a' }, { json: { b: 1 } }],
    ],
  ])('is %s', async (_what, tools, harbour, status, content) => {
    const { client, sent } = scripted(
      { user: 'high water', toolUse: call(harbour) },
      { toolResult: true, text: 'Done.' },
    );
    const { isFinished } = await runTools({ ...REQUEST, tools }, { client }).result();
    expect(isFinished).toBe(true);
    expect(resultOf(sent()[1])).toEqual({ toolUseId: expect.any(String), status, content });
  });

  it('is an error where there is no such tool', async () => {
    const { client, sent } = scripted(
      { user: 'high water', toolUse: call('x', 'get_weather') },
      { toolResult: true, text: 'Done.' },
    );
    await runTools(REQUEST, { client }).result();
    expect(resultOf(sent()[1])).toMatchObject({
      status: 'error',
      content: [{ text: 'There is no tool get_weather. The tools are: get_tide.' }],
    });
  });
});

describe('the end of a run from outside', () => {
  const hanging = () => {
    const contexts: ToolContext[] = [];
    const started = { resolve: (): void => {} };
    const hasStarted = new Promise<void>((resolve) => {
      started.resolve = resolve;
    });
    const hang = tool({
      ...getTide,
      run(_input, context) {
        contexts.push(context);
        started.resolve();
        return new Promise<string>(() => undefined);
      },
    });
    return { hang, contexts, hasStarted };
  };

  it('by an abort rejects with its reason, though a tool hangs, whose signal aborts', async () => {
    const { client } = scripted({ toolUse: call() });
    const { hang, contexts, hasStarted } = hanging();
    const controller = new AbortController();
    const run = runTools({ ...REQUEST, tools: { get_tide: hang } }, { client, signal: controller.signal });
    const result = run.result();
    await hasStarted;
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(result).rejects.toBe(reason);
    expect(contexts[0]?.signal.aborted).toBe(true);
    expect(contexts[0]?.toolUseId).toMatch(/./);
  });

  it('by cancel() rejects with ERR_CANCELLED', async () => {
    const { client } = scripted({ toolUse: call() });
    const { hang, contexts, hasStarted } = hanging();
    const run = runTools({ ...REQUEST, tools: { get_tide: hang } }, { client });
    const result = failure(run.result());
    await hasStarted;
    await run.cancel('left');
    expect(await result).toMatchObject({ code: 'ERR_CANCELLED', cause: 'left' });
    expect(contexts[0]?.signal.aborted).toBe(true);
  });

  it('by leaving the loop sends nothing more', async () => {
    const { client, sent } = scripted({ toolUse: call() });
    const run = runTools(REQUEST, { client });
    for await (const event of run) if (event.type === 'toolResults') break;
    expect(sent()).toHaveLength(1);
    expect((await failure(run.result())).code).toBe('ERR_CANCELLED');
  });

  it('by a failure of the service rejects with it, and keeps the conversation', async () => {
    const { client } = scripted(
      { user: 'high water', toolUse: call() },
      { toolResult: true, error: 'AccessDeniedException' },
    );
    const run = runTools(REQUEST, { client });
    expect(run.messages).toEqual([]);
    expect(await failure(run.result())).toMatchObject({ code: 'ERR_ACCESS_DENIED' });
    expect(run.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
    const { client: other } = scripted({ toolResult: '14:20', text: 'At 14:20.' });
    const { prompt: _, ...rest } = REQUEST;
    const next = runTools({ ...rest, messages: [...run.messages] }, { client: other });
    expect((await next.result()).text).toBe('At 14:20.');
  });
});

describe('the schema of a tool', () => {
  it('types the input of run', () => {
    tool({
      description: 'd',
      input: z.object({ n: z.number().default(1) }),
      run: ({ n }) => expectTypeOf(n).toEqualTypeOf<number>(),
    });
    tool({
      description: 'd',
      input: { jsonSchema: { type: 'object' }, validate: (input) => ({ size: String(input).length }) },
      run: ({ size }) => expectTypeOf(size).toEqualTypeOf<number>(),
    });
    tool({
      description: 'd',
      input: { type: 'object', properties: { a: { type: 'string' } } },
      run: (input) => expectTypeOf(input).toEqualTypeOf<Record<string, unknown>>(),
    });
  });

  it('may be a JSON schema with a function of yours, or alone', async () => {
    const { client, sent } = scripted(
      { user: 'high water', toolUse: [call('a'), call('b', 'plain')] },
      { toolResult: true, text: 'Done.' },
    );
    const jsonSchema = { type: 'object', properties: { harbour: { type: 'string' } } };
    const checked = tool({
      description: 'd',
      input: {
        jsonSchema,
        validate(input: unknown): { harbour: string } {
          const { harbour } = input as { harbour: string };
          if (harbour === 'a') throw new Error('not a');
          return { harbour };
        },
      },
      run: ({ harbour }) => harbour,
    });
    const plain = tool({ description: 'd', input: jsonSchema, run: (input) => input['harbour'] as string });
    await runTools({ ...REQUEST, tools: { get_tide: checked, plain } }, { client }).result();
    expect(resultOf(sent()[1], 0)).toMatchObject({ content: [{ text: 'The input is wrong: not a' }] });
    expect(resultOf(sent()[1], 1)).toMatchObject({ content: [{ text: 'b' }] });
  });

  const standard = (more: object): StandardSchema =>
    ({
      '~standard': { version: 1, vendor: 'some', validate: (value: unknown) => ({ value }), ...more },
    }) as StandardSchema;
  it.each<[string, unknown]>([
    ['tools is empty', {}],
    ['tools is empty', undefined],
    ['tools.a has no function run', { a: { description: 'd', input: {} } }],
    ['tools.a has no description', { a: { ...getTide, description: ' ' } }],
    ['tools.a.input is not a schema', { a: { ...getTide, input: 'x' } }],
    ['a schema of some, has no JSON schema', { a: { ...getTide, input: standard({}) } }],
    [
      'tools.a.input has no JSON schema: no dates',
      {
        a: {
          ...getTide,
          input: standard({
            jsonSchema: {
              input() {
                throw new Error('no dates');
              },
            },
          }),
        },
      },
    ],
  ])('that cannot be used is refused before anything is sent: %s', async (words, tools) => {
    const { client, sent } = scripted({ text: 'x' });
    const error = await failure(runTools({ ...REQUEST, tools } as RunToolsRequest, { client }).result());
    expect(error.code).toBe('ERR_INPUT');
    expect(error.message).toContain(words);
    expect(sent()).toEqual([]);
  });
});
