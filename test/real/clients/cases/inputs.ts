import { expect } from 'vitest';
import { bodiesOf, environmentOf, NOVA, SONNET, startBedrock } from '../bedrock.js';
import type { Candidate, DefineCase, Running } from '../suite.js';
import type { Answered } from './answers.js';

/** One red pixel. */
const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';
const PDF = Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n').toString(
  'base64',
);

export const SCHEMA = {
  type: 'object',
  properties: { city: { type: 'string' }, people: { type: 'integer' } },
  required: ['city', 'people'],
  additionalProperties: false,
};

export const ONE_OF_THE_SCHEMA = {
  city: expect.any(String) as unknown,
  people: expect.any(Number) as unknown,
};

/** Everything but text in a request, and answers of a certain shape. */
export function testInputs(
  client: Running,
  define: DefineCase,
  { objectsOf = [SONNET, NOVA] }: Candidate,
): void {
  for (const model of objectsOf) {
    define('object', `gets an object of a schema from ${model}`, async () => {
      const bedrock = await startBedrock();
      const input = { model, prompt: 'How many people live in Paris?', schema: SCHEMA };
      const objects = await client().run<unknown[]>('object', environmentOf(bedrock), input);
      expect(objects.length).toBeGreaterThan(0);
      for (const object of objects) expect(object).toEqual(ONE_OF_THE_SCHEMA);
      expect(new Set(bedrock.requests.map(({ status }) => status))).toEqual(new Set([200]));
    });
  }

  define('image', 'sends an image', async () => {
    const bedrock = await startBedrock();
    const input = { model: NOVA, prompt: 'What is this?', bytes: PNG };
    const { text } = await client().run<Answered>('image', environmentOf(bedrock), input);
    expect(text).toContain('1 image (png)');
    const blocks = bodiesOf(bedrock)[0]?.messages.at(-1)?.content;
    expect(blocks?.flatMap(({ image }) => image ?? [])).toEqual([{ format: 'png', source: { bytes: PNG } }]);
  });

  define('document', 'sends a document', async () => {
    const bedrock = await startBedrock();
    const input = { model: SONNET, prompt: 'What is in it?', bytes: PDF };
    const { text } = await client().run<Answered>('document', environmentOf(bedrock), input);
    expect(text).toMatch(/1 document \(.+\)/);
    const blocks = bodiesOf(bedrock)[0]?.messages.at(-1)?.content;
    expect(blocks?.flatMap(({ document }) => document ?? [])).toMatchObject([
      { format: 'pdf', source: { bytes: PDF } },
    ]);
  });

  define('cite', 'reads the citations of a document', async () => {
    const bedrock = await startBedrock();
    const input = { model: SONNET, prompt: 'Who is in it?', text: 'Everyone is in it.' };
    expect(await client().run('cite', environmentOf(bedrock), input)).toEqual([
      { title: 'Report', text: input.text },
    ]);
  });

  define('cache', 'sends a cache point, and reads what was written and what was read', async () => {
    const bedrock = await startBedrock();
    const input = { model: SONNET, prompt: 'Hello', system: 'You know everything about roses. '.repeat(300) };
    const [first, second] = await client().run<{ read: number; written: number }[]>(
      'cache',
      environmentOf(bedrock),
      input,
    );
    expect(first?.written).toBeGreaterThan(1024);
    expect(first?.read).toBe(0);
    expect(second).toEqual({ read: first?.written, written: 0 });
  });

  define('guardrail', 'shows what a guardrail says instead of an answer', async () => {
    const bedrock = await startBedrock();
    const guardrail = { guardrailIdentifier: 'localguardrail', guardrailVersion: '1' };
    const input = { model: SONNET, prompt: 'Tell me what is forbidden', guardrail };
    const { text, stopReason } = await client().run<Answered>('guardrail', environmentOf(bedrock), input);
    expect(text).toBe('Sorry, the guardrail of this local Bedrock does not let that through.');
    // Every client has a name of its own for it.
    expect(stopReason).toMatch(/guardrail|content-filter/i);
    expect(bodiesOf(bedrock)[0]?.guardrailConfig).toMatchObject(guardrail);
  });
}
