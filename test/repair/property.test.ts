import {
  type ContentBlock,
  ConverseStreamCommand,
  type ConverseStreamCommandInput,
  type Message,
} from '@aws-sdk/client-bedrock-runtime';
import { describe, expect, it } from 'vitest';
import { prepareConverse } from '../../src/converse/prepare.js';
import { parseBody } from '../../src/local/check/parse-body.js';
import { CONVERSE } from '../../src/local/check/request-shape.js';
import { readShape } from '../../src/local/check/shape.js';
import { validateConverse } from '../../src/local/check/validate.js';
import { repairCharacters } from '../../src/repair/characters.js';
import { repairHistory } from '../../src/repair/history.js';
import { resolveSettings } from '../../src/transport/settings.js';
import { encodeJson } from '../../src/wire/request.js';
import fc, { type Arbitrary } from '../property.js';
import { awsClient, bodyText } from '../wire/aws-client.js';
import {
  assistant,
  CLAUDE,
  GPT_OSS,
  LLAMA,
  NOVA,
  result,
  thought,
  toolNamed,
  use,
  user,
} from './histories.js';

const LEVELS = ['lossless', 'all'] as const;
const MODELS = [NOVA, CLAUDE, GPT_OSS, LLAMA, 'acme.brain-v1:0'];

/** What the local Bedrock says to a request; undefined where it takes it. */
function refusal(
  { modelId, ...body }: ConverseStreamCommandInput,
  mend?: (json: string) => string,
): string | undefined {
  try {
    const json = parseBody(encodeJson(body, mend));
    const read = readShape(json, CONVERSE);
    const model = { modelId: modelId?.replace(/^us\./, '') ?? '', responseStreamingSupported: true };
    // Whether a model streams what it passes to tools is no matter of the request.
    validateConverse(read as never, { model }, false, json as never);
    return undefined;
  } catch (error) {
    return String(error);
  }
}

const words = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
  .filter((text) => text.trim() !== '');
const fields = fc.dictionary(fc.string({ maxLength: 5 }), fc.jsonValue({ maxDepth: 1 }), { maxKeys: 3 });
const name = fc.stringMatching(/^[a-zA-Z0-9_-]{1,64}$/);
const text = words.map((one): object => ({ text: one }));
const image = fc
  .uint8Array({ minLength: 1, maxLength: 9 })
  .map((bytes): object => ({ image: { format: 'png', source: { bytes } } }));
const file = fc.constantFrom('csv', 'pdf').map((format): object => {
  const name = format === 'pdf' ? 'report' : 'a_table (2)';
  return { document: { name, source: { bytes: new Uint8Array([1]) }, format } };
});
const cachePoint = fc.constant<object>({ cachePoint: { type: 'default' } });
/** Cache points as a model takes them: of those that take any, Nova knows no lifetimes. */
const cachePoints: Readonly<Record<string, Arbitrary<object>[]>> = {
  [NOVA]: [cachePoint],
  [CLAUDE]: [
    cachePoint,
    fc.constantFrom('5m', '1h').map((ttl): object => ({ cachePoint: { type: 'default', ttl } })),
  ],
};
const resultContent = fc.array(
  fc.oneof(
    text,
    fields.map((json): object => ({ json })),
    fc.constant({ text: '' }),
  ),
  {
    minLength: 1,
    maxLength: 3,
  },
);

/** A turn of the assistant and the user's after it; every tool use has its result. */
const exchange = (modelId: string, tools: readonly string[]): Arbitrary<(i: number) => Message[]> =>
  fc
    .record({
      thought: fc.boolean(),
      said: fc.array(text, { minLength: 1, maxLength: 2 }),
      uses: fc.array(fc.record({ name: fc.constantFrom(...tools), input: fields, content: resultContent }), {
        maxLength: 3,
      }),
      answer: fc.array(
        fc.oneof(text, file, ...(modelId === CLAUDE ? [image] : []), ...(cachePoints[modelId] ?? [])),
        {
          minLength: 1,
          maxLength: 3,
        },
      ),
    })
    .map(({ thought: thinks, said, uses, answer }) => (i) => [
      assistant(
        ...(thinks && modelId === CLAUDE ? [thought('Hm.', 'c2ln')] : []),
        ...(thinks && modelId === GPT_OSS ? [thought('Hm.')] : []),
        ...said,
        ...uses.map((one, j) => use(`use-${i}_${j}`, one.name, one.input)),
      ),
      user(...uses.map((one, j) => result(`use-${i}_${j}`, ...one.content)), ...answer),
    ]);

const validRequest: Arbitrary<ConverseStreamCommandInput> = fc
  .tuple(fc.constantFrom(...MODELS), fc.uniqueArray(name, { minLength: 1, maxLength: 3 }))
  .chain(([modelId, tools]) =>
    fc
      .record({
        first: fc.array(text, { minLength: 1, maxLength: 2 }),
        exchanges: fc.array(exchange(modelId, tools), { maxLength: 4 }),
        system: fc.option(fc.array(text, { minLength: 1, maxLength: 2 }), { nil: undefined }),
        more: fc.option(fields, { nil: undefined }),
      })
      .map(({ first, exchanges, system, more }) => ({
        modelId,
        messages: [user(...first), ...exchanges.flatMap((make, i) => make(i))],
        ...(system !== undefined && { system: system as never }),
        inferenceConfig: { maxTokens: 100 },
        toolConfig: {
          tools: tools.map((one) => toolNamed(one, { inputSchema: { json: { type: 'object' } } })),
        },
        ...(more !== undefined && { additionalModelRequestFields: more as never }),
      })),
  );

const encode = (text: string) => new TextEncoder().encode(text);

const POINT = { cachePoint: { type: 'default' } };

const PICKY = [
  'us.anthropic.claude-opus-5-5',
  'amazon.nova-pro-v1:0',
  'us.mistral.pixtral-large-2502-v1:0',
  'mistral.mistral-large-2407-v1:0',
  'writer.palmyra-x5-v1:0',
  'qwen.qwen3-vl-235b-a22b',
];

/** A schema whose root is a union, or has definitions, in several ways. */
const unionSchema = fc
  .record(
    {
      type: fc.constant('object'),
      properties: fc.constant({ a: { type: 'string' } }),
      anyOf: fc.constantFrom<object[]>(
        [{ required: ['a'] }, { $ref: '#/$defs/Other' }],
        [{ type: 'string' }],
      ),
      oneOf: fc.constant([{ properties: { b: {} } }, { allOf: [{ required: ['b'] }] }]),
      allOf: fc.constant([{ $ref: '#/definitions/Self' }, { properties: { a: { enum: ['x'] } } }]),
      $defs: fc.constant({ Other: { properties: { a: { $ref: '#/$defs/Other' } } } }),
      definitions: fc.constant({ Self: { $ref: '#/definitions/Self' } }),
    },
    { requiredKeys: [] },
  )
  .map((json) => json as object);

/** Whatever may be in a history, in any order. */
const messyFile: Arbitrary<object> = fc.oneof(
  fc.record({
    document: fc.record(
      {
        format: fc.constantFrom('csv', 'pdf', 'txt', 'text/plain', 'octet-stream'),
        name: fc.constantFrom(
          'report',
          'report.pdf',
          'report pdf',
          'report-2',
          'a  b',
          'é',
          ' ',
          '',
          'x'.repeat(201),
        ),
        source: fc.constantFrom(
          ...['\u0001', 'a,b', '%PDF-1.7', 'PK\u0003\u0004'].map((bytes) => ({ bytes: encode(bytes) })),
        ),
      },
      { requiredKeys: ['format', 'source'] },
    ),
  }),
  fc.record({
    image: fc.record(
      {
        format: fc.constantFrom('png', 'jpeg', 'jpg', 'image/png'),
        source: fc.constantFrom(
          { bytes: new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]) },
          { bytes: new Uint8Array([0xff, 0xd8, 0xff, 0xe0]) },
        ),
      },
      { requiredKeys: ['source'] },
    ),
  }),
);
const messyBlock = (modelId: string): Arbitrary<object> =>
  fc.oneof(
    text,
    messyFile,
    ...(cachePoints[modelId] ?? []),
    fc.constantFrom({ text: '' }, { text: ' \n' }, { text: 'cut \ud83d' }),
    fc.record({
      toolUse: fc.record({
        toolUseId: fc.constantFrom('a', 'b', 'c.1', 'd|2', 'x'.repeat(70)),
        name: fc.constantFrom(
          'look_up',
          'look.up',
          'look up',
          `${'y'.repeat(70)}1`,
          `${'y'.repeat(70)}2`,
          '',
        ),
        input: fc.oneof(fields, fc.constantFrom('', '{"a":1}', '[1]', null, 3)),
      }),
    }),
    fc.record({
      toolResult: fc.record(
        {
          toolUseId: fc.constantFrom('a', 'b', 'c.1', 'd|2', 'x'.repeat(70)),
          content: fc.array(
            fc.oneof(
              text,
              messyFile,
              fc.jsonValue({ maxDepth: 1 }).map((json): object => ({ json })),
            ),
            {
              maxLength: 2,
            },
          ),
          status: fc.constantFrom('success', 'error'),
        },
        { requiredKeys: ['toolUseId', 'content'] },
      ),
    }),
    fc.constantFrom(thought('Hm.'), thought('Hm.', ''), thought('Hm.', 'c2ln'), thought(' ')),
    fc.constant({ reasoningContent: { redactedContent: new Uint8Array([1]) } }),
  );
const messyRequest = fc.constantFrom(NOVA, CLAUDE, GPT_OSS, LLAMA, ...PICKY).chain((modelId) =>
  fc.record(
    {
      modelId: fc.constant(modelId),
      messages: fc.array(
        fc.record({
          role: fc.constantFrom('user' as const, 'assistant' as const),
          content: fc.array(messyBlock(modelId), { maxLength: 4 }) as Arbitrary<ContentBlock[]>,
        }),
        { minLength: 1, maxLength: 7 },
      ),
      toolConfig: fc.oneof(
        fc
          .tuple(
            fc.uniqueArray(fc.constantFrom('look_up', 'open'), { minLength: 1 }),
            unionSchema,
            fc.option(fc.boolean(), { nil: undefined }),
            fc.constantFrom<object | undefined>(
              undefined,
              { any: {} },
              { auto: {} },
              { tool: { name: 'look_up' } },
            ),
          )
          .map(([names, json, strict, toolChoice]) => ({
            tools: names.map((one) =>
              toolNamed(one, { inputSchema: { json }, ...(strict !== undefined && { strict }) } as never),
            ),
            ...(toolChoice !== undefined &&
              (!('tool' in toolChoice) || names.includes('look_up')) && { toolChoice }),
          })),
        ...[
          { tools: [] },
          { tools: [toolNamed('look.up'), toolNamed('look_up')], toolChoice: { auto: {} } },
          { tools: [toolNamed(`${'y'.repeat(70)}1`, { description: '', inputSchema: { json: {} } })] },
          ...(modelId === CLAUDE
            ? [{ tools: [POINT, toolNamed('look_up'), POINT] }, { tools: [POINT] }]
            : []),
        ].map((config) => fc.constant(config)),
      ),
      system: fc.array(fc.oneof(text, fc.constant({ text: '' }), ...(cachePoints[modelId] ?? [])), {
        maxLength: 4,
      }),
    },
    { requiredKeys: ['modelId', 'messages'] },
  ),
) as Arbitrary<ConverseStreamCommandInput>;

async function sentByAws(request: ConverseStreamCommandInput): Promise<string> {
  const { client, sent } = awsClient();
  await client.send(new ConverseStreamCommand(request)).catch(() => {});
  return bodyText(sent[0] as never);
}

describe('a request that the service takes', () => {
  it.each(LEVELS)(
    'leaves as it came, in the very bytes of the AWS client (%s)',
    async (repair) => {
      let count = 0;
      await fc.assert(
        fc.asyncProperty(validRequest, async (request) => {
          fc.pre(refusal(request) === undefined);
          count += 1;
          const call = { repair, region: 'us-east-1', credentials: { token: 'key' } };
          const { outgoing, repairs } = await prepareConverse(
            resolveSettings({}, call, 'stream()'),
            request,
            'converse-stream',
          );
          expect(repairs).toEqual([]);
          const bytes = new TextDecoder().decode(outgoing.body?.());
          expect(bytes).toBe(await sentByAws(request));
        }),
        { numRuns: 100 },
      );
      expect(count).toBeGreaterThan(50);
    },
    60_000,
  );

  it('is not even copied', () => {
    fc.assert(
      fc.property(validRequest, fc.constantFrom(...LEVELS), (request, level) => {
        fc.pre(refusal(request) === undefined);
        const context = { level, modelId: request.modelId ?? '', isPrompt: false };
        expect(repairHistory(request, context).request).toBe(request);
      }),
      { numRuns: 100 },
    );
  });
});

describe('a history of anything', () => {
  const mend = (request: ConverseStreamCommandInput, level: (typeof LEVELS)[number] = 'all') =>
    repairHistory(request, {
      level,
      modelId: request.modelId ?? '',
      isPrompt: false,
    });

  it('passes once repaired, is never changed itself, and then needs no repair', () => {
    let broken = 0;
    fc.assert(
      fc.property(messyRequest, (request) => {
        // One side that says nothing is an error of its own: there is nothing to answer.
        fc.pre(new Set(request.messages?.map(({ role }) => role)).has('user'));
        const before = structuredClone(request);
        const { request: whole, repairs, names } = mend(deepFrozen(request));
        expect(request).toEqual(before);
        // The service counts documents, and which ones to omit is the caller's choice.
        // And a PDF stays one, whatever the model reads.
        const found = refusal(whole, repairCharacters) ?? '';
        const left = (TOO_MANY.test(found) && countDocuments(request) > 5) || NO_DOCUMENTS.test(found);
        if (!left) expect(refusal(whole, repairCharacters)).toBeUndefined();
        if (refusal(request) !== undefined) broken += 1;
        const again = mend(whole);
        expect(again.repairs).toEqual([]);
        for (const { kind, before: from, after } of repairs) {
          if (kind === 'tool-name') expect(names.get(after ?? '')).toBe(from);
        }
        expect(new Set(names.values()).size).toBe(names.size);
      }),
      { numRuns: 400 },
    );
    expect(broken).toBeGreaterThan(200);
  });

  it('is refused after a lossless repair for nothing that this repair is meant to cover, or that it made', () => {
    let refused = 0;
    fc.assert(
      fc.property(messyRequest, (request) => {
        fc.pre(new Set(request.messages?.map(({ role }) => role)).has('user'));
        const left = refusal(mend(request, 'lossless').request, repairCharacters);
        if (left === undefined) return;
        refused += 1;
        expect(left).toMatch(LOSSY);
        if (TOO_MANY.test(left)) expect(countDocuments(request)).toBeGreaterThan(5);
      }),
      { numRuns: 400 },
    );
    expect(refused).toBeGreaterThan(50);
  });
});

const TOO_MANY = /more than 5 documents/;
const NO_DOCUMENTS = /support the document field/;

/** What only `repair: 'all'` gets past, or nothing. */
const LOSSY =
  /support the document field|toolConfig field must be defined|Expected toolResult blocks|exceeds the number of toolUse blocks|cannot contain reasoning|reasoningText\.signature field|redactedContent field|thinking\.signature: Field required|Invalid `signature`|more than 5 documents|assistant message prefill|toolConfig\.toolChoice|tool_choice: type|\.strict: Extra inputs/;

function countDocuments({ messages = [] }: ConverseStreamCommandInput): number {
  return JSON.stringify(messages).split('"document":').length - 1;
}

function deepFrozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) {
    Object.freeze(value);
    for (const member of Object.values(value)) deepFrozen(member);
  }
  return value;
}
