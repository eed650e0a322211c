import { describe, expect, it } from 'vitest';
import { createBedrock, fromResponse } from '../../src/index.js';
import { bodyOf, type WireEvent } from '../wire/frames.js';

const REQUEST = { modelId: 'm', messages: [{ role: 'user' as const, content: [{ text: 'Hi' }] }] };

/** A client whose service answers with this body. */
const answering = (body: BodyInit, type: string) =>
  createBedrock({
    credentials: { token: 'key' },
    region: 'us-east-1',
    maxAttempts: 1,
    fetch: async () => new Response(body, { headers: { 'content-type': type } }),
  });

const answer = (content: unknown[], more: object = {}) =>
  answering(
    JSON.stringify({ output: { message: { role: 'assistant', content } }, stopReason: 'end_turn', ...more }),
    'application/json',
  ).converse(REQUEST);

const streamOf = (...events: WireEvent[]) =>
  answering(
    bodyOf([
      ['messageStart', { role: 'assistant' }],
      ...events,
      ['messageStop', { stopReason: 'end_turn' }],
      ['metadata', {}],
    ]),
    'application/vnd.amazon.eventstream',
  ).stream(REQUEST);

describe('members of an answer that are null count as absent:', () => {
  it('the text of a block', async () => {
    expect((await answer([{ text: 'a' }, { text: null }])).text).toBe('a');
  });

  it('the tool use of a block', async () => {
    expect((await answer([{ text: 'a', toolUse: null }])).toolUses).toEqual([]);
  });

  it('id and name of a tool use', async () => {
    const named = { toolUseId: '', name: '', input: {} };
    expect((await answer([{ toolUse: { toolUseId: null, name: null, input: {} } }])).toolUses).toEqual([
      named,
    ]);
    const { toolUses } = await streamOf(
      [
        'contentBlockStart',
        { contentBlockIndex: 0, start: { toolUse: { toolUseId: null, name: null, type: null } } },
      ],
      ['contentBlockStop', { contentBlockIndex: 0 }],
    ).result();
    expect(toolUses).toEqual([named]);
  });

  it('the text of a delta', async () => {
    const pieces: unknown[] = [];
    const stream = streamOf(
      ['contentBlockDelta', { contentBlockIndex: 0, delta: { text: null } }],
      ['contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'a' } }],
    );
    for await (const piece of stream.textStream()) pieces.push(piece);
    expect(pieces).toEqual(['a']);
  });
});

describe('what is not of Converse is ERR_PROTOCOL:', () => {
  it.each<[string, unknown[], object?]>([
    ['a block that is null', [null]],
    ['a tool use that is text', [{ toolUse: '!' }]],
    ['a stop reason that is an object', [{ text: 'a' }], { stopReason: {} }],
    ['a stop reason that is null', [{ text: 'a' }], { stopReason: null }],
  ])('%s', async (_name, content, more) => {
    await expect(answer(content, more)).rejects.toMatchObject({ code: 'ERR_PROTOCOL', phase: 'request' });
  });
});

it.each([200, 502])(
  'a response of status %i whose body is not bytes is a mistake of its caller',
  async (status) => {
    const body = new ReadableStream({ start: (controller) => controller.enqueue('text') });
    const page = fromResponse(
      new Response(body, { status, headers: { 'content-type': 'text/event-stream' } }),
    );
    await expect(page.result()).rejects.toMatchObject({
      code: 'ERR_INPUT',
      message: expect.stringContaining('does not consist of bytes'),
    });
  },
);
