import * as runtime from '@aws-sdk/client-bedrock-runtime';
import { describe, expect, it } from 'vitest';
import { describeFixtures, recordings } from '../fixtures.js';
import fc from '../property.js';
import {
  base64,
  bodyOf,
  codec,
  cut,
  errorFrame,
  eventFrame,
  exceptionFrame,
  frame,
  framesOf,
  type Json,
  joined,
  rawFrame,
} from '../wire/frames.js';
import { expectSame } from '../wire/reading.js';
import { ALL_STREAMS, STREAMS } from '../wire/streams.js';
import { described, type Operation, readBoth } from './outcome.js';

/** Both readings of the same chunks, which must not differ in anything. */
async function expectNoDifference(
  chunks: readonly Uint8Array[],
  operation?: Operation,
): Promise<Awaited<ReturnType<typeof readBoth>>> {
  const both = await readBoth(() => ({ chunks }), operation);
  expectSame(both.ours.events, both.stock.events);
  expect(described(both.ours.error)).toStrictEqual(described(both.stock.error));
  return both;
}

describe('the AWS client with our decoder gives the same events as it does alone', () => {
  it.each(ALL_STREAMS)('%s', async (_name, events) => {
    const bytes = bodyOf(events);
    const { ours } = await expectNoDifference([bytes]);
    expect(ours.error).toBeUndefined();
    expect(ours.events).toHaveLength(events.length);
    await expectNoDifference(Array.from(bytes, (_byte, i) => bytes.subarray(i, i + 1)));
  });

  it('in pieces of any size', async () => {
    const bytes = bodyOf([...STREAMS.reasoning, ...STREAMS.redacted, ...STREAMS.toolUse, ...STREAMS.image]);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: bytes.length }), { maxLength: 12 }), async (at) => {
        await expectNoDifference(cut(bytes, ...at.sort((a, b) => a - b)));
      }),
      { numRuns: 30 },
    );
  });

  it('with bytes as bytes', async () => {
    const { ours } = await expectNoDifference([bodyOf(STREAMS.redacted)]);
    const pieces = ours.events.flatMap(
      (event) =>
        (event as runtime.ConverseStreamOutput).contentBlockDelta?.delta?.reasoningContent?.redactedContent ??
        [],
    );
    expect(pieces).toHaveLength(3);
    for (const piece of pieces) expect(Object.getPrototypeOf(piece)).toBe(Uint8Array.prototype);
  });
});

describe('a delta of text, in the form that nearly all have', () => {
  const payload = (text: string, p = 'abc') =>
    `{"contentBlockIndex":0,"delta":{"text":${JSON.stringify(text)}},"p":"${p}"}`;

  it.each([
    ['nothing', ''],
    ['a byte order mark', '\ufeffa'],
    ['quotes and backslashes', 'a "b" \\c\\ \\"'],
    ['line breaks and control characters', 'a\nb\tc\u0000\u001f\u007f'],
    ['all planes', 'ä€漢🌍\u2028\uffff'],
    ['half a character', '\ud800'],
    ['what ends a delta', '"},"p":"a"}'],
  ])('holds %s', async (_name, text) => {
    const { ours } = await expectNoDifference([eventFrame('contentBlockDelta', payload(text))]);
    expect(ours.events).toEqual([{ contentBlockDelta: { contentBlockIndex: 0, delta: { text } } }]);
  });

  it('holds any text, with any padding', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(text, fc.stringMatching(/^[a-zA-Z0-9]{0,40}$/), async (said, p) => {
        await expectNoDifference([eventFrame('contentBlockDelta', payload(said, p))]);
      }),
      { numRuns: 60 },
    );
  });

  it('is read the same when any byte of it is another', async () => {
    const utf8 = new TextEncoder();
    const right = utf8.encode(payload('ab'));
    const byte = fc.oneof(
      fc.integer({ min: 0, max: 255 }),
      fc.constantFrom(...utf8.encode('"\\{}[],:019eE')),
    );
    await fc.assert(
      fc.asyncProperty(fc.nat(right.length - 1), byte, fc.boolean(), async (at, other, isCut) => {
        const wrong = right.slice(0, isCut ? at : right.length);
        if (!isCut) wrong[at] = other;
        const headers = codec.formatHeaders({
          ':event-type': { type: 'string', value: 'contentBlockDelta' },
          ':message-type': { type: 'string', value: 'event' },
        });
        // What stands behind the payload must not matter either.
        await expectNoDifference([joined([rawFrame(headers, wrong), ...framesOf(STREAMS.text)])]);
      }),
      { numRuns: 300 },
    );
  });
});

describeFixtures('converse', 'the AWS client with our decoder, over recorded streams', () => {
  it.each(recordings().map((recording) => [recording.name, recording] as const))(
    '%s',
    async (_name, { bytes, frames }) => {
      const { ours } = await expectNoDifference([bytes]);
      expect(ours.error).toBeUndefined();
      expect(ours.events).toHaveLength(frames.length);
      const steps = Array.from({ length: Math.ceil(bytes.length / 777) }, (_x, i) => i * 777);
      await expectNoDifference(cut(bytes, ...steps));
    },
  );
});

describe('events that are not as the model has them', () => {
  const delta = (body: Json) => eventFrame('contentBlockDelta', body);
  const odd: [string, Uint8Array][] = [
    ['a delta of two kinds', delta({ contentBlockIndex: 0, delta: { text: 'a', toolUse: { input: 'b' } } })],
    ['a delta of a kind that no model lists', delta({ contentBlockIndex: 0, delta: { smell: 'of rain' } })],
    ['a delta of a new kind beside text', delta({ contentBlockIndex: 0, delta: { text: 'a', smell: 1 } })],
    ['a delta that holds nothing', delta({ contentBlockIndex: 0, delta: {} })],
    ['no delta', delta({ contentBlockIndex: 0 })],
    ['a delta that is null', delta({ contentBlockIndex: 0, delta: null })],
    ['a delta that is a list', delta({ contentBlockIndex: 0, delta: ['text'] })],
    ['text that is a number', delta({ contentBlockIndex: 0, delta: { text: 5 } })],
    ['text that is null', delta({ contentBlockIndex: 0, delta: { text: null } })],
    ['an index that is text', delta({ contentBlockIndex: '0', delta: { text: 'a' } })],
    ['no index', delta({ delta: { text: 'a' } })],
    ['a tool input with more', delta({ contentBlockIndex: 0, delta: { toolUse: { input: 'a', more: 1 } } })],
    ['a tool input that is an object', delta({ contentBlockIndex: 0, delta: { toolUse: { input: {} } } })],
    [
      'reasoning of two kinds',
      delta({ contentBlockIndex: 0, delta: { reasoningContent: { text: 'a', signature: 'b' } } }),
    ],
    ['reasoning of a new kind', delta({ contentBlockIndex: 0, delta: { reasoningContent: { smell: 'a' } } })],
    [
      'bytes that are not base64',
      delta({ contentBlockIndex: 0, delta: { reasoningContent: { redactedContent: '*' } } }),
    ],
    ['members that no model lists', delta({ contentBlockIndex: 0, delta: { text: 'a' }, more: 1 })],
    ['a __type beside them', delta({ contentBlockIndex: 0, delta: { text: 'a' }, more: 1, __type: 'T' })],
    ['a __type in the delta', delta({ contentBlockIndex: 0, delta: { text: 'a', __type: 'T' } })],
    ['a payload that is not JSON', eventFrame('contentBlockDelta', 'not JSON')],
    ['a payload that is empty', eventFrame('contentBlockDelta', '')],
    ['a payload that is null', eventFrame('contentBlockDelta', 'null')],
    ['a payload that is a number', eventFrame('contentBlockDelta', '5')],
    ['an event that no model lists', eventFrame('weather', { sky: 'clear' })],
    ['no event type', frame({ ':message-type': 'event' }, {})],
    ['a message type that is unknown', frame({ ':message-type': 'gossip', ':event-type': 'x' }, {})],
    ['no message type', frame({ ':event-type': 'messageStart' }, {})],
  ];

  it.each(odd)('%s: the same comes of it, in front and behind an event', async (_name, bytes) => {
    const [start = new Uint8Array()] = framesOf(STREAMS.text);
    await expectNoDifference([bytes]);
    await expectNoDifference([joined([start, bytes, ...framesOf(STREAMS.text.slice(1))])]);
  });
});

describe('exceptions', () => {
  const modeled = [
    ['internalServerException', runtime.InternalServerException],
    ['modelStreamErrorException', runtime.ModelStreamErrorException],
    ['validationException', runtime.ValidationException],
    ['throttlingException', runtime.ThrottlingException],
    ['serviceUnavailableException', runtime.ServiceUnavailableException],
  ] as const;

  it.each(modeled)('%s is of the same class, with the same members', async (type, Class) => {
    const payload = { message: 'No.', originalStatusCode: 500, originalMessage: 'Nope.' };
    const bytes = joined([...framesOf(STREAMS.text.slice(0, 3)), exceptionFrame(type, payload)]);
    const { ours } = await expectNoDifference([bytes]);
    expect(ours.events).toHaveLength(3);
    expect(ours.error).toBeInstanceOf(Class);
    expect(ours.error).toBeInstanceOf(runtime.BedrockRuntimeServiceException);
    expect(ours.error).toMatchObject({ message: 'No.' });
  });

  it.each(modeled)('%s as the first frame fails the call itself', async (type, Class) => {
    const { ours } = await expectNoDifference([exceptionFrame(type, { message: 'No.' })]);
    expect(ours.error).toBeInstanceOf(Class);
  });

  it.each([
    [
      'one that the model of ConverseStream does not list',
      exceptionFrame('modelTimeoutException', { message: 'Slow.' }),
    ],
    ['one that is new', exceptionFrame('someNewException', { message: 'New.' })],
    ['one without a message', exceptionFrame('validationException', {})],
    ['one with an empty payload', exceptionFrame('validationException', '')],
    ['one whose payload is not JSON', exceptionFrame('validationException', 'not JSON')],
    ['one without a type', frame({ ':message-type': 'exception' }, { message: 'Who?' })],
    ['an error that is no exception', errorFrame('InternalFailure', 'Try later.')],
    ['an error without code and message', frame({ ':message-type': 'error' }, '')],
  ])('%s', async (_name, bytes) => {
    const { ours } = await expectNoDifference([joined([...framesOf(STREAMS.text.slice(0, 2)), bytes])]);
    expect(ours.events).toHaveLength(2);
    expect(ours.error).toBeInstanceOf(Error);
    await expectNoDifference([bytes]);
  });
});

describe('InvokeModelWithResponseStream', () => {
  const chunk = (bytes: unknown, more: object = {}) => eventFrame('chunk', { bytes, p: 'abc', ...more });
  const utf8 = new TextEncoder();

  it('gives the same bytes', async () => {
    const texts = ['{"type":"message_start"}', '', 'a', 'ab', 'äöü €', '{"type":"message_stop"}'];
    const bytes = joined(texts.map((text) => chunk(base64(utf8.encode(text)))));
    const { ours } = await expectNoDifference([bytes], 'InvokeModelWithResponseStream');
    expect(ours.error).toBeUndefined();
    expect(ours.events.map((event) => (event as runtime.ResponseStream).chunk?.bytes)).toStrictEqual(
      texts.map((text) => utf8.encode(text)),
    );
  });

  it.each([
    ['base64 without its padding', chunk('YQ')],
    ['base64 with too much of it', chunk('YQ======')],
    ['no base64', chunk('****')],
    ['base64 with a line break', chunk('YWI=\n   ')],
    ['no bytes', eventFrame('chunk', {})],
    ['bytes that are a number', chunk(5)],
    ['members that no model lists', chunk('YQ==', { more: 1 })],
    ['a __type', chunk('YQ==', { __type: 'T' })],
    ['an exception', exceptionFrame('modelTimeoutException', { message: 'Slow.' })],
  ])('%s: the same comes of it', async (_name, bytes) => {
    await expectNoDifference([joined([chunk('YWI='), bytes])], 'InvokeModelWithResponseStream');
  });

  it('knows the exceptions that its own model lists', async () => {
    const bytes = joined([chunk('YWI='), exceptionFrame('modelTimeoutException', { message: 'Slow.' })]);
    const { ours } = await expectNoDifference([bytes], 'InvokeModelWithResponseStream');
    expect(ours.error).toBeInstanceOf(runtime.ModelTimeoutException);
  });
});
