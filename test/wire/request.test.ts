import { runInNewContext } from 'node:vm';
import {
  type ContentBlock,
  ConverseStreamCommand,
  type ConverseStreamCommandInput,
  type Message,
} from '@aws-sdk/client-bedrock-runtime';
import { describe, expect, it, onTestFinished } from 'vitest';
import { encodeJson } from '../../src/wire/request.js';
import fc from '../property.js';
import { awsClient, bodyText } from './aws-client.js';
import { base64 } from './frames.js';
import { codeOf, expectSame, thrownBy } from './reading.js';
import { CONTENT, converseRequest } from './requests.js';

/** What else than Uint8Array people have bytes in. */
const CONTAINERS: Record<string, (bytes: Uint8Array) => unknown> = {
  Uint8Array: (bytes) => bytes,
  Buffer: (bytes) => Buffer.from(bytes),
  ArrayBuffer: (bytes) => bytes.slice().buffer,
  DataView: (bytes) => new DataView(bytes.slice().buffer),
  'a view into a larger buffer': (bytes) => {
    const larger = new Uint8Array(bytes.length + 20).fill(7);
    larger.set(bytes, 11);
    return larger.subarray(11, 11 + bytes.length);
  },
  Uint8ClampedArray: (bytes) => new Uint8ClampedArray(bytes),
};

/** Of another realm, as in an iframe, in jsdom or in node:vm: `instanceof` is false for these. */
const FOREIGN: Record<string, string> = {
  'Uint8Array of another realm': 'new Uint8Array([1, 2, 250])',
  'ArrayBuffer of another realm': 'new Uint8Array([1, 2, 250]).buffer',
  'DataView of another realm': 'new DataView(new Uint8Array([1, 2, 250]).buffer)',
};

describe('encodeJson against the body that the AWS client sends', () => {
  const containers = fc.array(fc.constantFrom(...Object.values(CONTAINERS)), { minLength: 1, maxLength: 5 });

  it('gives the same JSON for any Converse request, whatever holds its bytes', async () => {
    await fc.assert(
      fc.asyncProperty(converseRequest, containers, async (request, wrap) => {
        expectSame(decoded(wrapped(request, wrap)), await sentByAws(request));
      }),
      { numRuns: 200 },
    );
  });

  const kinds = Object.keys(CONTENT).filter((kind) => kind !== '_') as (keyof typeof CONTENT)[];

  it.each(kinds)('gives the same JSON for content of kind %s', async (kind) => {
    await fc.assert(
      fc.asyncProperty(CONTENT[kind], containers, async (block, wrap) => {
        const content = [{ [kind]: block }] as unknown as ContentBlock[];
        const messages: Message[] = [{ role: 'user', content }];
        expectSame(decoded(wrapped({ messages }, wrap)), await sentByAws({ messages }));
      }),
      { numRuns: 25 },
    );
  });
});

describe('encodeJson', () => {
  it.each(Object.entries(CONTAINERS))('writes the bytes of %s as base64 at any depth', (_name, wrap) => {
    const bytes = new Uint8Array([0, 1, 127, 128, 255]);
    const value = { a: wrap(bytes), b: [[{ c: { d: [wrap(bytes), 'e'] } }]], f: wrap(new Uint8Array(0)) };
    expect(decoded(value)).toEqual({ a: 'AAF/gP8=', b: [[{ c: { d: ['AAF/gP8=', 'e'] } }]], f: '' });
  });

  it.each(Object.entries(FOREIGN))('writes the bytes of a %s', (_name, code) => {
    expect(decoded({ bytes: runInNewContext(code) as unknown })).toEqual({
      bytes: base64(new Uint8Array([1, 2, 250])),
    });
  });

  it('changes nothing that it is given', () => {
    fc.assert(
      fc.property(converseRequest, (request) => {
        const before = structuredClone(request);
        const frozen = deepFrozen(structuredClone(request));
        encodeJson(frozen);
        expectSame(frozen, before);
      }),
      { numRuns: 100 },
    );
  });

  it('writes what holds no bytes as JSON.stringify does', () => {
    // NaN and Infinity are refused instead: JSON would make null of them.
    const number = fc.double({ noNaN: true, noDefaultInfinity: true });
    const values = [fc.boolean(), number, fc.string(), fc.constantFrom(null, undefined)];
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.anything({ withDate: true, values })), (value) => {
        let json: string;
        try {
          json = JSON.stringify(value);
        } catch {
          return;
        }
        expect(new TextDecoder().decode(encodeJson(value))).toBe(json);
      }),
      { numRuns: 200 },
    );
  });

  it('writes UTF-8', () => {
    expect(encodeJson({ a: 'é世🌍' })).toEqual(new TextEncoder().encode('{"a":"é世🌍"}'));
  });

  it('puts each of many files where it was, between text of any kind', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\0base64', '"\0base64"', '\\u0000base64'),
    );
    const files = fc.array(fc.oneof(text, fc.uint8Array({ maxLength: 40 })), { maxLength: 12 });
    fc.assert(
      fc.property(files, fc.dictionary(text, files), (list, named) => {
        const value = { list, named };
        const json = JSON.stringify(value, (_key, item: unknown) =>
          item instanceof Uint8Array ? base64(item) : item,
        );
        expect(new TextDecoder().decode(encodeJson(value))).toBe(json);
      }),
      { numRuns: 500 },
    );
  });

  it('leaves out the bytes of an object that writes itself without them', () => {
    const value = { a: { bytes: new Uint8Array([1]), toJSON: () => 'a' }, b: new Uint8Array([2]) };
    expect(decoded(value)).toEqual({ a: 'a', b: 'Ag==' });
  });

  it('writes an object that is referred to twice, twice', () => {
    const image = { bytes: new Uint8Array([1]) };
    expect(decoded({ a: image, b: [image, image] })).toEqual({
      a: { bytes: 'AQ==' },
      b: [{ bytes: 'AQ==' }, { bytes: 'AQ==' }],
    });
  });
});

describe('a request that JSON cannot carry', () => {
  it.each([
    ['a Blob', new Blob(['a']), 'Blob'],
    ['a File', new File(['a'], 'a.png'), 'File'],
    ['a ReadableStream', new ReadableStream(), 'ReadableStream'],
  ])('with %s is refused with its path and the way out', (_what, bytes, name) => {
    const messages = [{ content: [{ text: 'a' }, { image: { source: { bytes } } }] }];
    const error = thrownBy(() => encodeJson({ messages }));
    expect(codeOf(error)).toBe('ERR_INPUT');
    expect(error).toMatchObject({
      message: expect.stringMatching(
        `^messages\\.0\\.content\\.1\\.image\\.source\\.bytes is a ${name}.*arrayBuffer`,
      ),
      retryable: false,
      phase: 'prepare',
    });
  });

  it.each<[what: string, lost: object]>([
    ['a Map', new Map([['a', 1]])],
    ['a Set', new Set([1])],
    ['a Promise', Promise.resolve({})],
    ['an Error', new Error('a')],
    ['a RegExp', /a/],
    ['a URLSearchParams', new URLSearchParams('a=1')],
  ])('as it would lose what is in %s is refused with the path', (what, lost) => {
    expect(thrownBy(() => encodeJson({ fields: [{ lost }] }))).toMatchObject({
      code: 'ERR_INPUT',
      message: `fields.0.lost is ${what}. Pass a plain object or an array, such as Object.fromEntries(map).`,
    });
  });

  it('with a Map is written where the Map writes itself', () => {
    const map = Object.assign(new Map(), { toJSON: () => ({ a: 1 }) });
    expect(decoded({ map })).toEqual({ map: { a: 1 } });
  });

  it.each([5n, Number.NaN, Number.POSITIVE_INFINITY])('with %s is refused with the path', (number) => {
    const error = thrownBy(() => encodeJson({ fields: [{ number }] }));
    expect(codeOf(error)).toBe('ERR_INPUT');
    expect(error).toMatchObject({
      message: expect.stringMatching(/^fields\.0\.number is .*\. Pass a finite number, or a string\.$/),
    });
  });

  it('with a BigInt is written where the program has taught it how to be JSON', () => {
    Object.defineProperty(BigInt.prototype, 'toJSON', { value: () => 'five', configurable: true });
    onTestFinished(() => {
      Reflect.deleteProperty(BigInt.prototype, 'toJSON');
    });
    expect(decoded({ number: 5n })).toEqual({ number: 'five' });
  });

  it('because a toJSON fails is refused with the path and the reason', () => {
    const toJSON = () => {
      throw new Error('not today');
    };
    const error = thrownBy(() => encodeJson({ fields: [{ toJSON }] }));
    expect(error).toMatchObject({
      code: 'ERR_INPUT',
      message: expect.stringMatching(/^fields\.0 cannot be written as JSON: not today/),
    });
  });

  it('that contains itself is refused with the reason', () => {
    const inObject: Record<string, unknown> = {};
    inObject['messages'] = [{ again: inObject }];
    const inArray: unknown[] = [];
    inArray.push(inArray, inArray);
    for (const value of [inObject, { inArray }]) {
      const error = thrownBy(() => encodeJson(value));
      expect(codeOf(error)).toBe('ERR_INPUT');
      expect(error).toMatchObject({ message: expect.stringContaining('contains itself') });
    }
  });

  it('because a getter fails is refused with the reason', () => {
    const cause = new Error('not today');
    const value = {
      get messages(): never {
        throw cause;
      },
    };
    const error = thrownBy(() => encodeJson(value));
    expect(codeOf(error)).toBe('ERR_INPUT');
    expect(error).toMatchObject({ message: expect.stringContaining('not today'), cause });
  });
});

function decoded(value: object): unknown {
  return JSON.parse(new TextDecoder().decode(encodeJson(value)));
}

async function sentByAws(request: Omit<ConverseStreamCommandInput, 'modelId'>): Promise<unknown> {
  const { client, sent } = awsClient();
  await client.send(new ConverseStreamCommand({ modelId: 'any', ...request }));
  const [only] = sent;
  if (only === undefined) throw new Error('The AWS client sent nothing.');
  return JSON.parse(bodyText(only));
}

/** A copy with the bytes in other containers, each in turn. */
function wrapped<T>(value: T, wrap: ((bytes: Uint8Array) => unknown)[]): object {
  let turn = 0;
  const copy = (each: unknown): unknown => {
    if (each instanceof Uint8Array) return wrap[turn++ % wrap.length]?.(each);
    if (Array.isArray(each)) return each.map(copy);
    if (typeof each !== 'object' || each === null) return each;
    return Object.fromEntries(Object.entries(each).map(([key, item]) => [key, copy(item)]));
  };
  return copy(value) as object;
}

function deepFrozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  for (const item of Object.values(value)) deepFrozen(item);
  return Object.freeze(value);
}
