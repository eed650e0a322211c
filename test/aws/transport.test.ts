import { BedrockClient, type BedrockClientConfig } from '@aws-sdk/client-bedrock';
import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import {
  type Bedrock,
  type ConverseEvent,
  type ConverseStream,
  type ConverseStreamRequest,
  createBedrock,
} from 'bedrock-anywhere';
import { eventStreamSerdeProvider, sdkTransport } from 'bedrock-anywhere/aws';
import { type LocalServer, startLocalBedrock } from 'bedrock-anywhere/local/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDefaultModels } from '../../src/local/account/account.js';
import { configOf, HANDLERS } from './clients.js';

const request: ConverseStreamRequest = {
  modelId: 'amazon.nova-lite-v1:0',
  messages: [{ role: 'user', content: [{ text: 'ping' }] }],
};
const decoders = [
  ['its own decoder', {}],
  ['our decoder', { eventStreamSerdeProvider }],
] as const;

let local: LocalServer;
beforeAll(async () => {
  local = await startLocalBedrock({
    // With all models, checks of access would fill its log.
    models: createDefaultModels('us-east-1').slice(0, 18),
    script: [
      {
        user: 'everything',
        reasoning: { text: 'They want all of it.', redacted: new Uint8Array([0, 255, 7]) },
        text: 'Here it is, word by word.',
        toolUse: { name: 'get_weather', input: { city: 'Bern' }, toolUseId: 'tooluse_1' },
      },
      { user: 'forbidden', guardrail: { message: 'Not that.' } },
      { text: 'pong pong pong' },
    ],
  });
});
afterAll(() => local.close());

/** Our own core: what the transport has to equal. */
function core(): Bedrock {
  return createBedrock({
    endpoint: local.url,
    region: local.region,
    credentials: local.credentials,
    maxAttempts: 1,
  });
}

async function eventsOf(stream: ConverseStream): Promise<{ events: ConverseEvent[]; error: unknown }> {
  const events: ConverseEvent[] = [];
  try {
    for await (const event of stream) events.push(event);
  } catch (error) {
    return { events, error };
  }
  return { events, error: undefined };
}

/** Without what no two answers share. */
function comparable<T extends object>(answer: T): object {
  const { requestId: _id, metrics: _ms, usage, ...rest } = answer as Record<string, object>;
  // The service sends it, and AWS's client does not know it.
  const { serverToolUsage: _tools, ...counts } = Object(usage) as Record<string, unknown>;
  return { ...rest, usage: counts };
}

describe.each(HANDLERS)('sdkTransport over the AWS client with %s', (_handler, handler) => {
  describe.each(decoders)('and %s', (_decoder, decoder) => {
    const overAws = (more = {}) => {
      const config = { ...configOf(local), ...handler(), ...more };
      const client = new BedrockRuntimeClient({ ...config, ...decoder });
      const controlClient = new BedrockClient(config as BedrockClientConfig);
      return createBedrock({ transport: sdkTransport({ client, controlClient }) });
    };

    it('streams the same events and gives the same result', async () => {
      const asked: ConverseStreamRequest = {
        ...request,
        messages: [{ role: 'user', content: [{ text: 'everything' }] }],
        toolConfig: {
          tools: [{ toolSpec: { name: 'get_weather', inputSchema: { json: { type: 'object' } } } }],
        },
      };
      const price = { input: 3, output: 15 };
      const expected = core().stream(asked, { price });
      const found = overAws().stream(asked, { price });
      expect((await eventsOf(found)).events.filter(isStable)).toStrictEqual(
        (await eventsOf(expected)).events.filter(isStable),
      );
      const result = await found.result();
      expect(comparable(result)).toStrictEqual(comparable(await expected.result()));
      expect(result.toolUses).toEqual([
        { toolUseId: 'tooluse_1', name: 'get_weather', input: { city: 'Bern' } },
      ]);
      expect(result.cost?.total).toBeGreaterThan(0);
      expect(result.requestId).toMatch(/^[0-9a-f-]{36}$/);
      expect(result.metrics?.latencyMs).toBeGreaterThanOrEqual(0);
    });

    it('is read once, and sends nothing before it is', async () => {
      const before = local.requests.length;
      const stream = overAws().stream(request);
      // Another call comes and goes: whatever the first had sent would have arrived before.
      await core().stream(request).text();
      expect(local.requests).toHaveLength(before + 1);
      expect(await stream.text()).toBe('pong pong pong');
      expect(local.requests).toHaveLength(before + 2);
      expect(() => stream[Symbol.asyncIterator]()).toThrow(expect.objectContaining({ code: 'ERR_INPUT' }));
    });

    it('closes the connection when the loop is left', async () => {
      const stream = overAws().stream(request, { headers: { 'x-local-fault': 'stall=3' } });
      for await (const event of stream) {
        if (event.type !== 'contentBlockDelta') continue;
        expect(local.liveConnections()).toBe(1);
        break;
      }
      await expect.poll(() => local.liveConnections()).toBe(0);
      await expect(stream.result()).rejects.toMatchObject({
        code: 'ERR_CANCELLED',
        partial: { message: { content: [{ text: expect.stringContaining('pong') }] } },
      });
    });

    it('closes the connection when it is cancelled or disposed of', async () => {
      for (const end of ['cancel', 'dispose'] as const) {
        const stream = overAws().stream(request, { headers: { 'x-local-fault': 'stall=2' } });
        const iterator = stream[Symbol.asyncIterator]();
        await iterator.next();
        const read = async () => {
          while ((await iterator.next()).done !== true);
        };
        const told = expect(read()).rejects.toMatchObject({ code: 'ERR_CANCELLED' });
        if (end === 'cancel') await stream.cancel('enough');
        else await stream[Symbol.asyncDispose]();
        await expect.poll(() => local.liveConnections()).toBe(0);
        await told;
      }
    });

    it.each([
      ['before the answer', 'stall=0'],
      ['in the middle of the answer', 'stall=3'],
    ])('rejects with the reason of an abort %s', async (_when, fault) => {
      const controller = new AbortController();
      const reason = { why: 'enough' };
      const stream = overAws().stream(request, {
        signal: controller.signal,
        headers: { 'x-local-fault': fault },
      });
      const reading = eventsOf(stream);
      await expect.poll(() => local.liveConnections()).toBe(1);
      controller.abort(reason);
      expect((await reading).error).toBe(reason);
      await expect(stream.result()).rejects.toBe(reason);
      await expect.poll(() => local.liveConnections()).toBe(0);
    });

    it.each([
      ['before the first event', 'stall=0'],
      ['between events', 'stall=3'],
    ])('gives up after idleTimeoutMs of silence %s', async (_when, fault) => {
      const { error } = await eventsOf(
        overAws().stream(request, { idleTimeoutMs: 150, headers: { 'x-local-fault': fault } }),
      );
      expect(error).toMatchObject({
        code: 'ERR_TIMEOUT',
        message: expect.stringContaining('idleTimeoutMs, 150 ms'),
      });
      await expect.poll(() => local.liveConnections()).toBe(0);
    });

    it('gives up after timeoutMs', async () => {
      const { error } = await eventsOf(
        overAws().stream(request, { timeoutMs: 150, headers: { 'x-local-fault': 'delay=100' } }),
      );
      expect(error).toMatchObject({
        code: 'ERR_TIMEOUT',
        message: expect.stringContaining('timeoutMs, 150 ms'),
      });
      await expect.poll(() => local.liveConnections()).toBe(0);
    });

    it.each([
      'throttle=99',
      'throttle=98,retry-after=2',
      'status=503',
      'status=403:AccessDeniedException',
      'status=403:UnrecognizedClientException',
      'status=404:ResourceNotFoundException',
      'status=429:ModelNotReadyException',
      'status=400:ServiceQuotaExceededException',
      'html',
      'not-eventstream',
      'not-eventstream=html',
      'exception=throttlingException@0',
      'exception=modelStreamErrorException@3',
      'exception=modelTimeoutException@0',
      'exception=modelTimeoutException@3',
      'exception=someNewException@3',
      'error-frame=InternalFailure@0',
      'error-frame=InternalFailure@3',
      'truncate=500',
      'flip=500',
    ])('the failure "%s" is the same error', async (fault) => {
      const failing = { headers: { 'x-local-fault': fault } };
      const expected = await eventsOf(core().stream(request, failing));
      const found = await eventsOf(overAws().stream(request, failing));
      expect(found.events).toStrictEqual(expected.events);
      expect(facts(found.error)).toStrictEqual(facts(expected.error));
      expect(idOf(found.error)).toBe(idOf(expected.error));
      await expect.poll(() => local.liveConnections()).toBe(0);
    });

    it('a connection that breaks is a failure of the network, or a cut answer', async () => {
      const { error } = await eventsOf(
        overAws().stream(request, { headers: { 'x-local-fault': 'reset=500' } }),
      );
      expect(['ERR_NETWORK', 'ERR_TRUNCATED']).toContain((error as { code: string }).code);
      expect(error).toMatchObject({ retryable: true, phase: 'stream', attempts: 1 });
    });

    it('converses and counts tokens', async () => {
      const [found, expected] = await Promise.all([overAws().converse(request), core().converse(request)]);
      expect(comparable(found)).toStrictEqual(comparable(expected));
      const counted = { ...request, modelId: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0' };
      expect(await overAws().countTokens(counted)).toBe(await core().countTokens(counted));
      const failing = { ...request, modelId: 'no-such-model' };
      const errors = await Promise.all([
        overAws().converse(failing).catch(facts),
        core().converse(failing).catch(facts),
      ]);
      expect(errors[0]).toStrictEqual(errors[1]);
    });

    it('discovers', async () => {
      const options = { refreshInterval: 0, checkAccess: true } as const;
      const { fetchedAt: _then, ...expected } = await core().discover(options);
      const { fetchedAt: _now, ...found } = await overAws().discover(options);
      expect(found).toStrictEqual(expected);
      expect(found.models.length).toBeGreaterThan(3);
    });

    it('repeats as often as the client does, and counts', async () => {
      const again = overAws({ maxAttempts: 3, retryStrategy: undefined });
      const before = local.requests.length;
      await again.stream(request, { headers: { 'x-local-fault': 'throttle=1' } }).result();
      expect(local.requests).toHaveLength(before + 2);
      const { error } = await eventsOf(
        again.stream(request, { headers: { 'x-local-fault': 'status=503:ServiceUnavailableException' } }),
      );
      expect(error).toMatchObject({ code: 'ERR_SERVICE', attempts: 3 });
    });
  });
});

/** What an error says of a failure, without what no two failures share. */
function facts(error: unknown): object {
  const { code, name, status, retryable, retryAfterMs, phase, attempts, partial, message } = error as Record<
    string,
    unknown
  >;
  const kept = { code, name, status, retryable, retryAfterMs, phase, attempts };
  const { requestId: _id, metrics: _ms, ...rest } = (partial ?? {}) as Record<string, unknown>;
  // Bytes are read by another decoder, and a proxy's page is not kept: the words differ.
  const isOwnWords =
    code === 'ERR_PROTOCOL' || code === 'ERR_TRUNCATED' || /not Bedrock's/.test(String(message));
  return { ...kept, partial: partial && rest, ...(!isOwnWords && { message }) };
}

/** Whether an error has an id of the request: a proxy's page has none. */
function idOf(error: unknown): boolean {
  const { requestId } = error as { requestId?: unknown };
  return typeof requestId === 'string' && /^[0-9a-f-]{36}$/.test(requestId);
}

function isStable(event: ConverseEvent): boolean {
  return event.type !== 'metadata';
}
