import type { AssistantMessage } from '@earendil-works/pi-ai';
import { isContextOverflow } from '@earendil-works/pi-ai';
import { BedrockError } from 'bedrock-anywhere';
import type { LocalBedrockOptions } from 'bedrock-anywhere/local';
import { type BedrockFailure, bedrockFailure, type PiImage, type PiToolCall } from 'bedrock-anywhere/pi';
import { describe, expect, it, vi } from 'vitest';
import { pass, stopClock, until } from '../clock.js';
import { assistant, user } from './pi-contexts.js';
import { IDS, modelAt, type Run, runOurs, runPeer, startPeerBedrock } from './pi-peer.js';

type Rule = NonNullable<LocalBedrockOptions['script']>[number];
type Failing = [name: string, error: Rule['error'], failure: Partial<BedrockFailure>];

const go = { messages: [user('go')] };

async function ours(rule: Rule, options = {}, provider = {}): Promise<Run> {
  const local = await startPeerBedrock({ script: [rule] });
  try {
    return await runOurs(local, modelAt(local, IDS.sonnet45), go, options, false, provider);
  } finally {
    await local.close();
  }
}

async function theirs(rule: Rule): Promise<Run> {
  const local = await startPeerBedrock({ script: [rule] });
  try {
    return await runPeer(local, modelAt(local, IDS.sonnet45), go);
  } finally {
    await local.close();
  }
}

const failures: Failing[] = [
  [
    'throttling',
    { name: 'ThrottlingException', message: 'Too many tokens, please wait before trying again.' },
    { reason: 'throttled', code: 'ERR_THROTTLED', retryable: true, status: 429 },
  ],
  [
    'a quota of the day',
    { name: 'ThrottlingException', message: 'Too many tokens per day, please wait before trying again.' },
    { reason: 'quota', code: 'ERR_QUOTA', retryable: false },
  ],
  [
    'a conversation that is too long',
    { name: 'ValidationException', message: 'Input is too long for requested model.' },
    { reason: 'context_overflow', code: 'ERR_INPUT', retryable: false, status: 400 },
  ],
  [
    'a wrong request',
    { name: 'ValidationException', message: 'The value at x is wrong.' },
    { reason: 'invalid_request', code: 'ERR_INPUT', retryable: false, name: 'ValidationException' },
  ],
  [
    'no access',
    { name: 'AccessDeniedException', message: "You don't have access to the model." },
    { reason: 'model_unavailable', code: 'ERR_ACCESS_DENIED', retryable: false, status: 403 },
  ],
  [
    'no permission',
    {
      name: 'AccessDeniedException',
      message: 'User: me is not authorized to perform: bedrock:InvokeModelWithResponseStream on resource: *',
    },
    { reason: 'access_denied', code: 'ERR_ACCESS_DENIED', retryable: false, status: 403 },
  ],
  [
    'a conversation that is too long, which the model says in the stream',
    {
      name: 'ModelStreamErrorException',
      message: 'Input is too long for requested model.',
      afterEvents: 2,
    },
    { reason: 'context_overflow', code: 'ERR_MODEL', retryable: false },
  ],
  [
    'credentials that have ended',
    { name: 'ExpiredTokenException', message: 'The security token included in the request is expired' },
    { reason: 'credentials', code: 'ERR_CREDENTIALS', retryable: false },
  ],
  [
    'a model that does not exist',
    { name: 'ResourceNotFoundException', message: 'Could not resolve the foundation model.' },
    { reason: 'not_found', code: 'ERR_NOT_FOUND', retryable: false },
  ],
  [
    'a service that fails',
    { name: 'InternalServerException', message: 'Try again.' },
    { reason: 'service', code: 'ERR_SERVICE', retryable: true, status: 500 },
  ],
  [
    'a service that is not there',
    { name: 'ServiceUnavailableException', message: 'Try again.' },
    { reason: 'service', code: 'ERR_SERVICE', retryable: true, status: 503 },
  ],
  [
    'a model that fails in the middle',
    { name: 'ModelStreamErrorException', message: 'The model broke off.', afterEvents: 3 },
    { reason: 'model', code: 'ERR_MODEL', retryable: true },
  ],
  [
    'throttling in the middle',
    { name: 'ThrottlingException', message: 'Too many requests.', afterEvents: 3 },
    { reason: 'throttled', code: 'ERR_THROTTLED', retryable: true },
  ],
];

describe('failures are encoded in the stream and have a typed reason', () => {
  it.each(failures)('%s', async (_name, error, expected) => {
    const run = await ours({ text: 'one two three four five', error }, { maxRetries: 0 });
    const failure = bedrockFailure(run.message);
    expect(failure).toMatchObject(expected);
    expect(failure?.requestId).toMatch(/\w/);
    expect(run.message.stopReason).toBe('error');
    expect(run.events.at(-1)).toMatchObject({ type: 'error', reason: 'error' });

    // Some callers get to see no more than the words.
    const { reason, code, retryable } = expected;
    expect(bedrockFailure(run.message.errorMessage)).toEqual({ reason, code, retryable });
    expect(bedrockFailure({ errorMessage: `400 ${run.message.errorMessage} (again)` })).toMatchObject({
      reason,
    });
    expect(bedrockFailure(new Error(run.message.errorMessage))).toMatchObject({ reason });
    expect(isContextOverflow(run.message as AssistantMessage)).toBe(reason === 'context_overflow');
  });

  it.each(failures.filter(([, , { code }]) => code !== 'ERR_CREDENTIALS'))(
    "%s, in the words of pi's own provider",
    async (_name, error) => {
      const rule = { text: 'one two three four five', error };
      const [ourRun, theirRun] = [await ours(rule, { maxRetries: 0 }), await theirs(rule)];
      const words = theirRun.message.errorMessage?.replace(/\.$/, '') ?? '?';
      expect(
        ourRun.message.errorMessage?.startsWith(words),
        `${ourRun.message.errorMessage} ≠ ${words}`,
      ).toBe(true);
      expect(types(ourRun)).toEqual(types(theirRun));
    },
  );

  it('a guardrail', async () => {
    const { message } = await ours({ guardrail: { message: 'Not that.' } });
    expect(message.content).toEqual([{ type: 'text', text: 'Not that.' }]);
    const expected = { reason: 'guardrail', retryable: false };
    expect(bedrockFailure(message)).toEqual({ ...expected, rawStopReason: 'guardrail_intervened' });
    expect(bedrockFailure(message.errorMessage)).toEqual(expected);
    expect(message.diagnostics?.find(({ type }) => type === 'bedrock_trace')?.details).toMatchObject({
      trace: { guardrail: { actionReason: 'Guardrail blocked.' } },
    });
  });

  it('silence', async () => {
    stopClock();
    const rule = { text: 'one two three four five six' };
    let received = '';
    const fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
      const response = await globalThis.fetch(input, init);
      const note = new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          received += Buffer.from(chunk).toString('latin1');
          controller.enqueue(chunk);
        },
      });
      return new Response(response.body?.pipeThrough(note), response);
    };
    const options = { headers: { 'x-local-fault': 'stall=3' }, idleTimeoutMs: 50 };
    const run = ours(rule, options, { fetch });
    await until(() => received.split('contentBlockDelta').length > 2);
    await pass(50);
    const { message } = await run;
    vi.useRealTimers();
    expect(bedrockFailure(message)).toMatchObject({ reason: 'timeout', code: 'ERR_TIMEOUT' });
    expect(message.content).toMatchObject([{ type: 'text' }]);
  });

  it('an image that Bedrock does not take, and a tool call that cannot be written', async () => {
    const local = await startPeerBedrock();
    const model = modelAt(local, IDS.sonnet45);
    const tiff: PiImage = { type: 'image', data: 'AAAA', mimeType: 'image/tiff' };
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    const loop: PiToolCall = { type: 'toolCall', id: 'x', name: 'y', arguments: circle };
    const first = await runOurs(local, model, { messages: [user([tiff])] });
    const second = await runOurs(local, model, { messages: [user('a'), assistant([loop])] });
    await local.close();
    expect(local.requests).toEqual([]);
    expect(bedrockFailure(first.message)).toMatchObject({ reason: 'invalid_request', code: 'ERR_INPUT' });
    expect(first.message.errorMessage).toContain('image/tiff');
    expect(second.message.stopReason).toBe('error');
    expect(second.message.errorMessage).toMatch(/./);
  });

  it('a context that is none', async () => {
    const local = await startPeerBedrock();
    const { message, events } = await runOurs(local, modelAt(local, IDS.sonnet45), undefined as never);
    await local.close();
    expect(events).toHaveLength(1);
    expect(message.stopReason).toBe('error');
  });
});

describe('bedrockFailure', () => {
  it('reads an error of this library', () => {
    const error = new BedrockError({ code: 'ERR_QUOTA', message: 'enough', retryAfterMs: 5 });
    expect(bedrockFailure(error)).toMatchObject({ reason: 'quota', code: 'ERR_QUOTA', retryAfterMs: 5 });
  });

  it.each([
    undefined,
    null,
    5,
    {},
    '',
    'no mark',
    '[ERR_NONE]',
    '[bedrock]',
    '[bedrock, toString]',
    assistant([]),
  ])('knows nothing of %j', (value) => {
    expect(bedrockFailure(value)).toBeUndefined();
  });

  it.each([
    'prompt is too long: 213462 tokens > 200000 maximum',
    'Input is too long for requested model.',
    'input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000, decrease input length',
    'Input Tokens Exceeded: Number of input tokens exceeds maximum length. Please update the input to try again.',
    '400 Bad Request: Too many input tokens. Max input tokens: 8192, request input token count: 9003',
    "This model's maximum context length is 8192 tokens. Please reduce the length of the prompt",
    'too large for model with 128000 maximum context length',
    'The input token count exceeds the maximum number of input tokens',
  ])('sees a conversation that is too long: %s', (said) => {
    const error = new BedrockError({ code: 'ERR_INPUT', name: 'ValidationException', message: said });
    expect(bedrockFailure(error)?.reason).toBe('context_overflow');
  });

  it.each([
    'Malformed input request: expected maxLength: 64, actual: 70',
    'max_tokens: 200000 > 64000, which is the maximum allowed number of output tokens',
  ])('does not see one in: %s', (said) => {
    const error = new BedrockError({ code: 'ERR_INPUT', name: 'ValidationException', message: said });
    expect(bedrockFailure(error)?.reason).toBe('invalid_request');
  });
});

function types({ events }: Run): string[] {
  return (events as { type: string }[]).map(({ type }) => type);
}
