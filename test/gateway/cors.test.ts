import Anthropic from '@anthropic-ai/sdk';
import { BedrockRuntimeClient, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime';
import { invokeModelStream } from 'bedrock-anywhere';
import { encodeEvent } from 'bedrock-anywhere/local';
import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { CLAUDE, json, NOVA, setUp } from './setup.js';
import { upstream } from './upstream.js';

const PAGE = 'https://chat.example.com';
const CHAT = '/v1/chat/completions';
const CONVERSE_STREAM = `/model/${encodeURIComponent(NOVA)}/converse-stream`;
const ASK = { model: CLAUDE, messages: [{ role: 'user', content: 'Hi' }] };
const TURN = { messages: [{ role: 'user', content: [{ text: 'Hi' }] }] };

/** A preflight, which browsers send without a key. */
function preflight(path: string, headers: readonly string[] = [], origin = PAGE): Request {
  return new Request(`http://gateway.test${path}`, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      ...(headers.length > 0 && { 'access-control-request-headers': headers.join(',') }),
    },
  });
}

/** What a browser reads of a response before it hands it to a page. */
function corsOf({ headers }: Response): Record<string, string> {
  return Object.fromEntries([...headers].filter(([name]) => /^(?:access-control-|vary$)/.test(name)));
}

const list = (value: string | null): string[] => (value ?? '').split(/,\s*/);

describe('a preflight', () => {
  it('is answered without a key, without authorize, and without an entry in the log', async () => {
    const gateway = await setUp({
      gateway: {
        allowedOrigins: ['https://other.example.com', PAGE],
        authorize: () => {
          throw new Error('Nobody was to be authorized.');
        },
      },
    });
    for (const path of [CHAT, CONVERSE_STREAM, '/v1/models', '/v1/unknown']) {
      const response = await gateway.gateway.fetch(preflight(path, ['authorization', 'content-type']));
      expect([response.status, await response.text()]).toEqual([204, '']);
      expect(corsOf(response)).toEqual({
        'access-control-allow-origin': PAGE,
        'access-control-allow-methods': 'GET, POST',
        'access-control-allow-headers': 'authorization, content-type',
        'access-control-max-age': '7200',
        vary: 'access-control-request-headers, origin',
      });
    }
    expect(gateway.log).toEqual([]);
  });

  it('allows the headers that clients of the gateway read, those that the operator forwards, and no others', async () => {
    const { gateway } = await setUp({
      gateway: { allowedOrigins: [PAGE], forwardHeaders: ['X-Team'] },
    });
    const response = await gateway.fetch(
      preflight(CHAT, ['Authorization', ' x-team', 'x-other', 'cookie', 'x-stainless-retry-count', '']),
    );
    expect(response.headers.get('access-control-allow-headers')).toBe(
      'authorization, x-team, x-stainless-retry-count',
    );
    const none = await gateway.fetch(preflight(CHAT));
    expect([none.status, none.headers.has('access-control-allow-headers')]).toEqual([204, false]);
  });

  it.each([
    'https://chat.example.com.evil.test',
    'http://chat.example.com',
    'https://CHAT.example.com',
    'null',
  ])('from %s is refused, and the log says why', async (origin) => {
    const gateway = await setUp({ gateway: { allowedOrigins: [PAGE] } });
    const response = await gateway.gateway.fetch(preflight(CHAT, ['authorization'], origin));
    expect([response.status, corsOf(response)]).toEqual([403, { vary: 'origin' }]);
    expect((await json(response)).error.message).toContain('add this origin to allowedOrigins');
    expect(gateway.log).toMatchObject([{ method: 'OPTIONS', status: 403, outcome: 'failed' }]);
  });

  it('is the only kind of OPTIONS that is answered', async () => {
    const { gateway } = await setUp({ gateway: { allowedOrigins: [PAGE] } });
    const { headers } = preflight(CHAT);
    for (const missing of ['origin', 'access-control-request-method']) {
      const others = new Headers(headers);
      others.delete(missing);
      const request = new Request(`http://gateway.test${CHAT}`, { method: 'OPTIONS', headers: others });
      expect((await gateway.fetch(request)).status).toBe(405);
    }
  });

  it('is refused like any other method without the option', async () => {
    for (const options of [{}, { allowedOrigins: [] }]) {
      const gateway = await setUp({ gateway: options });
      const refused = await gateway.gateway.fetch(preflight(CHAT, ['authorization']));
      const answered = await gateway.send(CHAT, ASK, { origin: PAGE });
      expect([refused.status, corsOf(refused), answered.status, corsOf(answered)]).toEqual([
        405,
        {},
        200,
        {},
      ]);
    }
  });
});

/** Headers that a browser sets by itself, so that no preflight asks for them. */
const OF_BROWSERS = /^(?:host|connection|content-length|expect|accept-encoding)$/;

describe('the headers of real clients', () => {
  /** The names of all headers that a call sends. Its answer does not matter. */
  async function namesSent(call: (fetch: typeof globalThis.fetch) => Promise<unknown>): Promise<string[]> {
    const names = new Set<string>();
    await call(async (input, init) => {
      for (const name of new Request(input, init).headers.keys()) names.add(name);
      return Response.json({}, { status: 400 });
    }).catch(() => undefined);
    return [...names];
  }

  const messages = [{ role: 'user' as const, content: 'Hi' }];
  const shared = { apiKey: 'k', maxRetries: 0, dangerouslyAllowBrowser: true };
  /** Each with a header that shows that the call was made as meant. */
  const CLIENTS: [name: string, header: string, find: () => Promise<string[]>][] = [
    [
      'openai',
      'openai-project',
      () =>
        namesSent((fetch) =>
          new OpenAI({
            ...shared,
            fetch,
            organization: 'o',
            project: 'p',
            timeout: 5000,
          }).chat.completions.create(
            { model: CLAUDE, messages, stream: true },
            { idempotencyKey: 'i', headers: { traceparent: '00-1-2-01' } },
          ),
        ),
    ],
    [
      '@anthropic-ai/sdk',
      'anthropic-dangerous-direct-browser-access',
      () =>
        namesSent((fetch) =>
          new Anthropic({ ...shared, fetch, timeout: 5000 }).beta.messages.create({
            model: CLAUDE,
            messages,
            max_tokens: 10,
            betas: ['context-1m-2025-08-07'],
          }),
        ),
    ],
    [
      'this library',
      'x-amzn-bedrock-guardrailidentifier',
      () =>
        namesSent(async (fetch) => {
          await invokeModelStream(
            { modelId: CLAUDE, body: { max_tokens: 10 }, guardrailIdentifier: 'g', guardrailVersion: '1' },
            {
              fetch,
              region: 'us-east-1',
              endpoint: 'https://gateway.test',
              credentials: { accessKeyId: 'ASIAEXAMPLE', secretAccessKey: 's', sessionToken: 't' },
              maxAttempts: 1,
            },
          ).result();
        }),
    ],
    [
      "AWS's",
      'amz-sdk-invocation-id',
      async () => {
        let names: string[] = [];
        const client = new BedrockRuntimeClient({
          region: 'us-east-1',
          endpoint: 'https://gateway.test',
          token: { token: 'k' },
          authSchemePreference: ['httpBearerAuth'],
          maxAttempts: 1,
          requestHandler: {
            handle: async ({ headers }: { headers: Record<string, string> }) => {
              names = Object.keys(headers).map((name) => name.toLowerCase());
              throw new Error('That is all.');
            },
          },
        });
        await client
          .send(new ConverseStreamCommand({ modelId: NOVA, ...TURN } as never))
          .catch(() => undefined);
        return names;
      },
    ],
  ];

  it.each(CLIENTS)('%s: a preflight allows all of them', async (_name, header, find) => {
    const names = (await find()).filter((name) => !OF_BROWSERS.test(name));
    expect(names).toContain(header);
    const { gateway } = await setUp({ gateway: { allowedOrigins: [PAGE] } });
    const response = await gateway.fetch(preflight(CHAT, names));
    expect(list(response.headers.get('access-control-allow-headers')).sort()).toEqual(names.sort());
  });
});

describe('a response', () => {
  it.each<[what: string, path: string, body: object | undefined, status: number, exposed: string[]]>([
    ['an answer', CHAT, ASK, 200, ['x-request-id', 'x-ratelimit-remaining-requests']],
    ['a stream', CHAT, { ...ASK, stream: true }, 200, ['x-request-id']],
    ['what was left out', CHAT, { ...ASK, seed: 1 }, 200, ['x-bedrock-anywhere-notes']],
    ['Messages', '/v1/messages', { ...ASK, max_tokens: 10 }, 200, ['request-id']],
    ['a list', '/v1/models', undefined, 200, ['x-request-id']],
    ['an error', CHAT, { ...ASK, model: 1 }, 400, ['x-request-id']],
    ['an unknown route', '/v1/unknown', undefined, 404, ['x-request-id']],
    ['/health', '/health', undefined, 200, []],
  ])('is shared with a page that may read it: %s', async (_what, path, body, status, exposed) => {
    const gateway = await setUp({
      gateway: { allowedOrigins: [PAGE], budgets: { perCaller: { requestsPerMinute: 9 } } },
    });
    const response = await gateway.send(path, body, { origin: PAGE });
    expect(response.status).toBe(status);
    const { 'access-control-expose-headers': names = null, ...others } = corsOf(response);
    expect(others).toEqual({ 'access-control-allow-origin': PAGE, vary: 'origin' });
    if (exposed.length > 0) expect(list(names)).toEqual(expect.arrayContaining(exposed));
    await response.text();
  });

  it('to a key that is wrong can be read, and so can how long to wait', async () => {
    const gateway = await setUp({ gateway: { allowedOrigins: [PAGE], limits: { concurrency: 0 } } });
    const wrong = await gateway.send(CHAT, ASK, { origin: PAGE, authorization: 'Bearer wrong' });
    expect([wrong.status, corsOf(wrong)['access-control-allow-origin']]).toEqual([401, PAGE]);
    const busy = await gateway.send(CHAT, ASK, { origin: PAGE });
    expect([busy.status, list(busy.headers.get('access-control-expose-headers'))]).toEqual([
      429,
      expect.arrayContaining(['retry-after', 'retry-after-ms']),
    ]);
  });

  it("that Bedrock's own path passes on is shared by the gateway, whatever Bedrock allows", async () => {
    const { client } = upstream(({ url }) =>
      url.endsWith('stream')
        ? new Response(encodeEvent({ type: 'messageStart', role: 'assistant' }, 2) as BodyInit, {
            headers: {
              'content-type': 'application/vnd.amazon.eventstream',
              'x-amzn-requestid': 'aws-id',
              'access-control-allow-origin': '*',
              'access-control-allow-credentials': 'true',
            },
          })
        : Response.json(
            { message: 'The model is wrong.' },
            { status: 400, headers: { 'x-amzn-errortype': 'ValidationException' } },
          ),
    );
    const gateway = await setUp({ client, gateway: { allowedOrigins: [PAGE] } });
    const streamed = await gateway.send(CONVERSE_STREAM, TURN, { origin: PAGE });
    const refused = await gateway.send(CONVERSE_STREAM.replace('-stream', ''), TURN, { origin: PAGE });
    expect([streamed.status, refused.status]).toEqual([200, 400]);
    for (const [response, exposed] of [
      [streamed, 'x-amzn-requestid'],
      [refused, 'x-amzn-errortype'],
    ] as const) {
      const { 'access-control-expose-headers': names = null, ...others } = corsOf(response);
      expect(others).toEqual({ 'access-control-allow-origin': PAGE, vary: 'origin' });
      expect(list(names)).toContain(exposed);
    }
    await streamed.body?.cancel();
  });

  it.each([{ origin: 'https://evil.test' }, {}])(
    'to any other request is the same as ever, but not for caches: %j',
    async (headers) => {
      const gateway = await setUp({ gateway: { allowedOrigins: [PAGE] } });
      const response = await gateway.send(CHAT, ASK, headers as Record<string, string>);
      expect([response.status, corsOf(response)]).toEqual([200, { vary: 'origin' }]);
    },
  );

  it("is shared with every page by '*', with a key and never with cookies", async () => {
    const gateway = await setUp({ gateway: { allowedOrigins: ['*'] } });
    const asked = await gateway.gateway.fetch(preflight(CHAT, ['authorization'], 'null'));
    expect([asked.status, corsOf(asked)]).toMatchObject([204, { 'access-control-allow-origin': '*' }]);
    const answered = await gateway.send(CHAT, ASK, { origin: 'https://anywhere.test' });
    const { 'access-control-expose-headers': _, ...others } = corsOf(answered);
    expect([answered.status, others]).toEqual([200, { 'access-control-allow-origin': '*' }]);
    const withoutKey = await gateway.send(CHAT, ASK, {
      origin: PAGE,
      authorization: '',
      cookie: 'session=1',
    });
    expect(withoutKey.status).toBe(401);
  });
});

describe('the option allowedOrigins', () => {
  it.each<[allowedOrigins: unknown, message: RegExp]>([
    [PAGE, /allowedOrigins is a string\. Pass a list of origins/],
    [[`${PAGE}/`], /a slash at the end/],
    [[PAGE, `${PAGE}/app`], /allowedOrigins\.1 .*without a path/],
    [['https://chat.example.com:443'], /default port/],
    [['https://Chat.example.com'], /an origin as browsers send it/],
    [['https://*.example.com'], /an origin as browsers send it/],
    [['chat.example.com'], /an origin as browsers send it/],
    [['null'], /an origin as browsers send it/],
    [[''], /an origin as browsers send it/],
    [[1], /an origin as browsers send it/],
  ])('%j is refused when the gateway is created', async (allowedOrigins, message) => {
    await expect(setUp({ gateway: { allowedOrigins: allowedOrigins as string[] } })).rejects.toThrow(message);
  });

  it.each([
    'http://localhost:5173',
    'http://[::1]:3000',
    'https://xn--bcher-kva.example',
    'chrome-extension://abcdefghijklmnop',
    'capacitor://localhost',
  ])('accepts %s', async (origin) => {
    const { gateway } = await setUp({ gateway: { allowedOrigins: [origin] } });
    expect(
      (await gateway.fetch(preflight(CHAT, [], origin))).headers.get('access-control-allow-origin'),
    ).toBe(origin);
  });
});
