import { afterEach, describe, expect, it, vi } from 'vitest';
import { createBedrock } from '../../src/index.js';
import type { CallOptions, Transport } from '../../src/options.js';
import {
  type Answer,
  answerFrames,
  awsError,
  frame,
  frames,
  framesThenSilence,
  messageStart,
  messageStop,
  metadata,
  startServer,
  type TestServer,
  text,
} from './server.js';

const request = { modelId: 'm', messages: [{ role: 'user' as const, content: [{ text: 'Hi' }] }] };
const broken = frame('modelStreamErrorException', { message: 'oh' }, 'exception');

let server: TestServer;
afterEach(async () => {
  vi.restoreAllMocks();
  await server.close();
});

async function streamOf(answers: Answer | Answer[], options: CallOptions = {}) {
  server = await startServer(...[answers].flat());
  const { url: endpoint } = server;
  return createBedrock({ endpoint, credentials: { token: 'key' }, maxAttempts: 1 }).stream(request, options);
}

/** Server-sent events as a client reads them. */
async function eventsOf(response: Response): Promise<{ event: string; data: Record<string, unknown> }[]> {
  const blocks = (await response.text()).split('\n\n').slice(0, -1);
  return blocks.map((block) => {
    const [first = '', second = ''] = block.split('\n');
    return {
      event: first.replace('event: ', ''),
      data: JSON.parse(second.replace('data: ', '')) as Record<string, unknown>,
    };
  });
}

describe('toResponse()', () => {
  it('gives every event under its name', async () => {
    const response = await (await streamOf(frames(...answerFrames('Hi\nthere')))).toResponse();
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(response.headers.get('cache-control')).toContain('no-transform');
    const events = await eventsOf(response);
    expect(events.map(({ event }) => event)).toEqual([
      'messageStart',
      'contentBlockDelta',
      'contentBlockStop',
      'messageStop',
      'metadata',
    ]);
    expect(events[1]?.data).toEqual({
      type: 'contentBlockDelta',
      contentBlockIndex: 0,
      delta: { text: 'Hi\nthere' },
    });
  });

  it('says at the end that it is whole only if the service sent no metadata', async () => {
    const response = await (await streamOf(frames(messageStart, text('a'), messageStop))).toResponse();
    const events = await eventsOf(response);
    expect(events.slice(-2).map(({ event }) => event)).toEqual(['messageStop', 'end']);
    expect(events.at(-1)?.data).toEqual({ type: 'end' });
  });

  it('writes bytes as base64', async () => {
    const redacted = frame('contentBlockDelta', {
      contentBlockIndex: 0,
      delta: { reasoningContent: { redactedContent: 'AQID' } },
    });
    const response = await (
      await streamOf(frames(messageStart, redacted, messageStop, metadata))
    ).toResponse();
    expect((await eventsOf(response))[1]?.data).toMatchObject({
      delta: { reasoningContent: { redactedContent: 'AQID' } },
    });
  });

  it('gives a failure before the first event as JSON, with a message for end users', async () => {
    const answer = await streamOf(awsError(429, 'ThrottlingException', 'Slow down.', { 'retry-after': '7' }));
    const response = await answer.toResponse();
    expect(response.status).toBe(429);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'retry-after': '7',
    });
    expect(await response.json()).toEqual({
      error: {
        type: 'error',
        code: 'ERR_THROTTLED',
        message: 'Too many requests. Try again in a moment.',
        retryable: true,
        retryAfterMs: 7000,
        requestId: 'request-failed',
      },
    });
  });

  it('gives a later failure as an event error and ends', async () => {
    const response = await (await streamOf(frames(messageStart, text('a'), broken))).toResponse();
    expect(response.status).toBe(200);
    expect((await eventsOf(response)).at(-1)).toEqual({
      event: 'error',
      data: {
        type: 'error',
        code: 'ERR_MODEL',
        message: 'The service failed.',
        retryable: true,
        requestId: 'request-1',
      },
    });
  });

  it('gives a stream that somebody cancels an event error, too', async () => {
    const answer = await streamOf(framesThenSilence(messageStart, text('a')));
    const response = await answer.toResponse();
    await answer.cancel('arn:aws:iam::123456789012:role/app');
    const body = await response.text();
    expect(body).toMatch(/event: error\ndata: \{"type":"error","code":"ERR_CANCELLED"[^\n]*\n\n$/);
    expect(body).not.toContain('arn:');
  });

  it('closes the connection to Bedrock when its own client goes away while nothing comes', async () => {
    const onError = vi.fn();
    const answer = await streamOf(framesThenSilence(messageStart, text('a')));
    const response = await answer.toResponse({ onError });
    const reader = response.body?.getReader();
    await reader?.read();
    await reader?.read();
    const waiting = reader?.read();
    // The body asks for the next event once it is done with the one before.
    await new Promise(setImmediate);
    await reader?.cancel();
    expect((await waiting)?.done).toBe(true);
    await server.clientGone;
    await expect(answer.result()).rejects.toMatchObject({ code: 'ERR_CANCELLED' });
    expect(onError).not.toHaveBeenCalled();
  });

  it('closes the connection to Bedrock when an event is not JSON, and says so', async () => {
    const onError = vi.fn();
    const answer = await streamOf(framesThenSilence(messageStart, text('a')));
    const response = await answer.toResponse({ onError });
    const { stringify } = JSON;
    const failure = new TypeError('Do not know how to serialize a BigInt');
    vi.spyOn(JSON, 'stringify').mockImplementation((value, ...rest) => {
      if (value?.type === 'contentBlockDelta') throw failure;
      return stringify(value, ...(rest as []));
    });
    expect((await eventsOf(response)).map(({ event, data }) => [event, data['code']])).toEqual([
      ['messageStart', undefined],
      ['error', 'ERR_SERVICE'],
    ]);
    await server.clientGone;
    expect(onError.mock.calls).toEqual([[failure]]);
  });

  it('closes the connection to Bedrock when the runtime refuses a chunk', async () => {
    const answer = await streamOf(framesThenSilence(messageStart, text('a')));
    const response = await answer.toResponse();
    const reader = response.body?.getReader();
    await reader?.read();
    vi.spyOn(ReadableStreamDefaultController.prototype, 'enqueue').mockImplementation(() => {
      throw new TypeError('The stream is closed.');
    });
    await expect(reader?.read()).rejects.toThrow('The stream is closed.');
    await server.clientGone;
  });

  it("keeps the caller's headers and status", async () => {
    const stream = await streamOf(frames(...answerFrames('a')));
    const response = await stream.toResponse({
      status: 201,
      headers: { 'cache-control': 'no-store', 'x-own': '1' },
    });
    expect([response.status, response.headers.get('cache-control'), response.headers.get('x-own')]).toEqual([
      201,
      'no-store',
      '1',
    ]);
    await response.body?.cancel();
  });

  it("keeps the caller's headers on a failure, without which a page of another origin could not read it", async () => {
    const answer = await streamOf(awsError(400, 'ValidationException', 'No.'));
    const headers = { 'access-control-allow-origin': '*', 'content-type': 'text/event-stream' };
    const response = await answer.toResponse({ status: 201, headers });
    expect([response.status, Object.fromEntries(response.headers)]).toEqual([
      500,
      {
        'access-control-allow-origin': '*',
        'content-type': 'application/json',
        'cache-control': 'no-store',
      },
    ]);
  });

  it.each([{ status: 204 }, { status: 99 }, { headers: { 'bad name': '1' } }])(
    'sends nothing for a response that cannot be made: %j',
    async (init) => {
      const answer = await streamOf(frames(...answerFrames('a')));
      await expect(answer.toResponse(init)).rejects.toThrow(/status|header/i);
      expect(server.requests).toEqual([]);
    },
  );

  const ACCOUNT = '123456789012';
  const ROLE = `arn:aws:sts::${ACCOUNT}:assumed-role/PayrollRole/i-0abc`;
  const PROFILE = `arn:aws:bedrock:eu-central-1:${ACCOUNT}:inference-profile/eu.amazon.nova-lite-v1:0`;

  it('shortens ARNs to the resource, in names of members too', async () => {
    const system = 'arn:aws:bedrock:eu-central-1:aws:guardrail-profile/eu.guardrail.v1:0';
    const trace = {
      promptRouter: { invokedModelId: PROFILE },
      guardrail: { inputAssessment: { [PROFILE]: { appliedGuardrailDetails: { guardrailArn: system } } } },
    };
    const traced = frame('metadata', { usage: {}, metrics: {}, trace });
    const response = await (await streamOf(frames(messageStart, messageStop, traced))).toResponse();
    const id = 'inference-profile/eu.amazon.nova-lite-v1:0';
    expect((await eventsOf(response)).at(-1)?.data['trace']).toEqual({
      promptRouter: { invokedModelId: id },
      guardrail: {
        inputAssessment: {
          [id]: { appliedGuardrailDetails: { guardrailArn: 'guardrail-profile/eu.guardrail.v1:0' } },
        },
      },
    });
  });

  const s3Location = { uri: `s3://payroll-${ACCOUNT}/scan.png`, bucketOwner: ACCOUNT };
  const delta = (of: object) => frame('contentBlockDelta', { contentBlockIndex: 0, delta: of });
  it.each([
    ['an image in S3', delta({ image: { source: { s3Location } } })],
    [
      'files in the result of a tool',
      delta({
        toolResult: ['image', 'document', 'video'].map((kind) => ({ [kind]: { source: { s3Location } } })),
      }),
    ],
    ['text in the result of a tool', delta({ toolResult: [{ text: `Read as ${ROLE}\n${ACCOUNT}` }] })],
    [
      'why an image failed',
      delta({
        image: { error: { message: `User: ${ROLE} is not authorized to perform: bedrock:InvokeModel.` } },
      }),
    ],
    [
      'a citation',
      delta({
        citation: {
          title: `role/PayrollRole at ${ACCOUNT}`,
          source: s3Location.uri,
          sourceContent: [{ text: ROLE }],
          location: { web: { url: 'https://vpce-0abc.bedrock-runtime.eu-central-1.vpce.amazonaws.com/x' } },
        },
      }),
    ],
    ['a delta of an unknown kind', delta({ later: { host: 'http://10.0.0.7:8443', id: ROLE } })],
    [
      'fields of the model',
      frame('messageStop', {
        stopReason: 'end_turn',
        additionalModelResponseFields: { log: [`${ROLE}, ${PROFILE}`], url: 'https://kb.payroll.internal/' },
      }),
    ],
    [
      'the trace of a guardrail',
      frame('metadata', {
        usage: {},
        metrics: {},
        trace: { guardrail: { actionReason: ROLE, [ACCOUNT]: ROLE } },
      }),
    ],
    ['members that AWS adds', frame('messageStart', { role: 'assistant', owner: ACCOUNT })],
  ])('shows no name that belongs to the account: %s', async (what, carrier) => {
    const response = await (
      await streamOf(frames(carrier, ...(what === 'fields of the model' ? [] : [messageStop]), metadata))
    ).toResponse();
    const body = await response.text();
    expect(body).toContain('event: metadata');
    expect(body).not.toMatch(
      /arn:|123456789012|payroll|i-0abc|vpce|amazonaws|10\.0\.0|InvokeModel|bedrock:/i,
    );
  });

  it("leaves the model's own words, public addresses, ids and bytes alone", async () => {
    const words = `${ROLE} ${ACCOUNT} s3://bucket/a 10.0.0.7`;
    const bytes = 'role/123456789012aaa';
    const events = [
      {
        type: 'contentBlockStart',
        contentBlockIndex: 0,
        start: { toolUse: { toolUseId: ACCOUNT, name: ROLE } },
      },
      { type: 'contentBlockStart', contentBlockIndex: 1, start: { toolResult: { toolUseId: ACCOUNT } } },
      ...[
        { text: words },
        { toolUse: { input: words } },
        { reasoningContent: { text: words } },
        { reasoningContent: { signature: ACCOUNT } },
        { reasoningContent: { redactedContent: bytes } },
        { image: { source: { bytes } } },
        {
          citation: {
            title: 'In 2024, 1234567890123 of 12',
            location: { web: { url: 'https://example.com/a?b=123e4567-e89b-12d3-a456-426614174000' } },
          },
        },
      ].map((delta) => ({ type: 'contentBlockDelta', contentBlockIndex: 0, delta })),
    ];
    const sent = events.map(({ type, ...members }) => frame(type, members));
    const response = await (
      await streamOf(frames(messageStart, ...sent, messageStop, metadata))
    ).toResponse();
    expect((await eventsOf(response)).slice(1, -2).map(({ data }) => data)).toEqual(events);
  });

  it('shows no request id that could be an account', async () => {
    const answer = await streamOf(awsError(429, 'ThrottlingException', '', { 'x-amzn-requestid': ACCOUNT }));
    expect(await (await answer.toResponse()).text()).not.toContain(ACCOUNT);
  });
});

describe('toTextResponse()', () => {
  it('gives the text and nothing else', async () => {
    const reasoning = frame('contentBlockDelta', {
      contentBlockIndex: 0,
      delta: { reasoningContent: { text: 'Hm.' } },
    });
    const answer = await streamOf(
      frames(messageStart, reasoning, text('Grüße '), text(''), text('🌍'), messageStop),
    );
    const response = await answer.toTextResponse({ status: 201, headers: { 'x-own': '1' } });
    expect([
      response.status,
      response.headers.get('content-type'),
      response.headers.get('x-own'),
      await response.text(),
    ]).toEqual([201, 'text/plain; charset=utf-8', '1', 'Grüße 🌍']);
  });

  it('is empty for an answer without text', async () => {
    const response = await (await streamOf(frames(messageStart, messageStop, metadata))).toTextResponse();
    expect([response.status, await response.text()]).toEqual([200, '']);
  });

  it('puts characters together that are cut between deltas', async () => {
    const answer = await streamOf(frames(messageStart, text('a\ud83c'), text('\udf0d\ud83c'), messageStop));
    expect(await (await answer.toTextResponse()).text()).toBe('a🌍');
  });

  it.each([
    ['request', awsError(503, 'ServiceUnavailableException', 'Down.'), 'ERR_SERVICE'],
    ['message, before its text', frames(messageStart, text(''), broken), 'ERR_MODEL'],
  ])('gives a failure of the %s its status, as JSON', async (_when, answer, code) => {
    const onError = vi.fn();
    const response = await (await streamOf(answer)).toTextResponse({ onError });
    expect(response.status).toBe(502);
    expect(await response.json()).toMatchObject({ error: { code } });
    expect(onError.mock.calls).toEqual([[expect.objectContaining({ code })]]);
  });

  it('breaks off at a later failure', async () => {
    const onError = vi.fn();
    const response = await (await streamOf(frames(messageStart, text('Half an '), broken))).toTextResponse({
      onError,
    });
    await expect(response.text()).rejects.toMatchObject({
      code: 'ERR_MODEL',
      message: 'The service failed.',
    });
    expect(onError.mock.calls).toEqual([
      [
        expect.objectContaining({
          name: 'ModelStreamErrorException',
          partial: expect.objectContaining({
            message: { role: 'assistant', content: [{ text: 'Half an ' }] },
          }),
        }),
      ],
    ]);
  });

  it('closes the connection to Bedrock when its own client goes away', async () => {
    const response = await (await streamOf(framesThenSilence(messageStart, text('a')))).toTextResponse();
    await response.body?.cancel();
    await server.clientGone;
  });
});

describe('onError', () => {
  it('gets the whole error of a failure before the head, once', async () => {
    const onError = vi.fn();
    const message =
      'User: arn:aws:iam::123456789012:role/app is not authorized to perform: bedrock:InvokeModel';
    await (await streamOf(awsError(403, 'AccessDeniedException', message))).toResponse({ onError });
    expect(onError.mock.calls).toEqual([
      [expect.objectContaining({ name: 'AccessDeniedException', message: expect.stringContaining(message) })],
    ]);
  });

  it('gets the whole error of a failure after the head, with what had arrived, once', async () => {
    const onError = vi.fn();
    const answer = await streamOf(frames(messageStart, text('a'), broken));
    await (await answer.toResponse({ onError })).text();
    const error: unknown = await answer.result().catch((error: unknown) => error);
    expect(onError.mock.calls).toEqual([[error]]);
    expect(error).toMatchObject({ partial: { message: { content: [{ text: 'a' }] } } });
  });

  it('is not called for an answer that is complete', async () => {
    const onError = vi.fn();
    await (await (await streamOf(frames(...answerFrames('a')))).toResponse({ onError })).text();
    expect(onError).not.toHaveBeenCalled();
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('The log is full.');
      },
    ],
    ['rejects', () => Promise.reject(new Error('The log is full.'))],
  ])('that %s changes nothing', async (_how, onError) => {
    const early = await (await streamOf(awsError(500, 'InternalServerException', ''))).toResponse({
      onError,
    });
    expect(early.status).toBe(502);
    await server.close();
    const late = await (await streamOf(frames(messageStart, broken))).toResponse({ onError });
    expect((await eventsOf(late)).at(-1)?.event).toBe('error');
  });
});

describe('an abort by the caller', () => {
  const reasons = {
    'of its own': { arn: 'arn:aws:iam::123456789012:role/app' },
    'that is a BedrockError': Object.assign(new Error('arn:aws:iam::123456789012:role/app'), {
      code: 'ERR_TIMEOUT',
      retryable: true,
      [Symbol.for('bedrock-anywhere.BedrockError')]: true,
    }),
  };

  it.each(Object.entries(reasons))('with a reason %s is a 503 before the head', async (_what, reason) => {
    const onError = vi.fn();
    const controller = new AbortController();
    const answer = await streamOf(() => controller.abort(reason), { signal: controller.signal });
    const response = await answer.toResponse({ onError });
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({
      error: {
        type: 'error',
        code: 'ERR_CANCELLED',
        message: 'The answer was stopped before it was complete.',
        retryable: false,
      },
    });
    expect(onError.mock.calls[0]?.[0]).toBe(reason);
    expect(onError).toHaveBeenCalledTimes(1);
  });

  it.each(Object.entries(reasons))('with a reason %s is an event error later', async (_what, reason) => {
    const onError = vi.fn();
    const controller = new AbortController();
    const answer = await streamOf(framesThenSilence(messageStart, text('a')), { signal: controller.signal });
    const response = await answer.toResponse({ onError });
    controller.abort(reason);
    const body = await response.text();
    expect(body).toContain('event: error\ndata: {"type":"error","code":"ERR_CANCELLED"');
    expect(body).not.toContain('arn:');
    expect(onError.mock.calls[0]?.[0]).toBe(reason);
    expect(onError).toHaveBeenCalledTimes(1);
  });
});

describe("a bug of the server's code", () => {
  it('is a 502 that tells nothing of it', async () => {
    server = await startServer();
    const bug = new TypeError('undefined is not a function at 10.0.0.7:8443');
    const fail = () => Promise.reject(bug);
    const transport: Transport = { destination: fail, unary: fail, stream: fail };
    const onError = vi.fn();
    const response = await createBedrock({ transport }).stream(request).toResponse({ onError });
    expect(response.status).toBe(502);
    expect(await response.json()).toEqual({
      error: { type: 'error', code: 'ERR_SERVICE', message: 'The service failed.', retryable: false },
    });
    expect(onError.mock.calls).toEqual([[bug]]);
  });
});
