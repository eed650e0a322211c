import { createBedrock } from 'bedrock-anywhere';
import { createLocalBedrock, localTransport } from 'bedrock-anywhere/local';
import { describe, expect, it } from 'vitest';
import { closedPort } from '../../closed-port.js';
import type { Answer } from '../../converse/server.js';
import { eventsOf, framesOf } from '../events.js';
import { failure, modelPath, say, send } from '../request.js';
import { answers, ask, chunk, completion, line, openStream, setUp, streams, streamsText } from './server.js';

const KEY = 'sk-Zq8xYt5WvB2nK7mL4pR9';
const HELLO = line(chunk({ content: 'Hello' }));

/** What a client gets, whole and as a stream, if the upstream answers like this. */
async function failuresFor(answer: Answer) {
  const { local } = await setUp(answer);
  const results = [];
  for (const path of ['converse', 'converse-stream', 'invoke', 'invoke-with-response-stream']) {
    results.push(await failure(await send(local, { path: modelPath(path), body: bodyFor(path) })));
  }
  const [first, ...others] = results;
  for (const other of others) expect(withoutPrefix(other)).toEqual(withoutPrefix(first));
  return first;
}

function bodyFor(path: string): object {
  return path.startsWith('invoke') ? { schemaVersion: 'messages-v1', ...say('Hi') } : say('Hi');
}

/** Converse puts words around the message of a model, InvokeModel does not. */
function withoutPrefix(result: Awaited<ReturnType<typeof failure>> | undefined): object {
  return { ...result, message: result?.message.replace('The model returned the following errors: ', '') };
}

/** The frames of a stream that begins and then fails. */
async function framesFor(answer: Answer) {
  const { local } = await setUp(answer);
  const response = await send(local, { path: modelPath('converse-stream'), body: say('Hi') });
  expect(response.status).toBe(200);
  return eventsOf(await framesOf(response));
}

describe('an upstream that cannot answer', () => {
  it('is unavailable if nothing listens there', async () => {
    const upstream = { baseURL: `http://127.0.0.1:${closedPort()}/v1`, model: 'any' };
    const local = createLocalBedrock({ upstream });
    for (const path of ['converse', 'converse-stream', 'invoke', 'invoke-with-response-stream']) {
      const result = await failure(await send(local, { path: modelPath(path), body: bodyFor(path) }));
      expect(result).toMatchObject({ status: 503, name: 'ServiceUnavailableException' });
      expect(result.message).toMatch(
        /^The upstream http:\/\/127\.0\.0\.1:\d+\/v1 of this local Bedrock does not answer: .*ECONNREFUSED.*\. Start it, or set another as upstream \(--upstream\)\.$/,
      );
    }
    expect(local.liveConnections()).toBe(0);
  });

  it.each<[number, string, number, RegExp]>([
    [400, 'ValidationException', 400, /answered with 400: because/],
    [413, 'ValidationException', 400, /answered with 413: because/],
    [422, 'ValidationException', 400, /answered with 422: because/],
    [401, 'ModelErrorException', 424, /401: because\. Check its key, upstream\.apiKey \(--upstream-key\)/],
    [403, 'ModelErrorException', 424, /403: because\. Check its key/],
    [404, 'ModelErrorException', 424, /404: because\. Check its URL, and the name of its model/],
    [418, 'ModelErrorException', 424, /418: because\.$/],
    [408, 'ModelTimeoutException', 408, /because/],
    [429, 'ThrottlingException', 429, /because/],
    [500, 'ServiceUnavailableException', 503, /500: because/],
    [503, 'ServiceUnavailableException', 503, /503: because/],
    [504, 'ModelTimeoutException', 408, /because/],
  ])('answers with %d, which is %s', async (status, name, aws, message) => {
    const body = { error: { message: 'because.', type: 'api_error', code: null } };
    const result = await failuresFor(answers(body, status));
    expect(result).toMatchObject({ status: aws, name });
    expect(result?.message).toMatch(message);
  });

  it('passes retry-after on', async () => {
    const { local } = await setUp(answers({ error: 'busy' }, 429, { 'retry-after': '7' }));
    const response = await send(local, { path: modelPath('converse'), body: say('Hi') });
    expect(response.headers.get('retry-after')).toBe('7');
  });

  it.each<[string, string, RegExp]>([
    ["Ollama's form", '{"error":"no such model"}', /404: no such model\. Check/],
    [
      "FastAPI's form",
      '{"detail":[{"loc":["body"],"msg":"wrong"}]}',
      /404: \[\{"loc":\["body"\],"msg":"wrong"\}\]\. Check/,
    ],
    ['plain text', '404 page not found', /404: 404 page not found\. Check/],
    ['nothing', '', /404\. Check/],
  ])('is quoted in %s', async (_name, text, message) => {
    const result = await failuresFor((response) => {
      response.writeHead(404);
      response.end(text);
    });
    expect(result?.message).toMatch(message);
  });

  it('does not redirect, as the key belongs to one server', async () => {
    const result = await failuresFor((response) => {
      response.writeHead(307, { location: 'http://127.0.0.1:1/' });
      response.end();
    });
    expect(result).toMatchObject({ name: 'ServiceUnavailableException' });
    expect(result?.message).toMatch(/redirects requests\. Set the URL that it redirects to\./);
  });
});

describe('an answer that is not one', () => {
  it.each<[string, Answer, RegExp]>([
    [
      'is a web page',
      (response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Hi</h1>'),
      /complete its answer|other than JSON/,
    ],
    ['is empty', (response) => void response.writeHead(200).end(), /complete its answer|other than JSON/],
    [
      'has no choices',
      answers({ object: 'chat.completion' }),
      /did not complete its answer: it has no finish_reason/,
    ],
    [
      'is an error with the status 200',
      answers({ error: { message: 'out of memory' } }),
      /did not complete its answer: out of memory\.$/,
    ],
  ])('%s is an unavailable service', async (_name, answer, message) => {
    const { local } = await setUp(answer);
    for (const path of ['converse', 'converse-stream']) {
      const result = await failure(await send(local, { path: modelPath(path), body: say('Hi') }));
      expect(result).toMatchObject({ status: 503, name: 'ServiceUnavailableException' });
      expect(result.message).toMatch(message);
    }
  });

  it('is too long to be read whole', async () => {
    const { local } = await setUp(answers(completion({ content: 'x'.repeat(17 * 1024 * 1024) })));
    const result = await failure(await send(local, { path: modelPath('converse'), body: say('Hi') }));
    expect(result).toMatchObject({ status: 503, name: 'ServiceUnavailableException' });
  });

  it('breaks off before it is whole', async () => {
    const { local } = await setUp((response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
      response.write('{"choices":', () => response.destroy());
    });
    const result = await failure(await send(local, { path: modelPath('converse'), body: say('Hi') }));
    expect(result).toMatchObject({ status: 503, name: 'ServiceUnavailableException' });
    expect(result.message).toMatch(/did not complete its answer: /);
  });

  it('is an error before anything else, and no stream begins', async () => {
    const { local } = await setUp(streams({ error: { message: 'out of memory', code: 500 } }));
    const result = await failure(await send(local, { path: modelPath('converse-stream'), body: say('Hi') }));
    expect(result).toMatchObject({ status: 503, name: 'ServiceUnavailableException' });
    expect(result.message).toMatch(/did not complete its answer: out of memory\.$/);
  });
});

describe('a stream that fails after it has begun', () => {
  const BEGINNING = ['messageStart', 'contentBlockDelta'];

  it.each<[string, Answer, RegExp]>([
    ['ends early', streamsText(HELLO), /its stream ended before the answer did\.$/],
    [
      'ends in the middle of an event',
      streamsText(`${HELLO}data: {"choices":[{"del`),
      /it sent something that is not JSON\.$/,
    ],
    [
      'breaks off',
      (response) => {
        openStream(response);
        response.write(HELLO, () => response.destroy());
      },
      /did not complete its answer: /,
    ],
    [
      'breaks off behind the finish_reason',
      (response) => {
        openStream(response);
        response.write(HELLO + line(chunk({}, 'stop')), () => response.destroy());
      },
      /did not complete its answer: /,
    ],
    [
      'reports an error',
      streamsText(`${HELLO}${line({ error: { message: 'out of memory' } })}`),
      /complete its answer: out of memory\.$/,
    ],
    [
      "reports an error in vLLM's older form",
      streamsText(`${HELLO}${line({ object: 'error', message: 'out of memory' })}`),
      /out of memory\.$/,
    ],
    [
      'ends with an error as its reason',
      streamsText(HELLO + line(chunk({}, 'error'))),
      /ended with an error/,
    ],
    [
      'has an event that is too long',
      streamsText(`${HELLO}data: ${'x'.repeat(9 * 1024 * 1024)}\n\n`),
      /is longer than 8388608 characters/,
    ],
    [
      'never ends',
      streamsText(HELLO + line(chunk({ content: 'x'.repeat(1024 * 1024) })).repeat(9)),
      /more than 8388608 characters, which no model writes/,
    ],
  ])('%s: an exception ends it, and no answer is finished', async (_name, answer, message) => {
    const events = await framesFor(answer);
    expect(events.slice(0, 2).map(([type]) => type)).toEqual(BEGINNING);
    expect(events.at(-1)).toEqual(['modelStreamErrorException', { message: expect.stringMatching(message) }]);
    expect(events.map(([type]) => type)).not.toContain('messageStop');
  });

  it('fails on the route of InvokeModel too', async () => {
    const { local } = await setUp(streamsText(HELLO));
    const path = modelPath('invoke-with-response-stream');
    const frames = await framesOf(await send(local, { path, body: bodyFor('invoke') }));
    expect(frames.at(-1)?.headers).toMatchObject({ ':exception-type': 'modelStreamErrorException' });
  });

  it('is a failed call for a client', async () => {
    const { bedrock } = await setUp(streamsText(HELLO));
    const answer = bedrock.stream(ask());
    await expect(answer.result()).rejects.toMatchObject({
      code: 'ERR_MODEL',
      name: 'ModelStreamErrorException',
    });
  });
});

describe('the key of the upstream', () => {
  const repeated = `Incorrect API key provided: ${KEY}. Sent: Bearer ${KEY}, ${KEY.slice(0, 14)}…`;

  it.each<[string, Answer]>([
    ['an error', answers({ error: { message: repeated } }, 401)],
    ['an error that is text', (response) => void response.writeHead(500).end(repeated)],
    ['a stream', streamsText(HELLO + line({ error: { message: repeated } }))],
    ['the first event of a stream', streamsText(line({ error: { message: repeated } }))],
  ])('is sent, and is hidden where %s repeats it', async (_name, answer) => {
    const { server } = await setUp(answer);
    const upstream = {
      baseURL: `${server.url}/v1`,
      model: 'any',
      apiKey: KEY,
      headers: { 'X-Token': `${KEY}2` },
    };
    const local = createLocalBedrock({ upstream });
    const shown: string[] = [];
    for (const path of ['converse', 'converse-stream']) {
      const response = await send(local, { path: modelPath(path), body: say('Hi') });
      shown.push(Buffer.from(await response.arrayBuffer()).toString('latin1'));
    }
    expect(server.requests[0]?.headers).toMatchObject({
      authorization: `Bearer ${KEY}`,
      'x-token': `${KEY}2`,
    });
    const everything = shown.join('') + JSON.stringify([local, local.requests]);
    expect(everything).not.toContain(KEY.slice(0, 12));
    expect(shown.join('')).toContain('[secret]');
  });

  it('is hidden where fetch throws it', async () => {
    const fetch = (): never => {
      throw new TypeError('failed', { cause: new Error(`bad header Bearer ${KEY}`) });
    };
    const local = createLocalBedrock({
      upstream: { baseURL: 'http://localhost/v1', model: 'any', apiKey: KEY, fetch },
    });
    const bedrock = createBedrock({ transport: localTransport(local), maxAttempts: 1 });
    const failed = bedrock.converse(ask());
    await expect(failed).rejects.toMatchObject({
      message: expect.stringContaining('bad header Bearer [secret]'),
    });
  });
});
