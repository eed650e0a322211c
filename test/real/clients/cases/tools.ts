import { expect } from 'vitest';
import { bodiesOf, environmentOf, type RequestBody, SONNET, startBedrock } from '../bedrock.js';
import type { DefineCase, Running } from '../suite.js';

export interface Looped {
  text: string;
  /** The calls of each round. */
  calls: { name: string; input: unknown }[][];
  /** The reasoning of each turn. */
  reasoning: string[];
}

const PROMPT = 'What is the weather in Paris and Rome, in all?';
/** One in front of each turn. */
const THOUGHTS = ['Both cities at once.', 'Now the sum.', 'That is all.'] as const;

/** Two calls at once, another one from their results, and an answer. */
const script = (thoughts: readonly string[] = []) => [
  { toolResult: { pattern: String.raw`\b42\b` }, text: 'It is 42 degrees in all.', reasoning: thoughts[2] },
  { toolResult: 'celsius', toolUse: { name: 'add', input: { numbers: [18, 24] } }, reasoning: thoughts[1] },
  {
    user: PROMPT,
    text: 'I will look.',
    reasoning: thoughts[0],
    toolUse: ['Paris', 'Rome'].map((city) => ({ name: 'get_weather', input: { city } })),
  },
];

const CALLS = [
  ['Paris', 'Rome'].map((city) => ({ name: 'get_weather', input: { city } })),
  [{ name: 'add', input: { numbers: [18, 24] } }],
];

/** Tools, and thoughts between their calls. */
export function testTools(client: Running, define: DefineCase): void {
  for (const [name, how] of [
    ['loop', ''],
    ['streamLoop', ', as streams'],
  ] as const) {
    define(name, `runs tools in two rounds, two of them at once${how}`, async () => {
      const bedrock = await startBedrock({ script: script() });
      const input = { model: SONNET, prompt: PROMPT };
      const { text, calls } = await client().run<Looped>(name, environmentOf(bedrock), input);
      expect(text).toBe('It is 42 degrees in all.');
      expect(calls).toEqual(CALLS);
      expectLoop(bodiesOf(bedrock));
      const operation = name === 'loop' ? /^Converse(?:Stream)?$/ : /^ConverseStream$/;
      expect(bedrock.requests.map((one) => one.operation)).toEqual(
        Array(3).fill(expect.stringMatching(operation)),
      );
    });
  }

  for (const [how, model, thinking] of [
    ['a budget', SONNET, { type: 'enabled', budget_tokens: 1024 }],
    ['adaptive thinking', 'us.anthropic.claude-opus-4-7', { type: 'adaptive' }],
    ['thoughts bound to the conversation', 'global.anthropic.claude-opus-5-5', { type: 'adaptive' }],
  ] as const) {
    define('streamLoop', `shows reasoning, and sends it back with its signature: ${how}`, async () => {
      const bedrock = await startBedrock({ script: script(THOUGHTS) });
      const input = { model, prompt: PROMPT, thinking };
      const { text, reasoning } = await client().run<Looped>('streamLoop', environmentOf(bedrock), input);
      expect(text).toBe('It is 42 degrees in all.');
      expect(reasoning).toEqual(THOUGHTS);
      const bodies = bodiesOf(bedrock);
      expectLoop(bodies);
      expect(bodies[0]).toMatchObject({
        additionalModelRequestFields: { thinking: { type: thinking.type } },
      });
      const thoughts = bodies[2]?.messages.flatMap(({ content }) =>
        content.flatMap(({ reasoningContent }) => reasoningContent?.reasoningText ?? []),
      );
      expect(thoughts).toEqual(
        THOUGHTS.slice(0, 2).map((one) => ({
          text: one,
          signature: expect.stringMatching(/^EloCKg/) as unknown,
        })),
      );
    });
  }

  define('forceTool', 'calls the tool that it has to', async () => {
    const bedrock = await startBedrock();
    const input = { model: SONNET, prompt: 'Hello' };
    const calls = await client().run('forceTool', environmentOf(bedrock), input);
    expect(calls).toEqual([{ name: 'get_weather', input: { city: expect.any(String) as unknown } }]);
    expect(bodiesOf(bedrock)[0]?.toolConfig?.toolChoice).toSatisfy(
      (choice: object) => 'tool' in choice || 'any' in choice,
    );
  });
}

/** Each result belongs to a call of the message before. */
function expectLoop(bodies: RequestBody[]): void {
  expect(bodies).toHaveLength(3);
  const { messages = [] } = bodies[2] ?? {};
  expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'assistant', 'user']);
  for (const [asked, answered, count] of [
    [messages[1], messages[2], 2],
    [messages[3], messages[4], 1],
  ] as const) {
    const uses = asked?.content.flatMap(({ toolUse }) => toolUse?.toolUseId ?? []);
    const results = answered?.content.flatMap(({ toolResult }) => toolResult?.toolUseId ?? []);
    expect(new Set(uses).size).toBe(count);
    expect(results).toEqual(uses);
  }
}
