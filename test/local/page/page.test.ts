import { once } from 'node:events';
import { type IncomingHttpHeaders, type IncomingMessage, request as sendRequest } from 'node:http';
import { createBedrock } from 'bedrock-anywhere';
import { type LocalServer, type LocalServerOptions, startLocalBedrock } from 'bedrock-anywhere/local/node';
import { afterEach, describe, expect, it } from 'vitest';
import type { PageUpdate } from '../../../src/local/page/rows.js';

const LITE = 'amazon.nova-lite-v1:0';

const open: LocalServer[] = [];
afterEach(async () => {
  for (const local of open.splice(0)) await local.close();
});

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

interface Started {
  local: LocalServer;
  /** The addresses of the page, the newest last. */
  addresses: string[];
}

async function start(options: LocalServerOptions = {}): Promise<Started> {
  const addresses: string[] = [];
  const local = await startLocalBedrock({ onPageUrl: (url) => void addresses.push(url), ...options });
  open.push(local);
  return { local, addresses };
}

/** Sends a request with exactly these headers, as a browser or another program would. */
async function begin(
  local: LocalServer,
  target: string,
  headers: Record<string, string> = {},
  body?: string,
): Promise<IncomingMessage> {
  const { hostname, port } = new URL(local.url);
  const method = body === undefined ? 'GET' : 'POST';
  const sent = sendRequest({ hostname, port, path: target, method, headers, agent: false }).end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return response;
}

async function send(...args: Parameters<typeof begin>): Promise<Answer> {
  const response = await begin(...args);
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += chunk;
  return { status: response.statusCode ?? 0, headers: response.headers, text };
}

const tokenOf = (address = ''): string => address.slice(address.indexOf('#') + 1);

/** The page of a browser: what it may do, and with which headers. */
async function visit({ local, addresses }: Started) {
  const origin = { origin: local.url, 'sec-fetch-site': 'same-origin' };
  const { status, text: key } = await send(local, '/_page/visit', origin, tokenOf(addresses.at(-1)));
  expect(status).toBe(200);
  const headers = { ...origin, 'x-page-key': key };
  return {
    key,
    headers,
    post: (path: string, body: object) => send(local, `/_page/${path}`, headers, JSON.stringify(body)),
    async watch() {
      const { origin: _none, ...rest } = headers;
      const response = await begin(local, '/_page/requests', rest);
      let text = '';
      const chunks = response.setEncoding('utf8')[Symbol.asyncIterator]();
      return {
        /** The next update. */
        async next(): Promise<PageUpdate> {
          while (!text.includes('\n')) text += String((await chunks.next()).value);
          const at = text.indexOf('\n');
          const line = text.slice(0, at);
          text = text.slice(at + 1);
          return JSON.parse(line) as PageUpdate;
        },
        /** Reads until an update passes. */
        async until(passes: (update: PageUpdate) => boolean): Promise<PageUpdate> {
          for (;;) {
            const update = await this.next();
            if (passes(update)) return update;
          }
        },
        leave: () => response.destroy(),
      };
    },
  };
}

function clientOf(local: LocalServer) {
  const { url: endpoint, region, credentials } = local;
  return createBedrock({ endpoint, region, credentials, maxAttempts: 1 });
}

describe('the page of a local Bedrock', () => {
  it('is there only if somebody wants its address', async () => {
    const { local } = await start({ onPageUrl: undefined });
    for (const target of ['/', '/_page/requests']) expect((await send(local, target)).status).toBe(404);
  });

  it('is a document that knows nothing and runs only its own script', async () => {
    const { local, addresses } = await start({ apiKey: 'my-key' });
    const { status, headers, text } = await send(local, '/');
    expect(status).toBe(200);
    expect(headers['content-security-policy']).toMatch(
      /^default-src 'none'; script-src 'sha256-[\w+/]{43}='; style-src 'sha256-[\w+/]{43}='; connect-src 'self'; /,
    );
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
    });
    for (const secret of [tokenOf(addresses[0]), local.apiKey, local.credentials.secretAccessKey, 'my-key'])
      expect(text).not.toContain(secret);
  });

  it('opens once with each address, and then has the next one', async () => {
    const started = await start();
    const { local, addresses } = started;
    expect(addresses).toEqual([expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/#[\w-]{43}$/)]);
    const first = await visit(started);
    expect(addresses).toHaveLength(2);
    const again = await send(local, '/_page/visit', { origin: local.url }, tokenOf(addresses[0]));
    expect(again).toMatchObject({ status: 403, text: expect.stringContaining('has been used') as unknown });
    const second = await visit(started);
    expect(second.key).not.toBe(first.key);
    for (const { post } of [first, second]) expect((await post('faults', {})).status).toBe(204);
  });

  it('shows requests as they arrive and end, without what is in them', async () => {
    const started = await start({ apiKey: 'my-key', tokensPerSecond: 1e9 });
    const { local } = started;
    const bedrock = clientOf(local);
    await bedrock.converse({ modelId: LITE, prompt: 'my private words' });
    const watcher = await (await visit(started)).watch();
    const { rows, models } = await watcher.next();
    expect(rows).toEqual([
      {
        id: 1,
        at: expect.any(Number) as unknown,
        name: 'Converse',
        model: LITE,
        status: 200,
        faults: [],
        inputTokens: expect.any(Number) as unknown,
        outputTokens: expect.any(Number) as unknown,
        ms: expect.any(Number) as unknown,
      },
    ]);
    expect(models).toContain(LITE);
    const answer = bedrock.stream({ modelId: LITE, prompt: 'Hi' });
    const events = answer[Symbol.asyncIterator]();
    await events.next();
    const arrived = await watcher.until((update) => update.rows.length > 0);
    expect(arrived.rows).toMatchObject([{ id: 2, name: 'ConverseStream' }]);
    expect(arrived).not.toHaveProperty('models');
    while ((await events.next()).done !== true);
    const ended = await watcher.until((update) => update.rows[0]?.ms !== undefined);
    expect(ended.rows).toMatchObject([{ id: 2, status: 200, outputTokens: expect.any(Number) as unknown }]);
    await send(local, '/who?X-Amz-Signature=secret', { authorization: 'Bearer my-key' });
    const last = await watcher.until((update) => update.rows[0]?.ms !== undefined);
    expect(last.rows).toMatchObject([{ id: 3, name: 'GET /who', status: 404 }]);
    expect(JSON.stringify([rows, ended, last])).not.toMatch(/private|secret|my-key/);
    watcher.leave();
  });

  it('shows the last 200 requests', async () => {
    const started = await start();
    for (let i = 0; i < 205; i++) await started.local.fetch(new Request(`http://localhost/${i}`));
    const { rows } = await (await (await visit(started)).watch()).next();
    expect([rows.length, rows[0]?.name, rows.at(-1)?.name]).toEqual([200, 'GET /5', 'GET /204']);
  });

  it('sends changes that come while nobody reads as one', async () => {
    const started = await start();
    const page = await visit(started);
    const watcher = await page.watch();
    await watcher.next();
    await page.post('faults', { fault: 'throttle=1' });
    expect((await watcher.next()).waiting).toEqual([['throttle']]);
  });

  it('throttles the next request', async () => {
    const started = await start();
    const page = await visit(started);
    const watcher = await page.watch();
    await page.post('faults', { fault: 'throttle=1' });
    await watcher.until(({ waiting }) => waiting.length === 1);
    const bedrock = clientOf(started.local);
    await expect(bedrock.converse({ modelId: LITE, prompt: 'Hi' })).rejects.toMatchObject({
      name: 'ThrottlingException',
    });
    const { rows, waiting } = await watcher.until((update) => update.rows[0]?.ms !== undefined);
    expect(rows).toMatchObject([{ status: 429, error: 'ThrottlingException', faults: ['throttle'] }]);
    expect(waiting).toEqual([]);
    expect((await bedrock.converse({ modelId: LITE, prompt: 'Hi' })).text).not.toBe('');
  });

  it('cuts the next response', async () => {
    const started = await start();
    const page = await visit(started);
    await page.post('faults', { fault: 'reset=400' });
    const bedrock = clientOf(started.local);
    await expect(bedrock.stream({ modelId: LITE, prompt: 'Hi' }).text()).rejects.toMatchObject({
      code: expect.stringMatching(/ERR_(NETWORK|TRUNCATED)/) as unknown,
    });
    expect(await bedrock.stream({ modelId: LITE, prompt: 'Hi' }).text()).not.toBe('');
    // However short it is.
    await page.post('faults', { fault: 'reset=400' });
    const count = { modelId: 'anthropic.claude-3-5-haiku-20241022-v1:0', prompt: 'Hi' };
    await expect(bedrock.countTokens(count)).rejects.toMatchObject({ code: 'ERR_NETWORK' });
  });

  it('drops the faults that wait', async () => {
    const started = await start({ faults: ['throttle=5'] });
    const page = await visit(started);
    await page.post('faults', {});
    expect((await clientOf(started.local).converse({ modelId: LITE, prompt: 'Hi' })).attempts).toBe(1);
  });

  it('says which faults there are', async () => {
    const { status, text } = await (await visit(await start())).post('faults', { fault: 'burn' });
    expect(status).toBe(400);
    expect(text).toMatch(/^There is no fault "burn"\. The faults are: throttle=2, /);
  });

  it.each([
    ['its id', LITE],
    ['a profile', `us.${LITE}`],
    ['an ARN', `arn:aws:bedrock:us-east-1::foundation-model/${LITE}`],
  ])('denies a model by %s, and allows it again', async (_what, model) => {
    const started = await start({ regions: ['eu-central-1'] });
    const page = await visit(started);
    const watcher = await page.watch();
    await page.post('access', { model, isDenied: true });
    expect((await watcher.until(({ denied }) => denied.length > 0)).denied).toEqual([LITE]);
    const bedrock = clientOf(started.local);
    for (const region of ['us-east-1', 'eu-central-1'])
      await expect(bedrock.converse({ modelId: LITE, prompt: 'Hi' }, { region })).rejects.toMatchObject({
        name: 'AccessDeniedException',
      });
    await page.post('access', { model, isDenied: false });
    expect((await bedrock.converse({ modelId: LITE, prompt: 'Hi' })).text).not.toBe('');
  });

  it('says that a model does not exist', async () => {
    const { post } = await visit(await start());
    expect(await post('access', { model: 'acme.none', isDenied: true })).toMatchObject({
      status: 400,
      text: 'There is no model acme.none in this account.',
    });
    expect((await post('access', { isDenied: true })).status).toBe(400);
  });
});

describe('the page is for nobody else', () => {
  const PATHS = [
    ['/_page/requests', undefined],
    ['/_page/faults', '{"fault":"throttle=1"}'],
    ['/_page/access', `{"model":"${LITE}","isDenied":true}`],
  ] as const;

  it.each([
    ['no key', { 'x-page-key': '' }],
    ['a wrong key', { 'x-page-key': 'wrong' }],
    ['the key and another origin', { origin: 'http://localhost:5173' }],
    ['the key and another port of the same host', { origin: 'http://127.0.0.1:1' }],
    ['the key and no origin that a browser would name', { origin: 'null' }],
    ['the key from a page of the same site', { 'sec-fetch-site': 'same-site' }],
    ['the key from a page of another site', { 'sec-fetch-site': 'cross-site' }],
    ['the key under a name that somebody made lead here', { host: 'evil.test' }],
  ])('with %s', async (_what, headers) => {
    const started = await start();
    const page = await visit(started);
    for (const [path, body] of PATHS) {
      // Read no further: what must not be answered might never end.
      const response = await begin(started.local, path, { ...page.headers, ...headers }, body);
      response.destroy();
      expect(response.statusCode).toBe(403);
    }
    // Nothing was changed.
    const { waiting, denied } = await (await page.watch()).next();
    expect({ waiting, denied }).toEqual({ waiting: [], denied: [] });
  });

  it('nor opens for a page of another origin that has the address', async () => {
    const { local, addresses } = await start();
    const headers = { origin: 'http://localhost:5173', 'sec-fetch-site': 'same-site' };
    expect((await send(local, '/_page/visit', headers, tokenOf(addresses[0]))).status).toBe(403);
    expect(addresses).toHaveLength(1);
  });

  it('nor may a page of another origin send its header', async () => {
    const { local } = await start();
    const { hostname, port } = new URL(local.url);
    const asked = sendRequest({
      hostname,
      port,
      path: '/_page/faults',
      method: 'OPTIONS',
      agent: false,
      headers: { origin: 'http://localhost:5173', 'access-control-request-headers': 'x-page-key' },
    }).end();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    response.resume();
    expect(response.statusCode).toBe(403);
    expect(Object.keys(response.headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });

  it('and an unknown path says so', async () => {
    const started = await start();
    const { headers } = await visit(started);
    expect((await send(started.local, '/_page/constructor', headers, '')).status).toBe(404);
  });

  it('and what onPageUrl throws does not matter', async () => {
    const addresses: string[] = [];
    const started = await start({
      onPageUrl: (url) => {
        addresses.push(url);
        throw new Error('full disk');
      },
    });
    await visit({ ...started, addresses });
    expect(addresses).toHaveLength(2);
  });
});
