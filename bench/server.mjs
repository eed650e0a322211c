/**
 * Serves one Converse stream encoded beforehand by AWS's own codec: `/<deltas>` gives that many text deltas.
 * Runs in a process of its own, so that its work is nobody's measurement. Prints its port.
 */
import { createServer } from 'node:http';
import { EventStreamCodec } from '@smithy/eventstream-codec';

const utf8 = new TextEncoder();
const codec = new EventStreamCodec(
  (bytes) => new TextDecoder().decode(bytes),
  (text) => utf8.encode(text),
);

function frame(type, body) {
  const headers = {
    ':event-type': { type: 'string', value: type },
    ':content-type': { type: 'string', value: 'application/json' },
    ':message-type': { type: 'string', value: 'event' },
  };
  return codec.encode({ headers, body: utf8.encode(JSON.stringify(body)) });
}

const PADDING = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

function encode(deltas) {
  const frames = [frame('messageStart', { role: 'assistant', p: PADDING.slice(0, 9) })];
  for (let i = 0; i < deltas; i++) {
    const p = PADDING.slice(0, (i * 7) % PADDING.length);
    frames.push(frame('contentBlockDelta', { contentBlockIndex: 0, delta: { text: ` word${i % 97}` }, p }));
  }
  frames.push(
    frame('contentBlockStop', { contentBlockIndex: 0, p: 'ab' }),
    frame('messageStop', { stopReason: 'end_turn', p: 'abcd' }),
    frame('metadata', {
      usage: { inputTokens: 10, outputTokens: deltas, totalTokens: deltas + 10 },
      metrics: { latencyMs: 1 },
      p: 'abc',
    }),
  );
  return Buffer.concat(frames);
}

const bodies = new Map();
const CHUNK = 64 * 1024;

const server = createServer((request, response) => {
  request.resume().on('end', () => {
    const deltas = Number(/^\/(\d+)/.exec(request.url)?.[1] ?? 1);
    if (!bodies.has(deltas)) bodies.set(deltas, encode(deltas));
    const body = bodies.get(deltas);
    response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' });
    let at = 0;
    const pump = () => {
      while (at < body.length) {
        const more = response.write(body.subarray(at, (at += CHUNK)));
        if (!more) return response.once('drain', pump);
      }
      response.end();
    };
    pump();
  });
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
