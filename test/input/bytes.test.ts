import {
  type ConverseRequest,
  type ConverseResult,
  createBedrock,
  type Message,
  modelQuirks,
} from 'bedrock-anywhere';
import { createLocalBedrock, localTransport } from 'bedrock-anywhere/local';
import { describe, expect, it } from 'vitest';
import { bytes } from '../../src/input/bytes.js';
import { readRequest } from '../../src/input/request.js';
import { growthOf } from '../counting.js';
import fc from '../property.js';

const PATH = ['messages', 0, 'content', 0, 'image', 'source', 'bytes'];
const read = (value: unknown) => bytes(value, [...PATH]);
const json = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
/** What is sent, whatever it was read as. */
const sent = (value: unknown) => {
  const wire = read(value);
  return typeof wire === 'string' ? wire : Buffer.from(wire as Uint8Array).toString('base64');
};

const FORMS: Record<string, (bytes: Uint8Array) => unknown> = {
  base64: (given) => Buffer.from(given).toString('base64'),
  'base64 in lines, as MIME writes it': (given) =>
    Buffer.from(given).toString('base64').replace(/.{4}/g, '$&\r\n'),
  'base64 for URLs, without padding': (given) => Buffer.from(given).toString('base64url'),
  'a data URL': (given) => `data:image/png;base64,${Buffer.from(given).toString('base64')}`,
  'a data URL in capitals, with parameters and percent-encoded': (given) =>
    `DATA:text/plain;charset=utf-8;BASE64,${encodeURIComponent(Buffer.from(given).toString('base64'))}`,
  'a Uint8Array that went through JSON': (given) => json(given),
  'a Buffer that went through JSON': (given) => json(Buffer.from(given)),
  'a list': (given) => [...given],
};

describe('bytes', () => {
  it.each(Object.entries(FORMS))('are read from %s', (_form, write) => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), (given) => {
        expect(sent(write(given))).toBe(Buffer.from(given).toString('base64'));
      }),
    );
  });

  it('are read from a data URL of text', () => {
    expect(sent('data:text/csv,a%2Cb%0Ac')).toBe(Buffer.from('a,b\nc').toString('base64'));
    expect(sent('data:,')).toBe('');
  });

  it('that are bytes already, or plain base64, stay the same object', () => {
    for (const given of [new Uint8Array([1]), new DataView(new ArrayBuffer(1)), new ArrayBuffer(1), 'AAAA'])
      expect(read(given)).toBe(given);
  });

  it.each<[string, unknown, string]>([
    ['a number above 255', json(new Uint16Array([1, 256])), 'bytes.1 is 256. Pass a byte, 0 to 255'],
    ['a negative number', [-1], 'bytes.0 is -1. Pass a byte'],
    ['a fraction', { type: 'Buffer', data: [0.5] }, 'bytes.data.0 is 0.5.'],
    ['a text in a list', ['A'], 'bytes.0 is a string.'],
    ['a list with a hole', new Array(2), 'bytes.0 is missing.'],
    ['a gap in the numbers', { 0: 1, 2: 1 }, 'bytes.1 is missing.'],
    ['a member beside the numbers', { 0: 1, name: 'x' }, 'bytes.1 is missing.'],
    [
      'what JSON leaves of an ArrayBuffer',
      json(new ArrayBuffer(3)),
      'JSON.stringify leaves {} of an ArrayBuffer',
    ],
    ['another object', { data: [1] }, 'bytes is an object. Pass a Uint8Array'],
    ['a Map', new Map(), 'bytes is a Map.'],
    ['a path', './cat.png', 'not a path or a URL'],
    ['an address', 'https://example.com/cat.png', 'not a path or a URL'],
    ['a data URL that cannot be decoded', 'data:text/plain,%zz', 'bytes is a string.'],
    ['a data URL whose base64 is none', 'data:image/png;base64,./cat', 'bytes is a string.'],
    ['base64 that was cut', 'AAAAA', 'by its length, some is missing'],
    ['nothing', undefined, 'bytes is missing.'],
  ])('are not read from %s', (_what, given, message) => {
    const error = expect.objectContaining({ code: 'ERR_INPUT', message: expect.stringContaining(message) });
    expect(() => read(given)).toThrow(error as never);
    const request = {
      modelId: 'm',
      messages: [{ role: 'user', content: [{ image: { source: { bytes: given } } }] }],
    };
    expect(() => readRequest(request as never)).toThrow(/^messages\.0\.content\.0\.image\.source/);
  });

  it('are read in time linear in their number', () => {
    for (const form of ['a Uint8Array that went through JSON', 'a Buffer that went through JSON', 'a list']) {
      const grown = growthOf(1000, (size) => {
        const given = FORMS[form]?.(new Uint8Array(size));
        return () => read(given);
      });
      expect(grown).toBeLessThan(2.2);
    }
  });
});

describe('a history that went through JSON', () => {
  const modelId = 'anthropic.claude-sonnet-4-5-20250929-v1:0';
  const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 1, 2, 3, 4]);
  const local = createLocalBedrock({
    models: [{ modelId, responseStreamingSupported: true }],
    profiles: [],
    script: [
      {
        user: 'think',
        reasoning: { text: 'Hm.', redacted: 'c2VjcmV0' },
        text: 'Done.',
        toolUse: [{ name: 'look_up', input: { q: 1 } }],
      },
    ],
  });
  const bedrock = createBedrock({ transport: localTransport(local) });
  const toolConfig = {
    tools: [{ toolSpec: { name: 'look_up', inputSchema: { json: { type: 'object' } } } }],
  };
  const first: Message[] = [
    {
      role: 'user',
      content: [
        { text: 'think' },
        { image: { format: 'png', source: { bytes: png } } },
        { document: { format: 'txt', name: 'notes', source: { bytes: Buffer.from('a') } } },
      ],
    },
  ];

  function next(history: Message[], { message }: ConverseResult): ConverseRequest {
    const results = message.content?.flatMap(({ toolUse }) =>
      toolUse ? [{ toolResult: { toolUseId: toolUse.toolUseId, content: [{ text: 'found' }] } }] : [],
    );
    const answer = { role: 'user' as const, content: [...(results ?? []), { text: 'And?' }] };
    return { modelId, toolConfig, messages: [...history, message, answer] } as ConverseRequest;
  }

  it.each(['converse', 'stream'] as const)(
    'is sent as it was, answer and redacted thoughts included (%s)',
    async (how) => {
      expect(modelQuirks(modelId).redactedReasoning).not.toBe(false);
      const call = (request: ConverseRequest) =>
        how === 'stream' ? bedrock.stream(request).result() : bedrock.converse(request);
      const answer = await call({ modelId, toolConfig, messages: first });
      const kinds = answer.message.content?.map((block) => Object.keys(block).join());
      expect(kinds).toEqual(['reasoningContent', 'reasoningContent', 'text', 'toolUse']);
      const request = next(first, answer);
      const direct = await call(request);
      const stored = await call(json(request) as ConverseRequest);
      expect([direct.repairs, stored.repairs]).toEqual([[], []]);
      const [before, after] = local.requests.slice(-2);
      expect(after?.body).toEqual(before?.body);
      expect(after?.body).toMatchObject({
        messages: [
          {
            content: [
              {},
              { image: { source: { bytes: 'iVBORwECAwQ=' } } },
              { document: { source: { bytes: 'YQ==' } } },
            ],
          },
          { content: [{}, { reasoningContent: { redactedContent: 'c2VjcmV0' } }, {}, {}] },
          {},
        ],
      });
      if (!modelQuirks(modelId).countTokens) return;
      expect(await bedrock.countTokens(json(request) as ConverseRequest)).toBe(
        await bedrock.countTokens(request),
      );
    },
  );
});
