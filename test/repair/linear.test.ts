import type { ConverseStreamCommandInput, Message } from '@aws-sdk/client-bedrock-runtime';
import { describe, expect, it } from 'vitest';
import { repairHistory } from '../../src/repair/history.js';
import { growthOf } from '../counting.js';
import { ask, assistant, CLAUDE, NOVA, result, say, thought, toolNamed, use, user } from './histories.js';

const LINEAR = 2.2;

const many = <T>(size: number, make: (i: number) => T): T[] =>
  Array.from({ length: size }, (_, i) => make(i));

function repaired(request: ConverseStreamCommandInput) {
  return repairHistory(request, {
    level: 'all',
    modelId: request.modelId ?? '',
    isPrompt: false,
  });
}

/** What the service says to a history that one of its users wrote, so its size is theirs to choose. */
const HISTORIES: Record<string, (size: number) => ConverseStreamCommandInput> = {
  'messages of one role in a row': (size) => ({
    modelId: NOVA,
    messages: many(size, (i) => user(say(`${i}`))),
  }),
  'messages of one role in a row, with results in between': (size) => ({
    modelId: NOVA,
    messages: [
      ask,
      assistant(...many(size, (i) => use(`id-${i}`))),
      ...many(size, (i) => user(say(`${i}`), result(`id-${i}`))),
    ],
  }),
  'ids of tool uses that have their first 64 letters in common': (size) => ({
    modelId: NOVA,
    messages: [ask, ...exchanges(many(size, (i) => `${'x'.repeat(64)}${i}`))],
  }),
  'ids of tool uses that differ in letters that are replaced': (size) => ({
    modelId: CLAUDE,
    messages: [
      ask,
      ...exchanges(many(size, (i) => `${'x'.repeat(i % 60)}${String.fromCharCode(0x4e00 + i)}`)),
    ],
  }),
  'names of tools that have their first 64 letters in common': (size) => ({
    modelId: NOVA,
    messages: [user(say('Hi'))],
    toolConfig: { tools: many(size, (i) => toolNamed(`${'x'.repeat(64)}${i}`)) },
  }),
  'tool uses of one id in a turn': (size) => ({
    modelId: NOVA,
    messages: [ask, assistant(...many(size, () => use('a'))), user(...many(size, () => result('a')))],
  }),
  'results for one tool use': (size) => ({
    modelId: NOVA,
    messages: [ask, assistant(use('a')), user(...many(size, () => result('a')))],
  }),
  'results with images that the model rejects there': (size) => ({
    modelId: CLAUDE,
    messages: [
      ask,
      assistant(use('a')),
      user({ toolResult: { toolUseId: 'a', status: 'error', content: many(size, () => image) } }),
    ],
  }),
  'blank texts': (size) => ({ modelId: NOVA, messages: many(size, () => user(say(' '), say('x'))) }),
  'cache points behind thoughts': (size) => ({
    modelId: CLAUDE,
    messages: [
      ask,
      assistant(say('Hi'), ...many(size, () => thought('Hm.', 'c2ln')), ...many(size, () => point)),
    ],
  }),
  'cache points behind thoughts, one by one': (size) => ({
    modelId: CLAUDE,
    messages: [
      ask,
      assistant(say('Hi'), ...many(size, () => [thought('Hm.', 'c2ln'), point, say('x')]).flat()),
    ],
  }),
  'messages of a cache point': (size) => ({
    modelId: NOVA,
    messages: many(size, () => user(point, say('x'))),
  }),
  'documents with one name': (size) => ({
    modelId: NOVA,
    messages: [user(say('Hi'), ...many(size, () => file('report'))), user(...many(size, () => file('a.b')))],
  }),
  'documents with names that have their first 200 letters in common': (size) => ({
    modelId: NOVA,
    messages: [user(say('Hi'), ...many(size, (i) => file(`${'x'.repeat(200)}${i}`)))],
  }),
  'messages of a document': (size) => ({
    modelId: NOVA,
    messages: many(size, (i) => (i % 2 === 0 ? user(file(`${i}`)) : assistant(say('x')))),
  }),
  'results with documents': (size) => ({
    modelId: NOVA,
    messages: [ask, assistant(use('a')), user(result('a', ...many(size, () => file('report.pdf'))))],
  }),
  'tool uses without results': (size) => ({
    modelId: NOVA,
    messages: many(size, (i) => (i % 2 === 0 ? ask : assistant(use(`id-${i}`)))),
  }),
};

const file = (name: string) => ({
  document: { format: 'pdf', name, source: { bytes: new Uint8Array([1]) } },
});
const point = { cachePoint: { type: 'default' } };
const image = { image: { format: 'png', source: { bytes: new Uint8Array([1]) } } };

function exchanges(ids: string[]): Message[] {
  return [assistant(...ids.map((id) => use(id))), user(...ids.map((id) => result(id)))];
}

describe('the work of repairing a history is linear in its size', () => {
  it.each(Object.entries(HISTORIES))('%s', (_what, make) => {
    expect(
      growthOf(1000, (size) => {
        const request = make(size);
        return () => repaired(request);
      }),
    ).toBeLessThan(LINEAR);
  });

  it('and a list is never passed as arguments, of which a call takes only so many', () => {
    const request = HISTORIES['results with images that the model rejects there']?.(200_000);
    const { messages } = repaired(request as ConverseStreamCommandInput).request;
    expect(messages?.at(-1)?.content).toHaveLength(200_001);
  });
});

describe('a number that keeps two names apart', () => {
  const NAME = /^[\w-]{1,64}$/;

  it.each(['x'.repeat(64), 'x', 'x'.repeat(61)])(
    'never makes one longer than the service accepts: %s',
    (stem) => {
      const ids = many(1200, (i) => `${stem}${'.'.repeat(i % 2)}${'·'.repeat(70)}${i}`);
      const { messages = [] } = repaired({ modelId: CLAUDE, messages: [ask, ...exchanges(ids)] }).request;
      const sent = messages[1]?.content?.map(({ toolUse }) => toolUse?.toolUseId ?? '') ?? [];
      expect(new Set(sent).size).toBe(1200);
      for (const id of sent) expect(id).toMatch(NAME);
      expect(messages[2]?.content?.map(({ toolResult }) => toolResult?.toolUseId)).toEqual(sent);
    },
  );

  it('gives a use that repeats an id none that another use has', () => {
    const uses = [use('a'), use('a'), use('a_2'), ...many(1200, () => use('a'))];
    const results = uses.map(({ toolUse: { toolUseId } }) => result(toolUseId));
    const { messages = [] } = repaired({
      modelId: NOVA,
      messages: [ask, assistant(...uses), user(...results)],
    }).request;
    const sent = messages[1]?.content?.map(({ toolUse }) => toolUse?.toolUseId ?? '') ?? [];
    expect(new Set(sent).size).toBe(uses.length);
    expect(sent.slice(0, 3)).toEqual(['a', 'a_3', 'a_2']);
    for (const id of sent) expect(id).toMatch(NAME);
  });
});
