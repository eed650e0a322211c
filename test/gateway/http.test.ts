import { createBedrock, fromBearerToken } from 'bedrock-anywhere';
import { createGateway, fromKeys, type GatewayLogEntry, hashKey } from 'bedrock-anywhere/gateway';
import { createLocalBedrock, localTransport } from 'bedrock-anywhere/local';
import { describe, expect, it } from 'vitest';
import { until } from '../clock.js';
import { CLAUDE, json, KEY, NOVA, parseSse, setUp } from './setup.js';
import { manualTimers } from './timers.js';

const ASK = { model: CLAUDE, messages: [{ role: 'user', content: 'Hi' }] };
const CHAT = '/v1/chat/completions';

/** Reads one chunk of a body as text. */
async function readChunk(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string | undefined> {
  const { value } = await reader.read();
  return value && new TextDecoder().decode(value);
}

describe('keys', () => {
  it.each([
    [{ authorization: `Bearer ${KEY}` }, 200],
    [{ authorization: '', 'x-api-key': KEY }, 200],
    [{ authorization: '', 'api-key': KEY }, 200],
    [{ authorization: `Bearer ${KEY}`, 'x-api-key': KEY }, 200],
    [{ authorization: `Bearer ${KEY}`, 'x-api-key': 'another' }, 401],
    [{ authorization: '' }, 401],
    [{ authorization: `Bearer ${KEY}x` }, 401],
    [{ authorization: `Basic ${btoa(`me:${KEY}`)}` }, 401],
    [{ authorization: 'AWS4-HMAC-SHA256 Credential=AKIA/20261129/us-east-1/bedrock/aws4_request' }, 401],
  ])('%j: %i', async (headers, status) => {
    const gateway = await setUp();
    const response = await gateway.send(CHAT, ASK, headers);
    expect(response.status).toBe(status);
    if (status === 200) return;
    expect(await json(response)).toMatchObject({
      error: { type: 'invalid_request_error', code: 'invalid_api_key' },
    });
    expect(gateway.local.requests).toEqual([]);
  });

  it('are never sent to Bedrock, and neither is any other header that the operator did not name', async () => {
    const gateway = await setUp({ gateway: { forwardHeaders: ['x-team'] } });
    await gateway.send(CHAT, ASK, {
      'x-api-key': KEY,
      'x-team': 'a',
      'x-other': 'b',
      'x-amz-security-token': 'c',
      cookie: 'd',
    });
    const [request] = gateway.local.requests;
    expect(request?.headers).toMatchObject({ 'x-team': 'a' });
    expect(JSON.stringify(request)).not.toContain(KEY);
    expect(Object.keys(request?.headers ?? {})).not.toContain('x-other');
    expect(request?.headers).not.toHaveProperty('cookie');
    expect(request?.headers).not.toHaveProperty('x-amz-security-token');
  });

  it('may be limited to models', async () => {
    const authorize = fromKeys([{ name: 'b', hash: await hashKey(KEY), models: ['*nova*'] }]);
    const gateway = await setUp({ gateway: { authorize } });
    expect((await gateway.send(CHAT, ASK)).status).toBe(403);
    expect((await gateway.send(CHAT, { ...ASK, model: NOVA })).status).toBe(200);
    const { data } = await json(await gateway.send('/v1/models'));
    expect(data.length).toBeGreaterThan(1);
    expect(data.filter(({ id }: { id: string }) => !id.includes('nova'))).toEqual([]);
  });

  it('are checked by the operator’s own function, which sees no body', async () => {
    const seen: unknown[] = [];
    const gateway = await setUp({
      gateway: {
        authorize: async (request, details) => {
          seen.push(request.body, details);
          return { name: 'me' };
        },
      },
    });
    expect(await json(await gateway.send(CHAT, ASK))).toMatchObject({ model: CLAUDE });
    expect(seen).toEqual([null, { key: KEY, remoteAddress: undefined }]);
    expect(gateway.log).toMatchObject([{ caller: 'me' }]);
  });

  it('have to be configured', () => {
    const bedrock = createBedrock({ transport: localTransport(createLocalBedrock()) });
    expect(() => createGateway({ bedrock } as never)).toThrow(/no authorize/);
    expect(() => createGateway({ authorize: () => undefined } as never)).toThrow(/no bedrock/);
    expect(() =>
      createGateway({ bedrock, authorize: () => undefined, forwardHeaders: ['Authorization'] }),
    ).toThrow(/must not reach Bedrock/);
    expect(() =>
      createGateway({ bedrock, authorize: () => undefined, forwardHeaders: ['x-trace id'] }),
    ).toThrow(/forwardHeaders has "x-trace id", which is not the name of a header/);
    expect(() => fromKeys([])).toThrow(/no keys/);
    expect(() => fromKeys([{ name: 'a', hash: 'my key' }])).toThrow(/hashKey/);
  });
});

describe("the operator's settings", () => {
  it.each([
    ['a region', { region: 'nowhere in particular' }],
    ['an endpoint', { endpoint: 'http://bedrock.internal.example' }],
    ['an endpoint with a password', { endpoint: 'https://user:secret@bedrock.internal.example' }],
    ['a fetch', { fetch: async () => 'no response' as never }],
  ])('%s that cannot work is no fault of the request', async (_what, client) => {
    const log: GatewayLogEntry[] = [];
    const gateway = createGateway({
      bedrock: createBedrock({ credentials: fromBearerToken('ABSK0123456789'), maxAttempts: 1, ...client }),
      authorize: fromKeys([{ name: 'team-a', hash: await hashKey(KEY) }]),
      log: (entry) => log.push(entry),
    });
    const response = await gateway.fetch(
      new Request(`http://gateway.test${CHAT}`, {
        method: 'POST',
        body: JSON.stringify(ASK),
        headers: { authorization: `Bearer ${KEY}` },
      }),
    );
    expect(response.status).toBe(500);
    const told = await response.text();
    expect(told).toContain('The gateway is not set up to call this model.');
    expect(told).not.toMatch(/nowhere|internal|secret/);
    expect(log).toMatchObject([{ error: { code: 'ERR_INPUT', name: 'SettingsError' } }]);
  });
});

describe('a guardrail of the operator', () => {
  it('applies to every request', async () => {
    const guardrailConfig = { guardrailIdentifier: 'localguardrail', guardrailVersion: '1' };
    const gateway = await setUp({ client: { guardrailConfig } });
    const body = { ...ASK, messages: [{ role: 'user', content: 'Say swordfish' }] };
    for (const more of [{}, { guardrailConfig: null }, { guardrailConfig: { guardrailIdentifier: 'x' } }]) {
      const answer = await json(await gateway.send(CHAT, { ...body, ...more }));
      expect(answer.choices[0].finish_reason).toBe('content_filter');
      expect(gateway.sent()['guardrailConfig']).toEqual(guardrailConfig);
    }
  });
});

describe('a body', () => {
  it.each([
    ['not JSON', 'hello', {}, 400],
    ['a list', '[]', {}, 400],
    ['too deep', `{"a":${'['.repeat(100_000)}`, {}, 400],
    ['compressed', '{}', { 'content-encoding': 'gzip' }, 415],
    ['not UTF-8', new Uint8Array([0x7b, 0xff, 0x7d]), {}, 400],
  ])('that is %s is refused', async (_what, body, headers, status) => {
    const gateway = await setUp();
    const response = await gateway.send(CHAT, 'x', headers as Record<string, string>, { body });
    expect([response.status, (await json(response)).error.type]).toEqual([status, 'invalid_request_error']);
  });

  it('is counted as it arrives, whatever its length says', async () => {
    const gateway = await setUp({ gateway: { limits: { bodyBytes: 1000 } } });
    let pulled = 0;
    const endless = new ReadableStream({
      pull(controller) {
        pulled += 1;
        controller.enqueue(new Uint8Array(100).fill(0x20));
      },
    });
    const response = await gateway.send(CHAT, 'x', { 'content-length': '10' }, {
      body: endless,
      duplex: 'half',
    } as RequestInit);
    expect(response.status).toBe(413);
    expect(pulled).toBeLessThan(20);
    expect((await gateway.send(CHAT, { ...ASK, user: 'x'.repeat(1000) })).status).toBe(413);
  });

  it('with __proto__ changes nothing but itself', async () => {
    const gateway = await setUp();
    const body = `{"__proto__":{"stream":true},"model":"${CLAUDE}","messages":[{"role":"user","content":"Hi","__proto__":{"role":"system"}}]}`;
    const response = await gateway.send(CHAT, body);
    expect(await json(response)).toMatchObject({ object: 'chat.completion' });
    expect(Object.prototype).not.toHaveProperty('stream');
  });
});

describe('a route', () => {
  it.each([
    ['GET', '/v1/unknown', 404, null],
    ['GET', CHAT, 405, 'POST'],
    ['DELETE', '/v1/responses', 405, 'POST'],
    ['POST', '/v1/models', 405, 'GET, HEAD'],
    ['GET', '/v1/responses/resp_1', 404, null],
    ['GET', '/models/x/invoke', 404, null],
    ['GET', '/openai/v1/chat/completions', 405, 'POST'],
    ['GET', '/openai/v1/responses/resp_1', 404, null],
    ['POST', '/openai/v1/messages', 404, null],
    ['GET', '/openai/health', 404, null],
    ['GET', '/openai/openai/v1/models', 404, null],
  ])('%s %s: %i', async (method, path, status, allow) => {
    const gateway = await setUp();
    const response = await gateway.send(
      path,
      undefined,
      {},
      { method, ...(method === 'POST' && { body: '{}' }) },
    );
    expect([response.status, response.headers.get('allow')]).toEqual([status, allow]);
    expect((await json(response)).error.type).toBe('invalid_request_error');
  });

  it.each([
    ['/chat/completions', ASK],
    ['/chat/completions/', { ...ASK, stream: true }],
    ['/responses', { model: CLAUDE, input: 'Hi', store: false }],
    ['/embeddings', { model: 'amazon.titan-embed-text-v2:0', input: 'Hi' }],
    ['/models', undefined],
    [`/models/${encodeURIComponent(CLAUDE)}`, undefined],
    ['/models/nothing', undefined],
    ['/chat/completions', { model: 1 }],
  ])("/v1%s %# is the same behind the prefix of Bedrock's own endpoint", async (path, body) => {
    const answers = [];
    for (const prefix of ['', '/openai']) {
      const gateway = await setUp({ gateway: { now: () => 1000, bedrockPaths: false } });
      const response = await gateway.send(`${prefix}/v1${path}`, body);
      const text = await response.text();
      // Ids are new each time.
      answers.push([response.status, text.replace(/(?<=[_-])[0-9a-f]{24,32}/g, 'id')]);
      expect(response.headers.get('x-request-id')).toMatch(/^req_/);
    }
    expect(answers[1]).toEqual(answers[0]);
  });

  it.each(['/', '/api/hello', '/health', '/ready'])('%s needs no key, and is not logged', async (path) => {
    const gateway = await setUp();
    expect((await gateway.send(path, undefined, { authorization: '' })).status).toBe(200);
    expect((await gateway.send(path, undefined, { authorization: '' }, { method: 'HEAD' })).status).toBe(200);
    expect(gateway.log).toEqual([]);
  });
});

describe('a stream', () => {
  it('gets pings from before the first token on, each a comment of its own', async () => {
    const timers = manualTimers();
    const gateway = await setUp({ gateway: { startTimer: timers.startTimer } });
    const pending = gateway.send(CHAT, { ...ASK, stream: true }, { 'x-local-fault': 'stall=0' });
    await until(() => timers.running.size > 0);
    timers.fire(15_000);
    const response = await pending;
    expect(response.status).toBe(200);
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    expect(await readChunk(reader)).toBe(': ping\n\n');
    const next = readChunk(reader);
    await until(() => timers.running.size > 0);
    timers.fire(15_000);
    expect(await next).toBe(': ping\n\n');
    await reader.cancel();
    await until(() => gateway.local.liveConnections() === 0);
  });

  it('tells of a failure after a ping in the stream', async () => {
    const timers = manualTimers();
    const gateway = await setUp({ gateway: { startTimer: timers.startTimer, limits: { closeGraceMs: 7 } } });
    const pending = gateway.send(CHAT, { ...ASK, stream: true }, { 'x-local-fault': 'stall=0' });
    await until(() => timers.running.size > 0);
    timers.fire(15_000);
    const text = (await pending).text();
    const closed = gateway.close();
    await until(() => [...timers.running].some(({ ms }) => ms === 7));
    timers.fire(7);
    await closed;
    const events = parseSse(await text);
    expect(events).toHaveLength(1);
    expect(events[0]?.data).toMatchObject({ error: { message: expect.stringContaining('shutting down') } });
  });

  it('is read from Bedrock only as fast as the client reads it', async () => {
    let made = 0;
    function* events() {
      yield { messageStart: { role: 'assistant' } };
      for (; made < 100_000; made++)
        yield { contentBlockDelta: { contentBlockIndex: 0, delta: { text: 'word ' } } };
    }
    const gateway = await setUp({ local: { script: [{ events: events() as never }] } });
    const response = await gateway.send(CHAT, { ...ASK, stream: true });
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    await readChunk(reader);
    expect(made).toBeLessThan(5000);
    await reader.cancel();
    await until(() => gateway.local.liveConnections() === 0);
    expect(made).toBeLessThan(5000);
    expect(gateway.log).toMatchObject([{ outcome: 'client-gone' }]);
  });

  it('ends at Bedrock when the client leaves before its answer', async () => {
    const gateway = await setUp();
    for (const stream of [true, false]) {
      const left = new AbortController();
      const fault = stream ? 'stall=0' : 'delay=100000';
      const pending = gateway.send(
        CHAT,
        { ...ASK, stream },
        { 'x-local-fault': fault },
        { signal: left.signal },
      );
      await until(() => gateway.local.liveConnections() > 0 || gateway.local.requests.length > 1);
      left.abort();
      expect((await pending).status).toBe(499);
      await until(() => gateway.local.liveConnections() === 0);
    }
  });
});

describe('close()', () => {
  it('lets running requests finish and refuses new ones', async () => {
    const gateway = await setUp();
    const response = await gateway.send(CHAT, { ...ASK, stream: true });
    const closed = gateway.close();
    expect((await gateway.send(CHAT, ASK)).status).toBe(503);
    expect((await gateway.send('/ready')).status).toBe(503);
    expect(parseSse(await response.text()).at(-1)?.data).toBe('[DONE]');
    await closed;
  });

  it('ends what nobody reads after its time', async () => {
    const timers = manualTimers();
    const gateway = await setUp({ gateway: { startTimer: timers.startTimer, limits: { closeGraceMs: 7 } } });
    const response = await gateway.send(CHAT, { ...ASK, stream: true });
    const whole = gateway.send(CHAT, ASK, { 'x-local-fault': 'delay=100000' });
    await until(() => gateway.local.requests.length === 2);
    const closed = gateway.close();
    timers.fire(7);
    await closed;
    expect((await whole).status).toBe(503);
    expect(parseSse(await response.text()).at(-1)?.data).toHaveProperty('error');
    await until(() => gateway.local.liveConnections() === 0);
  });
});

describe('the number of requests', () => {
  it('is limited', async () => {
    const gateway = await setUp({ gateway: { limits: { concurrency: 1 } } });
    const first = await gateway.send(CHAT, { ...ASK, stream: true });
    const second = await gateway.send(CHAT, ASK);
    expect([second.status, second.headers.get('retry-after')]).toEqual([429, '1']);
    await first.text();
    expect((await gateway.send(CHAT, ASK)).status).toBe(200);
    for (const refused of [
      { ...ASK, model: 'x' },
      { ...ASK, messages: 1 },
    ])
      await gateway.send(CHAT, refused);
    expect((await gateway.send(CHAT, ASK)).status).toBe(200);
  });
});
