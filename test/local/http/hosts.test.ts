import { once } from 'node:events';
import { type IncomingMessage, request as sendHttp1 } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { type LocalServer, type LocalServerOptions, startLocalBedrock } from 'bedrock-anywhere/local/node';
import { afterEach, describe, expect, it } from 'vitest';
import { signed } from '../request.js';

const open: LocalServer[] = [];
afterEach(async () => {
  for (const local of open.splice(0)) await local.close();
});

async function start(options?: LocalServerOptions): Promise<LocalServer> {
  const local = await startLocalBedrock(options);
  open.push(local);
  return local;
}

/** What a client gets that names this host, as one does whose DNS leads the name here. */
async function ask(local: LocalServer, host: string, path = '/foundation-models') {
  const { hostname, port } = new URL(local.url);
  const headers = { host, authorization: `Bearer ${local.apiKey}` };
  const request = sendHttp1({ hostname: hostname.replace(/[[\]]/g, ''), port, path, headers, agent: false });
  request.end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const { statusCode: status, headers: received } = response;
  return { status, type: received['x-amzn-errortype'], body: await text(response) };
}

async function isServedAs(local: LocalServer, host: string): Promise<boolean> {
  const { status } = await ask(local, host);
  expect([200, 403]).toContain(status);
  return status === 200;
}

describe('a server on this machine', () => {
  it.each([
    'localhost',
    'localhost:80',
    'LOCALHOST:4567',
    'localhost.',
    'app.localhost:3000',
    '127.0.0.1',
    '127.9.8.7:1',
    '[::1]:8080',
  ])('is served as %s', async (host) => {
    expect(await isServedAs(await start(), host)).toBe(true);
  });

  it.each([
    'evil.example',
    'evil.example:4567',
    'localhost.evil.example',
    'evillocalhost',
    '127.0.0.1.evil.example',
    '192.168.1.5',
    '0.0.0.0',
    '[::]',
    '[::2]:80',
    'localhost@evil.example',
    'evil.example/localhost',
    'localhost:x',
    'localhost:80:80',
  ])('is not served as %s', async (host) => {
    expect(await isServedAs(await start(), host)).toBe(false);
  });

  it('answers another name as AWS refuses access, and says what to do', async () => {
    const local = await start();
    const { status, type, body } = await ask(local, 'evil.example:4567');
    expect({ status, type }).toEqual({ status: 403, type: 'AccessDeniedException' });
    expect(JSON.parse(body)).toEqual({
      Message:
        'The local Bedrock is not served as evil.example: a page could use that name to reach it (DNS rebinding). If the ' +
        "name is yours, start it with allowedHosts: ['evil.example'], or --allowed-host evil.example.",
    });
    expect(local.requests.map(({ path, status }) => [path, status])).toEqual([['/foundation-models', 403]]);
  });

  it('gives no keys away under another name', async () => {
    const local = await start();
    const { status, body } = await ask(local, 'evil.example', '/local-container-credentials');
    expect(status).toBe(403);
    expect(body).not.toMatch(/AccessKeyId|ASIA/);
    expect((await ask(local, 'localhost', '/local-container-credentials')).body).toMatch(
      /"AccessKeyId":"ASIA/,
    );
  });

  it.each(['GET / HTTP/1.0\r\n\r\n', 'GET / HTTP/1.1\r\nhost:\r\n\r\n'])('needs a name: %j', async (head) => {
    const socket = connect(Number(new URL((await start()).url).port), '127.0.0.1');
    socket.write(head);
    const [words] = (await once(socket, 'data')) as [Buffer];
    expect(words.toString()).toMatch(
      /^HTTP\/1\.1 403 .*The Host header of the request is missing or is not a host name/s,
    );
    socket.destroy();
  });

  it('looks at the host of a whole address too', async () => {
    const local = await start();
    expect((await ask(local, 'localhost', 'http://evil.example/foundation-models')).status).toBe(403);
    expect((await ask(local, 'evil.example', 'http://localhost/foundation-models')).status).toBe(403);
    expect((await ask(local, 'localhost', 'http://localhost/foundation-models')).status).toBe(200);
  });

  it('looks at both names of HTTP/2', async () => {
    const local = await start();
    const session = connectHttp2(local.url);
    async function statusOf(names: Record<string, string>): Promise<unknown> {
      const authorization = `Bearer ${local.apiKey}`;
      const stream = session.request({ ':path': '/foundation-models', authorization, ...names });
      const [headers] = (await once(stream, 'response')) as [Record<string, unknown>];
      stream.close();
      return headers[':status'];
    }
    expect(await statusOf({ ':authority': 'localhost' })).toBe(200);
    expect(await statusOf({ ':authority': 'evil.example' })).toBe(403);
    expect(await statusOf({ ':authority': 'localhost', host: 'evil.example' })).toBe(403);
    session.destroy();
  });

  it('is served as the names that allowedHosts lists', async () => {
    const local = await start({ allowedHosts: ['Bedrock.test', '.example.com', '192.0.2.7'] });
    for (const host of ['bedrock.test:80', 'example.com', 'a.b.example.com', '192.0.2.7:1', 'localhost']) {
      expect(await isServedAs(local, host)).toBe(true);
    }
    for (const host of ['a.bedrock.test', 'notexample.com', '192.0.2.8']) {
      expect(await isServedAs(local, host)).toBe(false);
    }
  });

  it.each(['http://bedrock.test', 'bedrock.test:80', 'a/b', '', 7])(
    'does not accept %j as a name',
    async (name) => {
      await expect(startLocalBedrock({ allowedHosts: [name as string] })).rejects.toMatchObject({
        code: 'ERR_INPUT',
        message: expect.stringMatching(/is not a host name/) as unknown,
      });
    },
  );
});

describe('a server on all addresses', () => {
  it('is served under any address, which DNS cannot make another, and under no other name', async () => {
    const local = await start({ host: '0.0.0.0' });
    for (const host of ['192.168.1.5:4567', '0.0.0.0', '[fe80::1]:80', 'localhost']) {
      expect(await isServedAs(local, host)).toBe(true);
    }
    expect(await isServedAs(local, 'evil.example')).toBe(false);
  });

  it('names an address that every client on this machine can use', async () => {
    const local = await start({ host: '0.0.0.0' });
    expect(local.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect((await fetch(await signed(local, { url: local.url }))).status).toBe(200);
  });

  it('has to be asked for by name', async () => {
    await expect(startLocalBedrock({ host: '' })).rejects.toMatchObject({ code: 'ERR_INPUT' });
  });
});
