import { afterEach, describe, expect, it } from 'vitest';
import { createBedrock } from '../../src/index.js';
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

let server: TestServer;
afterEach(() => server.close());

async function streamOf(...answers: Answer[]) {
  server = await startServer(...answers);
  return createBedrock({ endpoint: server.url, credentials: { token: 'key' }, maxAttempts: 1 }).stream(
    request,
  );
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

  it('gives a failure before the first event its status, as JSON', async () => {
    const response = await (await streamOf(awsError(429, 'ThrottlingException', 'Slow down.'))).toResponse();
    expect(response.status).toBe(429);
    expect(await response.json()).toMatchObject({
      error: {
        code: 'ERR_THROTTLED',
        name: 'ThrottlingException',
        retryable: true,
        requestId: 'request-failed',
      },
    });
  });

  it('gives a later failure as an event error and ends', async () => {
    const broken = frame('modelStreamErrorException', { message: 'oh' }, 'exception');
    const response = await (await streamOf(frames(messageStart, text('a'), broken))).toResponse();
    expect(response.status).toBe(200);
    const events = await eventsOf(response);
    expect(events.at(-1)).toMatchObject({
      event: 'error',
      data: { code: 'ERR_MODEL', name: 'ModelStreamErrorException' },
    });
  });

  it('closes the connection to Bedrock when its own client goes away while nothing comes', async () => {
    const response = await (await streamOf(framesThenSilence(messageStart, text('a')))).toResponse();
    const reader = response.body?.getReader();
    await reader?.read();
    await reader?.read();
    const waiting = reader?.read();
    await reader?.cancel();
    expect((await waiting)?.done).toBe(true);
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

  it('answers for input that can never work with 400', async () => {
    server = await startServer();
    const response = await createBedrock({ credentials: { token: 'key' } })
      .stream({ modelId: '' })
      .toResponse();
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: 'ERR_INPUT' } });
  });
});
