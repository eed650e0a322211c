import { afterEach, describe, expect, it } from 'vitest';
import { type ConverseStreamRequest, createBedrock } from '../../src/index.js';
import { turns, until } from '../clock.js';
import {
  type Answer,
  answerFrames,
  blockStop,
  frame,
  frames,
  framesThenSilence,
  messageStart,
  messageStop,
  metadata,
  openEventStream,
  startServer,
  type TestServer,
  text,
} from './server.js';

const request: ConverseStreamRequest = {
  modelId: 'amazon.nova-lite-v1:0',
  messages: [{ role: 'user', content: [{ text: 'Hi' }] }],
};

let server: TestServer;
afterEach(() => server.close());

async function bedrockThatAnswers(...answers: Answer[]) {
  server = await startServer(...answers);
  return createBedrock({ endpoint: server.url, region: 'us-east-1', credentials: { token: 'key' } });
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

const failureOf = (promise: PromiseLike<unknown>): Promise<unknown> =>
  Promise.resolve(promise).then(
    () => expect.fail('it did not fail'),
    (error: unknown) => error,
  );

describe('reading a stream', () => {
  it('sends nothing before it is first read', async () => {
    const bedrock = await bedrockThatAnswers(frames(...answerFrames('Hello')));
    const stream = bedrock.stream(request);
    // Another call comes and goes: whatever the first had sent would have arrived before.
    await bedrock.stream(request).text();
    expect(server.requests).toHaveLength(1);
    await stream.text();
    expect(server.requests).toHaveLength(2);
  });

  it('gives each event with its type and without padding', async () => {
    const bedrock = await bedrockThatAnswers(frames(...answerFrames('Hel', 'lo')));
    expect(await all(bedrock.stream(request))).toEqual([
      { type: 'messageStart', role: 'assistant' },
      { type: 'contentBlockDelta', contentBlockIndex: 0, delta: { text: 'Hel' } },
      { type: 'contentBlockDelta', contentBlockIndex: 0, delta: { text: 'lo' } },
      { type: 'contentBlockStop', contentBlockIndex: 0 },
      { type: 'messageStop', stopReason: 'end_turn' },
      {
        type: 'metadata',
        usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 },
        metrics: { latencyMs: 42 },
      },
    ]);
  });

  it('can be read once', async () => {
    const bedrock = await bedrockThatAnswers(frames(...answerFrames('Hello')));
    const stream = bedrock.stream(request);
    await all(stream);
    expect(() => stream[Symbol.asyncIterator]()).toThrow(/can be read once/);
    expect(() => stream.textStream()).toThrow(/can be read once/);
  });

  it('gives the text alone as it arrives', async () => {
    const reasoning = frame('contentBlockDelta', {
      contentBlockIndex: 0,
      delta: { reasoningContent: { text: 'hm' } },
    });
    const bedrock = await bedrockThatAnswers(
      frames(messageStart, reasoning, text('a'), text('b'), messageStop, metadata),
    );
    expect(await all(bedrock.stream(request).textStream())).toEqual(['a', 'b']);
  });

  it('gives the whole text', async () => {
    const bedrock = await bedrockThatAnswers(frames(...answerFrames('Hel', 'lo')));
    expect(await bedrock.stream(request).text()).toBe('Hello');
  });
});

describe('result()', () => {
  it('reads the stream itself when nobody has begun to', async () => {
    const bedrock = await bedrockThatAnswers(frames(...answerFrames('Hello')));
    const stream = bedrock.stream(request);
    expect(await stream.result()).toEqual({
      text: 'Hello',
      message: { role: 'assistant', content: [{ text: 'Hello' }] },
      stopReason: 'end_turn',
      usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 },
      metrics: { latencyMs: 42 },
      trace: undefined,
      performanceConfig: undefined,
      serviceTier: undefined,
      additionalModelResponseFields: undefined,
      cost: undefined,
      modelId: request.modelId,
      requestId: 'request-1',
      attempts: 1,
      toolUses: [],
      repairs: [],
      warnings: [],
    });
    expect(await stream.text()).toBe('Hello');
    expect(() => stream[Symbol.asyncIterator]()).toThrow(/can be read once/);
  });

  it('asked for during iteration, resolves at its end without a second request', async () => {
    const bedrock = await bedrockThatAnswers(frames(...answerFrames('a', 'b')));
    const stream = bedrock.stream(request);
    let early: Promise<unknown> | undefined;
    let settled = false;
    for await (const event of stream) {
      early ??= stream.result().finally(() => {
        settled = true;
      });
      if (event.type === 'messageStop') expect(settled).toBe(false);
    }
    expect(await early).toMatchObject({ message: { content: [{ text: 'ab' }] } });
    expect(server.requests).toHaveLength(1);
  });

  it('tells the cost where the price is known: that of the call before that of the catalog', async () => {
    const bedrock = await bedrockThatAnswers(frames(...answerFrames('a')));
    const catalog = (id: string) => (id === request.modelId ? { price: { input: 1, output: 2 } } : undefined);
    expect((await bedrock.stream(request).result()).cost).toBeUndefined();
    expect((await bedrock.stream(request, { catalog }).result()).cost).toEqual({
      input: 3e-6,
      output: 4e-6,
      cacheRead: 0,
      cacheWrite: 0,
      total: 7e-6,
      estimated: false,
    });
    const price = { input: 0, output: 1 };
    expect((await bedrock.stream(request, { catalog, price }).result()).cost?.total).toBe(2e-6);
  });

  it('says so when the stream ends without metadata', async () => {
    const bedrock = await bedrockThatAnswers(frames(messageStart, text('a'), blockStop, messageStop));
    const { usage, warnings } = await bedrock.stream(request).result();
    expect(usage).toBeUndefined();
    expect(warnings).toEqual([expect.stringContaining('without metadata')]);
  });

  it('rejects with what had arrived after the loop was left', async () => {
    const bedrock = await bedrockThatAnswers(framesThenSilence(messageStart, text('a'), text('b')));
    const stream = bedrock.stream(request);
    for await (const event of stream) if (event.type === 'contentBlockDelta') break;
    const error = await failureOf(stream.result());
    expect(error).toMatchObject({
      code: 'ERR_CANCELLED',
      name: 'CancelledError',
      partial: { message: { content: [{ text: 'a' }] }, stopReason: undefined },
    });
  });

  it('never leaves a rejection unhandled that nobody asked for', async () => {
    const seen: unknown[] = [];
    const listener = (reason: unknown): void => void seen.push(reason);
    process.on('unhandledRejection', listener);
    const bedrock = await bedrockThatAnswers(frames(messageStart, text('a')));
    await all(bedrock.stream(request)).catch(() => {});
    await bedrock.stream(request).cancel();
    await turns();
    process.off('unhandledRejection', listener);
    expect(seen).toEqual([]);
  });
});

describe('leaving a stream closes the connection, seen at the server', () => {
  const open = (): Promise<ReturnType<typeof createBedrock>> =>
    bedrockThatAnswers(framesThenSilence(messageStart, text('a')));

  it('by break', async () => {
    const bedrock = await open();
    for await (const event of bedrock.stream(request)) if (event.type === 'contentBlockDelta') break;
    await server.clientGone;
  });

  it('by return() while next() waits', async () => {
    const bedrock = await open();
    const iterator = bedrock.stream(request)[Symbol.asyncIterator]();
    await iterator.next();
    await iterator.next();
    const waiting = iterator.next();
    await iterator.return?.();
    expect(await waiting).toEqual({ done: true, value: undefined });
    await server.clientGone;
  });

  it('by cancel(), which its readers are told', async () => {
    const bedrock = await open();
    const stream = bedrock.stream(request);
    const seen: string[] = [];
    const read = (async () => {
      for await (const { type } of stream) seen.push(type);
    })();
    await until(() => seen.length === 2);
    const told = failureOf(read);
    await stream.cancel('enough');
    expect(await told).toMatchObject({ code: 'ERR_CANCELLED', cause: 'enough' });
    expect(seen).toEqual(['messageStart', 'contentBlockDelta']);
    await server.clientGone;
  });

  it('by dispose', async () => {
    const bedrock = await open();
    const stream = bedrock.stream(request);
    await stream[Symbol.asyncIterator]().next();
    await stream[Symbol.asyncDispose]();
    await server.clientGone;
  });

  it('by leaving textStream() while it waits', async () => {
    const bedrock = await open();
    const iterator = bedrock.stream(request).textStream()[Symbol.asyncIterator]();
    await iterator.next();
    const waiting = iterator.next();
    await iterator.return?.();
    expect((await waiting).done).toBe(true);
    await server.clientGone;
  });

  it('by cancelling the web stream', async () => {
    const bedrock = await open();
    const reader = bedrock.stream(request).toReadableStream().getReader();
    expect((await reader.read()).value).toEqual({ type: 'messageStart', role: 'assistant' });
    await reader.cancel();
    await server.clientGone;
  });

  it('by abort, which rejects with the reason of the signal', async () => {
    const bedrock = await open();
    const controller = new AbortController();
    const reason = new Error('the user went away');
    const stream = bedrock.stream(request, { signal: controller.signal });
    const seen: string[] = [];
    const error = await failureOf(
      (async () => {
        for await (const event of stream) {
          seen.push(event.type);
          // In a later turn of the loop, while the next event is waited for.
          if (event.type === 'contentBlockDelta') setImmediate(() => controller.abort(reason));
        }
      })(),
    );
    expect(error).toBe(reason);
    expect(await failureOf(stream.result())).toBe(reason);
    expect(seen).toEqual(['messageStart', 'contentBlockDelta']);
    await server.clientGone;
  });

  it('by abort before the answer has begun', async () => {
    const bedrock = await bedrockThatAnswers(() => {});
    const controller = new AbortController();
    const failure = failureOf(bedrock.stream(request, { signal: controller.signal }).text());
    await until(() => server.requests.length === 1);
    controller.abort();
    const error = await failure;
    expect(error).toMatchObject({ name: 'AbortError' });
    await server.clientGone;
  });

  it('and nothing is sent when the signal was aborted before', async () => {
    const bedrock = await open();
    const reason = new Error('too late');
    const stream = bedrock.stream(request, { signal: AbortSignal.abort(reason) });
    expect(await failureOf(stream.text())).toBe(reason);
    expect(server.requests).toHaveLength(0);
  });

  it('and nothing is sent when the signal is none, such as its controller', async () => {
    const bedrock = await open();
    const signal = new AbortController() as unknown as AbortSignal;
    for (const failed of [
      failureOf(bedrock.stream(request, { signal }).text()),
      failureOf(bedrock.countTokens(request, { signal })),
      failureOf(bedrock.discover({ signal })),
    ]) {
      expect(await failed).toMatchObject({
        code: 'ERR_INPUT',
        message: expect.stringMatching(
          /^The option signal is an AbortController\. Pass .*controller\.signal/,
        ),
      });
    }
    expect(server.requests).toHaveLength(0);
  });

  it('and cancel() before reading sends nothing', async () => {
    const bedrock = await open();
    const stream = bedrock.stream(request);
    await stream.cancel();
    const failure = await failureOf(stream.result());
    expect(failure).toMatchObject({ code: 'ERR_CANCELLED', attempts: 0 });
    expect(await failureOf(all(stream))).toBe(failure);
    expect(server.requests).toHaveLength(0);
  });
});

describe('back-pressure', () => {
  it('reaches the socket: a reader that stands still stops the sender', async () => {
    let sent = 0;
    const chunk = text('x'.repeat(64 * 1024));
    const bedrock = await bedrockThatAnswers((response) => {
      openEventStream(response);
      response.write(messageStart);
      const pump = (): void => {
        while (!response.destroyed && sent < 2000) {
          sent += 1;
          if (!response.write(chunk)) return void response.once('drain', pump);
        }
      };
      pump();
    });
    const iterator = bedrock.stream(request)[Symbol.asyncIterator]();
    await iterator.next();
    let before = -1;
    while (before !== sent) {
      before = sent;
      for (let more = 0; more < 10; more++) await turns();
    }
    expect(sent).toBeLessThan(400);
    await iterator.return?.();
  });
});
