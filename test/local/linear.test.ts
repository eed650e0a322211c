import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { startCounting } from './steps.js';

const counter = await startCounting();
afterAll(() => counter.stop());
const { createLocalBedrock } = await import('bedrock-anywhere/local');
const { modelPath, ORIGIN } = await import('./request.js');

/** Twice the size may take twice the work, and a little more for what does not depend on it. */
const MOST_GROWTH = 2.4;

describe('patterns', () => {
  it('are written down, where test/regexes.test.ts finds them, apart from those of scripts', () => {
    const folder = fileURLToPath(new URL('../../src/local/', import.meta.url));
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.ts'),
    );
    const making = files.filter((name) => readFileSync(join(folder, name), 'utf8').includes('RegExp('));
    expect(making.sort()).toEqual(['script/script-check.ts', 'script/script.ts']);
  });
});

/** A list of so many items, each made of its number. */
const list = <T>(count: number, item: (n: number) => T): T[] =>
  Array.from({ length: count }, (_, n) => item(n));
const user = (...content: object[]) => ({ role: 'user', content });
const assistant = (...content: object[]) => ({ role: 'assistant', content });
const use = (toolUseId: string) => ({ toolUse: { toolUseId, name: 't', input: {} } });
const result = (toolUseId: string, ...content: object[]) => ({ toolResult: { toolUseId, content } });
const tool = (name: string, json: object = { type: 'object' }, description = 'x') => ({
  toolSpec: { name, description, inputSchema: { json } },
});
const answering = (...content: object[]) => ({
  toolConfig: { tools: [tool('t')] },
  messages: [user({ text: 'a' }), assistant(use('a')), user(result('a', ...content))],
});
const forced = (json: object) => ({
  messages: [user({ text: 'a' })],
  toolConfig: { tools: [tool('t', { type: 'object', ...json })], toolChoice: { any: {} } },
});
const property = (count: number) => list(count, (n) => [`p${n}`, { type: 'string' }] as const);

/** Bodies that grow with a number, as large as they make something go back and forth. */
const BODIES: Record<string, (count: number) => object> = {
  'many messages': (count) => ({
    messages: list(2 * count + 1, (n) => (n % 2 === 0 ? user : assistant)({ text: 'a' })),
  }),
  'many blocks': (count) => ({ messages: [user(...list(count, () => ({ text: 'a' })))] }),
  'many tool uses and their results': (count) => ({
    toolConfig: { tools: [tool('t')] },
    messages: [
      user({ text: 'a' }),
      assistant(...list(count, (n) => use(`u${n}`))),
      user(...list(count, (n) => result(`u${n}`, { text: 'a' }))),
    ],
  }),
  'many rounds of tools': (count) => ({
    toolConfig: { tools: [tool('t')] },
    messages: list(count, (n) => [
      user(...(n === 0 ? [{ text: 'a' }] : [result('u', { text: 'a' })])),
      assistant(use('u')),
    ])
      .flat()
      .concat(user(result('u', { text: 'a' }))),
  }),
  'many results of one use': (count) => ({
    toolConfig: { tools: [tool('t')] },
    messages: [user({ text: 'a' }), assistant(use('a')), user(...list(count, () => result('a')))],
  }),
  'many tools': (count) => ({
    messages: [user({ text: 'use t7' })],
    toolConfig: { tools: list(count, (n) => tool(`t${n}`)) },
  }),
  'the same tool many times': (count) => ({
    messages: [user({ text: 'a' })],
    toolConfig: { tools: list(count, () => tool('t')) },
  }),
  'a tool with a long description': (count) => ({
    messages: [user({ text: 'a word' })],
    toolConfig: { tools: [tool('t', { type: 'object' }, list(count, (n) => `w${n} `).join(''))] },
  }),
  'many violations': (count) => ({ messages: [user(...list(count, () => ({ toolUse: {} })))] }),
  'many stop sequences': (count) => ({
    ...answering({ text: 'word '.repeat(2000) }),
    inferenceConfig: { stopSequences: list(count, (n) => `stop ${n}`) },
  }),
  'many cache points': (count) => ({
    messages: [user(...list(count, () => [{ text: 'a' }, { cachePoint: { type: 'default' } }]).flat())],
  }),
  'many documents': (count) => ({
    messages: [
      user(
        { text: 'a' },
        ...list(count, () => ({ document: { name: 'a', format: 'txt', source: { bytes: 'YQ==' } } })),
      ),
    ],
  }),
  'a long prompt of spaces': (count) => ({ messages: [user({ text: `a${' '.repeat(10 * count)}b` })] }),
  'a long prompt of question marks': (count) => ({
    messages: [user({ text: `${'?'.repeat(10 * count)}b` })],
  }),
  'a long prompt of quotes': (count) => ({ messages: [user({ text: '“'.repeat(10 * count) })] }),
  'a long prompt of numbers': (count) => ({
    ...forced({
      properties: Object.fromEntries(list(50, (n) => [`n${n}`, { type: 'number', multipleOf: 7 }])),
      required: list(50, (n) => `n${n}`),
    }),
    messages: [user({ text: '1 '.repeat(5 * count) })],
  }),
  'a long tool result': (count) => answering({ text: `a${' '.repeat(10 * count)}b` }),
  'a tool result of deep JSON': (count) => answering({ text: '['.repeat(count) + ']'.repeat(count) }),
  'a tool result of many members': (count) => answering({ json: Object.fromEntries(property(count)) }),
  'a schema of many members': (count) =>
    forced({ properties: Object.fromEntries(property(count)), required: list(count, (n) => `p${n}`) }),
  'a schema of many parts': (count) =>
    forced({
      allOf: list(count, (n) => ({ properties: { [`p${n}`]: { type: 'string' } }, required: [`p${n}`] })),
    }),
  'a schema of many choices that lead nowhere': (count) =>
    forced({
      properties: { a: { anyOf: list(count, () => ({ $ref: '#/properties/a' })) } },
      required: ['a'],
    }),
  'a schema of many references in a row': (count) =>
    forced({
      $defs: Object.fromEntries(list(count, (n) => [`d${n}`, { $ref: `#/$defs/d${n + 1}` }])),
      properties: { a: { $ref: '#/$defs/d0' } },
      required: ['a'],
    }),
  'a schema of references that double': (count) =>
    forced({
      $defs: Object.fromEntries(
        list(count, (n) => {
          const twice = { $ref: `#/$defs/d${n + 1}` };
          return [`d${n}`, { type: 'object', properties: { a: twice, b: twice }, required: ['a', 'b'] }];
        }),
      ),
      properties: { a: { $ref: '#/$defs/d0' } },
      required: ['a'],
    }),
  'a schema of a long list': (count) =>
    forced({ properties: { a: { type: 'array', minItems: count * 1e6 } }, required: ['a'] }),
  'a schema of a long text': (count) =>
    forced({ properties: { a: { type: 'string', minLength: count * 1e6 } }, required: ['a'] }),
  'a schema of many types': (count) =>
    forced({
      properties: { a: { type: 'array', minItems: 500, items: { type: list(count, () => 'null') } } },
      required: ['a'],
    }),
  'a schema whose constant is used often': (count) =>
    forced({
      properties: { a: { type: 'array', minItems: 500, items: { const: list(count, () => 'text') } } },
      required: ['a'],
    }),
  'a shape of the answer that is nested': (count) => ({
    messages: [user({ text: 'a' })],
    outputConfig: {
      textFormat: {
        structure: { jsonSchema: { schema: `${'{"const":'.repeat(count)}1${'}'.repeat(count)}` } },
      },
    },
  }),
};

/** Steps at a size, once more at the same, at twice and at four times the size: the first one also does what is done once. */
function expectLinear(steps: readonly number[], what: string): void {
  const [, once = 0, twice = 0, fourTimes = 0] = steps;
  const growth = Math.max(twice / once, fourTimes / twice);
  expect(growth, `${what} takes ${steps.join(', ')} steps`).toBeLessThan(MOST_GROWTH);
}

/** Long enough for the work to show, and short enough for schemas to be followed to their end. */
const COUNT = 300;
const COUNTED = 'anthropic.claude-3-5-haiku-20241022-v1:0';

describe.each(['no tools by words', 'demo'])('a request, with %s', (mode) => {
  const local = createLocalBedrock(mode === 'demo' ? { tools: 'demo' } : {});
  const ask = (operation: string, body: object) => {
    const headers = { authorization: `Bearer ${local.apiKey}` };
    return new Request(ORIGIN + modelPath(operation, operation === 'count-tokens' ? COUNTED : undefined), {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
  };

  it.each(Object.entries(BODIES))('of %s takes twice the steps for twice the size', async (_name, make) => {
    for (const operation of ['converse', 'converse-stream', 'count-tokens']) {
      const steps: number[] = [];
      for (const count of [COUNT, COUNT, 2 * COUNT, 4 * COUNT]) {
        const body = make(count);
        const request = ask(operation, operation === 'count-tokens' ? { input: { converse: body } } : body);
        steps.push(await counter.count(async () => (await local.fetch(request)).arrayBuffer()));
      }
      expectLinear(steps, operation);
    }
  });
});

describe('a head', () => {
  it.each<[name: string, make: (count: number) => [path: string, headers: Record<string, string>]]>([
    ['spaces in authorization', (n) => ['/', { authorization: `AWS4-HMAC-SHA256 a=b${' '.repeat(n)}c` }]],
    ['commas in authorization', (n) => ['/', { authorization: `AWS4-HMAC-SHA256 ${'a=b,'.repeat(n)}` }]],
    [
      'many signed headers',
      (n) => [
        '/',
        {
          authorization: `AWS4-HMAC-SHA256 Credential=a/b/c/d/aws4_request, Signature=x, SignedHeaders=${'host;'.repeat(n)}`,
        },
      ],
    ],
    ['a path that begins again and again', (n) => [`${'/model'.repeat(n)}/converse`, {}]],
    ['a path of many dots', (n) => [`/model/${'.%2e'.repeat(n)}/converse`, {}]],
    ['a query of many members', (n) => [`/inference-profiles?${'type=a&'.repeat(n)}`, {}]],
    ['many faults', (n) => ['/', { 'x-local-fault': 'stall=1,'.repeat(n) }]],
    ['a long origin', (n) => ['/', { origin: `http://${'a.'.repeat(n)}localhost` }]],
  ])('with %s takes twice the steps for twice the length', async (_name, make) => {
    const local = createLocalBedrock();
    const steps: number[] = [];
    for (const count of [500, 500, 1000, 2000]) {
      const [path, headers] = make(count);
      const request = new Request(ORIGIN + path, { method: path === '/' ? 'GET' : 'POST', headers });
      steps.push(await counter.count(async () => (await local.fetch(request)).arrayBuffer()));
    }
    expectLinear(steps, 'The request');
  });
});
