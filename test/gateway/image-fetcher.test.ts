import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ImageFetcherOptions, imageFetcherOver } from '../../src/gateway/node/image-fetcher.js';
import { createImageFetcher } from '../../src/gateway/node/index.js';
import type { Target } from '../../src/gateway/node/pinned-connection.js';
import { connectPinned } from '../../src/gateway/node/pinned-connection.js';
import { until } from '../clock.js';
import { makeCertificate } from '../transport/tunnel.js';
import { PIXEL_BASE64 } from './recorded.js';
import { CLAUDE, json, setUp } from './setup.js';
import { manualTimers } from './timers.js';

const PIXEL = new Uint8Array(Buffer.from(PIXEL_BASE64, 'base64'));
const PUBLIC = '93.184.216.34';
const certificate = makeCertificate('*.images.test');
const MOST = 10_000;

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

let server: Server;
let answer: Answer;
/** Sockets that the server has seen, open or not. */
let sockets: Socket[];
/** Where the fetcher has opened connections to. */
let targets: Target[];
let timers: ReturnType<typeof manualTimers>;

const needsTls = certificate === undefined ? describe.skip : describe;
const why = certificate === undefined ? ' (skipped: openssl is missing)' : '';

beforeEach(async () => {
  sockets = [];
  targets = [];
  timers = manualTimers();
  answer = (_request, response) => void response.writeHead(200, { 'content-type': 'image/png' }).end(PIXEL);
  server = createServer(certificate ?? {}, (request, response) => answer(request, response));
  server.on('connection', (socket: Socket) => sockets.push(socket.on('error', () => undefined)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

/** A fetcher for a name service that answers with these addresses, one list after the other. */
function fetcher(answers: readonly (readonly string[])[] = [[PUBLIC]], options: ImageFetcherOptions = {}) {
  const asked: string[] = [];
  const fetchImage = imageFetcherOver(
    {
      async resolve(hostname) {
        asked.push(hostname);
        return answers[asked.length - 1] ?? answers.at(-1) ?? [];
      },
      // The public internet is the server of this test.
      connect(target) {
        targets.push(target);
        const { port } = server.address() as AddressInfo;
        return connectTls({ port, host: '127.0.0.1', servername: target.hostname, ca: certificate?.cert });
      },
      startTimer: timers.startTimer,
    },
    options,
  );
  const get = (url: string, signal = new AbortController().signal): Promise<Uint8Array> =>
    fetchImage(new URL(url), { signal, maxBytes: MOST });
  return { asked, fetchImage, get };
}

const failure = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'It was fetched.',
    (error: Error) => error.message,
  );

/** All connections are closed, at both ends. */
const allClosed = () => until(() => sockets.every((socket) => socket.destroyed));

needsTls(`an image behind a URL${why}`, () => {
  it('is fetched from the address that was checked, without anything of the gateway', async () => {
    let request: IncomingMessage | undefined;
    const { asked, get } = fetcher([[PUBLIC, '2606:4700::1']]);
    const before = answer;
    answer = (given, response) => {
      request = given;
      before(given, response);
    };
    expect(await get('https://a.images.test/cat.png?size=1#part')).toEqual(PIXEL);
    expect(asked).toEqual(['a.images.test']);
    expect(targets).toEqual([{ hostname: 'a.images.test', port: 443, addresses: [PUBLIC, '2606:4700::1'] }]);
    expect([request?.method, request?.url, request?.headers]).toEqual([
      'GET',
      '/cat.png?size=1',
      {
        host: 'a.images.test',
        accept: 'image/png,image/jpeg,image/gif,image/webp',
        'accept-encoding': 'identity',
        connection: 'close',
      },
    ]);
    expect(timers.running.size).toBe(0);
    await allClosed();
  });

  it('is not fetched from a server whose certificate is for another host', async () => {
    expect(await failure(fetcher().get('https://other.test/a.png'))).toMatch(/certificate|altnames/i);
  });

  it.each([
    ['http', 'http://a.images.test/a.png', 'and not by https'],
    ['another protocol', 'ftp://a.images.test/a.png', 'and not by https'],
    ['credentials', 'https://user:secret@a.images.test/a.png', 'contains credentials'],
    ['another port', 'https://a.images.test:22/', 'not on port 443'],
    ['a loopback address', 'https://127.0.0.1/', '127.0.0.1, which is not a public address'],
    ['one in hexadecimal', 'https://0x7f.1/', '127.0.0.1, which is not a public address'],
    ['one as a number', 'https://2130706433/', '127.0.0.1, which is not a public address'],
    ['one in octal', 'https://0177.0.0.01/', '127.0.0.1, which is not a public address'],
    ['one with other digits', 'https://１２７.0.0.1/', '127.0.0.1, which is not a public address'],
    ['the metadata service', 'https://169.254.169.254/latest/', 'not a public address'],
    ['IPv6 loopback', 'https://[::1]/', '::1, which is not a public address'],
    ['IPv4-mapped loopback', 'https://[::ffff:127.0.0.1]/', 'not a public address'],
    ['unspecified', 'https://0/', '0.0.0.0, which is not a public address'],
  ])('is not fetched: %s', async (_what, url, reason) => {
    expect(await failure(fetcher().get(url))).toContain(reason);
    expect(targets).toEqual([]);
  });

  it.each([
    [['10.0.0.1']],
    [[PUBLIC, '127.0.0.1']],
    [['2606:4700::1', 'fd00:ec2::254']],
    [['::ffff:169.254.169.254']],
    [[]],
  ])('is not fetched from a host at %j', async (addresses) => {
    expect(await failure(fetcher([addresses]).get('https://a.images.test/'))).toMatch(
      /not a public address|no address/,
    );
    expect(targets).toEqual([]);
  });

  it('is not fetched from a name service that answers something else the second time', async () => {
    const { asked, get } = fetcher([[PUBLIC], ['127.0.0.1']]);
    await get('https://a.images.test/');
    expect([asked.length, targets.map(({ addresses }) => addresses)]).toEqual([1, [[PUBLIC]]]);
  });

  it('may be limited to hosts', async () => {
    const { get } = fetcher([[PUBLIC]], { hosts: ['*.images.test'] });
    expect(await get('https://a.images.test/')).toEqual(PIXEL);
    expect(await failure(get('https://images.test.evil.test/'))).toContain('not one of the hosts');
  });
});

needsTls(`a redirect${why}`, () => {
  /** The server redirects each path to the next one. */
  function redirect(...locations: string[]): void {
    const pixel = answer;
    let step = 0;
    answer = (request, response) => {
      const location = locations[step++];
      if (location === undefined) pixel(request, response);
      else response.writeHead(302, { location }).end('Moved.');
    };
  }

  it('is followed, and its host is resolved and checked anew', async () => {
    redirect('/b.png', 'https://b.images.test/c.png');
    const { asked, get } = fetcher();
    expect(await get('https://a.images.test/a.png')).toEqual(PIXEL);
    expect(asked).toEqual(['a.images.test', 'a.images.test', 'b.images.test']);
    await allClosed();
  });

  it.each([
    ['to another protocol', 'http://a.images.test/', 'and not by https'],
    ['to loopback', 'https://127.0.0.1/', 'not a public address'],
    ['to metadata', 'https://[fd00:ec2::254]/', 'not a public address'],
    ['to another port', 'https://a.images.test:8443/', 'not on port 443'],
    ['with credentials', 'https://me:secret@a.images.test/', 'credentials'],
    ['to what is not a URL', 'https://[', 'Invalid URL'],
  ])('%s is not followed', async (_what, location, reason) => {
    redirect(location);
    expect(await failure(fetcher().get('https://a.images.test/'))).toContain(reason);
    expect(targets).toHaveLength(1);
    await allClosed();
  });

  it('to a name that has become private since is not followed', async () => {
    redirect('/again');
    const { get } = fetcher([[PUBLIC], ['192.168.1.1']]);
    expect(await failure(get('https://a.images.test/'))).toContain('192.168.1.1');
    expect(targets).toHaveLength(1);
  });

  it('is followed three times at most, or as often as the operator says', async () => {
    redirect(...Array.from({ length: 9 }, (_, i) => `/${i}`));
    expect(await failure(fetcher().get('https://a.images.test/'))).toContain('more than 3 times');
    expect(targets).toHaveLength(4);
    expect(await failure(fetcher([[PUBLIC]], { maxRedirects: 0 }).get('https://a.images.test/'))).toContain(
      'more than 0 times',
    );
  });
});

needsTls(`an answer that is too much${why}`, () => {
  it('by its length is not read', async () => {
    answer = (_request, response) => response.writeHead(200, { 'content-length': MOST + 1 }).write(PIXEL);
    expect(await failure(fetcher().get('https://a.images.test/'))).toContain(`more than ${MOST} bytes`);
    await allClosed();
  });

  it('without a length is counted as it arrives', async () => {
    answer = (_request, response) => {
      response.write(PIXEL);
      const more = (): void => {
        while (!response.destroyed && response.write(new Uint8Array(1000)));
      };
      response.on('drain', more);
      more();
    };
    expect(await failure(fetcher().get('https://a.images.test/'))).toContain(`more than ${MOST} bytes`);
    await allClosed();
  });

  it.each([
    ['not an image', {}, '<!doctype html><title>Log in</title>', 'something other than'],
    [
      'an image by its type only',
      { 'content-type': 'image/svg+xml' },
      '<svg onload="x"></svg>',
      'something other than',
    ],
    ['too short', {}, 'GIF', 'something other than'],
    ['empty', {}, '', 'something other than'],
    ['compressed', { 'content-encoding': 'gzip' }, PIXEL, 'compressed answer (gzip)'],
  ])('is refused: %s', async (_what, headers, body, reason) => {
    // It never ends, so that only a fetcher that does not wait for the end can refuse it.
    answer = (_request, response) => {
      response.writeHead(200, headers);
      if (body.length < 12) response.end(body);
      else response.write(body);
    };
    expect(await failure(fetcher().get('https://a.images.test/'))).toContain(reason);
    await allClosed();
  });

  it.each([404, 500, 204, 304])('with the status %i is refused', async (status) => {
    answer = (_request, response) => void response.writeHead(status).end();
    expect(await failure(fetcher().get('https://a.images.test/'))).toContain(`the status ${status}`);
  });

  it('that takes too long, redirects included, is given up on and its connection closed', async () => {
    let requests = 0;
    answer = (_request, response) => {
      requests += 1;
      if (requests === 1) response.writeHead(302, { location: '/b' }).end();
      else response.writeHead(200).write(PIXEL.subarray(0, 20));
    };
    const failed = failure(fetcher().get('https://a.images.test/'));
    await until(() => requests === 2);
    timers.fire(10_000);
    expect(await failed).toBe('The image of a.images.test did not arrive within 10000 ms.');
    await allClosed();
  });

  it('is given up on when the client leaves, also while the name is resolved', async () => {
    answer = () => undefined;
    const left = new AbortController();
    const failed = failure(fetcher().get('https://a.images.test/', left.signal));
    await until(() => sockets.length === 1);
    left.abort(new Error('The client has left.'));
    expect(await failed).toBe('The client has left.');
    await allClosed();

    const again = new AbortController();
    const resolving = imageFetcherOver({
      resolve: () => new Promise(() => {}),
      connect: connectPinned,
      startTimer: timers.startTimer,
    });
    const waiting = failure(
      resolving(new URL('https://a.images.test/'), { signal: again.signal, maxBytes: 1 }),
    );
    again.abort(new Error('The client has left.'));
    expect(await waiting).toBe('The client has left.');
    expect(timers.running.size).toBe(0);
  });
});

needsTls(`a pinned connection${why}`, () => {
  it('goes to the given address, whatever the name resolves to, and checks the certificate', async () => {
    const { port } = server.address() as AddressInfo;
    const socket = connectPinned({ hostname: 'a.images.test', port, addresses: ['127.0.0.1'] });
    const [error] = (await once(socket, 'error').catch((thrown: unknown) => [thrown])) as [{ code: string }];
    expect([error.code, sockets.length]).toEqual(['DEPTH_ZERO_SELF_SIGNED_CERT', 1]);
  });

  it('sends the name of the host', async () => {
    let hello = '';
    const tcp = createTcpServer((socket) => {
      socket
        .on('error', () => undefined)
        .once('data', (bytes) => {
          hello = bytes.toString('latin1');
          socket.destroy();
        });
    }).listen(0, '127.0.0.1');
    await once(tcp, 'listening');
    const { port } = tcp.address() as AddressInfo;
    const socket = connectPinned({ hostname: 'a.images.test', port, addresses: ['127.0.0.1'] });
    await once(socket, 'close').catch(() => undefined);
    expect(hello).toContain('a.images.test');
    tcp.close();
  });
});

describe('createImageFetcher()', () => {
  it('refuses what the real name service has for this machine', async () => {
    const fetchImage = createImageFetcher();
    const request = { signal: new AbortController().signal, maxBytes: MOST };
    await expect(fetchImage(new URL('https://localhost/a.png'), request)).rejects.toThrow(
      'which is not a public address',
    );
  });

  it.each([
    [{ hosts: 'images.test' }, /The option hosts/],
    [{ maxRedirects: -1 }, /The option maxRedirects is -1/],
    [{ timeoutMs: 1e9 }, /The option timeoutMs is 1000000000/],
    [{ maxRedirect: 1 }, /Pass maxRedirects/],
  ])('rejects the options %j', (options, message) => {
    expect(() => createImageFetcher(options as never)).toThrow(message);
  });
});

describe('a gateway', () => {
  const ask = (url: string) => ({
    model: CLAUDE,
    messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }],
  });

  it.skipIf(certificate === undefined)(`sends what it fetches${why}`, async () => {
    const gateway = await setUp({ gateway: { fetchImage: fetcher().fetchImage } });
    const response = await gateway.send('/v1/chat/completions', ask('https://a.images.test/a.png'));
    expect(response.status).toBe(200);
    const image = { format: 'png', source: { bytes: PIXEL_BASE64 } };
    expect(gateway.sent()).toMatchObject({ messages: [{ content: [{ image }] }] });
  });

  it('tells the log why it fetched nothing, and the client only that it failed', async () => {
    const gateway = await setUp({ gateway: { fetchImage: createImageFetcher() } });
    const response = await gateway.send('/v1/chat/completions', ask('https://127.0.0.1/a.png'));
    const { error } = await json(response);
    expect([response.status, error.param]).toEqual([400, 'messages.0.content.0.image_url.url']);
    expect(error.message).toMatch(/cannot be fetched/);
    expect(error.message).not.toContain('public');
    expect(gateway.log[0]?.error).toMatchObject({
      cause: { message: '127.0.0.1 is at 127.0.0.1, which is not a public address.' },
    });
  });

  it('counts fetched images like bodies', async () => {
    const fetchImage = async () => PIXEL;
    const limits = { totalBodyBytes: 400 };
    const gateway = await setUp({ gateway: { fetchImage, limits } });
    const url = 'https://a.images.test/a.png';
    expect((await gateway.send('/v1/chat/completions', ask(url))).status).toBe(200);
    const many = { ...ask(url), messages: Array.from({ length: 3 }, () => ask(url).messages[0]) };
    expect(JSON.stringify(many).length).toBeLessThan(500);
    expect((await gateway.send('/v1/chat/completions', many)).status).toBe(429);
  });
});
