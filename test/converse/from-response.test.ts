import { inspect } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  BedrockError,
  type ConverseEvent,
  type ConverseResult,
  type ConverseStream,
  createBedrock,
  fromResponse,
  isBedrockError,
} from '../../src/index.js';
import { type Endpoint, startEndpoint } from './endpoint.js';
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

let server: TestServer | undefined;
let endpoint: Endpoint | undefined;
afterEach(async () => {
  await endpoint?.close();
  await server?.close();
  endpoint = undefined;
  server = undefined;
});

async function ask(answer: Answer, signal?: AbortSignal): Promise<ConverseStream> {
  server = await startServer(answer);
  const bedrock = createBedrock({ endpoint: server.url, credentials: { token: 'key' }, maxAttempts: 1 });
  return bedrock.stream(request, { signal });
}

/** The response of a route with `toResponse()`, as a page fetches it. */
async function fetchFrom(answer: Answer, init?: RequestInit): Promise<Response> {
  const stream = await ask(answer);
  endpoint = await startEndpoint(() => stream.toResponse());
  return fetch(endpoint.url, init);
}

/** A response of a body in pieces, each given when it is asked for. */
function sse(...pieces: string[]): Response {
  return sseOf(pieces);
}

/** The same; what was given is no longer in the list. */
function sseOf(pieces: string[]): Response {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const piece = pieces.shift();
        if (piece === undefined) controller.close();
        else controller.enqueue(encoder.encode(piece));
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
}

async function all(events: AsyncIterable<ConverseEvent>): Promise<ConverseEvent[]> {
  const kept: ConverseEvent[] = [];
  for await (const event of events) kept.push(event);
  return kept;
}

const failureOf = (promise: Promise<unknown>): Promise<BedrockError> =>
  promise.then(
    () => expect.fail('it did not fail'),
    (error: BedrockError) => error,
  );

const START = 'event: messageStart\ndata: {"type":"messageStart","role":"assistant"}\n\n';
const TEXT =
  'event: contentBlockDelta\ndata: {"type":"contentBlockDelta","contentBlockIndex":0,"delta":{"text":"a"}}\n\n';
const STOP = 'event: messageStop\ndata: {"type":"messageStop","stopReason":"end_turn"}\n\n';
/** What `toResponse()` writes last if the service sent no metadata. */
const END = 'event: end\ndata: {"type":"end"}\n\n';

const bytes = frame('contentBlockDelta', {
  contentBlockIndex: 1,
  delta: { reasoningContent: { redactedContent: 'AP+AAQ==' } },
});
const image = frame('contentBlockDelta', {
  contentBlockIndex: 2,
  delta: { image: { source: { bytes: 'iVBORw==' } } },
});
const result = frame('contentBlockDelta', {
  contentBlockIndex: 3,
  delta: {
    toolResult: [{ image: { format: 'png', source: { bytes: 'AQI=' } } }, { json: { bytes: 'AQI=' } }],
  },
});
const rich = frames(messageStart, text('Grüße 🌍'), bytes, image, result, messageStop, metadata);

describe('what somebody else says', () => {
  const escapes = 'a\u001b[31m \u202e b\n';
  const failure = (error: object): Response =>
    Response.json(
      { error: { type: 'error', code: 'ERR_SERVICE', message: 'No.', ...error } },
      { status: 502 },
    );

  it.each<[what: string, response: Response, message: RegExp]>([
    ['a failure', failure({ message: escapes }), /^a \[31m b$/],
    ['a page', new Response(escapes, { status: 502 }), /"a \[31m b"/],
    [
      'a content type',
      new Response('', { headers: { 'content-type': `text/x-${'y'.repeat(500)}` } }),
      /status 200 and …\./,
    ],
    ['an event', sse(`event: messageStop\ndata: ${escapes}\n\n`), /"a \[31m b"/],
  ])('is on one line, short, and without control characters: %s', async (_what, response, message) => {
    const error = await failureOf(fromResponse(response).result());
    expect(error.message).toMatch(message);
    expect(error.message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it.each([['two words'], ['id\u001b[31m'], ['x'.repeat(200)], [5]])(
    'is not an id: %j',
    async (requestId) => {
      const error = await failureOf(fromResponse(failure({ requestId })).result());
      expect(error).toMatchObject({ code: 'ERR_SERVICE', message: 'No.' });
      expect(error.requestId).toBeUndefined();
    },
  );

  it('is on one line, too, when the connection broke off with it', async () => {
    const body = new ReadableStream({ pull: (controller) => controller.error(new TypeError(escapes)) });
    const error = await failureOf(
      fromResponse(new Response(body, { headers: { 'content-type': 'text/event-stream' } })).result(),
    );
    expect(error.message).toMatch(/: a \[31m b\. Check the network/);
  });
});

describe('the stream of fromResponse()', () => {
  it('has the events that the endpoint had, bytes as bytes', async () => {
    const direct = await all(await ask(rich));
    await server?.close();
    const events = await all(fromResponse(await fetchFrom(rich)));
    expect(events).toStrictEqual(direct);
    expect(events.slice(2, 5)).toMatchObject([
      { delta: { reasoningContent: { redactedContent: new Uint8Array([0, 255, 128, 1]) } } },
      { delta: { image: { source: { bytes: new Uint8Array([137, 80, 78, 71]) } } } },
      {
        delta: {
          toolResult: [{ image: { source: { bytes: new Uint8Array([1, 2]) } } }, { json: { bytes: 'AQI=' } }],
        },
      },
    ]);
  });

  it('has the result and text that the endpoint had, apart from what only the endpoint knows', async () => {
    const direct = await (await ask(rich)).result();
    await server?.close();
    const stream = fromResponse(await fetchFrom(rich));
    expect(await stream.result()).toEqual({
      ...direct,
      attempts: 0,
      modelId: undefined,
      requestId: undefined,
    });
    expect(await stream.text()).toBe('Grüße 🌍');
    expect(stream.partial).toEqual(await stream.result());
  });

  it('can be read as text, as a web stream, and be passed on', async () => {
    const body = async () => fromResponse(await fetchFrom(frames(...answerFrames('a', 'b'))));
    const pieces: string[] = [];
    for await (const piece of (await body()).textStream()) pieces.push(piece);
    expect(pieces).toEqual(['a', 'b']);
    const reader = (await body()).toReadableStream().getReader();
    expect((await reader.read()).value).toEqual({ type: 'messageStart', role: 'assistant' });
    await reader.cancel();
    const again = fromResponse(await (await body()).toResponse({ status: 201 }));
    expect(await again.text()).toBe('ab');
    expect(await (await (await body()).toTextResponse()).text()).toBe('ab');
  });

  it('reads nothing before it is read, and then piece by piece', async () => {
    const pieces = [START, TEXT + TEXT, STOP];
    const events = fromResponse(sseOf(pieces))[Symbol.asyncIterator]();
    expect(pieces).toHaveLength(3);
    await events.next();
    expect(pieces).toHaveLength(2);
    await events.next();
    await events.next();
    expect(pieces).toHaveLength(1);
  });

  it('shows in a console how to read it, and how far it has come', async () => {
    const stream = fromResponse(sse(START, STOP, END));
    expect(inspect(stream)).toContain('await stream.text()');
    const events = stream[Symbol.asyncIterator]();
    expect(inspect(stream)).toBe('ConverseStream (its reader has not started)');
    await events.next();
    expect(inspect(stream)).toContain('being read');
    await events.return?.();
    expect(inspect(stream)).toContain('left before it was complete');
  });

  it('can be read once', async () => {
    const stream = fromResponse(sse(START, STOP, END));
    await all(stream);
    expect(() => stream[Symbol.asyncIterator]()).toThrow(expect.objectContaining({ code: 'ERR_INPUT' }));
  });

  it('answers next() calls in their order', async () => {
    const events = fromResponse(sse(START, TEXT, STOP, END))[Symbol.asyncIterator]();
    const steps = await Promise.all([events.next(), events.next(), events.next(), events.next()]);
    expect(steps.map(({ value }) => value?.type)).toEqual([
      'messageStart',
      'contentBlockDelta',
      'messageStop',
      undefined,
    ]);
  });

  it('skips events that a later version may send', async () => {
    const response = sse(START, ': ping\n\n', 'event: heartbeat\ndata: {}\n\n', STOP, END);
    expect((await all(fromResponse(response))).map(({ type }) => type)).toEqual([
      'messageStart',
      'messageStop',
    ]);
  });

  it('lets the event loop turn while it reads what has arrived whole', async () => {
    const stream = fromResponse(sse(START + TEXT.repeat(20_000) + STOP + END));
    let deltas = 0;
    let deltasAtTurn: number | undefined;
    setImmediate(() => {
      deltasAtTurn = deltas;
    });
    for await (const { type } of stream) if (type === 'contentBlockDelta') deltas += 1;
    expect(deltas).toBe(20_000);
    expect(deltasAtTurn).toBeLessThan(20_000);
  });
});

/** How a reader may leave, and whether the loop that is under way hears of it. */
const WAYS: Readonly<
  Record<string, { isQuiet: boolean; leave(s: ConverseStream, e: AsyncIterator<ConverseEvent>): unknown }>
> = {
  'return()': { isQuiet: true, leave: (_stream, events) => events.return?.() },
  'cancel()': { isQuiet: false, leave: (stream) => stream.cancel('enough') },
  'disposing of it': { isQuiet: false, leave: (stream) => stream[Symbol.asyncDispose]() },
};

describe('leaving the stream', () => {
  it.each(Object.entries(WAYS))('by %s closes all connections', async (_way, { isQuiet, leave }) => {
    const stream = fromResponse(await fetchFrom(framesThenSilence(messageStart, text('so far'))));
    const events = stream[Symbol.asyncIterator]();
    await events.next();
    await events.next();
    const waiting = events.next();
    waiting.catch(() => {});
    await leave(stream, events);
    await endpoint?.visitorGone;
    await server?.clientGone;
    const error = await failureOf(stream.result());
    expect(error).toMatchObject({
      code: 'ERR_CANCELLED',
      partial: { message: { content: [{ text: 'so far' }] }, stopReason: undefined },
    });
    if (isQuiet) {
      expect(await waiting).toEqual({ done: true, value: undefined });
      expect(await events.next()).toEqual({ done: true, value: undefined });
    } else {
      expect(await failureOf(waiting)).toBe(error);
      expect(await failureOf(events.next())).toBe(error);
    }
  });

  it('by break closes all connections and keeps what had arrived', async () => {
    const stream = fromResponse(await fetchFrom(framesThenSilence(messageStart, text('so far'))));
    for await (const { type } of stream) if (type === 'contentBlockDelta') break;
    await endpoint?.visitorGone;
    await server?.clientGone;
    expect(await failureOf(stream.result())).toMatchObject({ code: 'ERR_CANCELLED' });
    expect(stream.partial.message.content).toEqual([{ text: 'so far' }]);
  });

  it('before it is read closes all connections', async () => {
    const stream = fromResponse(await fetchFrom(framesThenSilence(messageStart)));
    await stream.cancel('enough');
    await server?.clientGone;
    const error = await failureOf(all(stream));
    expect(error).toMatchObject({ code: 'ERR_CANCELLED', cause: 'enough' });
    expect(await failureOf(stream.result())).toBe(error);
  });

  it('after its end changes nothing', async () => {
    const stream = fromResponse(sse(START, STOP, END));
    const before = await stream.result();
    await stream.cancel();
    expect(await stream.result()).toEqual(before);
  });

  it('makes a response over it end with an event error', async () => {
    const stream = fromResponse(await fetchFrom(framesThenSilence(messageStart, text('a'))));
    const response = await stream.toResponse();
    await stream.cancel();
    expect(await failureOf(fromResponse(response).text())).toMatchObject({ code: 'ERR_CANCELLED' });
  });
});

describe('an abort', () => {
  const reason = new BedrockError({ code: 'ERR_INPUT', message: "The caller's own." });

  it('by the signal rejects with its reason, unaltered, and closes all connections', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const stream = fromResponse(await fetchFrom(framesThenSilence(messageStart, text('a'))), { signal });
    const events = stream[Symbol.asyncIterator]();
    await events.next();
    await events.next();
    const waiting = failureOf(events.next());
    controller.abort(reason);
    expect(await waiting).toBe(reason);
    expect(await failureOf(events.next())).toBe(reason);
    expect(await failureOf(stream.result())).toBe(reason);
    expect(reason.partial).toBe(undefined);
    expect(stream.partial.message.content).toEqual([{ text: 'a' }]);
    await server?.clientGone;
  });

  it('while nobody reads closes all connections', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const stream = fromResponse(await fetchFrom(framesThenSilence(messageStart)), { signal });
    controller.abort(reason);
    await server?.clientGone;
    expect(await failureOf(stream.result())).toBe(reason);
  });

  it('that came before rejects with its reason', async () => {
    const response = await fetchFrom(framesThenSilence(messageStart));
    const stream = fromResponse(response, { signal: AbortSignal.abort(reason) });
    await server?.clientGone;
    expect(await failureOf(stream.text())).toBe(reason);
  });

  it.each([
    ['complete', (stream: ConverseStream) => stream.result()],
    ['cancelled', (stream: ConverseStream) => stream.cancel()],
  ])('is not listened for when the stream is %s', async (_how, end) => {
    const { signal } = new AbortController();
    const added = vi.spyOn(signal, 'addEventListener');
    const removed = vi.spyOn(signal, 'removeEventListener');
    const stream = fromResponse(sse(START, STOP, END), { signal });
    expect([added.mock.calls.length, removed.mock.calls.length]).toEqual([1, 0]);
    await end(stream);
    expect(removed).toHaveBeenCalledWith(...(added.mock.calls[0]?.slice(0, 2) ?? []));
  });

  it("of the fetch alone rejects with fetch's AbortError", async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const stream = fromResponse(await fetchFrom(framesThenSilence(messageStart), { signal }));
    const events = stream[Symbol.asyncIterator]();
    await events.next();
    const waiting = failureOf(events.next());
    controller.abort();
    expect(await waiting).toBe(signal.reason);
    expect(isBedrockError(await waiting)).toBe(false);
  });

  it.each([
    ['a text', 'the page was left'],
    ['an object', { left: true }],
    ['an error', new Error('The page was left.')],
    ['a BedrockError', reason],
    ['a TypeError', new TypeError('The page was left.')],
  ])('of the fetch alone, for a reason of its own, rejects with it: %s', async (_what, own) => {
    const controller = new AbortController();
    const { signal } = controller;
    const stream = fromResponse(await fetchFrom(framesThenSilence(messageStart), { signal }));
    const events = stream[Symbol.asyncIterator]();
    await events.next();
    const waiting = failureOf(events.next());
    controller.abort(own);
    if (own instanceof TypeError) expect(await waiting).toMatchObject({ code: 'ERR_NETWORK', cause: own });
    else expect(await waiting).toBe(own);
    expect(reason.partial).toBe(undefined);
  });

  it.each([
    [
      'Bun',
      Object.assign(new Error('The socket connection was closed unexpectedly.'), { code: 'ECONNRESET' }),
    ],
    ['Workers', new Error('Network connection lost.')],
    ['browsers', new TypeError('network error')],
  ])('is not what a broken connection looks like in %s', async (_where, cause) => {
    const body = new ReadableStream({ pull: (controller) => controller.error(cause) }, { highWaterMark: 0 });
    const response = new Response(body, { headers: { 'content-type': 'text/event-stream' } });
    expect(await failureOf(fromResponse(response).result())).toMatchObject({ code: 'ERR_NETWORK', cause });
  });

  it('by the endpoint is ERR_CANCELLED, before and after its head', async () => {
    for (const frames of [[], [messageStart, text('a')]]) {
      const controller = new AbortController();
      const answer = framesThenSilence(...frames);
      const stream = await ask((response, request) => {
        void answer(response, request);
        if (frames.length === 0) controller.abort(new Error('Deploying.'));
      }, controller.signal);
      const response = await stream.toResponse();
      controller.abort(new Error('Deploying.'));
      expect(await failureOf(fromResponse(response).result())).toMatchObject({
        code: 'ERR_CANCELLED',
        message: 'The answer was stopped before it was complete.',
        status: frames.length === 0 ? 503 : 200,
      });
      await server?.close();
    }
  });
});

describe('a failure of the endpoint', () => {
  it('before its head has the status, and the words for end users', async () => {
    const throttled = awsError(429, 'ThrottlingException', 'Slow down.', { 'retry-after': '7' });
    const error = await failureOf(fromResponse(await fetchFrom(throttled)).result());
    expect(error).toBeInstanceOf(BedrockError);
    expect(error).toMatchObject({
      code: 'ERR_THROTTLED',
      message: 'Too many requests. Try again in a moment.',
      status: 429,
      retryable: true,
      retryAfterMs: 7000,
      requestId: 'request-failed',
      phase: 'request',
      partial: { message: { content: [] } },
    });
  });

  it('after its head comes with what had arrived', async () => {
    const broken = frame('modelStreamErrorException', { message: 'oh' }, 'exception');
    const stream = fromResponse(await fetchFrom(frames(messageStart, text('so far'), broken)));
    const error = await failureOf(all(stream));
    expect(error).toMatchObject({
      code: 'ERR_MODEL',
      status: 200,
      retryable: true,
      requestId: 'request-1',
      phase: 'stream',
      partial: { message: { content: [{ text: 'so far' }] } },
    });
    expect(await failureOf(stream.result())).toBe(error);
  });

  it.each([
    ['that has no messageStop', [START, TEXT]],
    ['that is empty', []],
    ['that has no metadata and does not say so', [START, STOP]],
    ['that has metadata without a messageStop', [START, TEXT, END]],
    ['that ends inside an event', [START, STOP, 'event: metadata\ndata: {"usage"']],
  ])('a body %s is ERR_TRUNCATED', async (_what, pieces) => {
    expect(await failureOf(fromResponse(sse(...pieces)).result())).toMatchObject({
      code: 'ERR_TRUNCATED',
      retryable: true,
    });
  });

  it('a connection that breaks is ERR_NETWORK', async () => {
    const reset: Answer = (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(START + TEXT, () => response.destroy());
    };
    server = await startServer(reset);
    const error = await failureOf(fromResponse(await fetch(server.url)).result());
    expect(error).toMatchObject({
      code: 'ERR_NETWORK',
      retryable: true,
      partial: { message: { content: [{ text: 'a' }] } },
    });
    expect(error.cause).toBeInstanceOf(TypeError);
  });
});

describe('a response that toResponse() did not write', () => {
  const json = { 'content-type': 'application/json' };
  const html = { 'content-type': 'text/html' };

  it.each([
    ['a login page', new Response('<h1>Log\n in</h1>', { headers: html }), 200, '"<h1>Log in</h1>"'],
    [
      "a framework's error",
      new Response('{"error":"Unauthorized"}', { status: 401, headers: json }),
      401,
      '"{"error":"Unauthorized"}"',
    ],
    [
      'an error of another kind',
      new Response('{"error":{"code":"rate_limit","message":"No"}}', { status: 429, headers: json }),
      429,
      'rate_limit',
    ],
    ['nothing', new Response(null, { status: 204 }), 204, 'status 204 and no content type.'],
    [
      'events of another protocol',
      sse('data: {"choices":[]}\n\n'),
      200,
      'an event without a name, "{"choices":[]}"',
    ],
    ['an event that is not JSON', sse('event: messageStart\ndata: {"ty\n\n'), 200, 'messageStart, "{"ty"'],
    ['an event of another type', sse('event: messageStart\ndata: {"type":"ping"}\n\n'), 200, '"ping"'],
    [
      'a delta of nothing',
      sse('event: contentBlockDelta\ndata: {"type":"contentBlockDelta","delta":null}\n\n'),
      200,
      'null',
    ],
    [
      'an event error of another kind',
      sse('event: error\ndata: {"message":"x"}\n\n'),
      200,
      '{"message":"x"}',
    ],
    [
      'bytes that are not base64',
      sse(
        'event: contentBlockDelta\ndata: {"type":"contentBlockDelta","delta":{"image":{"source":{"bytes":"?"}}}}\n\n',
      ),
      200,
      '"bytes":"?"',
    ],
  ])('%s is ERR_PROTOCOL and shows a part', async (_what, response, status, part) => {
    const error = await failureOf(fromResponse(response).result());
    expect(error).toMatchObject({ code: 'ERR_PROTOCOL', retryable: false, status });
    expect(error.message).toContain(part);
  });

  it('is read and shown in part only, and its connection closed', async () => {
    let pulled = 0;
    let isClosed = false;
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          pulled += 1;
          controller.enqueue(new TextEncoder().encode('word '.repeat(1000)));
        },
        cancel() {
          isClosed = true;
        },
      },
      { highWaterMark: 0 },
    );
    const error = await failureOf(fromResponse(new Response(body, { status: 500 })).result());
    expect([pulled, isClosed]).toEqual([4, true]);
    expect(error.message.length).toBeLessThan(450);
  });
});

describe('what is not a response to read', () => {
  it.each([
    ['a promise of one', () => Promise.resolve(sse(START)), /await fetch/],
    ['nothing', () => undefined, /needs a Response/],
    [
      'a request',
      () => new Request('https://example.com', { method: 'POST', body: 'a' }),
      /needs a Response/,
    ],
  ])('%s is ERR_INPUT', (_what, give, words) => {
    expect(() => fromResponse(give() as never)).toThrow(
      expect.objectContaining({ code: 'ERR_INPUT', message: expect.stringMatching(words) }),
    );
  });

  it('one that is read already is ERR_INPUT', async () => {
    const read = sse(START);
    await read.text();
    const begun = sse(START, STOP, END);
    const reader = begun.body?.getReader();
    await reader?.read();
    reader?.releaseLock();
    const locked = sse(START);
    locked.body?.getReader();
    for (const response of [read, begun, locked])
      expect(() => fromResponse(response)).toThrow(expect.objectContaining({ code: 'ERR_INPUT' }));
  });
});

it.each([
  ['locks', (response: Response) => void response.body?.getReader()],
  ['reads', (response: Response) => response.text()],
])('a body that somebody else %s before the first read is ERR_INPUT', async (_how, take) => {
  const response = sse(START, STOP, END);
  const stream = fromResponse(response);
  await take(response);
  const error = await failureOf(stream.result());
  expect(error).toMatchObject({ code: 'ERR_INPUT', message: expect.stringContaining('already been read') });
});

it('a rejected result that nobody awaits is not an unhandled rejection', async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  process.on('unhandledRejection', note);
  const stream = fromResponse(sse(START));
  const reading = all(stream);
  const result: Promise<ConverseResult> = stream.result();
  await failureOf(reading);
  await new Promise(setImmediate);
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
  await expect(result).rejects.toMatchObject({ code: 'ERR_TRUNCATED' });
});
