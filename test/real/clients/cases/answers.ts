import { expect } from 'vitest';
import { bodiesOf, environmentOf, NOVA, SONNET, startBedrock } from '../bedrock.js';
import type { DefineCase, Running } from '../suite.js';

export interface Answered {
  text: string;
  usage: { input: number; output: number };
  stopReason?: string;
}

export interface Streamed {
  texts: string[];
  usage: { input: number; output: number };
  stopReason?: string;
}

const POEM = 'Roses are red, violets are blue, streams are long, and this one is too.';

/** Answers in text, in one piece and as a stream. */
export function testAnswers(client: Running, define: DefineCase): void {
  define('answer', 'answers, with its usage, and obeys a system prompt', async () => {
    const bedrock = await startBedrock({ script: [{ user: 'poem', text: POEM }] });
    const input = { model: SONNET, prompt: 'A poem, please', system: 'You are a poet.' };
    const { text, usage } = await client().run<Answered>('answer', environmentOf(bedrock), input);
    expect(text).toBe(POEM);
    expect(usage.input).toBeGreaterThan(0);
    expect(usage.output).toBeGreaterThan(0);
    expect(bedrock.requests.map(({ modelId }) => modelId)).toEqual([SONNET]);
    expect(bodiesOf(bedrock)[0]).toMatchObject({
      system: [{ text: input.system }],
      messages: [{ role: 'user', content: [{ text: input.prompt }] }],
    });
  });

  define('stream', 'streams an answer, with its usage at the end', async () => {
    const bedrock = await startBedrock({ script: [{ user: 'poem', text: POEM }] });
    const input = { model: NOVA, prompt: 'A poem, please' };
    const { texts, usage } = await client().run<Streamed>('stream', environmentOf(bedrock), input);
    expect(texts.length).toBeGreaterThan(2);
    expect(texts.join('')).toBe(POEM);
    expect(usage.input).toBeGreaterThan(0);
    expect(usage.output).toBeGreaterThan(0);
    expect(bedrock.requests.map(({ operation }) => operation)).toEqual(['ConverseStream']);
  });

  define('leave', 'streams while the answer goes on, and an abort closes the connection', async () => {
    // After twelve events nothing more arrives: a client that waits for the end waits forever.
    const bedrock = await startBedrock({ script: [{ text: 'word '.repeat(1000) }], faults: ['stall=12'] });
    const input = { model: SONNET, prompt: 'Go on' };
    const { texts } = await client().run<Streamed>('leave', environmentOf(bedrock), input);
    expect(texts.join('')).toMatch(/^word word/);
    await expect.poll(() => bedrock.liveConnections()).toBe(0);
    expect(bedrock.requests).toHaveLength(1);
  });

  define('stopSequence', 'says which stop sequence ended an answer', async () => {
    const bedrock = await startBedrock();
    const input = { model: SONNET, prompt: 'Hello', stop: 'real model' };
    expect(await client().run('stopSequence', environmentOf(bedrock), input)).toBe(input.stop);
  });
}
