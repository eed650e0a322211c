import { fromBearerToken } from 'bedrock-anywhere';
import {
  type BedrockProviderOptions,
  type BedrockStreamOptions,
  bedrockFailure,
  createBedrockProvider,
  type PiAssistantMessage,
  type PiModel,
} from 'bedrock-anywhere/pi';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { pass, stopClock, until } from '../clock.js';
import { assistant, call, PNG, text, toolResult, user, weather } from './pi-contexts.js';
import { frames, open, peer, start, stop } from './pi-hostile.js';
import { APPLICATION_PROFILE, IDS, type Local, modelAt, startPeerBedrock } from './pi-peer.js';

let local: Local;
beforeAll(async () => {
  local = await startPeerBedrock({ script: [{ text: 'fine' }] });
});
afterAll(() => local.close());

const go = { messages: [user('go')] };

/** The request that a call makes, and its message. */
async function send(
  provider: BedrockProviderOptions = {},
  call: BedrockStreamOptions = {},
  model: Partial<PiModel> = {},
  context: Parameters<ReturnType<typeof createBedrockProvider>['stream']>[1] = go,
) {
  const before = local.requests.length;
  const { stream } = createBedrockProvider({ credentials: local.credentials, ...provider });
  const message = await stream(modelAt(local, IDS.sonnet45, model), context, call).result();
  return { message, requests: local.requests.slice(before), request: local.requests.slice(before).at(-1) };
}

/** The host that a call would go to, without going there. */
async function hostOf(
  baseUrl: string,
  provider: BedrockProviderOptions = {},
  call: BedrockStreamOptions = {},
  id: string = IDS.sonnet45,
): Promise<string> {
  const hosts: string[] = [];
  const fetch = (async (input: URL | string | Request) => {
    hosts.push(new URL(input instanceof Request ? input.url : input).host);
    return new Response('{"message":"no"}', { status: 400 });
  }) as typeof globalThis.fetch;
  const { stream } = createBedrockProvider({ credentials: local.credentials, fetch, ...provider });
  await stream({ ...modelAt(local, id), baseUrl }, go, call).result();
  return hosts.join();
}

describe('where a call goes', () => {
  const catalog = 'https://bedrock-runtime.eu-central-1.amazonaws.com';
  const host = (region: string) => `bedrock-runtime.${region}.amazonaws.com`;

  it("takes the region of pi's catalog where nothing else names one", async () => {
    expect(await hostOf(catalog)).toBe(host('eu-central-1'));
    expect(await hostOf('')).toBe(host('us-east-1'));
  });

  it('takes the option, the provider, the ARN and the environment first', async () => {
    expect(await hostOf(catalog, {}, { region: 'us-west-2' })).toBe(host('us-west-2'));
    expect(await hostOf(catalog, { region: 'us-west-2' })).toBe(host('us-west-2'));
    expect(await hostOf(catalog, {}, {}, APPLICATION_PROFILE)).toBe(host('us-east-1'));
    vi.stubEnv('AWS_REGION', 'ap-south-1');
    expect(await hostOf(catalog)).toBe(host('ap-south-1'));
    vi.stubEnv('AWS_REGION', undefined);
  });

  it('goes to any other address as it stands', async () => {
    const vpc = 'https://vpce-1.bedrock-runtime.eu-west-1.vpce.amazonaws.com';
    expect(await hostOf(vpc, { region: 'eu-west-1' })).toBe(
      'vpce-1.bedrock-runtime.eu-west-1.vpce.amazonaws.com',
    );
    const fips = 'https://bedrock-runtime-fips.us-gov-west-1.amazonaws.com';
    expect(await hostOf(fips)).toBe('bedrock-runtime-fips.us-gov-west-1.amazonaws.com');
  });
});

describe('what a call is authorized with', () => {
  it.each([
    ['the credentials of the provider', {}, {}, 'AWS4-HMAC-SHA256'],
    ['a bearer token of the call', {}, { bearerToken: 'KEY' }, 'Bearer'],
    ["pi's apiKey where it is one", {}, { apiKey: 'KEY' }, 'Bearer'],
    ["not pi's marker", {}, { apiKey: '<authenticated>' }, 'AWS4-HMAC-SHA256'],
    ['a profile', { credentialsOfProfile: () => fromBearerToken('KEY') }, { profile: 'work' }, 'Bearer'],
    ['credentials of the call', {}, { credentials: { token: 'KEY' } }, 'Bearer'],
  ] as [string, BedrockProviderOptions, BedrockStreamOptions, string][])(
    '%s',
    async (_name, provider, options, scheme) => {
      const withKey = JSON.parse(
        JSON.stringify(options).replaceAll('KEY', local.apiKey),
      ) as BedrockStreamOptions;
      const profiles = provider.credentialsOfProfile && {
        credentialsOfProfile: (profile: string) => {
          expect(profile).toBe('work');
          return fromBearerToken(local.apiKey);
        },
      };
      const { request } = await send({ ...provider, ...profiles }, withKey);
      expect(request?.headers['authorization']).toMatch(new RegExp(`^${scheme} `));
      expect(request?.status).toBe(200);
    },
  );

  it('says what a profile needs', async () => {
    const { message, requests } = await send({}, { profile: 'work' });
    expect(bedrockFailure(message)).toMatchObject({ code: 'ERR_INPUT' });
    expect(message.errorMessage).toContain('credentialsOfProfile');
    expect(requests).toEqual([]);
  });
});

describe('what a call carries', () => {
  it('headers of provider, model and call, the last of a name', async () => {
    const { request } = await send(
      { headers: { 'x-a': 'provider', 'x-b': 'provider', 'x-c': 'provider' } },
      { headers: { 'x-c': 'call' } },
      { headers: { 'x-b': 'model', 'x-c': 'model' } },
    );
    expect(request?.headers).toMatchObject({ 'x-a': 'provider', 'x-b': 'model', 'x-c': 'call' });
  });

  it('no header of authorization from outside', async () => {
    const { message } = await send({}, { headers: { authorization: 'Bearer x' } });
    expect(bedrockFailure(message)).toMatchObject({ code: 'ERR_INPUT' });
  });

  it('the guardrail of the provider, of the call, or none', async () => {
    const guardrailConfig = { guardrailIdentifier: 'localguardrail', guardrailVersion: 'DRAFT' };
    const other = { ...guardrailConfig, trace: 'enabled' as const };
    expect((await send({ guardrailConfig })).request?.body).toMatchObject({ guardrailConfig });
    expect((await send({ guardrailConfig }, { guardrailConfig: other })).request?.body).toMatchObject({
      guardrailConfig: other,
    });
    expect((await send({ guardrailConfig }, { guardrailConfig: null })).request?.body).not.toHaveProperty(
      'guardrailConfig',
    );
    const marked = await send({ guardrailConfig, guardContent: 'last-user-message', cacheRetention: 'none' });
    expect(marked.request?.body).toMatchObject({
      messages: [{ content: [{ guardContent: { text: { text: 'go' } } }] }],
    });
  });

  it('service tier, latency, stop sequences, topP and members for the model', async () => {
    const { request } = await send(
      { serviceTier: { type: 'flex' }, maxTokens: 7, topP: 0.5 },
      {
        stopSequences: ['.'],
        topP: 0.9,
        performanceConfig: { latency: 'optimized' },
        additionalModelRequestFields: { top_k: 5 },
      },
      { id: IDS.nova },
    );
    expect(request?.body).toMatchObject({
      serviceTier: { type: 'flex' },
      performanceConfig: { latency: 'optimized' },
      inferenceConfig: { maxTokens: 7, topP: 0.9, stopSequences: ['.'] },
      additionalModelRequestFields: { top_k: 5 },
    });
  });

  it('documents, in messages and in tool results', async () => {
    const pdf = { type: 'document' as const, data: PNG, mimeType: 'application/pdf', name: 'a_b/c:  d.pdf' };
    const context = {
      messages: [
        user([text('read'), pdf]),
        assistant([call('t')], { stopReason: 'toolUse' }),
        toolResult('t', [{ ...pdf, mimeType: 'text/csv; charset=utf-8' }]),
      ],
      tools: [weather],
    };
    const { request } = await send({}, {}, {}, context);
    const document = { format: 'pdf', name: 'a_b c d pdf', source: { bytes: PNG } };
    expect(request?.status).toBe(200);
    expect(request?.body).toMatchObject({
      messages: [
        { content: [{ text: 'read' }, { document }] },
        {},
        {
          content: [
            {
              toolResult: { content: [{ document: { ...document, format: 'csv', name: 'a_b c d pdf-2' } }] },
            },
            {},
          ],
        },
      ],
    });
  });

  it('what the provider knows of a model that the table does not', async () => {
    const quirks = (modelId: string) =>
      modelId === APPLICATION_PROFILE
        ? ({ cacheTtls: ['5m', '1h'], cachePoints: ['system'], thinking: 'budget' } as const)
        : undefined;
    const { request } = await send(
      { quirks },
      { cacheRetention: 'long', reasoning: 'low', maxTokens: 9000 },
      { id: APPLICATION_PROFILE, name: 'mine' },
      { ...go, systemPrompt: 'x' },
    );
    expect(request?.body).toMatchObject({
      system: [{ text: 'x' }, { cachePoint: { type: 'default', ttl: '1h' } }],
      messages: [{ content: [{ text: 'go' }] }],
      additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 2048 } },
    });
  });
});

describe('hooks', () => {
  it('onPayload sees the request and may replace it', async () => {
    const { request } = await send(
      {},
      {
        onPayload: async (payload, { id }) => {
          expect(id).toBe(IDS.sonnet45);
          return { ...(payload as object), requestMetadata: { seen: 'yes' } };
        },
      },
    );
    expect(request?.body).toMatchObject({ requestMetadata: { seen: 'yes' }, messages: [{ role: 'user' }] });
    expect((await send({}, { onPayload: () => undefined })).request?.status).toBe(200);
  });

  it('onResponse sees status and headers before the body, once for each answer', async () => {
    const seen: string[] = [];
    const { message } = await send(
      {},
      {
        onResponse: ({ status, headers }) => {
          seen.push(`${status} ${headers['content-type']}`);
        },
      },
    );
    expect(seen).toEqual(['200 application/vnd.amazon.eventstream']);
    expect(message.stopReason).toBe('stop');
  });

  it.each(['onPayload', 'onResponse'] as const)('a failing %s ends the call', async (hook) => {
    const { message, requests } = await send(
      {},
      {
        [hook]: () => {
          throw new Error('the hook fails');
        },
      },
    );
    expect(message).toMatchObject({ stopReason: 'error', errorMessage: 'the hook fails [bedrock, unknown]' });
    expect(bedrockFailure(message)).toEqual({ reason: 'unknown', retryable: false });
    expect(requests).toHaveLength(hook === 'onPayload' ? 0 : 1);
    await expect.poll(() => local.liveConnections()).toBe(0);
  });

  it('an abort does not wait for onPayload', async () => {
    const controller = new AbortController();
    const { message } = await send(
      {},
      {
        signal: controller.signal,
        onPayload: () => {
          setImmediate(() => controller.abort());
          return new Promise(() => {});
        },
      },
    );
    expect(message.stopReason).toBe('aborted');
  });
});

describe('retries', () => {
  it.each([
    [{ maxRetries: 0 }, 1],
    [{ maxRetries: 1, maxRetryDelayMs: 1 }, 2],
  ])('%j', async (options, sent) => {
    const { message, requests } = await send({}, { ...options, headers: { 'x-local-fault': 'throttle=9' } });
    expect(requests).toHaveLength(sent);
    expect(bedrockFailure(message)).toMatchObject({ reason: 'throttled', attempts: sent });
  });

  it.each([
    { timeoutMs: Infinity, idleTimeoutMs: Infinity, maxRetryDelayMs: Infinity, maxRetries: Infinity },
    { timeoutMs: 1e15, idleTimeoutMs: 1e15, maxRetryDelayMs: 1e15 },
    { timeoutMs: 0, idleTimeoutMs: 0, maxRetryDelayMs: 0 },
  ])('waits without a limit: %j', async (limits) => {
    const { message } = await send({}, limits);
    expect(message).toMatchObject({ stopReason: 'stop' });
    const { timeoutMs, idleTimeoutMs, maxRetryDelayMs } = limits;
    const other = await send({ timeoutMs, idleTimeoutMs, maxRetryDelayMs });
    expect(other.message).toMatchObject({ stopReason: 'stop' });
  });

  it.each([0, Infinity])(
    'does not retry at once what is to be retried in a year (maxRetryDelayMs: %j)',
    async (maxRetryDelayMs) => {
      let requests = 0;
      const fetch = (async () => {
        requests++;
        return new Response('{"message":"later"}', { status: 429, headers: { 'retry-after': '31536000' } });
      }) as typeof globalThis.fetch;
      const { message } = await send({ fetch }, { maxRetryDelayMs, maxRetries: 5 });
      expect(bedrockFailure(message)).toMatchObject({ reason: 'throttled' });
      expect(requests).toBe(1);
    },
  );

  it.each([0, Infinity, 3_600_000])(
    'waits an hour if AWS asks for it (maxRetryDelayMs: %j)',
    async (maxRetryDelayMs) => {
      stopClock();
      try {
        let requests = 0;
        const fetch = (async () => {
          requests++;
          return new Response('{"message":"later"}', { status: 429, headers: { 'retry-after': '3600' } });
        }) as typeof globalThis.fetch;
        const timers = vi.spyOn(globalThis, 'setTimeout');
        const sent = send({ fetch, region: 'us-east-1' }, { maxRetryDelayMs, maxRetries: 1 });
        await until(() => timers.mock.calls.some(([, ms]) => ms === 3_600_000));
        await pass(3_599_999);
        expect(requests).toBe(1);
        await pass(1);
        expect(bedrockFailure((await sent).message)).toMatchObject({ reason: 'throttled', attempts: 2 });
      } finally {
        vi.useRealTimers();
      }
    },
  );

  it.each([{ timeoutMs: -1 }, { idleTimeoutMs: Number.NaN }, { maxRetryDelayMs: '5' as unknown as number }])(
    'says that %j is no time',
    async (limits) => {
      const { message, requests } = await send({}, limits);
      expect(bedrockFailure(message)).toMatchObject({ code: 'ERR_INPUT' });
      expect(message.errorMessage).toContain(Object.keys(limits)[0]);
      expect(requests).toEqual([]);
    },
  );

  it('ends after timeoutMs', async () => {
    const { message } = await send({}, { timeoutMs: 30, headers: { 'x-local-fault': 'delay=1000' } });
    expect(bedrockFailure(message)).toMatchObject({ reason: 'timeout' });
  });
});

describe('cost', () => {
  const usage = ({ usage: { cost } }: PiAssistantMessage) => cost;
  const price = { input: 1, output: 2 };

  it("is the model's price", async () => {
    const { message } = await send({ catalog: () => ({ price }) }, { cacheRetention: 'none' });
    const { input, output } = message.usage;
    expect(usage(message).total).toBeCloseTo((3 * input + 15 * output) / 1e6, 12);
  });

  it("is the catalog's where the model has none, and nothing where nobody knows", async () => {
    const none = { cost: undefined } as unknown as Partial<PiModel>;
    const known = await send({ catalog: () => ({ price }) }, { cacheRetention: 'none' }, none);
    const { input, output } = known.message.usage;
    expect(usage(known.message).total).toBeCloseTo((input + 2 * output) / 1e6, 12);
    expect(usage((await send({}, {}, none)).message).total).toBe(0);
  });

  it.each<[string, BedrockStreamOptions, object, number]>([
    ['what the answer states', { serviceTier: { type: 'flex' } }, { serviceTier: { type: 'default' } }, 1],
    ['the requested tier, if the answer states none', { serviceTier: { type: 'flex' } }, {}, 0.5],
    ['the requested latency', { performanceConfig: { latency: 'optimized' } }, {}, 1.25],
    [
      'the request that onPayload returned',
      {
        serviceTier: { type: 'flex' },
        onPayload: (sent) => ({ ...Object(sent), serviceTier: { type: 'priority' } }),
      },
      {},
      1.76,
    ],
  ])('depends on %s', async (_what, options, stated, factor) => {
    const metadata = { type: 'metadata', usage: { inputTokens: 1000, outputTokens: 100, totalTokens: 1100 } };
    const { fetch } = peer(frames(start, stop, { ...metadata, ...stated }), 'close');
    const { usage: used } = await open(fetch, options).result();
    expect(used.cost.total).toBeCloseTo(((3 * 1000 + 15 * 100) / 1e6) * factor, 12);
  });
});

it('keeps the id of the request', async () => {
  const { message } = await send();
  expect(message.responseId).toMatch(/^[0-9a-f-]{36}$/);
});

it('says what was repaired, and hands tools out under their own names', async () => {
  const named = await startPeerBedrock({ script: [{ toolUse: { name: 'get_weather', input: {} } }] });
  const { stream } = createBedrockProvider({ region: named.region, credentials: named.credentials });
  const context = {
    messages: [user([text(' '), text('go')]), toolResult('lost')],
    tools: [{ ...weather, name: 'get.weather' }],
  };
  const message = await stream(modelAt(named, IDS.sonnet45), context).result();
  await named.close();
  expect(message.content).toMatchObject([{ type: 'toolCall', name: 'get.weather' }]);
  const noted = message.diagnostics?.find(({ type }) => type === 'bedrock_repairs');
  expect(noted?.details).toMatchObject({
    repairs: [
      { kind: 'orphaned-tool', path: 'messages.1', before: 'lost' },
      { kind: 'tool-name', before: 'get.weather', after: 'get_weather' },
      { kind: 'blank-text', path: 'messages.0.content.0' },
    ],
  });
});
