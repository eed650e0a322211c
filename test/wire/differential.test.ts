import { ConverseStreamCommand, type ConverseStreamOutput } from '@aws-sdk/client-bedrock-runtime';
import { describe, expect, it } from 'vitest';
import { describeFixtures, recordings } from '../fixtures.js';
import fc from '../property.js';
import { awsClient } from './aws-client.js';
import { bodyOf, codec, cut, exceptionFrame, framesOf, type Json, joined, type WireEvent } from './frames.js';
import { expectedEvent, expectSame, readEvents, readFrames, tryEvents } from './reading.js';
import { ALL_STREAMS, STREAMS } from './streams.js';

/** Members of our events that the AWS client drops, and why. Nothing else may differ. */
const DROPPED_BY_AWS: Record<string, string> = {
  'metadata.usage.serverToolUsage': 'the service sends it, the type does not list it; ours hands it on',
  'metadata.usage.cacheReadInputTokenCount':
    'the older name that the service sends beside cacheReadInputTokens',
  'metadata.usage.cacheWriteInputTokenCount':
    'the older name that the service sends beside cacheWriteInputTokens',
};

describe('events as the AWS client reads them from the same bytes', () => {
  it.each(ALL_STREAMS)('%s', async (_name, events) => {
    const bytes = bodyOf(events);
    const aws = await readByAws(cut(bytes, 1, 100, 333));
    expect(aws.error).toBeUndefined();
    expect(unexplained(readEvents([bytes]), aws.events)).toEqual([]);
  });

  it.each([
    'internalServerException',
    'modelStreamErrorException',
    'validationException',
    'throttlingException',
    'serviceUnavailableException',
  ])('%s has the same name, and the same events before it', async (type) => {
    const bytes = joined([
      ...framesOf(STREAMS.text.slice(0, 3)),
      exceptionFrame(type, { message: 'What it says.' }),
    ]);
    const aws = await readByAws([bytes]);
    const ours = tryEvents([bytes]);
    expect(unexplained(ours.events, aws.events)).toEqual([]);
    const { name, message } = aws.error as Error;
    expect(ours.error).toMatchObject({ name, message: expect.stringContaining(message) });
  });
});

describeFixtures('converse', 'recorded streams', () => {
  const all = recordings().map((recording) => [recording.name, recording] as const);

  it('are there, and all of them are whole', () => {
    expect(all).toHaveLength(32);
    for (const [, { bytes }] of all)
      expect(readEvents([bytes]).map(({ type }) => type)).toContain('messageStop');
  });

  it.each(all)('%s: events equal the decoded frames, without padding', (_name, { bytes, frames }) => {
    const events = frames.map(({ headers, body }): WireEvent => [headers[':event-type'] ?? '', body]);
    expect(frames.every(({ headers }) => headers[':message-type'] === 'event')).toBe(true);
    expectSame(readEvents([bytes]), events.map(expectedEvent));
  });

  it.each(all)('%s: events equal those of the AWS client', async (_name, { bytes }) => {
    const aws = await readByAws([bytes]);
    expect(aws.error).toBeUndefined();
    expect(unexplained(readEvents([bytes]), aws.events)).toEqual([]);
  });

  it.each(all)("%s: frames equal those of AWS's codec", (_name, { bytes }) => {
    expectSame(readFrames([bytes]), framesByAws(bytes));
  });

  it('hold every member that the list above says AWS drops: the list is not out of date', async () => {
    const seen = new Set<string>();
    const own = ALL_STREAMS.map(([, events]) => bodyOf(events));
    for (const bytes of [...own, ...all.map(([, recording]) => recording.bytes)]) {
      const aws = await readByAws([bytes]);
      for (const { path } of differences(readEvents([bytes]), aws.events)) seen.add(path);
    }
    expect([...seen].sort()).toEqual(Object.keys(DROPPED_BY_AWS).sort());
  });
});

describe("frames as AWS's codec reads them", () => {
  it('are the same for random streams in random pieces', () => {
    const value = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }).map((text) => ({ type: 'string' as const, value: text })),
      fc.boolean().map((flag) => ({ type: 'boolean' as const, value: flag })),
      fc.integer({ min: -128, max: 127 }).map((byte) => ({ type: 'byte' as const, value: byte })),
      fc.integer({ min: -32768, max: 32767 }).map((short) => ({ type: 'short' as const, value: short })),
      fc.integer().map((integer) => ({ type: 'integer' as const, value: integer })),
      fc.uint8Array({ maxLength: 20 }).map((binary) => ({ type: 'binary' as const, value: binary })),
      fc.date({ noInvalidDate: true }).map((date) => ({ type: 'timestamp' as const, value: date })),
      fc.uuid().map((uuid) => ({ type: 'uuid' as const, value: uuid })),
    );
    const headers = fc.dictionary(fc.stringMatching(/^[:a-z-]{1,10}$/), value, { maxKeys: 5 });
    const message = fc.record({ headers, body: fc.uint8Array({ maxLength: 200 }) });
    const stream = fc.array(message, { minLength: 1, maxLength: 6 });
    const position = fc.integer({ min: 0, max: 2_000 });
    fc.assert(
      fc.property(stream, fc.array(position, { maxLength: 8 }), (messages, positions) => {
        const bytes = joined(messages.map((each) => codec.encode(each)));
        const cuts = positions.map((at) => at % (bytes.length + 1)).sort((a, b) => a - b);
        expectSame(readFrames(cut(bytes, ...cuts)), framesByAws(bytes));
      }),
      { numRuns: 100 },
    );
  });
});

/** The same bytes through the AWS client's ConverseStream, each event tagged as ours are. */
async function readByAws(chunks: Iterable<Uint8Array>): Promise<{ events: Json[]; error: unknown }> {
  const { client } = awsClient({ chunks });
  const { stream } = await client.send(new ConverseStreamCommand({ modelId: 'any', messages: [] }));
  const events: Json[] = [];
  try {
    for await (const event of stream ?? []) events.push(tagged(event));
  } catch (error) {
    return { events, error };
  }
  return { events, error: undefined };
}

function tagged(event: ConverseStreamOutput): Json {
  const [[type, members] = ['none', {}]] = Object.entries(event);
  return { type, ...(members as Json) };
}

/** Frames by AWS's decoder, in the form of our reader: the header block is written again from what was decoded. */
function framesByAws(bytes: Uint8Array): { headers: Uint8Array; payload: Uint8Array }[] {
  const frames = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length; at += view.getUint32(at)) {
    const { headers, body } = codec.decode(bytes.subarray(at, at + view.getUint32(at)));
    frames.push({ headers: codec.formatHeaders(headers), payload: new Uint8Array(body) });
  }
  return frames;
}

interface Difference {
  path: string;
  ours: unknown;
  aws: unknown;
}

/** What differs for no known reason. */
function unexplained(ours: readonly unknown[], aws: readonly unknown[]): Difference[] {
  return differences(ours, aws).filter(
    ({ path, aws: theirs }) => !(path in DROPPED_BY_AWS && theirs === undefined),
  );
}

/** Every place at which the events differ; a member that only one side has is a difference. */
function differences(ours: readonly unknown[], aws: readonly unknown[]): Difference[] {
  const found: Difference[] = [];
  const compare = (a: unknown, b: unknown, path: string): void => {
    if (isJson(a) && isJson(b) && Array.isArray(a) === Array.isArray(b)) {
      for (const key of new Set([...Object.keys(a), ...Object.keys(b)]))
        compare(a[key], b[key], `${path}.${key}`);
    } else if (!Object.is(a, b)) found.push({ path, ours: a, aws: b });
  };
  for (let i = 0; i < Math.max(ours.length, aws.length); i++) {
    const type = (ours[i] as Json | undefined)?.['type'];
    compare(ours[i], aws[i], String(type ?? `event ${i}`));
  }
  return found;
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null;
}
