import { beforeEach, describe, expect, it, vi } from 'vitest';
import { eventStreamSerdeProvider } from '../../src/aws/event-stream.js';
import { createBedrock, fromResponse } from '../../src/index.js';
import { findTextExcess, MAX_WHOLE_VALUES } from '../../src/wire/json-bounds.js';
import { eventFrame, exceptionFrame } from '../wire/frames.js';

/** JSON that is short for what parsing it costs: it blocks the event loop for seconds. */
const HEAVY: Readonly<Record<string, string>> = {
  'nested deeply': `${'['.repeat(500_000)}${']'.repeat(500_000)}`,
  'nested deeply, and never closed': '{"a":'.repeat(200_000),
  'of many values': `[${'{},'.repeat(300_000)}0]`,
};

/** How many texts beyond the bounds were parsed; in a payload with the input of a tool, the input is one text. */
let heavy = 0;

beforeEach(() => {
  heavy = 0;
  const { parse } = JSON;
  vi.spyOn(JSON, 'parse').mockImplementation((text: string, reviver) => {
    if (findTextExcess(text, MAX_WHOLE_VALUES) !== undefined) heavy += 1;
    return parse(text, reviver);
  });
  return () => vi.restoreAllMocks();
});

const start = eventFrame('messageStart', { role: 'assistant' });
const stop = eventFrame('messageStop', { stopReason: 'tool_use' });

function bedrockOf(response: () => Response) {
  const fetch = async () => response();
  return createBedrock({ region: 'us-east-1', credentials: { token: 'key' }, maxAttempts: 1, fetch });
}

const answerOf = (...frames: Uint8Array[]) =>
  bedrockOf(
    () =>
      new Response(new Uint8Array(Buffer.concat(frames)), {
        headers: { 'content-type': 'application/vnd.amazon.eventstream' },
      }),
  )
    .stream({ modelId: 'm', prompt: 'Hi' })
    .result();

const received = (type: string, body: string, status = 200) =>
  fromResponse(new Response(body, { status, headers: { 'content-type': type } })).result();

/** Places where a peer, a model or a storage may put JSON, and what becomes of the call. */
const PLACES: Readonly<Record<string, (json: string) => Promise<unknown>>> = {
  'the payload of an event': (json) =>
    expect(answerOf(start, eventFrame('metadata', `{"x":${json}`))).rejects.toMatchObject({
      code: 'ERR_PROTOCOL',
    }),
  'the payload of an exception': (json) =>
    expect(answerOf(exceptionFrame('validationException', `{"x":${json}`))).rejects.toMatchObject({
      code: 'ERR_INPUT',
      name: 'ValidationException',
    }),
  'the input of a tool': async (json) => {
    const head = { toolUse: { toolUseId: 't', name: 'n' } };
    const input = `{"x":${json}}`;
    const result = await answerOf(
      start,
      eventFrame('contentBlockStart', { contentBlockIndex: 0, start: head }),
      eventFrame('contentBlockDelta', { contentBlockIndex: 0, delta: { toolUse: { input } } }),
      eventFrame('contentBlockStop', { contentBlockIndex: 0 }),
      stop,
    );
    expect(result.toolUses).toEqual([
      { toolUseId: 't', name: 'n', input, inputError: expect.stringMatching(/^it (is nested|has more)/) },
    ]);
    expect(result.message.content).toEqual([{ toolUse: { toolUseId: 't', name: 'n', input: {} } }]);
  },
  'a server-sent event': (json) =>
    expect(received('text/event-stream', `event: metadata\ndata: {"x":${json}\n\n`)).rejects.toMatchObject({
      code: 'ERR_PROTOCOL',
    }),
  'a failure in place of server-sent events': (json) =>
    expect(received('application/json', `{"error":${json}`, 500)).rejects.toMatchObject({
      code: 'ERR_PROTOCOL',
    }),
  'a storage': async (json) => {
    const storage = { getItem: () => json, setItem: () => undefined };
    const bedrock = bedrockOf(() => Response.json({ modelSummaries: [], inferenceProfileSummaries: [] }));
    await expect(bedrock.discover({ storage })).resolves.toMatchObject({ source: 'network' });
  },
  "the payload of an event for AWS's client": (json) => {
    const { deserialize } = eventStreamSerdeProvider({
      utf8Encoder: (bytes: Uint8Array) => Buffer.from(bytes).toString(),
      utf8Decoder: (text: string) => Buffer.from(text),
    } as Parameters<typeof eventStreamSerdeProvider>[0]);
    const body = new Response(
      new Uint8Array(eventFrame('contentBlockDelta', `{"contentBlockIndex":0,"delta":${json}`)),
    ).body;
    const events = deserialize(body as never, async (event) => event)[Symbol.asyncIterator]();
    return expect(events.next()).rejects.toMatchObject({ code: 'ERR_PROTOCOL' });
  },
};

describe.each(Object.entries(PLACES))('%s', (_place, put) => {
  it.each(Object.entries(HEAVY))('is not parsed when it is %s', async (_heavy, json) => {
    await put(json);
    expect(heavy).toBe(0);
  });
});
