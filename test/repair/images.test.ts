import { describe, expect, it } from 'vitest';
import { repairHistory } from '../../src/repair/history.js';
import { assistant, CLAUDE, NOVA, result, say, use, user } from './histories.js';

const latin = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const HEADS = {
  png: latin('\x89PNG\r\n\x1a\n____'),
  jpeg: latin('\xff\xd8\xff\xe0__JFIF__'),
  gif: latin('GIF89a______'),
  webp: latin('RIFF\x01\x02\x03\x04WEBPVP8 '),
};
const FORMATS = Object.keys(HEADS) as (keyof typeof HEADS)[];
const image = (format: string | undefined, bytes: unknown) => ({
  image: { ...(format !== undefined && { format }), source: { bytes } },
});

function repairOne(block: object, modelId: string) {
  const messages = [user(say('Hi'), block)];
  const context = { level: 'lossless', modelId, isPrompt: false, reasoning: undefined } as const;
  const { request, repairs } = repairHistory({ modelId, messages }, context);
  return { format: request.messages?.[0]?.content?.[1]?.image?.format, repairs };
}

const CONTAINERS: [string, (bytes: Uint8Array) => unknown][] = [
  ['a Uint8Array', (bytes) => bytes],
  ['a view of a longer buffer', (bytes) => new Uint8Array([7, 7, ...bytes, 7]).subarray(2, -1)],
  ['an ArrayBuffer', (bytes) => bytes.slice().buffer],
  ['base64', (bytes) => Buffer.from(bytes).toString('base64')],
];

describe('the format of an image', () => {
  for (const [what, wrap] of CONTAINERS) {
    it(`is taken from the bytes for Claude, in ${what}`, () => {
      for (const real of FORMATS) {
        for (const said of [...FORMATS, 'jpg', undefined]) {
          const { format, repairs } = repairOne(image(said, wrap(HEADS[real])), CLAUDE);
          expect(format).toBe(real);
          const path = 'messages.0.content.1.image.format';
          const before = said === undefined ? {} : { before: said };
          expect(repairs).toEqual(
            said === real ? [] : [{ kind: 'image-format', path, ...before, after: real }],
          );
        }
      }
    });
  }

  it('is left alone where the bytes do not tell, or the model is not known to look at them', () => {
    expect(repairOne(image('png', latin('nothing like an image')), CLAUDE)).toEqual({
      format: 'png',
      repairs: [],
    });
    expect(repairOne(image('png', new Uint8Array(0)), CLAUDE).repairs).toEqual([]);
    expect(repairOne(image('png', latin('RIFF\x01\x02\x03\x04AVI LIST')), CLAUDE).repairs).toEqual([]);
    expect(repairOne(image('png', HEADS.jpeg), NOVA)).toEqual({ format: 'png', repairs: [] });
    const inS3 = { image: { format: 'png', source: { s3Location: { uri: 's3://a/b' } } } };
    expect(repairOne(inS3, CLAUDE).repairs).toEqual([]);
  });

  it.each([
    ['jpg', 'jpeg'],
    ['JPEG', 'jpeg'],
    ['image/jpg', 'jpeg'],
    ['image/webp', 'webp'],
    ['svg+xml', 'svg+xml'],
    ['toString', 'toString'],
  ])('that the service does not know is read by its name where the bytes do not tell: %s', (given, sent) => {
    expect(repairOne(image(given, latin('AAAA')), NOVA).format).toBe(sent);
  });

  it('is repaired in the results of tools', () => {
    const messages = [user(say('Hi')), assistant(use('a')), user(result('a', image('jpeg', HEADS.png)))];
    const context = { level: 'lossless', modelId: CLAUDE, isPrompt: false, reasoning: undefined } as const;
    const toolConfig = {
      tools: [{ toolSpec: { name: 'look_up', inputSchema: { json: { type: 'object' } } } }],
    };
    const { repairs } = repairHistory({ modelId: CLAUDE, messages, toolConfig }, context);
    expect(repairs).toEqual([
      {
        kind: 'image-format',
        path: 'messages.2.content.0.toolResult.content.0.image.format',
        before: 'jpeg',
        after: 'png',
      },
    ]);
  });
});
