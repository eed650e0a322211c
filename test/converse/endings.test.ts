import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  BedrockError,
  type ConverseEvent,
  type ConverseStream,
  createBedrock,
  isBedrockError,
} from '../../src/index.js';
import {
  frame,
  frames,
  framesThenSilence,
  messageStart,
  startServer,
  type TestServer,
  text,
} from './server.js';

const request = { modelId: 'm', messages: [{ role: 'user' as const, content: [{ text: 'Hi' }] }] };

let server: TestServer;
afterEach(() => server.close());

/** A stream of one delta and then silence, so that whatever ends it comes from outside. */
async function openStream(signal?: AbortSignal): Promise<ConverseStream> {
  server = await startServer(framesThenSilence(messageStart, text('so far')));
  return createBedrock({ endpoint: server.url, credentials: { token: 'key' } }).stream(request, { signal });
}

/** Reads both events that arrive, and waits for a third. */
async function readAll(
  stream: ConverseStream,
): Promise<{ events: AsyncIterator<ConverseEvent>; waiting: Promise<unknown> }> {
  const events = stream[Symbol.asyncIterator]();
  await events.next();
  await events.next();
  const waiting = events.next();
  waiting.catch(() => {});
  return { events, waiting };
}

const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => expect.fail('it did not fail'),
    (error: unknown) => error,
  );
const soFar = { message: { content: [{ text: 'so far' }] }, stopReason: undefined, attempts: 1 };

describe('a loop that is left', () => {
  it('hears nothing, while result() rejects with ERR_CANCELLED', async () => {
    const stream = await openStream();
    for await (const event of stream) if (event.type === 'contentBlockDelta') break;
    expect(await failureOf(stream.result())).toMatchObject({
      code: 'ERR_CANCELLED',
      name: 'CancelledError',
      requestId: 'request-1',
      attempts: 1,
      partial: soFar,
    });
    await server.clientGone;
  });

  it('is done for good, also for a next() that waited', async () => {
    const stream = await openStream();
    const { events, waiting } = await readAll(stream);
    await events.return?.();
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(await events.next()).toEqual({ done: true, value: undefined });
  });

  it('stays quiet when the stream is cancelled afterwards', async () => {
    const stream = await openStream();
    const { events } = await readAll(stream);
    await events.return?.();
    await stream.cancel('too late');
    expect(await events.next()).toEqual({ done: true, value: undefined });
    expect(await failureOf(stream.result())).not.toHaveProperty('cause');
  });
});

describe('cancel()', () => {
  it.each([
    ['cancel()', (stream: ConverseStream) => stream.cancel('enough')],
    ['await using', (stream: ConverseStream) => stream[Symbol.asyncDispose]()],
  ])('tells readers and result(): %s', async (_name, end) => {
    const stream = await openStream();
    const { events, waiting } = await readAll(stream);
    const result = failureOf(stream.result());
    await end(stream);
    const error = await result;
    expect(error).toMatchObject({ code: 'ERR_CANCELLED', partial: soFar });
    expect(await failureOf(waiting)).toBe(error);
    expect(await failureOf(events.next())).toBe(error);
  });

  it('errors a web stream and a stream of text', async () => {
    for (const open of ['toReadableStream', 'textStream'] as const) {
      const stream = await openStream();
      const loop = async (): Promise<void> => {
        for await (const _ of stream[open]()) await stream.cancel();
      };
      expect(await failureOf(loop())).toMatchObject({ code: 'ERR_CANCELLED' });
      await server.close();
    }
  });

  it('changes nothing after a failure', async () => {
    const controller = new AbortController();
    const stream = await openStream(controller.signal);
    const { events } = await readAll(stream);
    controller.abort('stop');
    await stream.cancel();
    expect(await failureOf(events.next())).toBe('stop');
    expect(await failureOf(stream.result())).toBe('stop');
  });
});

describe('an abort', () => {
  const reasons: [name: string, reason: unknown][] = [
    ['the default reason', undefined],
    ['an error', new Error('mine')],
    ['a text', 'enough'],
    ['null', null],
    ['a BedrockError', new BedrockError({ code: 'ERR_TIMEOUT', message: 'mine' })],
    ['a frozen BedrockError', Object.freeze(new BedrockError({ code: 'ERR_MODEL', message: 'mine' }))],
  ];

  it.each(reasons)('rejects everywhere with the reason as it was: %s', async (_name, reason) => {
    const controller = new AbortController();
    const stream = await openStream(controller.signal);
    const { events, waiting } = await readAll(stream);
    const before = isBedrockError(reason) ? Object.getOwnPropertyDescriptors(reason) : undefined;
    controller.abort(reason);
    const promises: Promise<unknown>[] = [waiting, events.next(), stream.result(), stream.text()];
    for (const failure of await Promise.all(promises.map(failureOf))) {
      expect(failure).toBe(controller.signal.reason);
    }
    if (before !== undefined) expect(Object.getOwnPropertyDescriptors(reason)).toEqual(before);
  });

  it.each(reasons)(
    'rejects converse(), countTokens() and discover() with it too: %s',
    async (_name, reason) => {
      server = await startServer(() => {});
      const bedrock = createBedrock({ endpoint: server.url, credentials: { token: 'key' } });
      for (const call of ['converse', 'countTokens', 'discover'] as const) {
        const controller = new AbortController();
        const options = { signal: controller.signal };
        const failure = failureOf(
          call === 'discover' ? bedrock.discover(options) : bedrock[call](request, options),
        );
        controller.abort(reason);
        expect(await failure).toBe(controller.signal.reason);
      }
    },
  );

  it('rejects result() although nobody reads on, also behind a response whose visitor is slow', async () => {
    for (const reads of ['iterator', 'response'] as const) {
      const controller = new AbortController();
      const stream = await openStream(controller.signal);
      if (reads === 'iterator') await stream[Symbol.asyncIterator]().next();
      else await stream.toResponse();
      const result = failureOf(stream.result());
      controller.abort('mine');
      expect(await result).toBe('mine');
      await server.close();
    }
  });

  it('rejects a reader that is there but has not started, and result()', async () => {
    const controller = new AbortController();
    const stream = await openStream(controller.signal);
    const events = stream[Symbol.asyncIterator]();
    const result = failureOf(stream.result());
    controller.abort('mine');
    expect(await result).toBe('mine');
    expect(await failureOf(events.next())).toBe('mine');
    expect(server.requests).toEqual([]);
  });

  it.each([
    ['cancel()', (stream: ConverseStream) => stream.cancel('enough')],
    ['return()', (stream: ConverseStream) => stream[Symbol.asyncIterator]().return?.()],
    ['cancel() behind a reader', (stream: ConverseStream) => stream.toReadableStream() && stream.cancel()],
  ])('that came before the first read stays the reason after %s', async (_how, end) => {
    const stream = await openStream(AbortSignal.abort('mine'));
    await end(stream);
    expect(await failureOf(stream.result())).toBe('mine');
    expect(server.requests).toEqual([]);
  });

  it('is not listened for when a stream that was never read has ended', async () => {
    const { signal } = new AbortController();
    const added = vi.spyOn(signal, 'addEventListener');
    const removed = vi.spyOn(signal, 'removeEventListener');
    const stream = await openStream(signal);
    await stream[Symbol.asyncIterator]().return?.();
    expect(added).toHaveBeenCalledTimes(1);
    expect(removed).toHaveBeenCalledWith(...(added.mock.calls[0]?.slice(0, 2) ?? []));
  });

  it('is not waited for with wrong options: the first read tells of them', async () => {
    server = await startServer();
    const stream = createBedrock({ endpoint: server.url }).stream(request, { signal: false as never });
    const events = stream[Symbol.asyncIterator]();
    expect(await failureOf(events.next())).toMatchObject({ code: 'ERR_INPUT' });
  });

  it('is an abort in a response too, where the signal is a getter of the options', async () => {
    const controller = new AbortController();
    server = await startServer(framesThenSilence(messageStart, text('so far')));
    class Options {
      get signal(): AbortSignal {
        return controller.signal;
      }
    }
    const bedrock = createBedrock({ endpoint: server.url, credentials: { token: 'key' } });
    const response = await bedrock.stream(request, new Options()).toResponse();
    controller.abort();
    expect(await response.text()).toMatch(/event: error\ndata: .*ERR_CANCELLED/);
  });

  it('keeps what had arrived in stream.partial', async () => {
    const controller = new AbortController();
    const stream = await openStream(controller.signal);
    expect(stream.partial).toMatchObject({ message: { content: [] }, attempts: 0 });
    const { waiting } = await readAll(stream);
    expect(stream.partial).toMatchObject(soFar);
    controller.abort();
    await failureOf(waiting);
    expect(stream.partial).toMatchObject(soFar);
  });
});

describe('an error that somebody else holds', () => {
  it('is not changed by the call that fails with it', async () => {
    server = await startServer();
    const own = Object.freeze(new BedrockError({ code: 'ERR_CREDENTIALS', message: 'no key today' }));
    const bedrock = createBedrock({ endpoint: server.url, credentials: () => Promise.reject(own) });
    const stream = bedrock.stream(request);
    expect(await failureOf(stream.result())).toMatchObject({ message: 'no key today', partial: {} });
    expect(own).toHaveProperty('attempts', 0);
    expect(own).not.toHaveProperty('partial');
  });
});

describe('an event that makes no sense', () => {
  it.each([
    ['contentBlockStart', { contentBlockIndex: 0, start: null }],
    ['contentBlockStart', { contentBlockIndex: 0, start: { toolUse: null } }],
    ['contentBlockDelta', { contentBlockIndex: 0, delta: { toolResult: 5 } }],
    ['contentBlockDelta', { contentBlockIndex: 0, delta: { citation: 5 } }],
    ['contentBlockDelta', { contentBlockIndex: 0, delta: { reasoningContent: { redactedContent: 5 } } }],
  ])('ends a stream with an error of ours, or is passed over: %s %j', async (type, body) => {
    server = await startServer(frames(messageStart, frame(type, body)));
    const bedrock = createBedrock({ endpoint: server.url, credentials: { token: 'key' } });
    const stream = bedrock.stream(request, { maxAttempts: 1 });
    expect(await failureOf(stream.result())).toSatisfy(isBedrockError);
    expect(stream.partial.message.role).toBe('assistant');
  });
});

describe('options that cannot be read', () => {
  it('are a 500 of toResponse(), not an error that is thrown', async () => {
    server = await startServer();
    const bedrock = createBedrock({ endpoint: server.url, credentials: { token: 'key' } });
    for (const options of [null, 5, 'x']) {
      const response = await bedrock.stream(request, options as never).toResponse();
      expect([response.status, (await response.json()).error.code]).toEqual([500, 'ERR_INPUT']);
    }
  });
});
