import { expect } from 'vitest';
import { bearerOf, bodiesOf, environmentOf, startBedrock } from '../bedrock.js';
import type { Failure } from '../client.js';
import type { DefineCase, Running } from '../suite.js';
import type { Answered, Streamed } from './answers.js';
import { LOOPED, operationsOf, PROMPT, servicesOf } from './endpoints.js';
import type { Looped } from './tools.js';

const POEM = 'Roses are red, violets are blue, streams are long, and this one is too.';

/** Two calls at once, another one from their results, and an answer. */
const LOOP = [
  { toolResult: { pattern: String.raw`\b42\b` }, text: 'It is 42 degrees in all.' },
  { toolResult: 'celsius', toolUse: { name: 'add', input: { numbers: [18, 24] } } },
  { user: PROMPT, toolUse: ['Paris', 'Rome'].map((city) => ({ name: 'get_weather', input: { city } })) },
];

/** Models that answer through InvokeModel, and those of them for which the client runs tools. */
interface Models {
  answer: readonly string[];
  loop: readonly string[];
}

/** Chats of clients that write the bodies of InvokeModel themselves. */
export function testInvokedChats(models: Models): (client: Running, define: DefineCase) => void {
  return (client, define) => {
    for (const model of models.answer) testModel(client, define, model);
    for (const model of models.loop) testLoops(client, define, model);
  };
}

function testModel(client: Running, define: DefineCase, model: string): void {
  for (const [kind, environment] of [
    ['access keys', environmentOf],
    ['an API key', bearerOf],
  ] as const) {
    define('answer', `answers through InvokeModel with ${kind}: ${model}`, async () => {
      const bedrock = await startBedrock({ script: [{ user: 'poem', text: POEM }] });
      const input = { model, prompt: 'A poem, please' };
      const { text } = await client().run<Answered>('answer', environment(bedrock), input);
      expect(text).toBe(POEM);
      expect(operationsOf(bedrock)).toEqual(['InvokeModel']);
      expect(servicesOf(bedrock)).toEqual(new Set([kind === 'an API key' ? undefined : 'bedrock']));
    });
  }

  define('stream', `streams through InvokeModelWithResponseStream: ${model}`, async () => {
    const bedrock = await startBedrock({ script: [{ user: 'poem', text: POEM }] });
    const input = { model, prompt: 'A poem, please' };
    const { texts } = await client().run<Streamed>('stream', environmentOf(bedrock), input);
    expect(texts.length).toBeGreaterThan(2);
    expect(texts.join('')).toBe(POEM);
    expect(operationsOf(bedrock)).toEqual(['InvokeModelWithResponseStream']);
  });

  define('stream', `reports that a stream fails midway: ${model}`, async () => {
    const error = { name: 'ModelStreamErrorException', message: 'The model broke off.', afterEvents: 6 };
    const bedrock = await startBedrock({ script: [{ text: 'word '.repeat(100), error }] });
    const input = { model, prompt: 'Go on' };
    const { texts, failure } = await client().run<Streamed & { failure?: Failure }>(
      'stream',
      environmentOf(bedrock),
      input,
    );
    expect(texts.join('')).toMatch(/^word /);
    expect(JSON.stringify(failure)).toMatch(/The model broke off\./);
  });

  define('leave', `closes the connection of a stream that is left: ${model}`, async () => {
    // After twelve events nothing more arrives: a client that waits for the end waits forever.
    const bedrock = await startBedrock({ script: [{ text: 'word '.repeat(1000) }], faults: ['stall=12'] });
    const { texts } = await client().run<Streamed>('leave', environmentOf(bedrock), {
      model,
      prompt: 'Go on',
    });
    expect(texts.join('')).toMatch(/^word word/);
    await expect.poll(() => bedrock.liveConnections()).toBe(0);
    expect(bedrock.requests).toHaveLength(1);
  });
}

function testLoops(client: Running, define: DefineCase, model: string): void {
  for (const [name, how, operation] of [
    ['loop', '', 'InvokeModel'],
    ['streamLoop', ', as streams', 'InvokeModelWithResponseStream'],
  ] as const) {
    define(name, `runs tools in two rounds, two of them at once${how}: ${model}`, async () => {
      const bedrock = await startBedrock({ script: LOOP });
      const input = { model, prompt: PROMPT };
      const { text, calls } = await client().run<Looped>(name, environmentOf(bedrock), input);
      expect({ text, calls }).toEqual(LOOPED);
      expect(operationsOf(bedrock)).toEqual([operation, operation, operation]);
      expect(bodiesOf(bedrock)[2]?.messages.map(({ role }) => role)).toEqual([
        'user',
        'assistant',
        'user',
        'assistant',
        'user',
      ]);
    });
  }
}
