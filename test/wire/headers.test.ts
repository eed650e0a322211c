import { describe, expect, it } from 'vitest';
import { type FrameHeaders, HeaderReader, parseHeaders } from '../../src/wire/headers.js';
import { type Bytes, type CodecMessage, codec, joined } from './frames.js';
import { codeOf, thrownBy } from './reading.js';

const EVENT = { ':event-type': 'contentBlockDelta', ':message-type': 'event' };

/** A value of every type that the specification has, as AWS's codec takes them. */
const OTHER_TYPES: [string, CodecMessage['headers'][string]][] = [
  ['true', { type: 'boolean', value: true }],
  ['false', { type: 'boolean', value: false }],
  ['byte', { type: 'byte', value: -49 }],
  ['short', { type: 'short', value: 4242 }],
  ['integer', { type: 'integer', value: -424_242 }],
  [
    'long',
    { type: 'long', value: { bytes: new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]), valueOf: () => 1 } as never },
  ],
  ['binary', { type: 'binary', value: new Uint8Array([58, 109, 0, 255]) }],
  ['empty binary', { type: 'binary', value: new Uint8Array(0) }],
  ['empty string', { type: 'string', value: '' }],
  ['timestamp', { type: 'timestamp', value: new Date(1_700_000_000_000) }],
  ['uuid', { type: 'uuid', value: '01020304-0506-0708-090a-0b0c0d0e0f10' }],
];

describe('parseHeaders', () => {
  it('reads the headers that Converse uses and passes over the others', () => {
    const headers = parsed(
      blockOf({
        ':exception-type': { type: 'string', value: 'throttlingException' },
        ':content-type': { type: 'string', value: 'application/json' },
        ':message-type': { type: 'string', value: 'exception' },
      }),
    );
    expect(headers).toEqual({ ...NONE, messageType: 'exception', exceptionType: 'throttlingException' });
  });

  it.each(OTHER_TYPES)('reads over a header of type %s, before and behind its own', (name, header) => {
    const block = blockOf({ before: header, ...strings(EVENT), [name]: header });
    expect(parsed(block)).toEqual({ ...NONE, messageType: 'event', eventType: 'contentBlockDelta' });
  });

  it('reads text outside of ASCII, and values longer than 255 bytes', () => {
    const message = 'é世🌍'.repeat(200);
    const block = blockOf(strings({ ':error-code': 'Überlast', ':error-message': message }));
    expect(parsed(block)).toEqual({ ...NONE, errorCode: 'Überlast', errorMessage: message });
  });

  it('reads an empty block', () => {
    expect(parsed(new Uint8Array(0))).toEqual(NONE);
  });

  it('takes its own names only as text', () => {
    const block = blockOf({ ':message-type': { type: 'binary', value: new TextEncoder().encode('event') } });
    expect(parsed(block)).toEqual(NONE);
  });

  it.each([10, 11, 127, 128, 255])('refuses the unknown type %i, whose length it cannot know', (type) => {
    const error = thrownBy(() =>
      parsed(joined([blockOf(strings(EVENT)), new Uint8Array([1, 120, type, 0, 0])])),
    );
    expect(codeOf(error)).toBe('ERR_PROTOCOL');
    expect(error).toMatchObject({
      message: expect.stringContaining(`unknown type ${type}`),
      phase: 'stream',
    });
  });

  it('refuses a block that is cut anywhere but between two headers', () => {
    const names = OTHER_TYPES.map(([name, header]) => ({ [name]: header }));
    const all = [...names, strings({ ':event-type': 'metadata' })];
    const blocks = all.map(blockOf);
    const whole = joined(blocks);
    const boundaries = new Set(blocks.map((_, i) => joined(blocks.slice(0, i)).length).concat(whole.length));
    for (let end = 0; end <= whole.length; end++) {
      // What lies behind the block is the payload, which must not be read as a header's value.
      if (boundaries.has(end)) expect(() => parseHeaders(whole, 0, end)).not.toThrow();
      else expect(codeOf(thrownBy(() => parseHeaders(whole, 0, end))), `end ${end}`).toBe('ERR_PROTOCOL');
    }
  });

  it('reads a block in the middle of other bytes', () => {
    const block = blockOf(strings(EVENT));
    const around = joined([new Uint8Array(7).fill(255), block, new Uint8Array(9).fill(255)]);
    expect(parseHeaders(around, 7, 7 + block.length)).toEqual(parsed(block));
  });
});

describe('HeaderReader', () => {
  it('parses a block that repeats once: the same object comes back', () => {
    const reader = new HeaderReader();
    const block = blockOf(strings(EVENT));
    const other = blockOf(strings({ ...EVENT, ':event-type': 'contentBlockStop!' }));
    const first = readBy(reader, block);
    const moved = joined([new Uint8Array(3), other, block]);
    expect(readBy(reader, moved, 3, 3 + other.length).eventType).toBe('contentBlockStop!');
    expect(readBy(reader, moved, 3 + other.length)).toBe(first);
  });

  it("does so for Node's Buffer, whose slice is no copy", () => {
    const reader = new HeaderReader();
    const block = blockOf(strings(EVENT));
    const first = readBy(reader, Buffer.from(block));
    expect(readBy(reader, Buffer.from(block))).toBe(first);
    expect(readBy(reader, block)).toBe(first);
  });

  it('does not confuse blocks of the same length, whichever byte differs', () => {
    for (const type of ['delta', 'deltas', 'deltaXY', 'deltaXYZ']) {
      const block = blockOf(strings({ ...EVENT, ':event-type': type }));
      for (const wrap of [(bytes: Bytes) => bytes, (bytes: Bytes) => Buffer.from(bytes)]) {
        for (let at = 0; at < block.length; at++) {
          const reader = new HeaderReader();
          const original = readBy(reader, wrap(block));
          const other = block.slice();
          other[at] = (other[at] ?? 0) ^ 1;
          // Most changes make a block that cannot be read; none may be taken for the one that was seen.
          expect(tried(() => readBy(reader, wrap(other)))).not.toBe(original);
        }
      }
    }
  });

  it('remembers what it has read, not the memory that it lay in', () => {
    for (const memory of [blockOf(strings({ ':event-type': 'first' })), Buffer.alloc(30)]) {
      const reader = new HeaderReader();
      const block = blockOf(strings({ ':event-type': 'first' }));
      memory.set(block);
      readBy(reader, memory, 0, block.length);
      memory.set(blockOf(strings({ ':event-type': 'other' })));
      expect(readBy(reader, memory, 0, block.length).eventType).toBe('other');
    }
  });

  it('reads more different blocks than it remembers, and all of them again', () => {
    const reader = new HeaderReader();
    const types = Array.from({ length: 40 }, (_, i) => `type-${i}`);
    for (let round = 0; round < 3; round++) {
      for (const type of types) {
        expect(readBy(reader, blockOf(strings({ ':event-type': type }))).eventType).toBe(type);
      }
    }
  });

  it('does not remember without an end: a peer cannot fill its memory', () => {
    const reader = new HeaderReader();
    const read = (i: number): FrameHeaders =>
      readBy(reader, blockOf(strings({ ':event-type': `type-${i}` })));
    const first = Array.from({ length: 100 }, (_, i) => read(i));
    const repeated = first.filter((headers, i) => read(i) === headers);
    expect(repeated.length).toBeGreaterThanOrEqual(7);
    expect(repeated.length).toBeLessThanOrEqual(16);
  });
});

const NONE: FrameHeaders = {
  messageType: undefined,
  eventType: undefined,
  exceptionType: undefined,
  errorCode: undefined,
  errorMessage: undefined,
};

function strings(values: Record<string, string>): CodecMessage['headers'] {
  const entries = Object.entries(values).map(([name, value]) => [name, { type: 'string', value }] as const);
  return Object.fromEntries(entries) as CodecMessage['headers'];
}

/** The header block of a frame that AWS's codec has written. */
function blockOf(headers: CodecMessage['headers']): Bytes {
  const bytes = codec.encode({ headers, body: new Uint8Array(0) });
  return bytes.slice(12, 12 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(4)) as Bytes;
}

function parsed(block: Uint8Array): FrameHeaders {
  return parseHeaders(block, 0, block.length);
}

function readBy(reader: HeaderReader, bytes: Uint8Array, start = 0, end = bytes.length): FrameHeaders {
  return reader.read(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), start, end);
}

function tried<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}
