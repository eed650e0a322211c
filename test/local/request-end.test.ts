import { createBedrock } from 'bedrock-anywhere';
import { createLocalBedrock, type LocalBedrockOptions, type ReceivedRequest } from 'bedrock-anywhere/local';
import { describe, expect, it } from 'vitest';

/** A client of a local Bedrock, and the requests that have ended there. */
function setUp(options: LocalBedrockOptions = {}) {
  const ended: ReceivedRequest[] = [];
  let nowMs = Date.now();
  const local = createLocalBedrock({
    script: [{ text: 'one two three' }],
    now: () => nowMs,
    onRequestEnd: (request) => void ended.push(request),
    ...options,
  });
  const bedrock = createBedrock({
    region: local.region,
    endpoint: 'http://localhost',
    credentials: local.credentials,
    fetch: (input, init) => local.fetch(new Request(input, init)),
    maxAttempts: 2,
    maxRetryDelayMs: 0,
  });
  return { bedrock, ended, pass: (ms: number) => void (nowMs += ms) };
}

const request = { modelId: 'amazon.nova-lite-v1:0', prompt: 'ping' };

describe('onRequestEnd', () => {
  it.each([false, true])('has the tokens of other protocols too, as a stream: %j', async (stream) => {
    const ended: ReceivedRequest[] = [];
    const local = createLocalBedrock({ onRequestEnd: (request) => void ended.push(request) });
    const response = await local.fetch(
      new Request('http://localhost/openai/v1/chat/completions', {
        method: 'POST',
        headers: { authorization: `Bearer ${local.apiKey}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          model: 'openai.gpt-oss-120b-1:0',
          messages: [{ role: 'user', content: 'ping' }],
          stream,
        }),
      }),
    );
    await response.text();
    expect(ended[0]?.usage?.outputTokens).toBeGreaterThan(0);
  });

  it('is called when a stream has been read, with its tokens and its duration', async () => {
    const { bedrock, ended, pass } = setUp();
    const events = bedrock.stream(request)[Symbol.asyncIterator]();
    await events.next();
    expect(ended).toEqual([]);
    pass(250);
    while ((await events.next()).done !== true);
    expect(ended).toMatchObject([
      { operation: 'ConverseStream', modelId: request.modelId, status: 200, durationMs: 250, faults: [] },
    ]);
    expect(ended[0]?.usage?.outputTokens).toBeGreaterThan(0);
  });

  it('is called when the reader leaves', async () => {
    const { bedrock, ended } = setUp();
    for await (const _event of bedrock.stream(request)) break;
    await expect.poll(() => ended.length).toBe(1);
    expect(ended).toMatchObject([{ status: 200 }]);
  });

  it('is called for a whole answer and for a list', async () => {
    const { bedrock, ended } = setUp();
    const { usage } = await bedrock.converse(request);
    await bedrock.discover({ refreshInterval: 0 });
    expect(ended[0]).toMatchObject({
      operation: 'Converse',
      usage: { inputTokens: usage?.inputTokens, outputTokens: usage?.outputTokens },
    });
    expect(ended.map(({ operation }) => operation)).toContain('ListFoundationModels');
  });

  it('knows the faults and the error of a request', async () => {
    const { bedrock, ended } = setUp({
      faults: ['throttle=1', 'exception=modelStreamErrorException@1,delay=0'],
    });
    const failed = { status: 429, errorType: 'ThrottlingException', faults: ['throttle'], usage: undefined };
    await expect(bedrock.stream(request, { maxAttempts: 1 }).result()).rejects.toThrow();
    await expect(bedrock.stream(request, { maxAttempts: 1 }).result()).rejects.toThrow();
    expect(ended).toMatchObject([
      failed,
      { status: 200, errorType: 'modelStreamErrorException', faults: ['exception', 'delay'] },
    ]);
  });

  it.each(['not-eventstream', 'error-frame=InternalFailure@0', 'html', 'retry-after=1,throttle=1'])(
    'names the fault %s as it is written',
    async (fault) => {
      const { bedrock, ended } = setUp({ faults: [fault] });
      await expect(bedrock.stream(request, { maxAttempts: 1 }).result()).rejects.toThrow();
      expect(ended[0]?.faults).toEqual(fault.split(',').map((one) => one.replace(/=.*/, '')));
    },
  );

  it('may throw without harm', async () => {
    const { bedrock } = setUp({
      onRequestEnd: () => {
        throw new Error('a full disk');
      },
    });
    expect((await bedrock.converse(request)).text).toBe('one two three');
  });
});
