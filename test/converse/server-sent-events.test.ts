import { describe, expect, it } from 'vitest';
import { type ServerSentEvent, ServerSentEventReader } from '../../src/responses/server-sent-events.js';
import fc from '../property.js';

const utf8 = new TextEncoder();

/** All events of a body that comes in these chunks. */
function read(chunks: Iterable<Uint8Array>, reader = new ServerSentEventReader()): ServerSentEvent[] {
  const events: ServerSentEvent[] = [];
  for (const chunk of chunks) {
    reader.feed(chunk);
    for (let event = reader.next(); event !== undefined; event = reader.next()) events.push(event);
  }
  return events;
}

const readText = (...pieces: string[]) => read(pieces.map((piece) => utf8.encode(piece)));

/** The standard's algorithm over the whole text, as it stands there. */
function reference(body: Uint8Array): ServerSentEvent[] {
  const lines = new TextDecoder().decode(body).split(/\r\n|\r|\n/);
  const events: ServerSentEvent[] = [];
  let data = '';
  let name = '';
  // What follows the last end of line is not a line.
  for (const line of lines.slice(0, -1)) {
    if (line === '') {
      if (data !== '') events.push({ name: name === '' ? 'message' : name, data: data.slice(0, -1) });
      data = '';
      name = '';
      continue;
    }
    const [, field = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (field === 'data') data += `${value}\n`;
    if (field === 'event') name = value;
  }
  return events;
}

describe('ServerSentEventReader', () => {
  it.each(['\n', '\r', '\r\n'])('takes %j as the end of a line', (end) => {
    const text = ['event: a', 'data: 1', 'data: 2', '', 'data: 3', '', ''].join(end);
    expect(readText(text)).toEqual([
      { name: 'a', data: '1\n2' },
      { name: 'message', data: '3' },
    ]);
    expect(readText(...text)).toEqual(readText(text));
  });

  it('takes a line feed in the next chunk as a part of the end of line before it', () => {
    expect(readText('data: 1\r', '\ndata: 2\r', '\n\r', '\n')).toEqual([{ name: 'message', data: '1\n2' }]);
  });

  it('skips a byte order mark at the beginning, even one that is cut', () => {
    const body = utf8.encode('\ufeffdata: \ufeff1\n\n');
    expect(read([body])).toEqual([{ name: 'message', data: '\ufeff1' }]);
    expect(read([body.subarray(0, 1), body.subarray(1, 2), body.subarray(2)])).toEqual(read([body]));
  });

  it('skips comments, ids, times to wait, fields that are not known and events without data', () => {
    const text = ': ping\n\nid: 7\nretry: 5\nfoo: bar\n data: 0\nevent: lost\n\nevent: b\n:\ndata:1\n\n';
    expect(readText(text)).toEqual([{ name: 'b', data: '1' }]);
  });

  it('reads a field without a colon as one with an empty value, and takes one space after a colon', () => {
    expect(readText('data\ndata\n\ndata:  a: b \nevent\n\n')).toEqual([
      { name: 'message', data: '\n' },
      { name: 'message', data: ' a: b ' },
    ]);
  });

  it('puts characters together that are cut between chunks', () => {
    const body = utf8.encode('data: zażółć 🌍\n\n');
    expect(read(Array.from(body, (_, i) => body.subarray(i, i + 1)))).toEqual([
      { name: 'message', data: 'zażółć 🌍' },
    ]);
  });

  it.each(['event: a\n', 'event: a\ndata: 1\n', 'da', 'data: 1'])(
    'knows that %j is inside an event',
    (text) => {
      const reader = new ServerSentEventReader();
      read([utf8.encode('data: 0\n\n'), utf8.encode(text)], reader);
      expect(reader.isInsideEvent).toBe(true);
      read([utf8.encode('\n\n')], reader);
      expect(reader.isInsideEvent).toBe(false);
    },
  );

  it('gives the events of the standard, however the body is cut', () => {
    const piece = fc.constantFrom(
      ...[
        'data',
        'event',
        'id',
        ':',
        ': ',
        ' ',
        '\n',
        '\r',
        '\r\n',
        '\n\n',
        '\0',
        '\ufeff',
        'é',
        '🌍',
        'x',
        '{"a":1}',
      ],
    );
    const bodies = fc.array(piece, { maxLength: 40 }).map((pieces) => utf8.encode(pieces.join('')));
    fc.assert(
      fc.property(bodies, fc.array(fc.nat(120), { maxLength: 12 }), (body, cuts) => {
        const at = [0, ...cuts.map((cut) => Math.min(cut, body.length)).sort((a, b) => a - b), body.length];
        const chunks = at.slice(1).map((end, i) => body.subarray(at[i], end));
        expect(read(chunks)).toEqual(reference(body));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('the length of an event', () => {
  const limited = () => new ServerSentEventReader(20);

  it('is limited in one line, in many, and before a line has ended', () => {
    for (const text of [`data: ${'x'.repeat(15)}\n\n`, 'data:12345678\n'.repeat(3), 'x'.repeat(21)]) {
      expect(() => read([utf8.encode(text)], limited())).toThrow(
        expect.objectContaining({ code: 'ERR_PROTOCOL', message: expect.stringContaining('20 characters') }),
      );
      expect(() =>
        read(
          Array.from(text, (letter) => utf8.encode(letter)),
          limited(),
        ),
      ).toThrow(/longer than/);
    }
  });

  it('counts each event for itself, and comments not at all', () => {
    const text = 'data: 12345678\n\n: 12345678\n: 12345678\n'.repeat(10);
    expect(read([utf8.encode(text)], limited())).toHaveLength(10);
  });
});

describe('the work', () => {
  /** Characters that the strings made while reading hold, which is what it copies. */
  function copiedBy(run: () => void): number {
    let copied = 0;
    const { slice } = String.prototype;
    const { join } = Array.prototype;
    const restore = () =>
      Object.assign(String.prototype, { slice }) && Object.assign(Array.prototype, { join });
    String.prototype.slice = function (...bounds) {
      const part = slice.apply(this, bounds);
      copied += part.length;
      return part;
    };
    Array.prototype.join = function (separator) {
      const text = join.call(this, separator);
      copied += text.length;
      return text;
    };
    try {
      run();
    } finally {
      restore();
    }
    return copied;
  }

  it.each([1, 2, 4])('is linear in a line of %i × 64 Ki characters that comes in many chunks', (size) => {
    const length = size * 65_536;
    const chunk = utf8.encode('x'.repeat(256));
    const reader = new ServerSentEventReader();
    let events: ServerSentEvent[] = [];
    const copied = copiedBy(() => {
      read([utf8.encode('data: ')], reader);
      for (let at = 0; at < length; at += 256) read([chunk], reader);
      events = read([utf8.encode('\n\n')], reader);
    });
    expect(events.map(({ data }) => data.length)).toEqual([length]);
    expect(copied).toBeLessThan(6 * length);
  });

  it('looks at no character of a chunk of many lines twice', () => {
    let looked = 0;
    const { exec } = RegExp.prototype;
    RegExp.prototype.exec = function (text) {
      const from = this.lastIndex;
      const found = exec.call(this, text);
      looked += (found?.index ?? text.length) - from;
      return found;
    };
    try {
      const body = utf8.encode('data: 1234\n\n'.repeat(5000));
      expect(read([body])).toHaveLength(5000);
      expect(looked).toBeLessThanOrEqual(body.length);
    } finally {
      RegExp.prototype.exec = exec;
    }
  });
});
