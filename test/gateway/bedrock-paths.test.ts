import { catalog } from 'bedrock-anywhere/catalog';
import { fromKeys, hashKey } from 'bedrock-anywhere/gateway';
import { encodeEvent, encodeFrame } from 'bedrock-anywhere/local';
import { describe, expect, it } from 'vitest';
import { turns, until } from '../clock.js';
import { CLAUDE, json, KEY, NOVA, setUp } from './setup.js';
import { manualTimers } from './timers.js';
import { slowBody, upstream } from './upstream.js';

const STREAM = 'application/vnd.amazon.eventstream';
const encoder = new TextEncoder();
const path = (model: string, operation: string): string => `/model/${encodeURIComponent(model)}/${operation}`;

/** Converse, as somebody may write it who has a hand of his own. */
const BODY =
  '{ "messages":[ {"role":"user","content":[{"text":"Hi \\u00e9"}]} ],\n "inferenceConfig":{"temperature":1.0} }';

const USAGE = { inputTokens: 12, outputTokens: 3, totalTokens: 15 };

function frames(...parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

const TEXT = encodeEvent({ type: 'contentBlockDelta', contentBlockIndex: 0, delta: { text: 'Hello' } }, 5);
const STOP = encodeEvent({ type: 'messageStop', stopReason: 'end_turn' }, 9);
const METADATA = encodeEvent({ type: 'metadata', usage: USAGE, metrics: { latencyMs: 1 } } as never, 3);
const ANSWER = frames(encodeEvent({ type: 'messageStart', role: 'assistant' }, 2), TEXT, STOP, METADATA);

function chunk(data: object): Uint8Array {
  const bytes = Buffer.from(JSON.stringify(data)).toString('base64');
  return encodeFrame(
    { ':event-type': 'chunk', ':content-type': 'application/json', ':message-type': 'event' },
    encoder.encode(JSON.stringify({ bytes, p: 'abc' })),
  );
}

const METRICS = { 'amazon-bedrock-invocationMetrics': { inputTokenCount: 12, outputTokenCount: 3 } };
const CHUNKS = frames(
  chunk({ type: 'content_block_delta', delta: { type: 'text_delta', text: 'Hi' } }),
  chunk({ type: 'message_stop', ...METRICS }),
);

describe("Bedrock's own paths", () => {
  it.each([
    [
      'converse',
      BODY,
      '{ "output":{},"usage":{"inputTokens":12,"outputTokens":3,"totalTokens":15} }',
      'application/json',
    ],
    ['converse-stream', BODY, ANSWER, STREAM],
    [
      'invoke',
      '{"anthropic_version": "bedrock-2023-05-31","max_tokens":1e1}',
      '{"content" :[]}',
      'application/json',
    ],
    ['invoke-with-response-stream', '{"max_tokens":10}', CHUNKS, STREAM],
  ])(
    'pass %s on with every byte, in both directions, and count its tokens',
    async (operation, body, answer, type) => {
      const { client, received } = upstream(
        () =>
          new Response(answer as BodyInit, {
            headers: {
              'content-type': type,
              'x-amzn-requestid': 'aws-id',
              'x-amzn-bedrock-input-token-count': '12',
              'x-amzn-bedrock-output-token-count': '3',
              'x-secret-header': 'internal',
              server: 'aws',
            },
          }),
      );
      const gateway = await setUp({ client: { ...client, catalog } });
      const response = await gateway.send(path(NOVA, operation), body, {
        accept: '*/*',
        'x-amzn-bedrock-service-tier': 'flex',
        'user-agent': 'aws-sdk',
        'amz-sdk-invocation-id': 'x',
      });
      const bytes = new Uint8Array(await response.arrayBuffer());
      expect(Buffer.from(bytes)).toEqual(Buffer.from(answer as Uint8Array));
      const [sent] = received;
      expect(sent).toMatchObject({
        url: `https://bedrock-runtime.us-east-1.amazonaws.com/model/us.amazon.nova-pro-v1%3A0/${operation}`,
        body,
        headers: { accept: '*/*', 'x-amzn-bedrock-service-tier': 'flex' },
      });
      expect(sent?.headers['authorization']).toMatch(/^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLEAKIDEXAMP\//);
      expect(JSON.stringify(sent)).not.toContain(KEY);
      expect(sent?.headers).not.toHaveProperty('amz-sdk-invocation-id');
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'content-type': type,
        'x-amzn-requestid': 'aws-id',
        'x-request-id': expect.stringMatching(/^req_/),
      });
      expect(response.headers.has('x-secret-header') || response.headers.has('server')).toBe(false);
      expect(gateway.log).toMatchObject([
        {
          path: path(NOVA, operation),
          status: 200,
          outcome: 'complete',
          caller: 'team-a',
          model: NOVA,
          modelId: NOVA,
          isStream: operation.endsWith('stream'),
          usage: USAGE,
          cost: { total: expect.any(Number) },
        },
      ]);
    },
  );

  it('count tokens', async () => {
    const gateway = await setUp();
    const body = { input: { converse: { messages: [{ role: 'user', content: [{ text: 'Hi' }] }] } } };
    const model = CLAUDE.replace('us.', '');
    const response = await gateway.send(path(model, 'count-tokens'), body);
    expect([response.status, await json(response)]).toEqual([200, { inputTokens: expect.any(Number) }]);
    expect(gateway.log).toMatchObject([{ outcome: 'complete', modelId: model }]);
  });

  it('list the profiles that a key may use, without the account', async () => {
    const authorize = fromKeys([{ name: 'b', hash: await hashKey(KEY), models: ['us.anthropic.*'] }]);
    const gateway = await setUp({ gateway: { authorize } });
    const listed = await json(await gateway.send('/inference-profiles?type=SYSTEM_DEFINED'));
    const ids = listed.inferenceProfileSummaries.map(
      (one: { inferenceProfileId: string }) => one.inferenceProfileId,
    );
    expect(ids).toContain(CLAUDE);
    expect(ids.every((id: string) => id.startsWith('us.anthropic.'))).toBe(true);
    expect(JSON.stringify(listed)).not.toMatch(/\d{12}/);
    const own = await json(await gateway.send('/inference-profiles?type=APPLICATION'));
    expect(own).toEqual({ inferenceProfileSummaries: [] });
  });

  it('can be closed', async () => {
    const gateway = await setUp({ gateway: { bedrockPaths: false } });
    for (const closed of [path(NOVA, 'converse'), '/anthropic/v1/messages']) {
      const response = await gateway.send(closed, BODY);
      expect(response.status).toBe(404);
    }
    expect((await gateway.send('/inference-profiles')).status).toBe(404);
    expect(gateway.local.requests).toEqual([]);
  });
});

describe('models of these paths', () => {
  it('are found by aliases and limited as everywhere', async () => {
    const arn = 'arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/abc';
    const { client, received } = upstream(
      () => new Response('{"output":{}}', { headers: { 'content-type': 'application/json' } }),
    );
    const authorize = fromKeys([{ name: 'b', hash: await hashKey(KEY), models: ['fast', 'own', '*nova*'] }]);
    const models = { aliases: { fast: NOVA, own: arn, other: CLAUDE } };
    const gateway = await setUp({ client, gateway: { authorize, models } });
    const statuses = [];
    for (const model of ['fast', 'own', NOVA, 'other', CLAUDE, arn, 'nothing'])
      statuses.push((await gateway.send(path(model, 'converse'), BODY)).status);
    expect(statuses).toEqual([200, 200, 200, 403, 403, 400, 400]);
    expect(received.map(({ url }) => url).filter((url) => url.includes('/model/'))).toEqual([
      'https://bedrock-runtime.us-east-1.amazonaws.com/model/us.amazon.nova-pro-v1%3A0/converse',
      `https://bedrock-runtime.eu-west-1.amazonaws.com/model/${encodeURIComponent(arn)}/converse`,
      'https://bedrock-runtime.us-east-1.amazonaws.com/model/us.amazon.nova-pro-v1%3A0/converse',
    ]);
  });

  it('may be an ARN whose slash is not encoded', async () => {
    const arn = 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0';
    const { client, received } = upstream(
      () => new Response('{}', { headers: { 'content-type': 'application/json' } }),
    );
    const gateway = await setUp({ client, gateway: { models: { allow: ['arn:aws:bedrock:us-east-1::*'] } } });
    expect((await gateway.send(`/model/${arn}/converse`, BODY)).status).toBe(200);
    expect(received[0]?.url).toContain(`/model/${encodeURIComponent(arn)}/converse`);
  });

  it('are no prompts, unless a pattern names prompts', async () => {
    const prompt = 'arn:aws:bedrock:us-east-1:123456789012:prompt/PROMPT12345:1';
    const { client } = upstream(
      () => new Response('{}', { headers: { 'content-type': 'application/json' } }),
    );
    const ask = async (models: object, to = path(prompt, 'converse'), body: unknown = '{}') => {
      const gateway = await setUp({ client, gateway: { models } });
      return (await gateway.send(to, body)).status;
    };
    const account = 'arn:aws:bedrock:us-east-1:123456789012:';
    const other = `${account}prompt/OTHER12345:1`;
    expect([
      await ask({ allow: [`${account}*`] }),
      await ask({ allow: [`${account}*`, other] }),
      await ask({ allow: [`${account}*`], aliases: { other } }),
      await ask({ allow: [`${account}prompt/*`] }),
      await ask({ aliases: { mine: prompt } }, path('mine', 'converse')),
      await ask({ default: prompt }, path('anything', 'converse')),
    ]).toEqual([403, 403, 403, 200, 200, 200]);
    for (const to of ['/v1/chat/completions', '/v1/messages', '/v1/responses', '/anthropic/v1/messages']) {
      const body = {
        model: prompt,
        max_tokens: 10,
        messages: [{ role: 'user', content: 'Hi' }],
        input: 'Hi',
      };
      expect([to, await ask({ allow: [`${account}*`] }, to, body)]).toEqual([to, 403]);
    }
  });
});

describe('what callers may not do', () => {
  const image = { image: { format: 'png', source: { s3Location: { uri: 's3://b/k' } } } };
  const message = (block: object) => ({ messages: [{ role: 'user', content: [block] }] });
  const CASES: [string, string, object | string, RegExp][] = [
    ['a file in S3', 'converse', message(image), /S3/],
    ['a file in S3, in a result of a tool', 'converse', message({ toolResult: { content: [image] } }), /S3/],
    ['a file in S3, for InvokeModel', 'invoke', message(image), /S3/],
    ['a file in S3, to count', 'count-tokens', { input: { converse: message(image) } }, /S3/],
    [
      'a file in S3, to count for InvokeModel',
      'count-tokens',
      { input: { invokeModel: { body: btoa(JSON.stringify(message(image))) } } },
      /S3/,
    ],
    ['a guardrail', 'converse', { guardrailConfig: {} }, /guardrailConfig/],
    [
      'what a guardrail reads',
      'converse',
      message({ guardContent: { text: { text: 'x' } } }),
      /guardContent/,
    ],
    [
      'a guardrail in a body',
      'invoke',
      { 'amazon-bedrock-guardrailConfig': { tagSuffix: 'x' } },
      /guardrail/,
    ],
    ['a member twice', 'converse', '{"messages":[],"messages":[]}', /twice/],
    ['a member twice, spelled differently', 'converse', '{"a":{"b":1,"\\u0062":2}}', /twice/],
    [
      'a tier that costs more',
      'converse',
      { serviceTier: { type: 'priority' } },
      /service tiers default, flex/,
    ],
    ['no JSON', 'converse', 'x', /JSON/],
  ];

  it.each(CASES)('%s: %s', async (_name, operation, body, words) => {
    const gateway = await setUp();
    const response = await gateway.send(path(NOVA, operation), body);
    expect(response.status).toBe(400);
    expect(response.headers.get('x-amzn-errortype')).toBe('ValidationException');
    expect((await json(response)).message).toMatch(words);
    expect(gateway.local.requests).toEqual([]);
  });

  it.each(['X-Amzn-Bedrock-GuardrailIdentifier', 'X-Amzn-Bedrock-GuardrailVersion', 'X-Amzn-Bedrock-Trace'])(
    'the header %s',
    async (name) => {
      const gateway = await setUp();
      const response = await gateway.send(path(CLAUDE, 'invoke'), '{}', { [name]: '1' });
      expect([response.status, (await json(response)).message]).toEqual([
        400,
        expect.stringContaining('guardrail'),
      ]);
    },
  );

  it('a service tier in a header that the operator does not allow', async () => {
    const headers = { 'x-amzn-bedrock-service-tier': 'priority' };
    const statuses = [];
    for (const serviceTiers of [undefined, ['priority'] as const]) {
      const gateway = await setUp({ gateway: { serviceTiers } });
      const body = { messages: [{ role: 'user', content: [{ text: 'Hi' }] }] };
      statuses.push((await gateway.send(path(NOVA, 'converse'), body, headers)).status);
    }
    expect(statuses).toEqual([400, 200]);
  });

  it('does not concern data of tools', async () => {
    const { client, received } = upstream(
      () => new Response('{}', { headers: { 'content-type': 'application/json' } }),
    );
    const gateway = await setUp({ client });
    const data = { s3Location: { uri: 's3://b/k' }, guardrailConfig: {}, guardContent: {} };
    const body = {
      messages: [
        { role: 'assistant', content: [{ toolUse: { toolUseId: 'a', name: 'f', input: data } }] },
        { role: 'user', content: [{ toolResult: { toolUseId: 'a', content: [{ json: data }] } }] },
      ],
      toolConfig: { tools: [{ toolSpec: { name: 'f', inputSchema: { json: { properties: data } } } }] },
    };
    expect((await gateway.send(path(NOVA, 'converse'), body)).status).toBe(200);
    expect(received).toHaveLength(1);
  });

  it('is what the operator allows', async () => {
    const { client, received } = upstream(
      () => new Response('{}', { headers: { 'content-type': 'application/json' } }),
    );
    const gateway = await setUp({
      client,
      gateway: { bedrockPaths: { s3Locations: true, guardrails: true } },
    });
    const body = JSON.stringify({
      ...message(image),
      guardrailConfig: { guardrailIdentifier: 'a', guardrailVersion: '1' },
    });
    expect((await gateway.send(path(NOVA, 'converse'), body)).status).toBe(200);
    const headers = { 'x-amzn-bedrock-guardrailidentifier': 'a', 'x-amzn-bedrock-guardrailversion': '1' };
    expect((await gateway.send(path(NOVA, 'invoke'), '{}', headers)).status).toBe(200);
    expect(received).toMatchObject([{ body }, { headers }]);
  });
});

describe("the operator's guardrail", () => {
  const guardrailConfig = {
    guardrailIdentifier: 'abc123',
    guardrailVersion: '2',
    trace: 'enabled',
    streamProcessingMode: 'sync',
  } as const;

  it.each([
    ['converse', { guardrailIdentifier: 'abc123', guardrailVersion: '2', trace: 'enabled' }],
    ['converse-stream', guardrailConfig],
  ])('is a member of %s, and all else stays as it was', async (operation, expected) => {
    const { client, received } = upstream(
      () =>
        new Response(operation === 'converse' ? '{}' : (ANSWER as BodyInit), {
          headers: { 'content-type': operation === 'converse' ? 'application/json' : STREAM },
        }),
    );
    const gateway = await setUp({ client: { ...client, guardrailConfig } });
    await (await gateway.send(path(NOVA, operation), BODY)).arrayBuffer();
    const [{ body = '' } = {}] = received;
    const member = `"guardrailConfig":${JSON.stringify(expected)},`;
    expect(JSON.parse(body).guardrailConfig).toEqual(expected);
    expect(body.length).toBe(BODY.length + member.length);
    expect(body.endsWith(BODY.slice(1))).toBe(true);
  });

  it.each(['invoke', 'invoke-with-response-stream'])('is in headers of %s', async (operation) => {
    const { client, received } = upstream(
      () =>
        new Response(operation === 'invoke' ? '{}' : (CHUNKS as BodyInit), {
          headers: { 'content-type': operation === 'invoke' ? 'application/json' : STREAM },
        }),
    );
    const gateway = await setUp({ client: { ...client, guardrailConfig } });
    await (await gateway.send(path(CLAUDE, operation), '{"max_tokens":1}')).arrayBuffer();
    expect(received[0]).toMatchObject({
      body: '{"max_tokens":1}',
      headers: {
        'x-amzn-bedrock-guardrailidentifier': 'abc123',
        'x-amzn-bedrock-guardrailversion': '2',
        'x-amzn-bedrock-trace': 'ENABLED',
      },
    });
  });

  it('applies even if callers may choose one where there is none', async () => {
    const gateway = await setUp({
      client: { guardrailConfig },
      gateway: { bedrockPaths: { guardrails: true } },
    });
    expect((await gateway.send(path(NOVA, 'converse'), { guardrailConfig: {} })).status).toBe(400);
    const headers = { 'x-amzn-bedrock-guardrailidentifier': 'mine' };
    expect((await gateway.send(path(NOVA, 'invoke'), '{}', headers)).status).toBe(400);
    expect(gateway.local.requests).toEqual([]);
  });

  it('stops every call if half of it is missing', async () => {
    const gateway = await setUp({ client: { guardrailConfig: { guardrailIdentifier: 'abc123' } as never } });
    // A mistake of the operator, which a client cannot fix.
    expect((await gateway.send(path(NOVA, 'converse'), BODY)).status).toBe(403);
    expect(gateway.local.requests).toEqual([]);
  });

  it('blocks what it is meant to block', async () => {
    const local = { guardrailIdentifier: 'localguardrail', guardrailVersion: 'DRAFT' };
    const gateway = await setUp({ client: { guardrailConfig: local } });
    const body = { messages: [{ role: 'user', content: [{ text: 'The word is swordfish.' }] }] };
    const whole = await json(await gateway.send(path(NOVA, 'converse'), body));
    expect(whole.stopReason).toBe('guardrail_intervened');
    const invoked = await json(
      await gateway.send(path(CLAUDE, 'invoke'), {
        anthropic_version: 'bedrock-2023-05-31',
        max_tokens: 10,
        messages: [{ role: 'user', content: 'The word is swordfish.' }],
      }),
    );
    expect(invoked['amazon-bedrock-guardrailAction']).toBe('INTERVENED');
  });
});

describe('errors of these paths', () => {
  it.each([
    [
      'no key',
      { authorization: '' },
      403,
      'MissingAuthenticationTokenException',
      /^Missing Authentication Token/,
    ],
    [
      'a wrong key',
      { authorization: 'Bearer x' },
      403,
      'AccessDeniedException',
      /^Authentication failed: .*API Key/,
    ],
    [
      'a signature',
      { authorization: 'AWS4-HMAC-SHA256 Credential=AKIA/20261129/us-east-1/bedrock/aws4_request' },
      403,
      'UnrecognizedClientException',
      /^The security token included in the request is invalid\..*AWS_BEARER_TOKEN_BEDROCK/,
    ],
    ['a body that is compressed', { 'content-encoding': 'gzip' }, 415, 'SerializationException', /gzip/],
  ])('%s', async (_name, headers, status, type, words) => {
    const gateway = await setUp();
    const response = await gateway.send(path(NOVA, 'converse'), BODY, headers);
    expect([response.status, response.headers.get('x-amzn-errortype')]).toEqual([status, type]);
    expect(await json(response)).toEqual({ message: expect.stringMatching(words) });
    expect(response.headers.get('x-amzn-requestid')).toMatch(/^req_/);
  });

  it.each([
    ['POST', '/model/x/start', 404, 'UnknownOperationException'],
    ['GET', path(NOVA, 'converse'), 405, 'UnknownOperationException'],
  ])('%s %s', async (method, where, status, type) => {
    const gateway = await setUp();
    const response = await gateway.send(where, method === 'GET' ? undefined : '{}');
    expect([response.status, response.headers.get('x-amzn-errortype')]).toEqual([status, type]);
  });

  it('are those of Bedrock, byte for byte, whose words clients decide by', async () => {
    const body = '{"message":"messages.1: `tool_use` ids were found without `tool_result` blocks"}';
    const { client } = upstream(
      () =>
        new Response(body, {
          status: 400,
          headers: {
            'content-type': 'application/json',
            'x-amzn-errortype': 'ValidationException:http://internal.amazon.com/coral/com.amazon.bedrock/',
          },
        }),
    );
    const gateway = await setUp({ client });
    const response = await gateway.send(path(CLAUDE, 'invoke'), '{}');
    expect([response.status, await response.text()]).toEqual([400, body]);
    expect(response.headers.get('x-amzn-errortype')).toMatch(/^ValidationException:/);
    expect(gateway.log).toMatchObject([
      { status: 400, outcome: 'failed', error: { code: 'ERR_INPUT', name: 'ValidationException' } },
    ]);
  });

  it('keep the time that Bedrock asks to wait', async () => {
    const { client } = upstream(
      () =>
        new Response('{"message":"Too many requests"}', {
          status: 429,
          headers: {
            'content-type': 'application/json',
            'retry-after': '7',
            'x-amzn-errortype': 'ThrottlingException',
          },
        }),
    );
    const gateway = await setUp({ client });
    const response = await gateway.send(path(CLAUDE, 'converse'), '{}');
    expect([
      response.status,
      response.headers.get('retry-after'),
      response.headers.get('x-amzn-errortype'),
    ]).toEqual([429, '7', 'ThrottlingException']);
  });

  it.each([
    [403, '{"Message":"User: arn:aws:sts::123456789012:assumed-role/gateway/i-1 is not authorized"}'],
    [403, '{"message":"The Canonical String: x-amz-security-token:secretkeyofthegatewayitself"}'],
    [400, '{"message":"The role arn:aws:iam::123456789012:role/gateway cannot read it"}'],
    [400, '{"message":"Bad","debug":"host ip-10-0-0-1.internal"}'],
    [500, '<html>proxy.internal</html>'],
    [502, '{"message":"secretkeyofthegatewayitself"}'],
  ])('never name the account, nor hold a secret: %i %s', async (status, body) => {
    const { client } = upstream(
      () => new Response(body, { status, headers: { 'content-type': 'application/json' } }),
    );
    const gateway = await setUp({ client });
    const response = await gateway.send(path(CLAUDE, 'converse'), '{}');
    const text = await response.text();
    expect(text).not.toMatch(/123456789012|assumed-role|role\/gateway|secretkey|internal/);
    expect(response.headers.get('x-amzn-errortype')).toBeTruthy();
    expect(JSON.parse(text)).toEqual({ message: expect.any(String) });
    expect(JSON.stringify(gateway.log.map(({ error }) => String(error)))).not.toContain('secretkey');
    expect(gateway.log).toMatchObject([{ outcome: 'failed', error: expect.anything() }]);
  });

  it('say that a client without known options cannot be used for them', async () => {
    const gateway = await setUp({
      gateway: {
        bedrock: {
          stream() {},
          converse() {},
          countTokens() {},
          discover: async () => ({ models: [] }),
        } as never,
      },
    });
    const response = await gateway.send(path(CLAUDE, 'converse'), '{}');
    expect([response.status, String(gateway.log[0]?.error)]).toEqual([
      403,
      expect.stringContaining('bedrockPaths: false'),
    ]);
  });
});

describe('a name with several targets', () => {
  const LITE = 'us.amazon.nova-lite-v1:0';
  const models = { aliases: { fast: [NOVA, LITE] } };

  it.each(['converse', 'converse-stream'])(
    'goes to the next one if the first is throttled: %s',
    async (operation) => {
      const { client, received } = upstream(({ url }) =>
        url.includes('nova-pro')
          ? Response.json({ message: 'Too many requests' }, { status: 429 })
          : new Response(operation === 'converse' ? '{"usage":{}}' : (ANSWER as BodyInit), {
              headers: { 'content-type': operation === 'converse' ? 'application/json' : STREAM },
            }),
      );
      const gateway = await setUp({ client, gateway: { models } });
      const response = await gateway.send(path('fast', operation), BODY);
      await response.arrayBuffer();
      expect([response.status, response.headers.get('x-bedrock-anywhere-target'), received.length]).toEqual([
        200,
        '2',
        2,
      ]);
      expect(gateway.log).toMatchObject([
        {
          outcome: 'complete',
          modelId: LITE,
          targets: [
            { modelId: NOVA, failure: 'throttled' },
            { modelId: LITE, failure: undefined },
          ],
        },
      ]);
    },
  );

  /** The first target answers with headers and then says nothing. */
  async function openSilent(operation: string, options = {}) {
    const timers = manualTimers();
    const silent = slowBody();
    const { client, received } = upstream(({ url }) => {
      const type = operation === 'converse' ? 'application/json' : STREAM;
      const whole = operation === 'converse' ? '{"usage":{}}' : (ANSWER as BodyInit);
      return new Response(url.includes('nova-pro') ? silent.body : whole, {
        headers: { 'content-type': type },
      });
    });
    const more = { models, startTimer: timers.startTimer, ...options };
    const gateway = await setUp({ client, gateway: more });
    const pending = gateway.send(path('fast', operation), BODY);
    await until(() => received.length === 1);
    await turns();
    return { ...gateway, pending, timers, received, silent };
  }

  it.each(['converse', 'converse-stream'])(
    'goes to the next one if the first is silent: %s',
    async (operation) => {
      const { pending, timers, received, silent, log } = await openSilent(operation);
      timers.fire(120_000);
      const response = await pending;
      await response.arrayBuffer();
      expect([response.status, response.headers.get('x-bedrock-anywhere-target')]).toEqual([200, '2']);
      expect([received[0]?.signal.aborted || silent.isCancelled(), log[0]?.outcome]).toEqual([
        true,
        'complete',
      ]);
      expect(log[0]?.targets.map(({ failure }) => failure)).toEqual(['timeout', undefined]);
    },
  );

  it.each(['converse', 'converse-stream'])(
    'is given up on when its time for all targets is over: %s',
    async (operation) => {
      const { pending, timers, log } = await openSilent(operation, { routing: { deadlineMs: 777 } });
      timers.fire(777);
      const response = await pending;
      expect([response.status, response.headers.get('x-amzn-errortype')]).toEqual([
        408,
        'ModelTimeoutException',
      ]);
      expect(log[0]?.targets.map(({ failure }) => failure)).toEqual(['timeout']);
    },
  );

  it('does not go on for a mistake of the request, and answers it in the words of the first', async () => {
    const { client, received } = upstream(() => Response.json({ message: 'Malformed' }, { status: 400 }));
    const gateway = await setUp({ client, gateway: { models } });
    const response = await gateway.send(path('fast', 'converse'), BODY);
    expect([response.status, await json(response), received.length]).toEqual([
      400,
      { message: 'Malformed' },
      1,
    ]);
  });

  it('answers the refusal that helps most if no target answers', async () => {
    const { client, received } = upstream(({ url }) =>
      url.includes('nova-pro')
        ? Response.json(
            { message: 'Too many requests, wait' },
            { status: 429, headers: { 'retry-after': '3' } },
          )
        : Response.json({ message: 'Bedrock is unable to process your request.' }, { status: 503 }),
    );
    const gateway = await setUp({ client, gateway: { models } });
    const response = await gateway.send(path('fast', 'converse'), BODY);
    expect([response.status, response.headers.get('retry-after'), await json(response)]).toEqual([
      429,
      '3',
      { message: 'Too many requests, wait' },
    ]);
    expect(received).toHaveLength(2);
  });
});

describe('a stream that is passed on', () => {
  async function open(gateway = {}) {
    const body = slowBody();
    const { client, received } = upstream(
      () => new Response(body.body, { headers: { 'content-type': STREAM } }),
    );
    const set = await setUp({ client, gateway });
    const pending = set.send(path(NOVA, 'converse-stream'), BODY);
    await until(() => received.length > 0);
    return { ...body, pending, received, log: set.log, close: set.close, request: set.send };
  }

  it('is not held back', async () => {
    const { pending, send, end, log } = await open();
    send(TEXT.subarray(0, 20));
    const response = await pending;
    const reader = response.body?.getReader();
    expect((await reader?.read())?.value).toEqual(TEXT.subarray(0, 20));
    send(TEXT.subarray(20));
    expect((await reader?.read())?.value).toEqual(TEXT.subarray(20));
    send(frames(STOP, METADATA));
    await reader?.read();
    end();
    expect(await reader?.read()).toMatchObject({ done: true });
    expect(log).toMatchObject([{ outcome: 'complete', usage: USAGE }]);
  });

  it("ends Bedrock's when the client leaves", async () => {
    const { pending, send, received, log, close } = await open();
    send(TEXT);
    const response = await pending;
    await response.body?.cancel();
    expect(received[0]?.signal.aborted).toBe(true);
    expect(log).toMatchObject([{ outcome: 'client-gone' }]);
    await close();
  });

  it.each(['end', 'break'] as const)(
    'tells a client that it broke off between two events (%s)',
    async (how) => {
      const { pending, send, [how]: stop, log } = await open();
      send(TEXT);
      const response = await pending;
      const reader = response.body?.getReader();
      await reader?.read();
      stop();
      const { value } = (await reader?.read()) ?? {};
      expect(new TextDecoder().decode(value)).toContain('modelStreamErrorException');
      expect((await reader?.read())?.done).toBe(true);
      expect(log).toMatchObject([{ outcome: 'failed', error: { code: 'ERR_TRUNCATED' } }]);
    },
  );

  it.each(['end', 'break'] as const)('breaks off where it broke off, inside an event (%s)', async (how) => {
    const { pending, send, [how]: stop, log } = await open();
    send(TEXT.subarray(0, -3));
    const response = await pending;
    const reader = response.body?.getReader();
    await reader?.read();
    stop();
    await expect(reader?.read()).rejects.toThrow();
    expect(log).toMatchObject([{ outcome: 'failed' }]);
  });

  it('notes an exception that it contains', async () => {
    const exception = encodeFrame(
      {
        ':exception-type': 'throttlingException',
        ':content-type': 'application/json',
        ':message-type': 'exception',
      },
      encoder.encode('{"message":"Too many tokens"}'),
    );
    const { pending, send, end, log } = await open();
    send(frames(TEXT, exception));
    end();
    const bytes = new Uint8Array(await (await pending).arrayBuffer());
    expect(Buffer.from(bytes)).toEqual(Buffer.from(frames(TEXT, exception)));
    expect(log).toMatchObject([
      { outcome: 'failed', error: { name: 'throttlingException', message: 'Too many tokens' } },
    ]);
  });

  it('passes bytes that it does not understand, and says so in the log', async () => {
    const { pending, send, end, log } = await open();
    const broken = TEXT.slice();
    broken[30] = (broken[30] ?? 0) ^ 1;
    send(broken);
    end();
    expect(new Uint8Array(await (await pending).arrayBuffer())).toEqual(broken);
    expect(log).toMatchObject([{ outcome: 'failed', error: { code: 'ERR_PROTOCOL' } }]);
  });

  it('is given up when Bedrock is silent for too long', async () => {
    const timers = manualTimers();
    const { pending, send, received, log } = await open({ startTimer: timers.startTimer });
    send(TEXT);
    const response = await pending;
    const reader = response.body?.getReader();
    await reader?.read();
    const last = reader?.read();
    await turns();
    timers.fire(120_000);
    expect(new TextDecoder().decode((await last)?.value)).toContain('modelTimeoutException');
    expect(received[0]?.signal.aborted).toBe(true);
    expect(log).toMatchObject([{ outcome: 'failed', error: { code: 'ERR_TIMEOUT' } }]);
  });

  it.each([true, false])('ends with an exception when the gateway closes (read: %s)', async (isRead) => {
    const timers = manualTimers();
    const limits = { closeGraceMs: 7 };
    const { pending, send, close, log } = await open({ startTimer: timers.startTimer, limits });
    send(TEXT);
    const response = await pending;
    const reader = response.body?.getReader();
    await reader?.read();
    const last = isRead ? reader?.read() : undefined;
    const closed = close();
    timers.fire(7);
    await closed;
    const { value } = (await (last ?? reader?.read())) ?? {};
    expect(new TextDecoder().decode(value)).toContain('serviceUnavailableException');
    expect(log).toMatchObject([{ outcome: 'failed' }]);
  });

  it('is a 503 or so as long as nothing has been sent', async () => {
    const { pending, break: stop, log } = await open();
    stop();
    const response = await pending;
    expect([response.status, response.headers.get('x-amzn-errortype')]).toEqual([424, 'ModelErrorException']);
    expect(log).toMatchObject([{ status: 424, outcome: 'failed' }]);
  });

  it('takes a slot until it is over', async () => {
    const { pending, send, end, request, received } = await open({ limits: { concurrency: 1 } });
    send(ANSWER);
    const response = await pending;
    const refused = await request(path(NOVA, 'converse'), BODY);
    expect([refused.status, refused.headers.get('x-amzn-errortype'), received.length]).toEqual([
      429,
      'ThrottlingException',
      1,
    ]);
    end();
    await response.arrayBuffer();
    await request(path(NOVA, 'converse'), BODY);
    expect(received).toHaveLength(2);
  });
});
