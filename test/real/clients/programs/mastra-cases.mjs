import { Agent } from '@mastra/core/agent';
import { createTool } from '@mastra/core/tools';
import { z } from 'zod';
import { describe, serve } from './serve.mjs';
import { sumOf, weatherIn } from './tools.mjs';

const tools = {
  get_weather: createTool({
    id: 'get_weather',
    description: 'The weather in a city',
    inputSchema: z.object({ city: z.string() }),
    execute: async ({ city }) => weatherIn(city),
  }),
  add: createTool({
    id: 'add',
    description: 'Adds numbers',
    inputSchema: z.object({ numbers: z.array(z.number()) }),
    execute: async ({ numbers }) => sumOf(numbers),
  }),
};

let modelOf;

const agentOf = ({ model, system = 'You are helpful.' }, more = {}) =>
  new Agent({
    id: 'test',
    name: 'Test',
    instructions: system,
    model: modelOf(model),
    maxRetries: 2,
    ...more,
  });

const usageOf = ({ inputTokens, outputTokens }) => ({ input: inputTokens, output: outputTokens });

async function answer({ prompt, messages = prompt, ...input }, options = {}) {
  const { text, usage, finishReason, error } = await agentOf(input).generate(messages, options);
  if (error) throw error;
  return { text, usage: usageOf(usage), stopReason: finishReason };
}

async function stream({ prompt, ...input }, options = {}, onText = () => {}) {
  const texts = [];
  let failure;
  const result = await agentOf(input).stream(prompt, options);
  for await (const { type, payload } of result.fullStream) {
    if (type === 'text-delta') {
      texts.push(payload.text);
      onText(texts);
    }
    if (type === 'error') failure = describe(payload.error);
  }
  if (failure !== undefined || options.abortSignal?.aborted) return { texts, failure };
  return { texts, usage: usageOf(await result.usage), stopReason: await result.finishReason };
}

const reasoningOf = (thinking) =>
  thinking && { bedrock: { reasoningConfig: { type: thinking.type, budgetTokens: thinking.budget_tokens } } };

const loopedOf = ({ text, steps }) => ({
  // Mastra joins the texts of all steps.
  text: steps.at(-1)?.text ?? text,
  calls: steps
    .map(({ toolCalls }) => toolCalls.map(({ payload }) => ({ name: payload.toolName, input: payload.args })))
    .filter(({ length }) => length > 0),
  reasoning: steps.map(({ reasoningText = '' }) => reasoningText),
});

/**
 * Runs the cases with a provider of the AI SDK, which is created for each call.
 *
 * @param {() => (id: string) => any} createProvider
 */
export function serveMastra(createProvider) {
  modelOf = (id) => createProvider()(id);
  return serve(cases);
}

const cases = {
  answer,
  stream: (input) => stream(input),
  leave(input) {
    const controller = new AbortController();
    return stream(
      input,
      { abortSignal: controller.signal },
      (texts) => texts.length === 2 && controller.abort(),
    );
  },
  async loop({ prompt, thinking, ...input }) {
    return loopedOf(
      await agentOf(input, { tools }).generate(prompt, { providerOptions: reasoningOf(thinking) }),
    );
  },
  async streamLoop({ prompt, thinking, ...input }) {
    const result = await agentOf(input, { tools }).stream(prompt, { providerOptions: reasoningOf(thinking) });
    await result.consumeStream();
    return loopedOf({ text: await result.text, steps: await result.steps });
  },
  async forceTool({ prompt, ...input }) {
    const { toolCalls } = await agentOf(input, { tools }).generate(prompt, {
      toolChoice: { type: 'tool', toolName: 'get_weather' },
      maxSteps: 1,
    });
    return toolCalls.map(({ payload }) => ({ name: payload.toolName, input: payload.args }));
  },
  async object({ prompt, schema, ...input }) {
    const { object } = await agentOf(input).generate(prompt, {
      structuredOutput: { schema: z.fromJSONSchema(schema) },
    });
    return [object];
  },
  image({ model, prompt, bytes }) {
    const content = [
      { type: 'image', image: `data:image/png;base64,${bytes}`, mimeType: 'image/png' },
      { type: 'text', text: prompt },
    ];
    return answer({ model, messages: [{ role: 'user', content }] });
  },
  document({ model, prompt, bytes }) {
    const content = [
      {
        type: 'file',
        data: Buffer.from(bytes, 'base64'),
        mimeType: 'application/pdf',
        mediaType: 'application/pdf',
      },
      { type: 'text', text: prompt },
    ];
    return answer({ model, messages: [{ role: 'user', content }] });
  },
  async cache({ model, prompt, system }) {
    const usages = [];
    for (let i = 0; i < 2; i += 1) {
      const agent = agentOf({
        model,
        system: {
          role: 'system',
          content: system,
          providerOptions: { bedrock: { cachePoint: { type: 'default' } } },
        },
      });
      const { usage } = await agent.generate(prompt);
      usages.push({ read: usage.cachedInputTokens ?? 0, written: usage.cacheCreationInputTokens ?? 0 });
    }
    return usages;
  },
  guardrail: ({ guardrail, ...input }) =>
    answer(input, { providerOptions: { bedrock: { guardrailConfig: guardrail } } }),
};
