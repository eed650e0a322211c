import { BedrockClient, type BedrockClientConfig } from '@aws-sdk/client-bedrock';
import {
  BedrockRuntimeClient,
  type BedrockRuntimeClientConfig,
  type ConverseStreamOutput,
  ThrottlingException,
} from '@aws-sdk/client-bedrock-runtime';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import {
  type ClientOptions,
  type ConverseEvent,
  createBedrock,
  memoryStorage,
  type RequestDetails,
  type ResponseDetails,
} from 'bedrock-anywhere';
import { sdkTransport } from 'bedrock-anywhere/aws';
import { type LocalServer, startLocalBedrock } from 'bedrock-anywhere/local/node';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { blockStop, frames, messageStart, messageStop, startServer, text } from '../converse/server.js';
import { describeFixtures, recordings } from '../fixtures.js';
import { awsClient, KEYS } from '../wire/aws-client.js';
import { eventFrame, framesOf, joined } from '../wire/frames.js';
import { STREAMS } from '../wire/streams.js';
import { configOf } from './clients.js';

const request = {
  modelId: 'amazon.nova-lite-v1:0',
  messages: [{ role: 'user' as const, content: [{ text: 'ping' }] }],
};

let local: LocalServer;
beforeAll(async () => {
  local = await startLocalBedrock({ script: [{ user: 'ping', text: 'pong pong pong' }] });
});
afterAll(() => local.close());

function clientOf(more: BedrockRuntimeClientConfig = {}): BedrockRuntimeClient {
  return new BedrockRuntimeClient({ ...configOf(local), requestHandler: new NodeHttpHandler(), ...more });
}

function over(client: BedrockRuntimeClient, options: ClientOptions = {}) {
  return createBedrock({ transport: sdkTransport({ client }), ...options });
}

describe('an answer that is not whole', () => {
  it('is an error where the AWS client sees a good end', async () => {
    const server = await startServer(frames(messageStart, text('half')));
    const client = clientOf({ endpoint: server.url });
    await expect(over(client).stream(request).result()).rejects.toMatchObject({
      code: 'ERR_TRUNCATED',
      retryable: true,
      attempts: 1,
      requestId: 'request-1',
      partial: { message: { content: [{ text: 'half' }] } },
    });
    await server.close();
  });

  it('is whole without metadata, with a warning', async () => {
    const server = await startServer(frames(messageStart, text('all'), blockStop, messageStop));
    const result = await over(clientOf({ endpoint: server.url }))
      .stream(request)
      .result();
    expect(result).toMatchObject({ stopReason: 'end_turn', usage: undefined });
    expect(result.warnings).toEqual([expect.stringContaining('without metadata')]);
    await server.close();
  });

  it('counts the request that it waited for', async () => {
    const controller = new AbortController();
    const server = await startServer(() => controller.abort('enough'));
    const stream = over(clientOf({ endpoint: server.url })).stream(request, { signal: controller.signal });
    await expect(stream.result()).rejects.toBe('enough');
    expect(stream.partial.attempts).toBe(1);
    await server.close();
  });

  it('is an error where nothing came', async () => {
    const server = await startServer(frames());
    await expect(
      over(clientOf({ endpoint: server.url }))
        .stream(request)
        .result(),
    ).rejects.toMatchObject({
      code: 'ERR_TRUNCATED',
    });
    await server.close();
  });
});

describe('what the model of the AWS client does not list', () => {
  it('is handed on as it came', async () => {
    const bytes = joined([
      ...framesOf(STREAMS.text.slice(0, 2)),
      eventFrame('contentBlockDelta', { contentBlockIndex: 0, delta: { smell: 'of rain' } }),
      eventFrame('contentBlockStart', { contentBlockIndex: 1, start: { smell: { kind: 'rain' } } }),
      eventFrame('weather', { sky: 'clear' }),
      ...framesOf(STREAMS.text.slice(2)),
    ]);
    const stream = over(awsClient({ chunks: [bytes], headers: EVENT_STREAM }).client).stream(request);
    const events: ConverseEvent[] = [];
    for await (const event of stream) events.push(event);
    expect(events).toContainEqual({
      type: 'contentBlockDelta',
      contentBlockIndex: 0,
      delta: { smell: 'of rain' },
    });
    expect(events).toContainEqual({
      type: 'contentBlockStart',
      contentBlockIndex: 1,
      start: { smell: { kind: 'rain' } },
    });
    expect(events).toHaveLength(STREAMS.text.length + 2);
    expect((await stream.result()).warnings).toEqual([expect.stringContaining('(smell)')]);
  });
});

/** Members of our events that the AWS client drops: its types do not list them. */
const DROPPED = ['serverToolUsage', 'cacheReadInputTokenCount', 'cacheWriteInputTokenCount'];

describeFixtures('converse', 'recorded streams over the AWS client', () => {
  it.each(recordings().map((recording) => [recording.name, recording] as const))(
    '%s: the same events and result as over our own core',
    async (_name, { bytes }) => {
      const fetch = async (): Promise<Response> => new Response(bytes, { headers: EVENT_STREAM });
      const core = createBedrock({ fetch, credentials: KEYS, region: 'us-east-1' }).stream(request);
      const found = over(awsClient({ chunks: [bytes], headers: EVENT_STREAM }).client).stream(request);
      const [expected, events]: ConverseEvent[][] = [[], []];
      for await (const event of core) expected?.push(event);
      for await (const event of found) events?.push(event);
      expect(events).toStrictEqual(expected?.map(withoutDropped));
      const result = await core.result();
      expect(await found.result()).toStrictEqual({ ...result, usage: result.usage && without(result.usage) });
    },
  );
});

describe('the user of an AWS client', () => {
  it('has middleware that sees request, answer and events', async () => {
    const client = clientOf();
    const seen: unknown[] = [];
    client.middlewareStack.add(
      (next) => async (args) => {
        seen.push((args.input as { modelId: string }).modelId);
        const result = await next(args);
        const output = result.output as { stream: AsyncIterable<ConverseStreamOutput> };
        output.stream = watched(output.stream, (event) => seen.push(Object.keys(event)[0]));
        return result;
      },
      { step: 'initialize', name: 'watch' },
    );
    expect(await over(client).stream(request).text()).toBe('pong pong pong');
    expect(seen.slice(0, 2)).toEqual([request.modelId, 'messageStart']);
    expect(seen.at(-1)).toBe('metadata');
  });

  it('has the headers of a call sent, and signed', async () => {
    const before = local.requests.length;
    await over(clientOf())
      .stream(request, { headers: { 'x-amz-note': 'a', 'x-other': 'b' } })
      .text();
    expect(local.requests[before]?.headers).toMatchObject({
      'x-amz-note': 'a',
      'x-other': 'b',
      authorization: expect.stringMatching(/SignedHeaders=[a-z0-9;-]*;x-amz-note;/),
    });
    const secret = over(clientOf()).stream(request, { headers: { authorization: 'x' } });
    await expect(secret.text()).rejects.toMatchObject({ code: 'ERR_INPUT' });
  });

  it('has the guardrail of the options in every request', async () => {
    const guardrailConfig = {
      guardrailIdentifier: 'abc123',
      guardrailVersion: '1',
      streamProcessingMode: 'async',
    } as const;
    const before = local.requests.length;
    const bedrock = over(clientOf(), { guardrailConfig });
    await bedrock
      .stream(request)
      .result()
      .catch(() => {});
    await bedrock.converse(request).catch(() => {});
    const [streamed, whole] = local.requests
      .slice(before)
      .map(({ body }) => body as { guardrailConfig: unknown });
    expect(streamed?.guardrailConfig).toEqual(guardrailConfig);
    expect(whole?.guardrailConfig).toEqual({ guardrailIdentifier: 'abc123', guardrailVersion: '1' });
  });

  it('has bytes sent as bytes', async () => {
    const before = local.requests.length;
    const image = { format: 'png' as const, source: { bytes: new Uint8Array([1]) } };
    await over(clientOf())
      .stream({ ...request, messages: [{ role: 'user', content: [{ text: 'ping' }, { image }] }] })
      .text();
    expect(local.requests[before]?.body).toMatchObject({
      messages: [{ content: [{}, { image: { source: { bytes: 'AQ==' } } }] }],
    });
  });

  it('has base64 sent once encoded, and what tools call bytes left alone', async () => {
    const before = local.requests.length;
    const input = { bytes: 'AQ==', body: 'AQ==' };
    const messages = [
      {
        role: 'user' as const,
        content: [{ text: 'ping' }, { image: { format: 'png' as const, source: { bytes: 'AQ==' } } }],
      },
      { role: 'assistant' as const, content: [{ toolUse: { toolUseId: 'a', name: 'b', input } }] },
      {
        role: 'user' as const,
        content: [{ toolResult: { toolUseId: 'a', content: [{ json: input }] } }, { text: 'ping' }],
      },
    ];
    const requestMetadata = { body: 'AQ==' };
    await over(clientOf())
      .stream({ ...request, requestMetadata, messages: messages as never })
      .text();
    expect(local.requests[before]?.body).toMatchObject({ messages, requestMetadata });
    const counted = {
      modelId: 'anthropic.claude-sonnet-4-5-20250929-v1:0',
      input: { converse: { messages: messages as never } },
    };
    await over(clientOf()).countTokens(counted);
    expect(local.requests.at(-1)?.body).toMatchObject({ input: { converse: { messages } } });
  });

  it.each([
    ['region', 'us-east-1'],
    ['credentials', KEYS],
    ['credentials', null],
    ['endpoint', 'https://example.com'],
    ['allowInsecureEndpoint', true],
    ['allowLongLivedKeys', true],
    ['fetch', globalThis.fetch],
    ['maxAttempts', 5],
    ['maxRetryDelayMs', 5],
  ])('is told that the option %s is the client’s', async (name, value) => {
    const before = local.requests.length;
    const wrong = {
      code: 'ERR_INPUT',
      message: expect.stringContaining(`The option ${name} belongs to the AWS client`),
    };
    await expect(
      over(clientOf(), { [name]: value })
        .stream(request)
        .text(),
    ).rejects.toMatchObject(wrong);
    await expect(over(clientOf()).converse(request, { [name]: value })).rejects.toMatchObject(wrong);
    expect(local.requests).toHaveLength(before);
  });

  it('need not make one: a region is enough, and the transport sends with fetch', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL_BEDROCK_RUNTIME', local.url);
    vi.stubEnv('AWS_ENDPOINT_URL_BEDROCK', local.url);
    const sent: string[] = [];
    const { fetch } = globalThis;
    vi.stubGlobal('fetch', (input: Request) => {
      sent.push(new URL(input.url).pathname);
      return fetch(input);
    });
    const { region, credentials } = local;
    const bedrock = createBedrock({ transport: sdkTransport({ region, credentials }) });
    expect(await bedrock.stream(request).text()).toBe('pong pong pong');
    expect((await bedrock.converse(request)).text).toBe('pong pong pong');
    expect((await bedrock.discover()).models.length).toBeGreaterThan(3);
    expect(sent.filter((path) => path.startsWith('/model/'))).toHaveLength(2);
    expect(sent).toContain('/foundation-models');
    vi.unstubAllGlobals();
    vi.unstubAllEnvs();
  });

  it('is told what a transport without a client needs', () => {
    expect(() => sdkTransport({})).toThrow("needs a client or a region. Pass { region: 'us-east-1' }");
    expect(() => sdkTransport({ client: clientOf(), credentials: KEYS })).toThrow('new BedrockRuntimeClient');
  });

  it('has hooks that see each request and response, those of its own retries included', async () => {
    const seen: unknown[] = [];
    const hooks = {
      onRequest: ({ operation, modelId, method, url, attempt }: RequestDetails) =>
        seen.push([operation, modelId, method, new URL(url).pathname, attempt]),
      onResponse: ({ status, requestId, attempt }: ResponseDetails) =>
        seen.push([status, typeof requestId, attempt]),
    };
    const result = await over(clientOf({ maxAttempts: 2 }), hooks)
      .stream(request, { headers: { 'x-local-fault': 'throttle=1' } })
      .result();
    const path = '/model/amazon.nova-lite-v1%3A0/converse-stream';
    expect(seen).toEqual([
      ['ConverseStream', request.modelId, 'POST', path, 1],
      [429, 'string', 1],
      ['ConverseStream', request.modelId, 'POST', path, 2],
      [200, 'string', 2],
    ]);
    expect(result.attempts).toBe(2);
  });

  it('is told what is missing', async () => {
    await expect(over(clientOf()).discover()).rejects.toMatchObject({
      code: 'ERR_INPUT',
      message: expect.stringContaining('controlClient: new BedrockClient'),
    });
    await expect(over(new BedrockRuntimeClient({})).stream(request).text()).rejects.toMatchObject({
      code: 'ERR_INPUT',
      message: expect.stringContaining('has no region'),
    });
    const failing = async (): Promise<never> => {
      throw Object.assign(new Error('The vault is shut.'), { name: 'CredentialsProviderError' });
    };
    await expect(
      over(clientOf({ credentials: failing }))
        .stream(request)
        .text(),
    ).rejects.toMatchObject({
      code: 'ERR_CREDENTIALS',
      phase: 'prepare',
      message: expect.stringContaining('The vault is shut.'),
    });
  });

  it('gets failures of the network as such, with the host', async () => {
    const nowhere = clientOf({ endpoint: 'http://127.0.0.1:9' });
    await expect(over(nowhere).converse(request)).rejects.toMatchObject({
      code: 'ERR_NETWORK',
      phase: 'request',
      attempts: 1,
      message: expect.stringMatching(/^No answer from 127\.0\.0\.1:9: /),
    });
    const slow = clientOf({
      requestHandler: new NodeHttpHandler({ requestTimeout: 100, throwOnRequestTimeout: true }),
    });
    await expect(
      over(slow).converse(request, { headers: { 'x-local-fault': 'delay=5000' } }),
    ).rejects.toMatchObject({
      code: 'ERR_TIMEOUT',
      name: 'TimeoutError',
    });
  });

  it('finds no secret in errors', async () => {
    const wrongKey = clientOf({ credentials: { ...KEYS, secretAccessKey: 'sEcReT/of+nobody' } });
    const error = await over(wrongKey)
      .converse(request)
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'ERR_CREDENTIALS' });
    expect(JSON.stringify(error)).not.toContain('sEcReT');
  });
});

describe('the cause of an error', () => {
  it("is the client's exception, without the response that it hides", async () => {
    const fault = { headers: { 'x-local-fault': 'status=429:ThrottlingException' } };
    const error: unknown = await over(clientOf())
      .converse(request, fault)
      .catch((thrown: unknown) => thrown);
    const { cause } = error as { cause: ThrottlingException };
    expect(cause).toBeInstanceOf(ThrottlingException);
    expect(cause).toMatchObject({
      name: 'ThrottlingException',
      $fault: 'client',
      $metadata: { httpStatusCode: 429 },
    });
    expect(cause.stack).toMatch(/ThrottlingException.*\n +at /);
    expect(cause).not.toHaveProperty('$response');
  });
});

describe('lists of an AWS client', () => {
  const storage = memoryStorage();
  const bedrockOf = (config: BedrockClientConfig) => {
    const controlClient = new BedrockClient({ ...(configOf(local) as BedrockClientConfig), ...config });
    return createBedrock({ transport: sdkTransport({ client: clientOf(), controlClient }) });
  };

  it('are kept for the transport that they came through', async () => {
    const first = bedrockOf({ credentials: local.credentials });
    expect((await first.discover({ storage })).source).toBe('network');
    expect((await first.discover({ storage })).source).toBe('cache');
    // Its middleware could change what it asks.
    const second = bedrockOf({ credentials: local.credentials });
    expect((await second.discover({ storage })).source).toBe('network');
    const token = { token: local.apiKey };
    const third = bedrockOf({ token, authSchemePreference: ['httpBearerAuth'] });
    expect((await third.discover({ storage })).source).toBe('network');
  });

  it('are shared by transports that are given one cacheScope', async () => {
    const own = () => bedrockOf({ credentials: local.credentials });
    const cacheScope = 'the account of the tests';
    expect((await own().discover({ storage, cacheScope })).source).toBe('network');
    expect((await own().discover({ storage, cacheScope })).source).toBe('cache');
  });

  it('fail with the words of our own core', async () => {
    const controlClient = new BedrockClient(configOf(local) as BedrockClientConfig);
    const { url: endpoint, region, credentials } = local;
    const [found, expected] = await Promise.all(
      [
        createBedrock({ transport: sdkTransport({ client: clientOf(), controlClient }) }),
        createBedrock({ endpoint, region, credentials }),
      ].map((bedrock) => bedrock.discover(denied).catch((thrown: Error) => thrown)),
    );
    expect(found).toMatchObject({ code: 'ERR_ACCESS_DENIED', message: (expected as Error).message });
  });
});

const denied = { refreshInterval: 0, headers: { 'x-local-fault': 'status=403:AccessDeniedException' } };
const EVENT_STREAM = { 'content-type': 'application/vnd.amazon.eventstream' };

async function* watched<T>(events: AsyncIterable<T>, see: (event: T) => void): AsyncIterable<T> {
  for await (const event of events) {
    see(event);
    yield event;
  }
}

function withoutDropped(event: ConverseEvent): ConverseEvent {
  return event.type === 'metadata' ? { ...event, usage: without(event.usage) } : event;
}

function without<T extends object>(usage: T): T {
  return Object.fromEntries(Object.entries(usage).filter(([name]) => !DROPPED.includes(name))) as T;
}
