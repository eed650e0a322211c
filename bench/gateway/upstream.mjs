/**
 * Bedrock and OpenAI as every contender sees them, in a process of its own, which sends its port to its parent. Answers are
 * encoded beforehand, so that its own work is small and always the same.
 *
 *     POST /model/<model>/converse          a whole answer
 *     POST /model/<model>/converse-stream   a stream of events; without end for the model `ENDLESS`
 *     POST /v1/chat/completions             the same in OpenAI's form, for the bare proxy
 */
import { createServer } from 'node:http';
import { closing, frame, opening, padding } from '../server/answers.mjs';
import { DELTAS, ENDLESS, TEXT, WORD } from './answer.mjs';

const usage = { inputTokens: 10, outputTokens: DELTAS, totalTokens: DELTAS + 10 };
const whole = JSON.stringify({
  output: { message: { role: 'assistant', content: [{ text: TEXT }] } },
  stopReason: 'end_turn',
  usage,
  metrics: { latencyMs: 1 },
});
const delta = (i) =>
  frame('contentBlockDelta', { contentBlockIndex: 0, delta: { text: WORD }, p: padding(i) });
const events = [
  opening,
  ...Array.from({ length: DELTAS }, (_, i) => delta(i)),
  ...closing('end_turn', DELTAS),
];
const LONG = frame('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'x'.repeat(2000) }, p: '' });

const head = { id: 'chatcmpl-1', created: 1, model: 'm' };
const counts = { prompt_tokens: 10, completion_tokens: DELTAS, total_tokens: DELTAS + 10 };
const chatWhole = JSON.stringify({
  ...head,
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', content: TEXT }, finish_reason: 'stop' }],
  usage: counts,
});
const chunk = (content, finish_reason = null) => {
  const choices = [{ index: 0, delta: { content }, finish_reason }];
  return Buffer.from(`data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices })}\n\n`);
};
const chatEvents = [
  ...Array.from({ length: DELTAS }, () => chunk(WORD)),
  chunk('', 'stop'),
  Buffer.from('data: [DONE]\n\n'),
];
const CHAT_LONG = chunk('x'.repeat(2000));

function* forever(first, item) {
  yield first;
  for (;;) yield item;
}

/** Writes as fast as the socket accepts it, and no faster. */
function pump(response, type, chunks) {
  response.writeHead(200, { 'content-type': type, 'x-amzn-requestid': 'request-1' });
  const iterator = chunks[Symbol.iterator]();
  const more = () => {
    for (let step = iterator.next(); !step.done; step = iterator.next())
      if (!response.write(step.value)) return response.once('drain', more);
    response.end();
  };
  more();
}

function reply(response, json) {
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(json),
    'x-amzn-requestid': 'request-1',
  });
  response.end(json);
}

const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (bytes) => chunks.push(bytes));
  request.on('end', () => {
    const [, first, model = '', operation = ''] = (request.url ?? '')
      .split('?')[0]
      .split('/')
      .map(decodeURIComponent);
    if (first === 'model') {
      if (operation === 'converse') return reply(response, whole);
      const frames = model === ENDLESS ? forever(opening, LONG) : events;
      return pump(response, 'application/vnd.amazon.eventstream', frames);
    }
    const { stream, model: asked } = JSON.parse(Buffer.concat(chunks));
    if (!stream) return reply(response, chatWhole);
    return pump(
      response,
      'text/event-stream',
      asked === ENDLESS ? forever(chunk(''), CHAT_LONG) : chatEvents,
    );
  });
});
server.keepAliveTimeout = 60_000;
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => process.send(server.address().port));
process.on('disconnect', () => process.exit());
