import { describe, expect, it } from 'vitest';
import { createBedrock, fromResponse } from '../../src/index.js';
import { eventFrame } from './frames.js';

const PRICE = { input: 1, output: 1 };
const REQUEST = { modelId: 'm', prompt: 'Hi' };

const bedrockOf = (body: string | Uint8Array<ArrayBuffer>, type: string) =>
  createBedrock({
    region: 'us-east-1',
    credentials: { token: 'key' },
    maxAttempts: 1,
    fetch: async () => new Response(body, { headers: { 'content-type': type } }),
  });

/** An answer with this in its metadata, in both ways to get one. */
const WAYS: Readonly<Record<string, (metadata: string) => Promise<unknown>>> = {
  'stream()': (metadata) => {
    const frames = [
      eventFrame('messageStart', { role: 'assistant' }),
      eventFrame('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'a' } }),
      eventFrame('messageStop', { stopReason: 'end_turn' }),
      eventFrame('metadata', `{${metadata}}`),
    ];
    return bedrockOf(new Uint8Array(Buffer.concat(frames)), 'application/vnd.amazon.eventstream')
      .stream(REQUEST, { price: PRICE })
      .result();
  },
  'converse()': (metadata) =>
    bedrockOf(
      `{"output":{"message":{"role":"assistant","content":[{"text":"a"}]}},"stopReason":"end_turn",${metadata}}`,
      'application/json',
    ).converse(REQUEST, { price: PRICE }),
};

const usage = (more: string): string => `"usage":{"inputTokens":1,"outputTokens":1,"totalTokens":2${more}}`;

describe.each(Object.entries(WAYS))('the metadata of %s', (_way, answer) => {
  // JSON.parse makes Infinity of it, and two of these would make a cost that is NaN.
  it.each([
    usage(',"cacheReadInputTokens":1e400'),
    usage(',"cacheDetails":[{"ttl":"1h","inputTokens":1e400}]'),
    usage(',"cacheDetails":[{"ttl":"1h","inputTokens":"5"}]'),
    usage(',"cacheDetails":5'),
    usage(',"cacheDetails":[null]'),
    '"metrics":5',
    '"metrics":{"latencyMs":"1"}',
    '"serviceTier":"fast"',
  ])('are ERR_PROTOCOL: %s', async (metadata) => {
    await expect(answer(metadata)).rejects.toMatchObject({
      code: 'ERR_PROTOCOL',
      message: expect.stringMatching(/usage|metrics|serviceTier/),
    });
  });

  it('have a cost', async () => {
    const details = ',"cacheWriteInputTokens":3,"cacheDetails":[{"ttl":"1h","inputTokens":2}]';
    expect(await answer(usage(details))).toMatchObject({ cost: { total: expect.closeTo(5e-6, 12) } });
  });
});

describe('the wait that a failure of another server asks for', () => {
  it.each(['-1e400', '1e400', '-5', '"7000"'])('does not count: %s', async (wait) => {
    const failure = `{"code":"ERR_THROTTLED","message":"Later.","retryable":true,"retryAfterMs":${wait}}`;
    const response = new Response(`event: error\ndata: ${failure}\n\n`, {
      headers: { 'content-type': 'text/event-stream' },
    });
    const error = await fromResponse(response)
      .result()
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'ERR_THROTTLED', retryable: true });
    expect(error).not.toHaveProperty('retryAfterMs');
  });
});

it('no more than twenty warnings are kept about deltas that nobody knows', async () => {
  const deltas = Array.from({ length: 500 }, (_, i) =>
    eventFrame('contentBlockDelta', { contentBlockIndex: 0, delta: { [`kind${i}`]: {} } }),
  );
  const frames = [
    eventFrame('messageStart', { role: 'assistant' }),
    ...deltas,
    eventFrame('messageStop', { stopReason: 'end_turn' }),
    eventFrame('metadata', {}),
  ];
  const bedrock = bedrockOf(new Uint8Array(Buffer.concat(frames)), 'application/vnd.amazon.eventstream');
  expect((await bedrock.stream(REQUEST).result()).warnings).toHaveLength(20);
});
