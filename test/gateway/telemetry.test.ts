import { createBedrock } from 'bedrock-anywhere';
import { createGateway, type GatewayOptions } from 'bedrock-anywhere/gateway';
import { createLocalBedrock, localTransport } from 'bedrock-anywhere/local';
import { describe, expect, it } from 'vitest';
import { until } from '../clock.js';
import { type Outcome, scripted } from './outcomes.js';
import { createRecorder } from './recorder.js';
import { KEY, NOVA } from './setup.js';
import { setUpTargets } from './targets.js';
import { manualTimers } from './timers.js';

const CHAT = '/v1/chat/completions';
const SECRET = 'a secret of the conversation';
const ASK = {
  model: 'gpt-4o',
  messages: [{ role: 'user', content: SECRET }],
  max_completion_tokens: 99,
  temperature: 0.5,
  stop: [SECRET],
};
const STREAM = { ...ASK, stream: true };

async function setUp(outcomes: Outcome[][], options: Partial<GatewayOptions> = {}) {
  const recorder = createRecorder();
  const clients = ['a', 'b'].slice(0, outcomes.length);
  const gateway = await setUpTargets(
    outcomes,
    {
      models: {
        aliases: {
          'gpt-4o': clients.map((client) => ({ modelId: NOVA, client })),
          embed: { modelId: 'amazon.titan-embed-text-v2:0', client: 'a' },
        },
      },
      telemetry: { tracer: recorder.tracer, meter: recorder.meter },
      ...options,
    },
    { guardrailConfig: { guardrailIdentifier: 'localguardrail', guardrailVersion: '1' } },
  );
  return { gateway, ...recorder };
}

const REQUEST = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'aws.bedrock',
  'gen_ai.request.model': NOVA,
  'gen_ai.request.max_tokens': 99,
  'gen_ai.request.temperature': 0.5,
  'aws.bedrock.guardrail.id': 'localguardrail',
  'bedrock_anywhere.caller': 'team-a',
  'bedrock_anywhere.asked_model': 'gpt-4o',
  'bedrock_anywhere.client': 'a',
};

describe('a call to a model', () => {
  it('is a span with what was asked for and what was answered', async () => {
    const { gateway, spans } = await setUp([[]]);
    await (await gateway.send(CHAT, ASK)).text();
    expect(spans).toMatchObject([
      {
        name: `chat ${NOVA}`,
        kind: 2,
        ms: 0,
        status: undefined,
        attributes: {
          ...REQUEST,
          'gen_ai.response.model': NOVA,
          'gen_ai.response.finish_reasons': ['end_turn'],
          'gen_ai.usage.input_tokens': expect.any(Number),
          'gen_ai.usage.output_tokens': expect.any(Number),
          'aws.request_id': expect.any(String),
          'bedrock_anywhere.outcome': 'complete',
        },
      },
    ]);
    expect(spans[0]?.attributes).not.toHaveProperty('gen_ai.request.stream');
  });

  it('is a span until the last event of a stream, with the time until the first content', async () => {
    const { gateway, spans, values } = await setUp([[]]);
    const response = await gateway.send(CHAT, STREAM);
    expect(spans).toEqual([]);
    gateway.clock.now += 1500;
    await response.text();
    expect(spans).toMatchObject([
      {
        ms: 1500,
        attributes: {
          ...REQUEST,
          'gen_ai.request.stream': true,
          'gen_ai.response.time_to_first_chunk': 0,
          'gen_ai.response.finish_reasons': ['end_turn'],
        },
      },
    ]);
    const recorded = Object.fromEntries(values.map(({ name, value }) => [name, value]));
    expect(recorded).toMatchObject({
      'gen_ai.client.inference.duration': 1.5,
      'gen_ai.client.inference.time_to_first_chunk': 0,
      'gen_ai.client.inference.operation.input_tokens': spans[0]?.attributes['gen_ai.usage.input_tokens'],
      'gen_ai.client.inference.operation.output_tokens': spans[0]?.attributes['gen_ai.usage.output_tokens'],
      'gen_ai.client.inference.usage.input_tokens': spans[0]?.attributes['gen_ai.usage.input_tokens'],
      'gen_ai.client.inference.usage.output_tokens': spans[0]?.attributes['gen_ai.usage.output_tokens'],
    });
    const [counted] = values.filter(({ name }) => name.endsWith('usage.input_tokens'));
    expect(counted?.attributes).toEqual({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'aws.bedrock',
      'gen_ai.request.model': NOVA,
      'gen_ai.response.model': NOVA,
      'gen_ai.token.modality': 'unknown',
    });
  });

  it.each([ASK, STREAM])('is a span of its own for each target that was tried: %j', async (body) => {
    const { gateway, spans, values } = await setUp([[{ code: 'ERR_THROTTLED', message: SECRET }], []]);
    await (await gateway.send(CHAT, body)).text();
    expect(spans).toMatchObject([
      {
        status: 2,
        attributes: {
          'bedrock_anywhere.client': 'a',
          'bedrock_anywhere.outcome': 'failed',
          'error.type': 'ERR_THROTTLED',
          'gen_ai.response.finish_reasons': ['error'],
        },
      },
      {
        status: undefined,
        attributes: { 'bedrock_anywhere.client': 'b', 'bedrock_anywhere.outcome': 'complete' },
      },
    ]);
    const durations = values.filter(({ name }) => name === 'gen_ai.client.inference.duration');
    expect(durations.map(({ attributes }) => attributes?.['error.type'])).toEqual([
      'ERR_THROTTLED',
      undefined,
    ]);
  });

  it('that breaks off is a failed span with what had arrived', async () => {
    const { gateway, spans } = await setUp([[{ code: 'ERR_NETWORK', afterEvents: 2 }]]);
    await (await gateway.send(CHAT, STREAM)).text();
    expect(spans).toMatchObject([
      {
        status: 2,
        attributes: {
          'error.type': 'ERR_NETWORK',
          'gen_ai.response.time_to_first_chunk': 0,
          'gen_ai.response.finish_reasons': ['error'],
        },
      },
    ]);
  });

  it('whose client leaves is neither complete nor an error', async () => {
    const { gateway, spans } = await setUp([[]]);
    const response = await gateway.send(CHAT, STREAM);
    await response.body?.cancel();
    const silent: Outcome = { code: 'ERR_NETWORK', when: new Promise(() => undefined) };
    const other = await setUp([[silent]]);
    const leaving = new AbortController();
    const pending = other.gateway.send(CHAT, ASK, { signal: leaving.signal });
    await until(() => other.gateway.calls[0]?.length === 1);
    leaving.abort();
    await pending;
    for (const span of [...spans, ...other.spans]) {
      expect(span).toMatchObject({
        status: undefined,
        attributes: {
          'bedrock_anywhere.outcome': 'client-gone',
          'gen_ai.response.finish_reasons': ['error'],
        },
      });
      expect(span.attributes).not.toHaveProperty('error.type');
    }
    expect([spans.length, other.spans.length]).toEqual([1, 1]);
  });

  it('that fails after a ping is one span', async () => {
    const timers = manualTimers();
    let fail = (): void => {};
    const when = new Promise<void>((resolve) => {
      fail = resolve;
    });
    const { gateway, spans } = await setUp([[{ code: 'ERR_NETWORK', when }]], {
      startTimer: timers.startTimer,
    });
    const pending = gateway.send(CHAT, STREAM);
    await until(() => gateway.calls[0]?.length === 1);
    timers.fire(15_000);
    const response = await pending;
    fail();
    await response.text();
    expect(spans).toMatchObject([{ status: 2, attributes: { 'error.type': 'ERR_NETWORK' } }]);
  });

  it('for embeddings has names of its own', async () => {
    const { gateway, spans, values } = await setUp([[]]);
    await (await gateway.send('/v1/embeddings', { model: 'embed', input: SECRET, dimensions: 256 })).text();
    expect(spans).toMatchObject([
      {
        name: 'embeddings amazon.titan-embed-text-v2:0',
        attributes: {
          'gen_ai.operation.name': 'embeddings',
          'gen_ai.embeddings.dimension.count': 256,
          'gen_ai.request.encoding_formats': ['float'],
          'gen_ai.usage.input_tokens': expect.any(Number),
        },
      },
    ]);
    expect(values.map(({ name }) => name)).toEqual([
      'gen_ai.client.embeddings.duration',
      'gen_ai.client.embeddings.operation.input_tokens',
    ]);
  });

  it('shows nothing of the conversation, nor what the service said about it', async () => {
    const { gateway, spans, values } = await setUp([[{ code: 'ERR_SERVICE', message: SECRET }], []]);
    for (const body of [ASK, STREAM]) await (await gateway.send(CHAT, body)).text();
    expect(spans).toHaveLength(3);
    expect(JSON.stringify([spans, values])).not.toMatch(/secret|This is/);
  });

  it('of an unconfigured model names the model in its span once it has answered', async () => {
    const recorder = createRecorder();
    const started: string[] = [];
    const tracer: NonNullable<NonNullable<GatewayOptions['telemetry']>['tracer']> = {
      startSpan(name, ...rest) {
        started.push(name);
        return recorder.tracer.startSpan(name, ...rest);
      },
    };
    const { gateway } = await setUp([[]], { models: {}, telemetry: { tracer } });
    for (let i = 0; i < 2; i++) await (await gateway.send(CHAT, { ...ASK, model: NOVA })).text();
    expect(started).toEqual(['chat', `chat ${NOVA}`]);
    expect(recorder.spans.map(({ name }) => name)).toEqual([`chat ${NOVA}`, `chat ${NOVA}`]);
  });

  it('of a model that the operator has configured has a series, even if the model does not exist', async () => {
    const { gateway, values, spans } = await setUp([[{ code: 'ERR_NOT_FOUND' }]]);
    await gateway.send(CHAT, ASK);
    expect(values).toHaveLength(1);
    expect(values[0]?.attributes).toMatchObject({ 'gen_ai.request.model': NOVA });
    expect(spans[0]?.attributes).toMatchObject({ 'gen_ai.request.model': NOVA });
  });
});

describe('the parent of a span', () => {
  const active = { getValue: () => 'active' };
  const context = { active: () => active };
  const headers = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };

  it('is what the propagation of the operator reads from the headers', async () => {
    const recorder = createRecorder();
    const propagation: NonNullable<NonNullable<GatewayOptions['telemetry']>['propagation']> = {
      extract: (from, carrier, getter) => ({
        getValue: () => [
          from === active,
          getter?.get(carrier as Headers, 'traceparent'),
          getter?.get(carrier as Headers, 'baggage'),
          getter?.keys(carrier as Headers).includes('traceparent'),
        ],
      }),
    };
    const { tracer } = recorder;
    const { gateway } = await setUp([[]], { telemetry: { tracer, context, propagation } });
    await (await gateway.send(CHAT, ASK, { headers: { ...headers, authorization: `Bearer ${KEY}` } })).text();
    expect(recorder.spans[0]?.parent?.getValue(Symbol())).toEqual([
      true,
      headers.traceparent,
      undefined,
      true,
    ]);
  });

  it('is the active context without one', async () => {
    const { tracer, spans } = createRecorder();
    const { gateway } = await setUp([[]], { telemetry: { tracer, context } });
    await (await gateway.send(CHAT, ASK)).text();
    expect(spans[0]?.parent).toBe(active);
  });
});

describe('telemetry', () => {
  it('that throws changes nothing for clients', async () => {
    const broken = (): never => {
      throw new Error('no space left');
    };
    const { tracer, meter } = createRecorder();
    const span = { setAttributes: broken, setStatus: broken, end: broken };
    for (const telemetry of [
      { tracer: { startSpan: broken }, meter: { createHistogram: broken, createCounter: broken } },
      {
        tracer: { startSpan: () => span },
        meter: { createHistogram: () => ({ record: broken }), createCounter: () => ({ add: broken }) },
      },
      { tracer, meter, context: { active: broken } },
    ]) {
      const { gateway } = await setUp([[{ code: 'ERR_THROTTLED' }], []], { telemetry });
      for (const body of [ASK, STREAM]) {
        const response = await gateway.send(CHAT, body);
        expect([response.status, await response.text()]).toEqual([200, expect.stringContaining(' b.')]);
      }
    }
  });

  it.each([
    ['tracer is an object', { tracer: {} }],
    ['meter is a function', { meter: () => undefined }],
    ['no option traces', { traces: {} }],
    ['propagation, but no context', { propagation: { extract: () => ({}) } }],
  ])('that is wrong is refused at once: %s', (words, telemetry) => {
    const create = (): unknown =>
      createGateway({ bedrock: createBedrock(), authorize: () => undefined, telemetry: telemetry as never });
    expect(create).toThrow(words);
  });
});

it('has no metric series and no span names for ids that a client makes up, however its calls end', async () => {
  const codes = ['ERR_INPUT', 'ERR_ACCESS_DENIED', 'ERR_NOT_FOUND', 'ERR_THROTTLED', 'ERR_TIMEOUT'] as const;
  const failing = [...codes, ...codes].map((code) => ({ code }));
  const transport = scripted(localTransport(createLocalBedrock()), failing);
  const bedrock = createBedrock({ transport, maxAttempts: 1 });
  const { gateway, values, spans } = await setUp([[]], { bedrock });
  for (const [i, body] of [...codes.map(() => ASK), ...codes.map(() => STREAM)].entries())
    await (await gateway.send(CHAT, { ...body, model: `us.amazon.made-up-${i}` })).text();
  const left = new AbortController();
  const gone = gateway.send(CHAT, { ...STREAM, model: 'us.amazon.made-up-10' }, { signal: left.signal });
  left.abort();
  await gone;
  expect(values.length).toBeGreaterThanOrEqual(10);
  expect(JSON.stringify(values)).not.toContain('made-up');
  expect(spans.map(({ name }) => name)).toEqual(spans.map(() => 'chat'));
  expect(spans[0]?.attributes).toMatchObject({ 'gen_ai.request.model': 'us.amazon.made-up-0' });
});
