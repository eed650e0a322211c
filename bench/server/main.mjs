/**
 * The server of all measurements, in a process of its own so that its work is nobody's measurement. HTTP/1.1 and
 * HTTP/2 without TLS on one port, which it sends to its parent.
 *
 *     POST /model/<model>/converse-stream   an answer of `answers.mjs`, or of `paced.mjs` for `load.…`
 *     OPTIONS …                             lets pages of any origin ask
 *     GET  /facts/<model>                   what a client must have read of it
 *     GET  /arrival/<id>                    when the first request for a model `….id-<id>` arrived, monotonic ns
 *     GET  /image                           the image of the last request
 *     GET  /track/<events>                  encodes the events of paced answers
 *     GET  /load                            how late the server wrote since it was last asked; sockets but the asking one
 */
import { createServer as createHttp } from 'node:http';
import { createServer as createHttp2 } from 'node:http2';
import { createServer } from 'node:net';
import { answerOf, imageIn } from './answers.mjs';
import { pace, pacing, trackOf } from './paced.mjs';

const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
const arrivals = new Map();
/** Replies that wait until as many requests have come as their model says. */
const held = new Map();
let lastBody = Buffer.alloc(0);

function answer(request, response) {
  const arrived = process.hrtime.bigint();
  const [, what, name = ''] = (request.url ?? '').split('?')[0].split('/').map(decodeURIComponent);
  if (request.headers.origin !== undefined) letPagesIn(request, response);
  if (request.method === 'OPTIONS') return response.writeHead(204).end();
  if (request.method === 'GET') return reply(response, what, name);
  const [, id] = /\.id-([\w-]+)/.exec(name) ?? [];
  if (id !== undefined && !arrivals.has(id)) arrivals.set(id, String(arrived));
  const model = name.replace(/\.(?:id|hold)-[\w-]+/g, '');
  const [, holdFor] = /\.hold-(\d+)/.exec(name) ?? [];
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    lastBody = Buffer.concat(chunks);
    if (model.startsWith('load.')) return pace(model, response);
    const send = () => pump(response, answerOf(model).chunks);
    if (holdFor === undefined) return send();
    const waiting = [...(held.get(name) ?? []), send];
    held.set(name, waiting);
    if (waiting.length < Number(holdFor)) return;
    held.delete(name);
    for (const go of waiting) go();
  });
}

/** The headers of a preflight's answer, and the one that all other answers need. */
function letPagesIn({ headers }, response) {
  response.setHeader('access-control-allow-origin', '*');
  const wanted = headers['access-control-request-headers'];
  if (wanted !== undefined) response.setHeader('access-control-allow-headers', wanted);
}

function reply(response, what, name) {
  const load = () => ({ ...pacing(), openSockets: sockets.size - 1 });
  const answers = {
    facts: () => answerOf(name).facts,
    arrival: () => arrivals.get(name),
    image: () => imageIn(lastBody),
    track: () => trackOf(Number(name)).bytes.length,
    load,
  };
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(answers[what]?.() ?? null));
}

/** Writes as fast as the socket takes it and no faster. */
function pump(response, chunks) {
  response.writeHead(200, {
    'content-type': 'application/vnd.amazon.eventstream',
    'x-amzn-requestid': 'request-1',
  });
  let at = 0;
  const more = () => {
    while (at < chunks.length) if (!response.write(chunks[at++])) return response.once('drain', more);
    response.end();
  };
  more();
}

const sockets = new Set();
const http1 = createHttp({ keepAliveTimeout: 5000 }, answer);
const http2 = createHttp2(answer);
const server = createServer((socket) => {
  sockets.add(socket);
  socket.on('close', () => sockets.delete(socket)).on('error', () => {});
  route(socket, Buffer.alloc(0));
});

/** Hands the socket to the protocol whose first bytes arrive. */
function route(socket, before) {
  socket.once('readable', () => {
    const head = Buffer.concat([before, socket.read() ?? Buffer.alloc(0)]);
    const start = PREFACE.subarray(0, head.length);
    const isPreface = head.subarray(0, start.length).equals(start);
    if (isPreface && head.length < PREFACE.length && !socket.readableEnded) return route(socket, head);
    socket.unshift(head);
    (isPreface && head.length > 0 ? http2 : http1).emit('connection', socket);
  });
}

server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => process.send(server.address().port));
process.on('disconnect', () => process.exit());
