import { catalog } from 'bedrock-anywhere/catalog';
import { describe, expect, it } from 'vitest';
import { until } from '../clock.js';
import { dataOf, framesOf } from '../local/endpoints/post.js';
import { setUpBudgets } from './budget-setup.js';
import { json, parseSse, setUp } from './setup.js';
import { slowBody, upstream } from './upstream.js';

const CHAT = '/v1/chat/completions';
const GEMMA = 'google.gemma-4-31b';
const GROK = 'xai.grok-4.3';
const ASK = { model: GEMMA, messages: [{ role: 'user', content: 'ping' }] };
const STREAM = { ...ASK, stream: true };
const auto = { passThrough: 'auto' } as const;
const local = { script: [{ user: 'ping', text: 'pong' }] };

const USAGE = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
const chunk = (content: string, usage: unknown = null) => ({
  choices: [{ index: 0, delta: { content } }],
  usage,
});
const frame = (data: unknown) => `data: ${JSON.stringify(data)}\n\n`;
const TEXT = frame(chunk('a'));
const COUNTED = frame({ choices: [], usage: USAGE });
const DONE = 'data: [DONE]\n\n';

/** A gateway in front of a bedrock-mantle that answers with some text. */
async function behind(answer: string | ReadableStream<Uint8Array>) {
  const { client, received } = upstream(
    () => new Response(answer, { headers: { 'content-type': 'text/event-stream' } }),
  );
  const gateway = await setUp({ client, gateway: auto });
  return { ...gateway, received };
}

describe('a Chat Completions stream of a model that only bedrock-mantle has', () => {
  // LiteLLM does the same: https://github.com/BerriAI/litellm/pull/35290
  it('is counted, and the client gets no chunk that it did not ask for', async () => {
    const gateway = await setUp({ local, client: { catalog }, gateway: auto });
    const text = await (await gateway.send(CHAT, STREAM)).text();
    expect(gateway.local.requests).toMatchObject([
      {
        operation: 'CreateChatCompletion',
        body: { ...STREAM, stream_options: { include_usage: true } },
      },
    ]);
    const events = parseSse(text);
    expect(events.at(-1)?.data).toBe('[DONE]');
    const chunks = events.slice(0, -1).map(({ data }) => Object(data));
    expect(chunks.map(({ choices }) => choices.length)).toEqual(chunks.map(() => 1));
    expect(text).toContain('pong');
    expect(gateway.log).toMatchObject([
      { outcome: 'complete', modelId: GEMMA, usage: gateway.local.requests[0]?.usage, notes: [] },
    ]);
    expect(gateway.usage()).toMatchObject([{ modelId: GEMMA, outputTokens: expect.any(Number) }]);
    expect(gateway.usage()[0]?.outputTokens).toBeGreaterThan(0);
  });

  it('counts towards budgets', async () => {
    const gateway = await setUpBudgets({ perCaller: { tokensPerDay: 100_000 } }, { local, gateway: auto });
    await (await gateway.send(CHAT, STREAM)).text();
    await gateway.close();
    const used = gateway.log[0]?.usage?.totalTokens;
    expect(used).toBeGreaterThan(0);
    expect(gateway.counted('2026-11-29')).toEqual({ spent: used, reserved: 0 });
  });

  it.each([
    [{ include_usage: true }, true],
    [{ include_usage: false }, false],
    [{ include_obfuscation: false }, false],
    [null, false],
  ])('includes the usage only if the client asks for it: %j', async (stream_options, isShown) => {
    const gateway = await setUp({ local, gateway: auto });
    const text = await (await gateway.send(CHAT, { ...STREAM, stream_options })).text();
    expect(gateway.sent()['stream_options']).toEqual({ ...stream_options, include_usage: true });
    expect(text.includes('"prompt_tokens"')).toBe(isShown);
    expect(gateway.log[0]?.usage?.totalTokens).toBeGreaterThan(0);
  });

  it.each([1, 2, 7, 1000])('keeps every other byte, in chunks of %i bytes', async (size) => {
    const quoted = frame(chunk('{"choices":[],"usage":{}} é'));
    const others = [
      ': note\n\n',
      TEXT,
      '\n',
      quoted,
      'event: x\r\ndata: 1\r\n\r\n',
      frame(chunk('b', USAGE)),
    ];
    const bytes = new TextEncoder().encode([...others, COUNTED, DONE, 'data: un'].join(''));
    const gateway = await behind(
      new ReadableStream({
        start(controller) {
          for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.slice(at, at + size));
          controller.close();
        },
      }),
    );
    const text = await (await gateway.send(CHAT, STREAM)).text();
    expect(text).toBe([...others, DONE, 'data: un'].join(''));
    expect(gateway.log).toMatchObject([{ outcome: 'complete', usage: { inputTokens: 3, outputTokens: 2 } }]);
  });

  it('passes each event on as soon as it is complete, and no part of it before', async () => {
    const slow = slowBody();
    const gateway = await behind(slow.body);
    const pending = gateway.send(CHAT, STREAM);
    await until(() => gateway.received.length > 0);
    slow.send(TEXT + COUNTED.slice(0, 9));
    // If a piped stream is cancelled, the gateway is notified only some time later.
    const reader = (await pending).body?.getReader();
    const read = async () => new TextDecoder().decode((await reader?.read())?.value);
    expect(await read()).toBe(TEXT);
    slow.send(COUNTED.slice(9));
    slow.send(TEXT);
    expect(await read()).toBe(TEXT);
    await reader?.cancel();
    expect([slow.isCancelled(), gateway.received[0]?.signal.aborted]).toEqual([true, true]);
    expect(gateway.log).toMatchObject([{ outcome: 'client-gone', usage: { inputTokens: 3 } }]);
  });

  it('that breaks off ends with an error, and an endless event breaks the connection', async () => {
    const broken = await behind(TEXT + COUNTED);
    const events = parseSse(await (await broken.send(CHAT, STREAM)).text());
    expect(events).toMatchObject([{ data: chunk('a') }, { data: { error: { code: 'server_error' } } }]);
    const endless = await behind(`${TEXT}data: ${'x'.repeat(9_000_000)}`);
    await expect((await endless.send(CHAT, STREAM)).text()).rejects.toThrow();
    for (const { log } of [broken, endless]) expect(log).toMatchObject([{ outcome: 'failed' }]);
  });

  // A third-party gateway says that bedrock-mantle omits [DONE]; notebooks of aws-samples do show it (both 2026-08).
  it('is complete without [DONE] once it has a finish_reason', async () => {
    const stopped = frame({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });
    const gateway = await behind(TEXT + stopped + COUNTED);
    expect(await (await gateway.send(CHAT, STREAM)).text()).toBe(TEXT + stopped);
    expect(gateway.log).toMatchObject([{ outcome: 'complete', usage: { totalTokens: 5 } }]);
  });
});

describe('other requests for such a model', () => {
  it('keep every byte if there is nothing to change', async () => {
    const gateway = await setUp({ local, gateway: auto });
    const body = `{ "model":"${GEMMA}","messages":[{"role":"user","content":"\\u0070ing"}] }`;
    expect((await gateway.send(CHAT, body)).status).toBe(200);
    expect(gateway.local.requests[0]?.bodyText).toBe(body);
  });

  it.each([
    [{ store: true }, { store: false }, 'store: ignored'],
    [{ service_tier: 'priority' }, { service_tier: 'default' }, 'service_tier: priority is not allowed here'],
    [{ service_tier: 'flex' }, { service_tier: 'flex' }, null],
  ])('are sent without what clients may not choose: %j', async (asked, sent, notes) => {
    const gateway = await setUp({ local, gateway: auto });
    const response = await gateway.send(CHAT, { ...ASK, model: GROK, ...asked });
    expect([response.status, response.headers.get('x-bedrock-anywhere-notes')]).toEqual([200, notes]);
    expect(gateway.sent()).toEqual({ ...ASK, model: GROK, ...sent });
  });

  it.each([
    [{ n: 2 }, 'n'],
    [{ stream: true, stream_options: 'usage' }, 'stream_options'],
  ])('are rejected by the gateway if it could not read the answer: %j', async (more, param) => {
    const gateway = await setUp({ local, gateway: auto });
    const response = await gateway.send(CHAT, { ...ASK, ...more });
    expect([response.status, (await json(response)).error.param]).toEqual([400, param]);
    expect(gateway.local.requests).toEqual([]);
  });
});

describe('the namespace of a tool', () => {
  const GPT = 'openai.gpt-5.6-sol';
  const RESPONSES = '/v1/responses';
  const tool = (name: string) => ({ type: 'function', name, parameters: null });
  const files = {
    type: 'namespace',
    name: 'files',
    description: 'Files',
    tools: [tool('list'), tool('open')],
  };
  const notes = {
    type: 'namespace',
    name: 'notes',
    tools: [{ type: 'custom', name: 'write' }, tool('open')],
  };
  const tools = [tool('look'), files, notes];
  const script = [
    {
      user: 'all',
      toolUse: [
        { name: 'look' },
        { name: 'files__list' },
        { name: 'notes__write', input: { input: 'a' } },
        { name: 'files__open' },
      ],
    },
  ];
  const ask = { model: GROK, input: 'all', tools, store: false };
  const calls = [
    { type: 'function_call', name: 'look' },
    { type: 'function_call', name: 'list', namespace: 'files' },
    { type: 'custom_tool_call', name: 'write', namespace: 'notes' },
    // Two tools have that name.
    { type: 'function_call', name: 'open' },
  ];
  const named = (items: unknown): unknown[] =>
    (items as Record<string, unknown>[]).map(({ type, name, namespace }) => ({
      type,
      name,
      ...(namespace !== undefined && { namespace }),
    }));

  // https://github.com/BerriAI/litellm/pull/34488
  it('is added to the calls of Grok, which leaves it out', async () => {
    const gateway = await setUp({ local: { script }, gateway: auto });
    const whole = await gateway.send(RESPONSES, ask);
    const text = await whole.text();
    expect(whole.headers.get('content-length')).toBe(String(text.length));
    expect(named(JSON.parse(text).output)).toEqual(calls);
    const events = dataOf(await framesOf(await gateway.send(RESPONSES, { ...ask, stream: true })));
    const itemsOf = (type: string) =>
      named(events.flatMap((event) => (event['type'] === type ? [event['item']] : [])));
    expect(itemsOf('response.output_item.added')).toEqual(calls);
    expect(itemsOf('response.output_item.done')).toEqual(calls);
    expect(named(Object(events.at(-1)?.['response']).output)).toEqual(calls);
    expect(gateway.log).toMatchObject([{ outcome: 'complete' }, { outcome: 'complete' }]);
  });

  it('is passed on byte for byte if GPT includes it', async () => {
    const answer = frame({ type: 'response.output_item.done', item: calls[1] }).replace(':', ': ');
    const end = frame({ type: 'response.completed', response: { output: calls.slice(0, 2), usage: {} } });
    const gateway = await behind(answer + end);
    const response = await gateway.send(RESPONSES, { ...ask, model: GPT, stream: true });
    expect(await response.text()).toBe(answer + end);
  });

  it('is added to calls in the history for GPT, which would reject them without it', async () => {
    const gateway = await setUp({ local: { script: [{ text: 'ok' }] }, gateway: auto });
    const call = { type: 'function_call', call_id: 'a', name: 'list', arguments: '{}' };
    const output = { type: 'function_call_output', call_id: 'a', output: 'b' };
    const held = { type: 'additional_tools', role: 'developer', tools: [files] };
    for (const [more, first] of [
      [{ tools }, []],
      [{ tools: [] }, [held]],
    ] as const) {
      const input = [...first, { role: 'user', content: 'all' }, call, output];
      const response = await gateway.send(RESPONSES, { ...ask, model: GPT, ...more, input });
      expect(response.status, await response.text()).toBe(200);
      const [sentCall] = (gateway.sent()['input'] as unknown[]).slice(first.length + 1);
      expect(sentCall).toEqual({ ...call, namespace: 'files' });
    }
  });
});
