import { once } from 'node:events';
import { Agent, type IncomingMessage, request as sendHttp1 } from 'node:http';
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { type LocalServer, startLocalBedrock } from 'bedrock-anywhere/local/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../clock.js';
import { fuzzProperty } from '../fuzz/seed.js';
import fc from '../property.js';
import { decode } from './events.js';
import { CONVERSATIONS, MODELS } from './fuzz/conversations.js';
import { DEEP, NESTED, rarely } from './fuzz/odd-json.js';
import { problemOf, type Reply } from './fuzz/refusal-shape.js';
import { type Draft, drafts, IDENTITY_ID, POOL_ID } from './fuzz/requests.js';
import { modelPath, signed } from './request.js';

const unhandled: unknown[] = [];
const onUnhandled = (reason: unknown): void => void unhandled.push(reason);

/** One server that answers as it is started, and one whose answers depend on words of the prompt. */
const servers: LocalServer[] = [];
const sessions: ClientHttp2Session[] = [];
const agent = new Agent({ keepAlive: true, maxSockets: 4 });
let identityId = '';

beforeAll(async () => {
  process.on('unhandledRejection', onUnhandled);
  const options = { logins: { 'login.example.com': 'good' }, webIdentityToken: 'token' };
  servers.push(await startLocalBedrock(options), await startLocalBedrock({ ...options, tools: 'demo' }));
  for (const { url } of servers) sessions.push(connectHttp2(url));
  identityId = await newIdentity();
});
afterAll(async () => {
  agent.destroy();
  for (const session of sessions) session.destroy();
  for (const server of servers) await server.close();
  process.off('unhandledRejection', onUnhandled);
});

async function newIdentity(): Promise<string> {
  const [{ url = '', identityPoolId = '' } = {}] = servers;
  const headers = { 'x-amz-target': 'AWSCognitoIdentityService.GetId' };
  const body = JSON.stringify({ IdentityPoolId: identityPoolId });
  const response = await fetch(url, { method: 'POST', headers, body });
  return ((await response.json()) as { IdentityId: string }).IdentityId;
}

/** The request with what only the running server knows, and with its signature. */
async function finish(local: LocalServer, draft: Draft): Promise<Draft> {
  const body = draft.body
    .replaceAll(POOL_ID, local.identityPoolId)
    .replaceAll(IDENTITY_ID, identityId)
    .replaceAll(NESTED, `${'{"a":'.repeat(900)}1${'}'.repeat(900)}`)
    .replaceAll(DEEP, '['.repeat(20_000) + ']'.repeat(20_000));
  const { path, method, signing } = draft;
  if (signing === 'none') return { ...draft, body };
  let headers: Record<string, string> = { authorization: `Bearer ${local.apiKey}` };
  // Paths that a URL would spell differently cannot be signed here.
  const isPlain = URL.canParse(local.url + path) && new URL(local.url + path).href === local.url + path;
  if (signing !== 'key' && isPlain && !/[?']/.test(path)) {
    const sketch = { path, method, url: local.url, body: Buffer.from(body, 'latin1').toString('utf8') };
    const service = signing === 'sts' ? 'sts' : 'bedrock';
    const contentType = draft.headers['content-type'] ?? 'application/json';
    const request = await signed(local, { ...sketch, service, contentType }).catch(() => undefined);
    if (request !== undefined) headers = Object.fromEntries(request.headers);
  }
  return { ...draft, body, headers: { ...headers, ...draft.headers } };
}

async function send(local: LocalServer, draft: Draft): Promise<Reply> {
  const hasNone = draft.method === 'GET' || draft.method === 'HEAD';
  const body = Buffer.from(hasNone ? '' : draft.body, 'latin1');
  return draft.isHttp2 ? overHttp2(local, draft, body) : overHttp1(local, draft, body);
}

async function overHttp1(local: LocalServer, draft: Draft, body: Buffer): Promise<Reply> {
  const { hostname, port } = new URL(local.url);
  const { method, path, headers } = draft;
  const length = body.length === 0 ? {} : { 'content-length': body.length };
  const request = sendHttp1({ hostname, port, method, path, headers: { ...length, ...headers }, agent });
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const { statusCode = 0, headers: received } = response;
  return { method, status: statusCode, headers: received as Reply['headers'], body: await buffer(response) };
}

async function overHttp2(local: LocalServer, draft: Draft, body: Buffer): Promise<Reply> {
  const session = sessions[servers.indexOf(local)] as ClientHttp2Session;
  const { method, path, headers } = draft;
  const { host = '', expect: _notInHttp2, ...rest } = headers;
  // nghttp2 itself rejects any other.
  const authority = /^[\w.:-]+$/.test(host) ? host : new URL(local.url).host;
  const stream = session.request(
    {
      ':method': method,
      ':path': path.startsWith('/') ? path : '/',
      ':authority': authority,
      ...Object.fromEntries(Object.entries(rest).filter(([name]) => name !== '__proto__')),
    },
    { endStream: body.length === 0 },
  );
  if (body.length > 0) stream.end(body);
  const [received] = (await once(stream, 'response')) as [Record<string, string>];
  return { method, status: Number(received[':status']), headers: received, body: await buffer(stream) };
}

/** Faults that make an answer something other than AWS's; what they do is tested where they are. */
function isFaulty({ headers }: Draft): boolean {
  return /status|truncate|flip|exception|not-eventstream/.test(headers['x-local-fault'] ?? '');
}

/** An answer that a client of AWS can read, whatever the request was. */
function expectReadable(draft: Draft, reply: Reply): void {
  const { method, status, headers, body } = reply;
  if (isFaulty(draft)) {
    expect(status).not.toBe(500);
    return;
  }
  if (status < 400) {
    expect(status).toBe(method === 'OPTIONS' ? 204 : 200);
    const type = headers['content-type'] ?? '';
    if (method === 'HEAD' || method === 'OPTIONS') return;
    if (type === 'application/vnd.amazon.eventstream') {
      expect(decode(body).at(-1)?.headers[':event-type']).toBe('metadata');
    } else if (/json/.test(type)) JSON.parse(body.toString('utf8'));
    else expect(['text/plain', 'text/xml']).toContain(type);
    return;
  }
  expect(problemOf(reply), `${status} ${body.toString('utf8').slice(0, 300)}`).toBeUndefined();
}

describe('any request', () => {
  it.each(CONVERSATIONS.map((body, n) => [n, body]))(
    'is made of one that some model accepts: number %i',
    async (_n, body) => {
      const [local] = servers as [LocalServer];
      const statuses = MODELS.map(async (model) => {
        const path = modelPath('converse-stream', model);
        const response = await fetch(await signed(local, { path, body, url: local.url }));
        await response.arrayBuffer();
        return response.status;
      });
      expect(await Promise.all(statuses)).toContain(200);
    },
  );

  const seen = new Set<number>();
  fuzzProperty(
    'gets an answer that AWS could have given',
    0.225,
    fc.tuple(drafts, fc.nat(1)),
    async ([draft, which]) => {
      const local = servers[which] as LocalServer;
      const request = await finish(local, draft);
      const reply = await send(local, request);
      seen.add(reply.status);
      expectReadable(request, reply);
      expect(local.liveConnections()).toBe(0);
      expect(unhandled).toEqual([]);
    },
    // Requests that are all refused at the door would prove nothing.
    () => expect([...seen]).toEqual(expect.arrayContaining([200, 400, 403, 404])),
  );

  const damage = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(255)), {
    maxLength: 4,
  });
  const cut = rarely(fc.double({ min: 0, max: 1, noNaN: true }), 2);
  fuzzProperty(
    'leaves nothing open, whatever its bytes are',
    0.025,
    fc.tuple(drafts, damage, cut, fc.nat(1)),
    async ([draft, changes, end, which]) => {
      const local = servers[which] as LocalServer;
      const { method, path, headers, body } = await finish(local, draft);
      const lines = Object.entries({ host: 'localhost', 'content-length': String(body.length), ...headers });
      const head = `${method} ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}`).join('\r\n')}\r\n\r\n`;
      const bytes = Buffer.from(head + body, 'latin1');
      for (const [place, byte] of changes) bytes[Math.floor(place * (head.length - 1))] = byte;
      const socket = connect(Number(new URL(local.url).port), '127.0.0.1');
      // A server that closes what it cannot read may reset the connection.
      socket.on('error', () => undefined).resume();
      const closed = new Promise((resolve) => socket.once('close', resolve));
      socket.end(end === null ? bytes : bytes.subarray(0, Math.floor(end * bytes.length)));
      await closed;
      await until(() => local.liveConnections() === 0);
      expect(unhandled).toEqual([]);
    },
  );
});
