import { createLocalBedrock, type LocalBedrock, type LocalBedrockOptions } from 'bedrock-anywhere/local';
import { describe, expect, it } from 'vitest';
import { askMantle, dataOf, framesOf, type Json } from './post.js';

const messages = [{ role: 'user', content: 'Hello' }];

/** One path of each protocol, and how it reports an error. */
const PROTOCOLS = {
  chat: ['/v1/chat/completions', { model: 'openai.gpt-oss-120b', messages }],
  responses: ['/openai/v1/responses', { model: 'openai.gpt-5.6-sol', input: 'Hello' }],
  messages: ['/anthropic/v1/messages', { model: 'anthropic.claude-opus-5', max_tokens: 100, messages }],
} as const satisfies Record<string, readonly [string, Json]>;

type Protocol = keyof typeof PROTOCOLS;
const EACH = Object.keys(PROTOCOLS) as Protocol[];

function ask(protocol: Protocol, fault: string, more: Json = {}, local: LocalBedrock = createLocalBedrock()) {
  const [path, body] = PROTOCOLS[protocol];
  const headers = { 'anthropic-version': '2023-06-01', 'x-local-fault': fault };
  return askMantle(local, path, { ...body, ...more }, { headers });
}

async function errorOf(response: Response): Promise<Json> {
  const { error, type } = (await response.json()) as { error: Json; type?: string };
  return { status: response.status, ...error, ...(type !== undefined && { outer: type }) };
}

describe('a request that fails on demand', () => {
  it.each<[string, Protocol, Json]>([
    [
      'throttle=1,retry-after=7',
      'chat',
      { status: 429, type: 'rate_limit_error', code: 'rate_limit_exceeded' },
    ],
    ['throttle=1,retry-after=7', 'responses', { status: 429, type: 'rate_limit_error' }],
    ['throttle=1,retry-after=7', 'messages', { status: 429, type: 'rate_limit_error', outer: 'error' }],
    ['status=500', 'chat', { status: 500, type: 'server_error' }],
    ['status=503', 'responses', { status: 503, type: 'server_error', code: 'service_unavailable' }],
    ['status=503', 'messages', { status: 503, type: 'overloaded_error' }],
    ['status=529', 'messages', { status: 529, type: 'overloaded_error' }],
    ['status=424:ModelErrorException', 'messages', { status: 424, type: 'api_error' }],
    ['status=403:ExpiredTokenException', 'chat', { status: 401, code: 'access_denied' }],
    ['refuse=subscription', 'chat', { status: 401, type: 'permission_denied_error' }],
    ['refuse=use-case', 'messages', { status: 404, type: 'not_found_error' }],
    ['refuse=service-control-policy', 'messages', { status: 403, type: 'permission_error' }],
    ['exception=throttlingException', 'chat', { status: 429 }],
    ['nonsense', 'chat', { status: 400, type: 'invalid_request_error' }],
  ])('with %s through %s', async (fault, protocol, expected) => {
    const response = await ask(protocol, fault);
    expect(response.headers.get('retry-after')).toBe(fault.includes('retry-after') ? '7' : null);
    expect(await errorOf(response)).toMatchObject({ ...expected, message: expect.stringMatching(/.+/) });
  });

  it('passes after as many refusals as it says', async () => {
    const local = createLocalBedrock();
    expect((await ask('messages', 'throttle=1', {}, local)).status).toBe(429);
    expect((await ask('messages', 'throttle=1', {}, local)).status).toBe(200);
  });

  it('uses up the faults of the options', async () => {
    const local = createLocalBedrock({ faults: ['status=503'] });
    const [path, body] = PROTOCOLS.chat;
    expect((await askMantle(local, path, body)).status).toBe(503);
    expect((await askMantle(local, path, body)).status).toBe(200);
  });
});

describe('a stream that fails on demand', () => {
  it.each<[Protocol, Json]>([
    [
      'chat',
      {
        error: {
          code: 'rate_limit_exceeded',
          type: 'rate_limit_error',
          param: null,
          message: expect.stringContaining('Too many requests'),
        },
      },
    ],
    [
      'responses',
      {
        type: 'response.failed',
        sequence_number: expect.any(Number),
        response: expect.objectContaining({
          status: 'failed',
          error: { code: 'rate_limit_exceeded', message: expect.stringContaining('Too many') },
        }),
      },
    ],
    [
      'messages',
      {
        type: 'error',
        request_id: expect.stringMatching(/^req_/),
        error: { type: 'rate_limit_error', message: expect.stringContaining('Too many requests') },
      },
    ],
  ])(
    'has the exception as its protocol writes it, after as many events as it says: %s',
    async (protocol, expected) => {
      for (const fault of ['exception=throttlingException@3', 'error-frame=ThrottlingException@3']) {
        const local = createLocalBedrock();
        const frames = await framesOf(await ask(protocol, fault, { stream: true }, local));
        expect(frames).toHaveLength(4);
        expect(dataOf(frames).at(-1)).toEqual(expected);
        expect(local.requests.at(-1)?.errorType?.toLowerCase()).toBe('throttlingexception');
        expect(local.liveConnections()).toBe(0);
      }
    },
  );

  it.each(EACH)('has the exception of a script: %s', async (protocol) => {
    const options: LocalBedrockOptions[] = [
      {
        script: [
          {
            text: 'a b c d',
            error: { name: 'ModelStreamErrorException', message: 'Broken.', afterEvents: 4 },
          },
        ],
      },
      {
        script: [
          {
            events: [
              { type: 'messageStart', role: 'assistant' },
              { type: 'modelStreamErrorException', message: 'Broken.' },
            ] as never,
          },
        ],
      },
    ];
    for (const one of options) {
      const frames = await framesOf(await ask(protocol, '', { stream: true }, createLocalBedrock(one)));
      const text = frames.at(-1)?.join('\n') ?? '';
      expect(text).toContain('Broken.');
      expect(text).toMatch(/server_error|api_error/);
    }
  });

  it.each(EACH)('is truncated, broken or altered where the fault says: %s', async (protocol) => {
    // Answers say when they were made, so the clock stands still.
    const now = Date.now();
    const stream = (fault: string) =>
      ask(protocol, fault, { stream: true }, createLocalBedrock({ now: () => now }));
    const whole = await (await stream('')).text();
    expect(await (await stream('truncate=150')).text()).toBe(whole.slice(0, 150));
    await expect((await stream('reset=150')).text()).rejects.toThrow('broke the connection');
    const flipped = await (await stream('flip=150')).text();
    expect(flipped).toHaveLength(whole.length);
    // The same request gets the same answer, ids included.
    expect([...flipped].filter((letter, i) => letter !== whole[i])).toHaveLength(1);
  });

  it.each(EACH)('stalls until the reader leaves: %s', async (protocol) => {
    const local = createLocalBedrock();
    const response = await ask(protocol, 'stall=2', { stream: true }, local);
    const reader = response.body?.getReader();
    await reader?.read();
    await reader?.read();
    const next = reader?.read();
    expect(local.liveConnections()).toBe(1);
    await reader?.cancel();
    expect(await next).toMatchObject({ done: true });
    expect(local.liveConnections()).toBe(0);
  });

  it.each(EACH)('is made only as it is read: %s', async (protocol) => {
    let produced = 0;
    const events = {
      *[Symbol.iterator]() {
        for (const event of [
          { type: 'messageStart', role: 'assistant' },
          ...Array.from({ length: 50 }, () => ({
            type: 'contentBlockDelta',
            contentBlockIndex: 0,
            delta: { text: 'a' },
          })),
        ]) {
          produced += 1;
          yield event as never;
        }
      },
    };
    const response = await ask(protocol, '', { stream: true }, createLocalBedrock({ script: [{ events }] }));
    const reader = response.body?.getReader();
    await reader?.read();
    expect(produced).toBe(1);
    await reader?.cancel();
  });

  it.each(EACH)('is sent byte for byte as a script has it: %s', async (protocol) => {
    const frames = [new TextEncoder().encode('data: not JSON\n\n')];
    const response = await ask(protocol, '', { stream: true }, createLocalBedrock({ script: [{ frames }] }));
    expect(await response.text()).toBe('data: not JSON\n\n');
  });
});
