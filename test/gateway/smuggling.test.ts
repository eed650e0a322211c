import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../clock.js';
import { rawRequest, type ServedGateway, serveGateway } from './over-http.js';
import { CLAUDE, KEY } from './setup.js';
import { manualTimers } from './timers.js';

const CHAT = '/v1/chat/completions';
const BODY = JSON.stringify({ model: CLAUDE, messages: [{ role: 'user', content: 'Hi' }] });

let gateway: ServedGateway;
beforeEach(async () => {
  gateway = await serveGateway();
});
afterEach(() => gateway.closeServer());

/** The gateway is as it was: it answers the next client. */
async function isWell(): Promise<void> {
  expect(await gateway.exchange(rawRequest(CHAT, BODY))).toMatch(/^HTTP\/1\.1 200 /);
  await until(() => gateway.local.liveConnections() === 0);
}

describe('a body that lies about its length', () => {
  it('and has more bytes than it says is cut, and the rest is no request', async () => {
    const answer = await gateway.exchange(rawRequest(CHAT, BODY, { 'content-length': '20' }));
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(gateway.local.requests).toEqual([]);
    await isWell();
  });

  it('and hides another request has it answered without the key of the first', async () => {
    const hidden = rawRequest(CHAT, BODY, { authorization: 'none' });
    const length = { 'content-length': '20', connection: 'keep-alive' };
    const answer = await gateway.exchange(rawRequest(CHAT, BODY.slice(0, 20) + hidden, length));
    expect([...answer.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status]) => status)).toEqual(['400', '401']);
    expect(gateway.local.requests).toEqual([]);
    await isWell();
  });

  it('and has fewer bytes than it says reaches no model, and takes no slot once its client is gone', async () => {
    const answer = await gateway.exchange(rawRequest(CHAT, BODY, { 'content-length': '5000' }), 'half-close');
    expect(answer).not.toContain('200 OK');
    await until(() => gateway.log.length === 1);
    expect(gateway.local.requests).toEqual([]);
    await isWell();
  });

  it.each([
    ['bytes', 'content-length: 500', '{"model":'],
    ['chunks', 'transfer-encoding: chunked', '9\r\n{"model":\r\n'],
  ])('and withholds the rest of its %s gets a 408 when the time is up', async (_what, length, body) => {
    const timers = manualTimers();
    const { startTimer } = timers;
    const gateway = await serveGateway({ gateway: { startTimer, limits: { bodyMs: 9, concurrency: 1 } } });
    const answer = gateway.exchange(rawRequest(CHAT, body).replace(/content-length: \d+/, length));
    await until(() => timers.running.size > 0);
    // Like a real timer: everything that its callback causes happens before any promise continues.
    setImmediate(() => timers.fire(9));
    expect(await answer).toMatch(/^HTTP\/1\.1 408 .*limits\.bodyMs/s);
    expect(gateway.log).toMatchObject([{ status: 408, outcome: 'failed' }]);
    expect(gateway.local.requests).toEqual([]);
    await gateway.closeServer();
  });

  it('and is too large by what it says is refused before it is read', async () => {
    const length = String(33 * 1024 * 1024);
    expect(await gateway.exchange(rawRequest(CHAT, BODY, { 'content-length': length }))).toMatch(
      /^HTTP\/1\.1 413 [\s\S]*connection: close/i,
    );
    await isWell();
  });
});

describe('a request whose end is ambiguous', () => {
  const head = `POST ${CHAT} HTTP/1.1\r\nhost: gateway.test\r\nauthorization: Bearer ${KEY}\r\n`;
  const chunked = `${BODY.length.toString(16)}\r\n${BODY}\r\n0\r\n\r\n`;

  it.each([
    ['two lengths', `${head}content-length: 5\r\ncontent-length: ${BODY.length}\r\n\r\n${BODY}`],
    ['a list of lengths', `${head}content-length: 5, ${BODY.length}\r\n\r\n${BODY}`],
    ['a length with a sign', `${head}content-length: +${BODY.length}\r\n\r\n${BODY}`],
    [
      'a length and chunks',
      `${head}content-length: ${BODY.length}\r\ntransfer-encoding: chunked\r\n\r\n${chunked}`,
    ],
    ['an encoding after chunked', `${head}transfer-encoding: chunked, identity\r\n\r\n${chunked}`],
    ['an encoding that nobody knows', `${head}transfer-encoding: xchunked\r\n\r\n${chunked}`],
    ['a chunk without a length', `${head}transfer-encoding: chunked\r\n\r\nzz\r\n${BODY}\r\n0\r\n\r\n`],
    ['a name with a space', `${head}content-length : ${BODY.length}\r\n\r\n${BODY}`],
    [
      'a folded line',
      `${head}x: a\r\n content-length: 5\r\ncontent-length: ${BODY.length}, 5\r\n\r\n${BODY}`,
    ],
    ['lines that end with LF', `${head.replaceAll('\r\n', '\n')}content-length: 5\n\n${BODY}`],
  ])('is refused: %s', async (_what, bytes) => {
    expect(await gateway.exchange(bytes)).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(gateway.local.requests).toEqual([]);
    await isWell();
  });

  it('with chunks alone is read', async () => {
    const request = `${head}connection: close\r\ntransfer-encoding: chunked\r\n\r\n${chunked}`;
    expect(await gateway.exchange(request)).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('with more headers than anybody needs is refused', async () => {
    const answer = await gateway.exchange(rawRequest(CHAT, BODY, { 'x-long': 'x'.repeat(70_000) }));
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
    await isWell();
  });
});

describe('a line break of a client', () => {
  const EVIL = 'x\r\nset-cookie: a=b\r\n\r\nHTTP/1.1 200 OK';

  /** Names of the headers of an answer. */
  const headersOf = (answer: string): string[] =>
    (answer.split('\r\n\r\n')[0] ?? '')
      .split('\r\n')
      .slice(1)
      .map((line) => line.split(':')[0]?.toLowerCase() ?? '');

  it.each([
    ['the name of the model', { model: EVIL, messages: [{ role: 'user', content: 'Hi' }] }, 404],
    ['a model id', { model: `${CLAUDE}\r\nx-evil: 1`, messages: [{ role: 'user', content: 'Hi' }] }, 404],
    [
      'a tool that is left out',
      { model: CLAUDE, messages: [{ role: 'user', content: 'Hi' }], tools: [{ type: EVIL }] },
      200,
    ],
    [
      'metadata that is left out',
      {
        model: CLAUDE,
        messages: [{ role: 'user', content: 'Hi' }],
        metadata: { [EVIL]: 'é', '\u{1f600}': 'é' },
      },
      200,
    ],
    [
      'the name of a tool',
      {
        model: CLAUDE,
        messages: [{ role: 'user', content: 'Hi' }],
        tools: [{ type: 'function', function: { name: EVIL } }],
      },
      200,
    ],
  ])('in %s is no header of the answer', async (_what, body, status) => {
    const answer = await gateway.exchange(rawRequest(CHAT, JSON.stringify(body)));
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(headersOf(answer)).not.toContain('set-cookie');
    expect(headersOf(answer).filter((name) => !/^[a-z0-9-]+$/.test(name))).toEqual([]);
    for (const { headers } of gateway.local.requests) expect(Object.keys(headers)).not.toContain('x-evil');
  });

  it('in a header that is forwarded reaches neither side', async () => {
    const fault = 'none\r\nx-amz-security-token: stolen';
    const answer = await gateway.exchange(rawRequest(CHAT, BODY, { 'x-local-fault': fault }));
    // Over HTTP it is a header of its own, and that one is not forwarded.
    expect(answer).toMatch(/^HTTP\/1\.1 \d{3} /);
    for (const { headers } of gateway.local.requests)
      expect(headers).not.toHaveProperty('x-amz-security-token');
  });
});
