import { describe, expect, it } from 'vitest';
import { isBedrockError } from '../../src/errors.js';
import { FrameDecoder, readConverseEvent } from '../../src/wire/events.js';
import fc from '../property.js';
import { bodyOf, cut, eventFrame, frame, framesOf, type Json, joined, type WireEvent } from './frames.js';
import { codeOf, expectedEvent, readEvents, thrownBy, tryEvents } from './reading.js';
import { ALL_STREAMS, IMAGE_PIECES, SECRET_PIECES, STREAMS } from './streams.js';

const TYPES = [
  'messageStart',
  'contentBlockStart',
  'contentBlockDelta',
  'contentBlockStop',
  'messageStop',
  'metadata',
];

describe('FrameDecoder', () => {
  it.each(ALL_STREAMS)('%s: every event is tagged with its type and keeps its members', (_name, events) => {
    expect(readEvents([bodyOf(events)])).toStrictEqual(events.map(expectedEvent));
  });

  it.each(ALL_STREAMS)('%s: the padding reaches nobody', (_name, events) => {
    const read = readEvents([bodyOf(events)]);
    expect(read.filter((event) => 'p' in event)).toEqual([]);
    expect(framesOf(events).every((bytes) => new TextDecoder().decode(bytes).includes('"p":"abc'))).toBe(
      true,
    );
  });

  it('hands out bytes as Uint8Array: redacted reasoning and images', () => {
    expect(deltasOf(STREAMS.redacted).slice(0, 3)).toEqual(
      SECRET_PIECES.map((redactedContent) => ({ reasoningContent: { redactedContent } })),
    );
    expect(deltasOf(STREAMS.image)).toEqual(IMAGE_PIECES.map((bytes) => ({ image: { source: { bytes } } })));
  });

  it.each([
    ['reasoningContent', { redactedContent: 'not base64!' }, 'reasoningContent.redactedContent'],
    ['image', { source: { bytes: 'A' } }, 'image.source.bytes'],
  ])('refuses bytes of %s that are not base64', (kind, value, where) => {
    const error = thrownBy(() => readEvents([deltaFrame({ [kind]: value })]));
    expect(codeOf(error)).toBe('ERR_PROTOCOL');
    expect(error).toMatchObject({ message: expect.stringContaining(where) });
  });

  it.each([
    { text: '' },
    { citation: { title: 'a', location: { web: { url: 'https://a.example' } } } },
    { toolResult: [{ text: 'a' }, { json: { b: [1, null] } }] },
    { image: { error: { message: 'too large' } } },
    { image: { source: { s3Location: { uri: 's3://bucket/key' } } } },
    { hologram: { depth: 3, p: 'kept' } },
    {},
  ])('hands on the delta %j as it is, known or not', (delta) => {
    expect(readEvents([deltaFrame(delta)])).toStrictEqual([
      { type: 'contentBlockDelta', contentBlockIndex: 4, delta },
    ]);
  });

  it('hands on members that it does not know of every event but deltas and stops', () => {
    const events: WireEvent[] = [
      ['messageStart', { role: 'assistant', mood: 'fair' }],
      [
        'contentBlockStart',
        { contentBlockIndex: 0, start: { toolUse: { name: 'a', extra: 1 } }, colour: 'red' },
      ],
      ['messageStop', { stopReason: 'a_new_reason', stopDetails: {} }],
      ['metadata', { usage: { inputTokens: 1, novelTokens: 2 }, forecast: null }],
    ];
    expect(readEvents([bodyOf(events)])).toStrictEqual(events.map(expectedEvent));
  });

  it('passes over types that it does not know, without looking into them', () => {
    const [start, ...rest] = framesOf(STREAMS.text);
    if (start === undefined) throw new Error('The stream is empty.');
    const unknown = [
      eventFrame('initial-response', {}),
      eventFrame('contentBlockPause', 'not JSON'),
      eventFrame('', ''),
    ];
    expect(readEvents([joined([...unknown, start, ...unknown, ...rest])])).toEqual(
      readEvents([joined([start, ...rest])]),
    );
  });

  it.each(TYPES)('refuses a payload of %s that is not a JSON object', (type) => {
    for (const payload of ['', '{', 'null', '"text"', '5', 'true', '[]', '[{}]', '<html>']) {
      const error = thrownBy(() => readEvents([eventFrame(type, payload)]));
      expect(codeOf(error), payload).toBe('ERR_PROTOCOL');
      expect(error).toMatchObject({ phase: 'stream', retryable: false, name: 'ProtocolError' });
    }
  });

  it.each([{}, { delta: null }, { delta: 'text' }, { delta: 5 }])(
    'refuses a contentBlockDelta that has no delta: %j',
    (members) => {
      const bytes = eventFrame('contentBlockDelta', { contentBlockIndex: 0, ...members });
      expect(codeOf(thrownBy(() => readEvents([bytes])))).toBe('ERR_PROTOCOL');
    },
  );

  it.each([
    ['none', {}],
    ['news', { ':message-type': 'news', ':event-type': 'messageStart' }],
    ['Event', { ':message-type': 'Event', ':event-type': 'messageStart' }],
  ])('refuses a frame whose message type is %s', (type, headers) => {
    const error = thrownBy(() => readEvents([frame(headers, { role: 'assistant' })]));
    expect(codeOf(error)).toBe('ERR_PROTOCOL');
    expect(error).toMatchObject({ message: expect.stringContaining(`message type ${type}`) });
  });

  it('throws nothing but its own errors, whatever the JSON of a payload is', () => {
    const names = ['reasoningContent', 'redactedContent', 'image', 'source', 'bytes'];
    const { json } = fc.letrec<{ json: unknown }>((tie) => ({
      json: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom(null, true, 0, '', 'AAAA', '!'),
        fc.array(tie('json'), { maxLength: 2 }),
        fc.dictionary(fc.constantFrom(...names), tie('json'), { maxKeys: 3 }),
      ),
    }));
    const payload = fc.record({ contentBlockIndex: json, delta: json, start: json }, { requiredKeys: [] });
    fc.assert(
      fc.property(fc.constantFrom('contentBlockDelta', ...TYPES), payload, (type, members) => {
        const { error } = tryEvents([eventFrame(type, members)]);
        if (error !== undefined && !isBedrockError(error)) throw error;
      }),
      { numRuns: 300 },
    );
  });

  it('gives events as soon as their last byte is there', () => {
    const frames = framesOf(STREAMS.text);
    const reader = new FrameDecoder(readConverseEvent);
    for (const [i, bytes] of frames.entries()) {
      const [most, last] = cut(bytes, bytes.length - 1);
      if (most === undefined || last === undefined) throw new Error('A frame has fewer than two bytes.');
      reader.feed(most);
      expect(reader.next()).toBeUndefined();
      reader.feed(last);
      expect(reader.next()?.type).toBe(STREAMS.text[i]?.[0]);
      expect(reader.next()).toBeUndefined();
    }
    expect(() => reader.end()).not.toThrow();
  });

  it("reads Node's Buffer as it reads Uint8Array", () => {
    const bytes = bodyOf(STREAMS.redacted);
    const pieces = [Buffer.from(bytes.subarray(0, 200)), Buffer.from(bytes.subarray(200))];
    expect(readEvents(pieces)).toStrictEqual(readEvents([bytes]));
  });

  it('takes a limit of the frame', () => {
    const reader = new FrameDecoder(readConverseEvent, 100);
    reader.feed(deltaFrame({ text: 'x'.repeat(100) }));
    expect(codeOf(thrownBy(() => reader.next()))).toBe('ERR_PROTOCOL');
  });
});

function deltaFrame(delta: Json): Uint8Array {
  return eventFrame('contentBlockDelta', { contentBlockIndex: 4, delta, p: 'abc' });
}

function deltasOf(events: readonly WireEvent[]): unknown[] {
  return readEvents([bodyOf(events)]).flatMap((event) =>
    event.type === 'contentBlockDelta' ? [event.delta] : [],
  );
}
