import { describe, expect, it } from 'vitest';
import { readCountRequest, readRequest } from '../../src/input/request.js';
import type { ConverseStreamRequest } from '../../src/types.js';
import { growthOf } from '../counting.js';

const messagesOf = (count: number) =>
  Array.from({ length: count }, () => ({ role: 'user' as const, content: [{ text: 'Hi' }] }));

describe('a conversation of more messages than any model reads', () => {
  const refusal = {
    code: 'ERR_INPUT',
    message: expect.stringMatching(
      /^messages has 100001 items\. Pass 100000 at most: no model reads more\.$/,
    ),
  };

  it('is refused before any of them is looked at', () => {
    let looked = 0;
    const messages = new Proxy(messagesOf(100_001), {
      get: (target, name, receiver) => {
        if (/^\d+$/.test(String(name))) looked += 1;
        return Reflect.get(target, name, receiver);
      },
    });
    const request = { modelId: 'amazon.nova-lite-v1:0', messages };
    expect(() => readRequest(request)).toThrow(expect.objectContaining(refusal));
    expect(looked).toBe(0);
  });

  it('is refused where tokens are counted too, with its place', () => {
    const request = {
      modelId: 'amazon.nova-lite-v1:0',
      input: { converse: { messages: messagesOf(100_001) } },
    };
    expect(() => readCountRequest(request)).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(/^input\.converse\.messages has 100001 items/),
      }),
    );
  });

  it('begins with one message more than is allowed', () => {
    const request = { modelId: 'amazon.nova-lite-v1:0', messages: messagesOf(100_000) };
    expect(readRequest(request)).toBe(request);
  });
});

describe('the work of checking a request', () => {
  const request = (messages: unknown): ConverseStreamRequest =>
    ({ modelId: 'amazon.nova-lite-v1:0', messages }) as ConverseStreamRequest;
  const read = (given: ConverseStreamRequest) => () => {
    try {
      readRequest(given);
    } catch {
      // Some are refused: what counts is the work until then.
    }
  };
  const unknown = (size: number) =>
    Object.fromEntries(Array.from({ length: size }, (_, i) => [`member${i}`, 1]));

  it.each<[what: string, make: (size: number) => ConverseStreamRequest]>([
    ['messages', (size) => request(messagesOf(size))],
    ['texts as strings', (size) => request([{ role: 'user', content: Array(size).fill('x') }])],
    [
      'members with unknown names',
      (size) => request([{ role: 'user', content: [{ text: 'x' }], ...unknown(size) }]),
    ],
    [
      'members of a block with unknown names',
      (size) => request([{ role: 'user', content: [{ text: 'x', ...unknown(size) }] }]),
    ],
    ['unknown names beside modelId', (size) => ({ ...request(messagesOf(1)), ...unknown(size) })],
  ])('is linear in the number of %s', (_what, make) => {
    expect(growthOf(1000, (size) => read(make(size)))).toBeLessThan(2.2);
  });

  it('does not compare a long name with known ones, letter by letter', () => {
    let compared = 0;
    const { includes } = String.prototype;
    String.prototype.includes = function (this: string, ...args: [string]) {
      compared += 1;
      return includes.apply(this, args);
    };
    try {
      read(request([{ role: 'user', content: [{ text: 'x' }], ['x'.repeat(1_000_000)]: 1 }]))();
    } finally {
      String.prototype.includes = includes;
    }
    expect(compared).toBeLessThan(1000);
  });
});

it('an error shows only the beginning of names that a user chose', () => {
  const names = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`${i}`.padStart(1000, 'x'), 1]));
  const errors = [
    { text: 'x', ...names },
    { toolUse: { toolUseId: 'a', name: 'b', input: {} }, ...names },
  ].map((block) => {
    try {
      readRequest({ modelId: 'm', messages: [{ role: 'user', content: [block as never] }] });
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  });
  for (const message of errors) {
    expect(message).toMatch(/^messages\.0\.content\.0 has (text|toolUse|x+)/);
    expect(message.length).toBeLessThan(700);
  }
});
