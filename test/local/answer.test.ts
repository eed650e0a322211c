import { createLocalBedrock, type LocalBedrock } from 'bedrock-anywhere/local';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { valueFor } from '../../src/local/schema-value.js';
import { eventsOf, framesOf } from './events.js';
import { modelPath, say, send } from './request.js';

const CLAUDE = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';

interface Answer {
  output: { message: { role: string; content: Record<string, unknown>[] } };
  stopReason: string;
  usage: Record<string, number>;
  metrics: { latencyMs: number };
  additionalModelResponseFields?: object;
  performanceConfig?: object;
  serviceTier?: object;
}

async function ask(local: LocalBedrock, body: unknown, modelId?: string): Promise<Answer> {
  const response = await send(local, { path: modelPath('converse', modelId), body });
  return (await response.json()) as Answer;
}

function textIn(answer: Answer): string {
  return answer.output.message.content.map((block) => block['text'] ?? '').join('');
}

/** A PNG head that declares a size; the rest does not matter here. */
function png(width: number, height: number): string {
  const bytes = Buffer.alloc(64);
  bytes.write('89504e470d0a1a0a', 'hex');
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  return bytes.toString('base64');
}

describe('without a script the answer', () => {
  const local = createLocalBedrock();

  it('tells what was seen: text, images, documents, tools', async () => {
    const content = [
      { text: 'What is on these?' },
      { image: { format: 'png', source: { bytes: png(10, 10) } } },
      { image: { format: 'jpeg', source: { bytes: 'AAAA' } } },
      { document: { format: 'txt', name: 'notes', source: { bytes: 'AAAA' } } },
    ];
    const answer = await ask(local, { messages: [{ role: 'user', content }] });
    expect(textIn(answer)).toContain('"What is on these?"');
    expect(textIn(answer)).toContain('2 images (png, jpeg) and 1 document (notes)');
    expect(answer).toMatchObject({ stopReason: 'end_turn', output: { message: { role: 'assistant' } } });
    expect(answer.metrics.latencyMs).toBeGreaterThanOrEqual(1);
  });

  it('reasons where the model can and the request asks for it', async () => {
    const reasons = async (fields: object, modelId = CLAUDE): Promise<boolean> => {
      const answer = await ask(local, { ...say('Why?'), additionalModelRequestFields: fields }, modelId);
      const block = answer.output.message.content[0]?.['reasoningContent'] as
        | { reasoningText: { text: string; signature: string } }
        | undefined;
      if (block !== undefined) expect(block.reasoningText.signature.length).toBeGreaterThan(20);
      return block !== undefined;
    };
    expect(await reasons({ thinking: { type: 'enabled', budget_tokens: 1024 } })).toBe(true);
    expect(await reasons({ thinking: { type: 'adaptive' } })).toBe(true);
    expect(await reasons({ reasoning_config: { type: 'enabled', budget_tokens: 1024 } })).toBe(true);
    expect(await reasons({ reasoning_effort: 'low' }, 'openai.gpt-oss-120b-1:0')).toBe(true);
    expect(await reasons({ thinking: { type: 'disabled' } })).toBe(false);
    expect(await reasons({})).toBe(false);
    expect(await reasons({ reasoning_effort: 'low' }, 'amazon.nova-lite-v1:0')).toBe(false);
  });

  it('is JSON of the shape that outputConfig asks for', async () => {
    const schema = JSON.stringify({
      type: 'object',
      properties: { city: { type: 'string' }, days: { type: 'integer', minimum: 1 } },
      required: ['city', 'days'],
    });
    const textFormat = { type: 'json_schema', structure: { jsonSchema: { schema, name: 'trip' } } };
    const answer = await ask(local, { ...say('Plan 3 days in Rome'), outputConfig: { textFormat } });
    expect(JSON.parse(textIn(answer))).toEqual({ city: 'Rome', days: 3 });
  });

  it('echoes performanceConfig and serviceTier, on both routes', async () => {
    const body = { ...say('Hi'), performanceConfig: { latency: 'optimized' }, serviceTier: { type: 'flex' } };
    expect(await ask(local, body)).toMatchObject({
      performanceConfig: { latency: 'optimized' },
      serviceTier: { type: 'flex' },
    });
    const events = eventsOf(await framesOf(await send(local, { body })));
    expect(events.at(-1)).toMatchObject([
      'metadata',
      { performanceConfig: { latency: 'optimized' }, serviceTier: { type: 'flex' } },
    ]);
  });
});

describe('tools', () => {
  const local = createLocalBedrock();
  const weather = {
    toolSpec: {
      name: 'get_weather',
      description: 'Get the current weather of a city.',
      inputSchema: {
        json: {
          type: 'object',
          properties: { city: { type: 'string' }, unit: { type: 'string', enum: ['celsius', 'fahrenheit'] } },
          required: ['city'],
        },
      },
    },
  };
  const stocks = {
    toolSpec: {
      name: 'stockPrice',
      description: 'Look up the price of a share.',
      inputSchema: {
        json: { type: 'object', properties: { symbol: { type: 'string' } }, required: ['symbol'] },
      },
    },
  };
  const tools = [weather, stocks];

  async function toolUsed(
    text: string,
    toolChoice?: object,
  ): Promise<{ name: string; input: unknown } | undefined> {
    const toolConfig = toolChoice === undefined ? { tools } : { tools, toolChoice };
    const answer = await ask(local, { ...say(text), toolConfig });
    const use = answer.output.message.content.find((block) => block['toolUse'] !== undefined)?.['toolUse'];
    expect(answer.stopReason).toBe(use === undefined ? 'end_turn' : 'tool_use');
    return use as { name: string; input: unknown } | undefined;
  }

  it('are used where the prompt calls for one, with words of the prompt', async () => {
    expect(await toolUsed('What is the weather in San Francisco?')).toMatchObject({
      name: 'get_weather',
      input: { city: 'San Francisco' },
    });
    expect(await toolUsed('Weather for Paris in fahrenheit please')).toMatchObject({
      input: { city: 'Paris', unit: 'fahrenheit' },
    });
    expect(await toolUsed('Give me the stock prices of "AMZN"')).toMatchObject({
      name: 'stockPrice',
      input: { symbol: 'AMZN' },
    });
    expect(await toolUsed('Please call get_weather')).toMatchObject({ name: 'get_weather' });
  });

  it('are left alone where it does not', async () => {
    expect(await toolUsed('Tell me a joke about cats')).toBeUndefined();
  });

  it('are used where toolChoice says so', async () => {
    expect(await toolUsed('Hello', { any: {} })).toBeDefined();
    expect(await toolUsed('Hello', { tool: { name: 'stockPrice' } })).toMatchObject({ name: 'stockPrice' });
    expect(await toolUsed('Hello', { auto: {} })).toBeUndefined();
  });

  it('get an answer made of their results, failed ones too', async () => {
    const use = (id: string, name: string) => ({ toolUse: { toolUseId: id, name, input: {} } });
    const answer = await ask(local, {
      toolConfig: { tools },
      messages: [
        { role: 'user', content: [{ text: 'Weather in Rome and the price of AMZN?' }] },
        { role: 'assistant', content: [use('a', 'get_weather'), use('b', 'stockPrice')] },
        {
          role: 'user',
          content: [
            { toolResult: { toolUseId: 'a', content: [{ json: { sky: 'clear', celsius: 21 } }] } },
            { toolResult: { toolUseId: 'b', content: [{ text: 'no such symbol' }], status: 'error' } },
          ],
        },
      ],
    });
    expect(answer.stopReason).toBe('end_turn');
    expect(textIn(answer)).toContain('get_weather says: sky clear, celsius 21.');
    expect(textIn(answer)).toContain('stockPrice failed: no such symbol.');
  });
});

describe('a made-up tool input', () => {
  it('satisfies the schema, for schemas of every make', () => {
    const leaf = fc.oneof(
      fc.record({ type: fc.constant('string'), enum: fc.array(fc.string(), { minLength: 1, maxLength: 3 }) }),
      fc.record({ type: fc.constant('string'), minLength: fc.nat(20) }),
      fc.record({ type: fc.constant('string'), maxLength: fc.integer({ min: 1, max: 20 }) }),
      fc.record({ type: fc.constant('integer'), minimum: fc.integer({ min: -50, max: 50 }) }),
      fc.record({ type: fc.constant('number'), maximum: fc.integer({ min: -50, max: 50 }) }),
      fc.record({ type: fc.constant('integer'), multipleOf: fc.integer({ min: 1, max: 7 }) }),
      fc.record({ type: fc.constant('boolean') }),
      fc.record({ const: fc.jsonValue() }),
      fc.record({ type: fc.constant(['null', 'string']) }),
    );
    const { schema } = fc.letrec((tie) => ({
      schema: fc.oneof({ maxDepth: 4, depthSize: 'small' }, leaf, tie('object'), tie('array'), tie('any')),
      object: fc
        .dictionary(fc.stringMatching(/^[a-z]{1,6}$/), tie('schema'), { maxKeys: 4 })
        .map((properties) => ({
          type: 'object',
          properties,
          required: Object.keys(properties),
        })),
      array: fc.record({
        type: fc.constant('array'),
        items: tie('schema'),
        minItems: fc.integer({ min: 0, max: 3 }),
      }),
      any: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }).map((anyOf) => ({ anyOf })),
    }));
    fc.assert(
      fc.property(schema, fc.string(), (one, prompt) => {
        expect(problem(valueFor(one, prompt), one as Json)).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  it('follows references, and ends where a schema refers to itself', () => {
    const schema = {
      $defs: { node: { type: 'object', properties: { next: { $ref: '#/$defs/node' } }, required: ['next'] } },
      type: 'object',
      properties: { at: { $ref: '#/$defs/place' }, list: { $ref: '#/$defs/node' } },
      required: ['at'],
      definitions: {},
    };
    const whole = { ...schema, $defs: { ...schema.$defs, place: { type: 'string', examples: ['Oslo'] } } };
    expect(valueFor(whole, '')).toEqual({ at: 'Oslo' });
    expect(JSON.stringify(valueFor({ ...whole, required: ['list'] }, '')).length).toBeLessThan(500);
  });
});

type Json = Record<string, unknown>;

/** What is wrong with a value by the keywords that the test uses. */
function problem(value: unknown, schema: Json): string | undefined {
  if ('const' in schema)
    return JSON.stringify(value) === JSON.stringify(schema['const']) ? undefined : 'const';
  const anyOf = schema['anyOf'] as Json[] | undefined;
  if (anyOf !== undefined)
    return anyOf.some((one) => problem(value, one) === undefined) ? undefined : 'anyOf';
  if (schema['enum'] !== undefined) return (schema['enum'] as unknown[]).includes(value) ? undefined : 'enum';
  const types = [schema['type']].flat() as string[];
  const type = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  if (!types.includes(type) && !(types.includes('integer') && Number.isInteger(value))) return `type ${type}`;
  if (typeof value === 'string') {
    if (value.length < Number(schema['minLength'] ?? 0)) return 'minLength';
    if (value.length > Number(schema['maxLength'] ?? value.length)) return 'maxLength';
  }
  if (typeof value === 'number') {
    if (value < Number(schema['minimum'] ?? value) || value > Number(schema['maximum'] ?? value))
      return 'range';
    if (!Number.isInteger(value / Number(schema['multipleOf'] ?? value ?? 1)) && value !== 0)
      return 'multipleOf';
  }
  if (Array.isArray(value)) {
    if (value.length < Number(schema['minItems'])) return 'minItems';
    return value.map((item) => problem(item, schema['items'] as Json)).find((one) => one !== undefined);
  }
  if (type === 'object') {
    const properties = schema['properties'] as Record<string, Json>;
    for (const name of schema['required'] as string[]) {
      if (!(name in (value as Json))) return `${name} is missing`;
      const wrong = problem((value as Json)[name], properties[name] as Json);
      if (wrong !== undefined) return `${name}: ${wrong}`;
    }
  }
  return undefined;
}

describe('the limits of a request', () => {
  const local = createLocalBedrock();

  it('maxTokens cuts the answer and is what was used', async () => {
    for (const maxTokens of [1, 7, 20]) {
      const answer = await ask(local, { ...say('Hi'), inferenceConfig: { maxTokens } });
      expect(answer.stopReason).toBe('max_tokens');
      expect(answer.usage['outputTokens']).toBe(maxTokens);
      expect(textIn(answer).length).toBeLessThanOrEqual(maxTokens * 4);
    }
    const whole = await ask(local, { ...say('Hi'), inferenceConfig: { maxTokens: 10_000 } });
    expect(whole.stopReason).toBe('end_turn');
  });

  it('a stop sequence ends the answer before it, and tells which one where that is asked for', async () => {
    const body = {
      ...say('Hi'),
      inferenceConfig: { stopSequences: ['never', 'local'] },
      additionalModelResponseFieldPaths: ['/stop_sequence'],
    };
    const answer = await ask(local, body);
    expect(answer.stopReason).toBe('stop_sequence');
    expect(textIn(answer)).toBe('Hello from the ');
    expect(answer.additionalModelResponseFields).toEqual({ stop_sequence: 'local' });
    const events = eventsOf(await framesOf(await send(local, { body })));
    expect(events.at(-2)).toEqual([
      'messageStop',
      { stopReason: 'stop_sequence', additionalModelResponseFields: { stop_sequence: 'local' } },
    ]);
  });
});

describe('usage', () => {
  it('counts about four letters a token, and images by their size', async () => {
    const local = createLocalBedrock();
    const count = async (content: object[]): Promise<number> => {
      const answer = await ask(local, { messages: [{ role: 'user', content }] });
      expect(answer.usage['totalTokens']).toBe(
        Number(answer.usage['inputTokens']) + Number(answer.usage['outputTokens']),
      );
      return answer.usage['inputTokens'] ?? 0;
    };
    const one = await count([{ text: 'x'.repeat(40) }]);
    expect(await count([{ text: 'x'.repeat(440) }])).toBe(one + 100);
    const image = (width: number, height: number) => [
      { text: 'x'.repeat(40) },
      { image: { format: 'png', source: { bytes: png(width, height) } } },
    ];
    expect(await count(image(300, 250))).toBe(one + 100);
    expect(await count(image(5000, 5000))).toBe(one + 1600);
  });

  it('count-tokens says beforehand what Converse reports, cached or not', async () => {
    const local = createLocalBedrock();
    const messages = [
      {
        role: 'user',
        content: [
          { text: 'A long preface. '.repeat(50) },
          { cachePoint: { type: 'default' } },
          { text: 'Hi' },
        ],
      },
    ];
    const request = {
      messages,
      system: [{ text: 'Be brief.' }],
      toolConfig: {
        tools: [{ toolSpec: { name: 'a', description: 'b', inputSchema: { json: { type: 'object' } } } }],
      },
    };
    const path = modelPath('count-tokens');
    const counted = (await (await send(local, { path, body: { input: { converse: request } } })).json()) as {
      inputTokens: number;
    };
    for (let turn = 0; turn < 2; turn++) {
      const { usage } = await ask(local, request);
      expect(
        Number(usage['inputTokens']) +
          Number(usage['cacheReadInputTokens']) +
          Number(usage['cacheWriteInputTokens']),
      ).toBe(counted.inputTokens);
    }
    const raw = { input: { invokeModel: { body: Buffer.from('x'.repeat(48)).toString('base64') } } };
    expect(await (await send(local, { path, body: raw })).json()).toEqual({ inputTokens: 12 });
  });

  it('a prefix up to a cache point is written once, read again, and forgotten after its time', async () => {
    let now = Date.parse('2026-11-24T00:00:00Z');
    const local = createLocalBedrock({ now: () => now });
    const prefix = { text: 'p'.repeat(400) };
    const body = (question: string, ttl?: string) => ({
      system: [prefix, { cachePoint: { type: 'default', ...(ttl === undefined ? {} : { ttl }) } }],
      ...say(question),
    });
    const cached = async (request: object): Promise<[read: unknown, write: unknown, details: unknown]> => {
      // Of the families that read from a cache, only Claude takes an hour.
      const path = modelPath('converse', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0');
      const response = await send(local, { path, body: request, date: new Date(now) });
      const { usage } = (await response.json()) as Answer;
      expect(usage['totalTokens']).toBe(
        Number(usage['inputTokens']) +
          Number(usage['outputTokens']) +
          Number(usage['cacheReadInputTokens']) +
          Number(usage['cacheWriteInputTokens']),
      );
      return [usage['cacheReadInputTokens'], usage['cacheWriteInputTokens'], usage['cacheDetails']];
    };
    expect(await cached(body('One'))).toEqual([0, 100, [{ ttl: '5m', inputTokens: 100 }]]);
    expect(await cached(body('Two'))).toEqual([100, 0, undefined]);
    now += 4 * 60_000;
    expect(await cached(body('Three'))).toEqual([100, 0, undefined]);
    now += 4 * 60_000;
    expect(await cached(body('Four'))).toEqual([100, 0, undefined]);
    now += 6 * 60_000;
    expect(await cached(body('Five', '1h'))).toEqual([0, 100, [{ ttl: '1h', inputTokens: 100 }]]);
    now += 30 * 60_000;
    expect(await cached(body('Six'))).toEqual([100, 0, undefined]);

    const grown = {
      ...body('Seven'),
      messages: [{ role: 'user', content: [{ text: 'q'.repeat(36) }, { cachePoint: { type: 'default' } }] }],
    };
    expect(await cached(grown)).toEqual([100, 13, [{ ttl: '5m', inputTokens: 13 }]]);
    expect(
      await cached({ ...body('x'), system: [{ text: 'other' }, { cachePoint: { type: 'default' } }] }),
    ).toEqual([0, 2, [{ ttl: '5m', inputTokens: 2 }]]);
  });
});
