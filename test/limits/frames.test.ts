import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createBedrock } from '../../src/index.js';
import { eventFrame, exceptionFrame, loneFrame, rawFrame } from '../wire/frames.js';

const MIB = 1024 * 1024;
/** The longest frame of an answer. */
const LIMIT = 8 * MIB;
/** Room for headers, checksums and the JSON around what is long. */
const ROOM = 400;

/** Bytes and letters that were looked at since the last chunk, and the most for any one chunk. */
let work = 0;
let most = 0;

const count = (amount: number): void => {
  work += amount;
  most = Math.max(most, work);
};

vi.mock('../../src/wire/crc32.js', async (original) => {
  const { crc32 } = await original<typeof import('../../src/wire/crc32.js')>();
  return {
    crc32: (bytes: DataView, start: number, end: number, previous?: number) => {
      count(end - start);
      return crc32(bytes, start, end, previous);
    },
  };
});
vi.mock('../../src/wire/plain-text.js', async (original) => {
  const { readPlainText } = await original<typeof import('../../src/wire/plain-text.js')>();
  return {
    readPlainText: (frame: Parameters<typeof readPlainText>[0]) => {
      count(frame.payloadEnd - frame.headersEnd);
      return readPlainText(frame);
    },
  };
});
vi.mock('../../src/wire/json-bounds.js', async (original) => {
  const bounds = await original<typeof import('../../src/wire/json-bounds.js')>();
  return {
    ...bounds,
    findExcess: (bytes: Uint8Array, start: number, end: number) => {
      count(end - start);
      return bounds.findExcess(bytes, start, end);
    },
  };
});
vi.mock('../../src/wire/base64.js', async (original) => {
  const base64 = await original<typeof import('../../src/wire/base64.js')>();
  return {
    ...base64,
    fromBase64: (text: string) => {
      count(text.length);
      return base64.fromBase64(text);
    },
  };
});

beforeEach(() => {
  most = 0;
  const { decode } = TextDecoder.prototype;
  vi.spyOn(TextDecoder.prototype, 'decode').mockImplementation(function (this: TextDecoder, bytes, options) {
    count(bytes === undefined ? 0 : bytes.byteLength);
    return decode.call(this, bytes, options);
  });
  const { parse } = JSON;
  vi.spyOn(JSON, 'parse').mockImplementation((text: string, reviver) => {
    count(text.length);
    return parse(text, reviver);
  });
  return () => vi.restoreAllMocks();
});

/** Reads a stream of these bytes, in chunks as they come from a socket. */
async function read(bytes: Uint8Array): Promise<unknown> {
  let at = 0;
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        work = 0;
        if (at >= bytes.length) controller.close();
        else controller.enqueue(bytes.subarray(at, at + 65_536));
        at += 65_536;
      },
    },
    { highWaterMark: 0 },
  );
  const headers = { 'content-type': 'application/vnd.amazon.eventstream' };
  const bedrock = createBedrock({
    region: 'us-east-1',
    credentials: { token: 'key' },
    maxAttempts: 1,
    fetch: async () => new Response(body, { headers }),
  });
  const stream = bedrock.stream({ modelId: 'm', messages: [{ role: 'user', content: [{ text: 'Hi' }] }] });
  try {
    for await (const _event of stream);
    return undefined;
  } catch (error) {
    return error;
  }
}

const delta = (member: string, text: string) =>
  eventFrame('contentBlockDelta', `{"contentBlockIndex":0,"delta":${member.replace('$', text)},"p":"a"}`);
const filled = (unit: string): string =>
  unit.repeat(Math.floor((LIMIT - ROOM) / new TextEncoder().encode(unit).length));

const LONGEST: Record<string, () => Uint8Array> = {
  'plain text': () => delta('{"text":"$"}', filled('a')),
  'text beyond Latin': () => delta('{"text":"$"}', filled('語')),
  'text of escapes': () => delta('{"text":"$"}', filled('\\n')),
  'redacted reasoning': () => delta('{"reasoningContent":{"redactedContent":"$"}}', filled('AAAA')),
  'an image': () => delta('{"image":{"source":{"bytes":"$"}}}', filled('AAAA')),
  'the input of a tool': () => delta('{"toolUse":{"input":"$"}}', filled('a')),
  'white space': () => delta('{"text":"a"}$', filled(' ')),
  'one number': () => eventFrame('metadata', `{"x":${filled('1')}}`),
  'no JSON': () => eventFrame('metadata', filled('a')),
  'an unknown event': () => eventFrame('tomorrow', filled('a')),
  'an exception': () => exceptionFrame('validationException', `{"message":"${filled('a')}"}`),
};

describe('the longest frame', () => {
  it.each(Object.entries(LONGEST))(
    'of %s is read with a look at each byte six times at most',
    async (_name, make) => {
      const bytes = make();
      expect(bytes.length).toBeGreaterThan(LIMIT - 2 * ROOM);
      expect(bytes.length).toBeLessThanOrEqual(LIMIT);
      await read(bytes);
      expect(most).toBeGreaterThan(LIMIT / 2);
      expect(most).toBeLessThanOrEqual(6 * LIMIT + 2 * 65_536);
    },
  );

  it('is refused by its length, before there is room for it', async () => {
    expect(await read(loneFrame(LIMIT + 1, 0, true))).toMatchObject({
      code: 'ERR_PROTOCOL',
      message: expect.stringContaining(`over the limit of ${LIMIT}`),
    });
    expect(most).toBeLessThan(100);
  });

  it('has no more headers than AWS allows', async () => {
    expect(await read(rawFrame(new Uint8Array(128 * 1024 + 1)))).toMatchObject({
      code: 'ERR_PROTOCOL',
      message: expect.stringContaining('bytes of headers'),
    });
    expect(most).toBeLessThan(100);
  });

  it.each([
    ['levels', '['.repeat(1 * MIB), 'nested deeper than 200 levels'],
    ['values', '1,'.repeat(1 * MIB), 'more than 50000 values'],
  ])('has no more %s than can be parsed at once', async (_what, json, message) => {
    expect(await read(eventFrame('metadata', `{"x":[${json}`))).toMatchObject({
      code: 'ERR_PROTOCOL',
      message: expect.stringContaining(message),
    });
  });
});
