import { type ConverseEvent, createBedrock, type EventReader, type PartialResult } from 'bedrock-anywhere';
import { createLocalBedrock, localTransport } from 'bedrock-anywhere/local';
import { describe, expect, it } from 'vitest';
import { collectGarbage } from '../collect-garbage.js';
import { CLAUDE, setUp } from './setup.js';

const MESSAGES = {
  model: CLAUDE,
  max_tokens: 100,
  messages: [{ role: 'user', content: 'Hi' }],
  stream: true,
};
const CHAT = '/v1/chat/completions';
const RESPONSES = { model: CLAUDE, input: 'Hi', stream: true };

const LETTERS = 2000;

/** An answer of many pieces, each a separate string, as if decoded from bytes. */
function* largeAnswer(pieces: number): Generator<ConverseEvent> {
  yield { type: 'messageStart', role: 'assistant' };
  for (let i = 0; i < pieces; i++) {
    const text = Buffer.alloc(LETTERS, 'x').toString('latin1');
    yield { type: 'contentBlockDelta', contentBlockIndex: 0, delta: { text } };
  }
  yield { type: 'contentBlockStop', contentBlockIndex: 0 };
  yield { type: 'messageStop', stopReason: 'end_turn' };
  yield {
    type: 'metadata',
    usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 },
    metrics: { latencyMs: 1 },
  };
}

/** A client that answers with these events, and what its last stream has kept. */
function bedrockOf(events: () => Iterable<ConverseEvent>) {
  const client = createBedrock({
    transport: {
      ...localTransport(createLocalBedrock()),
      async stream<E>() {
        const iterator = events()[Symbol.iterator]();
        const reader: EventReader<ConverseEvent> = {
          requestId: 'request-1',
          take: () => iterator.next().value,
          more: async () => false,
          close: () => undefined,
        };
        return reader as EventReader<never> as EventReader<E>;
      },
    },
  });
  let kept: () => PartialResult | undefined = () => undefined;
  const bedrock: typeof client = {
    ...client,
    stream(...call) {
      const stream = client.stream(...call);
      kept = () => stream.partial;
      return stream;
    },
  };
  return { bedrock, kept: () => kept() };
}

async function open(events: () => Iterable<ConverseEvent>, path: string, body: object) {
  const { bedrock, kept } = bedrockOf(events);
  const gateway = await setUp({ gateway: { bedrock } });
  const response = await gateway.send(path, body);
  expect(response.status).toBe(200);
  return { gateway, kept, reader: (response.body as ReadableStream<Uint8Array>).getReader() };
}

describe('a long answer that a client reads slowly', () => {
  const PIECES = 8000;

  it.each([
    ['Chat Completions', CHAT, MESSAGES],
    ['Messages', '/v1/messages', MESSAGES],
  ])('takes no more memory at its end than at its beginning, in %s', async (_, path, body) => {
    const { reader, gateway } = await open(() => largeAnswer(PIECES), path, body);
    for (let i = 0; i < 100; i++) await reader.read();
    collectGarbage();
    const before = process.memoryUsage().heapUsed;
    for (let i = 100; i < PIECES; i++) await reader.read();
    collectGarbage();
    const grown = process.memoryUsage().heapUsed - before;
    // The whole answer would be 16 MB.
    expect(grown).toBeLessThan((PIECES * LETTERS) / 8);
    await reader.cancel();
    await gateway.close();
  });

  it('is not kept for a result that nobody reads, but its usage is', async () => {
    const { reader, kept, gateway } = await open(() => largeAnswer(3), CHAT, MESSAGES);
    while (!(await reader.read()).done);
    expect(kept()).toMatchObject({
      text: '',
      stopReason: 'end_turn',
      usage: { totalTokens: 3 },
      warnings: [],
    });
    expect(kept()?.message.content).toEqual([]);
    expect(gateway.log.at(-1)).toMatchObject({ outcome: 'complete', usage: { totalTokens: 3 } });
  });

  it('is whole in the last events of Responses, which repeat it', async () => {
    const { reader } = await open(() => largeAnswer(3), '/v1/responses', RESPONSES);
    let text = '';
    for (let step = await reader.read(); !step.done; step = await reader.read())
      text += new TextDecoder().decode(step.value);
    const last = /^data: (.*"type":"response\.completed".*)$/m.exec(text)?.[1] ?? '{}';
    expect(JSON.parse(last).response.output[0].content[0].text).toBe('x'.repeat(3 * LETTERS));
  });
});
