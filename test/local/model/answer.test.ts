import { createLocalBedrock } from 'bedrock-anywhere/local';
import { describe, expect, it } from 'vitest';
import { eventsOf, framesOf } from '../events.js';
import { modelPath, say, send } from '../request.js';
import { type Answer, ask, textIn } from './answers.js';

const CLAUDE = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';

/** An answer as JSON: a city and a number of days. */
const TRIP = {
  textFormat: {
    type: 'json_schema',
    structure: {
      jsonSchema: {
        name: 'trip',
        schema: JSON.stringify({
          type: 'object',
          properties: { city: { type: 'string' }, days: { type: 'integer', minimum: 1 } },
          required: ['city', 'days'],
        }),
      },
    },
  },
};

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
    expect(await reasons({ reasoning_effort: 'low' }, 'mistral.mistral-large-2402-v1:0')).toBe(false);
  });

  it('is the smallest JSON of the shape that outputConfig wants, with no word of the prompt', async () => {
    const answer = await ask(local, { ...say('Plan 3 days in Rome'), outputConfig: TRIP });
    expect(JSON.parse(textIn(answer))).toEqual({ city: '', days: 1 });
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

describe('in the demo the answer', () => {
  it('is JSON with words of the prompt where outputConfig wants JSON', async () => {
    const local = createLocalBedrock({ tools: 'demo' });
    const answer = await ask(local, { ...say('Plan 3 days in Rome'), outputConfig: TRIP });
    expect(JSON.parse(textIn(answer))).toEqual({ city: 'Rome', days: 3 });
  });
});

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
    const modelId = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
    const path = modelPath('count-tokens', modelId.replace('us.', ''));
    const counted = (await (await send(local, { path, body: { input: { converse: request } } })).json()) as {
      inputTokens: number;
    };
    for (let turn = 0; turn < 2; turn++) {
      const { usage } = await ask(local, request, modelId);
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
    // The same part after another beginning is not the same prefix.
    expect(await cached({ ...grown, system: [{ text: 'other' }] })).toEqual([
      0,
      15,
      [{ ttl: '5m', inputTokens: 15 }],
    ]);
    expect(
      await cached({ ...body('x'), system: [{ text: 'other' }, { cachePoint: { type: 'default' } }] }),
    ).toEqual([0, 2, [{ ttl: '5m', inputTokens: 2 }]]);
  });
});
