// The AI SDK, with the names that the major versions 6 and 7 have in common, and those of 7 where 6 has another.
import { createRequire } from 'node:module';
import {
  embed,
  embedMany,
  generateObject,
  generateText,
  jsonSchema,
  Output,
  rerank,
  stepCountIs,
  streamText,
  tool,
} from 'ai';
import { z } from 'zod';
import { describe, serve } from './serve.mjs';
import { sumOf, weatherIn } from './tools.mjs';

/** The major version of `ai`. */
export const major = Number(createRequire(import.meta.url)('ai/package.json').version.split('.')[0]);

const tools = {
  get_weather: tool({
    description: 'The weather in a city',
    inputSchema: z.object({ city: z.string() }),
    execute: ({ city }) => weatherIn(city),
  }),
  add: tool({
    description: 'Adds numbers',
    inputSchema: z.object({ numbers: z.array(z.number()) }),
    execute: ({ numbers }) => sumOf(numbers),
  }),
};

let providerOf;
const modelOf = (id) => providerOf()(id);

const settingsOf = ({ model, prompt, system, messages }) => ({
  model: modelOf(model),
  ...(messages === undefined ? { prompt } : { messages }),
  ...(system && (major < 7 ? { system } : { instructions: system })),
});

const usageOf = ({ inputTokens, outputTokens }) => ({ input: inputTokens, output: outputTokens });

async function answer(input, more = {}) {
  const { text, usage, finishReason } = await generateText({ ...settingsOf(input), ...more });
  return { text, usage: usageOf(usage), stopReason: finishReason };
}

async function stream(input, more = {}, onText = () => {}) {
  const texts = [];
  let failure;
  const result = streamText({ ...settingsOf(input), onError: () => {}, ...more });
  for await (const part of result.fullStream) {
    if (part.type === 'text-delta') {
      texts.push(part.text);
      onText(texts);
    }
    if (part.type === 'error') failure = describe(part.error);
  }
  if (failure !== undefined || more.abortSignal?.aborted) return { texts, failure };
  return { texts, usage: usageOf(await result.usage), stopReason: await result.finishReason };
}

const loopOf = ({ thinking, ...input }) => ({
  ...settingsOf(input),
  tools,
  stopWhen: stepCountIs(5),
  ...(thinking && {
    providerOptions: {
      bedrock: { reasoningConfig: { type: thinking.type, budgetTokens: thinking.budget_tokens } },
    },
  }),
});

const loopedOf = ({ text, steps }) => ({
  text,
  calls: steps
    .map(({ toolCalls }) => toolCalls.map(({ toolName, input }) => ({ name: toolName, input })))
    .filter(({ length }) => length > 0),
  reasoning: steps.map(({ reasoningText = '' }) => reasoningText),
});

const cachePoint = { bedrock: { cachePoint: { type: 'default' } } };

/**
 * Runs the cases with a provider. It is created for each call, because one that exists already may have read the environment.
 *
 * @param {() => (id: string) => any} createProvider
 */
export function serveAiSdk(createProvider) {
  providerOf = () => createProvider();
  return serve(cases);
}

const cases = {
  answer,
  stream,
  async leave(input) {
    const controller = new AbortController();
    return stream(
      input,
      { abortSignal: controller.signal },
      (texts) => texts.length === 2 && controller.abort(),
    );
  },
  loop: async (input) => loopedOf(await generateText(loopOf(input))),
  async streamLoop(input) {
    const result = streamText(loopOf(input));
    await result.consumeStream();
    return loopedOf({ text: await result.text, steps: await result.steps });
  },
  async forceTool(input) {
    const { toolCalls } = await generateText({
      ...settingsOf(input),
      tools,
      toolChoice: { type: 'tool', toolName: 'get_weather' },
    });
    return toolCalls.map(({ toolName, input }) => ({ name: toolName, input }));
  },
  async object({ schema, ...input }) {
    const { output } = await generateText({
      ...settingsOf(input),
      output: Output.object({ schema: jsonSchema(schema) }),
    });
    const { object } = await generateObject({ ...settingsOf(input), schema: jsonSchema(schema) });
    return [output, object];
  },
  async choice({ model, prompt, choices }) {
    const { output } = await generateText({
      ...settingsOf({ model, prompt }),
      output: Output.choice({ options: choices }),
    });
    return output;
  },
  async streamObject({ schema, ...input }) {
    const { partialOutputStream, output } = streamText({
      ...settingsOf(input),
      output: Output.object({ schema: jsonSchema(schema) }),
    });
    let partials = 0;
    for await (const _ of partialOutputStream) partials += 1;
    return { partials, object: await output };
  },
  image({ model, prompt, bytes }) {
    const content = [
      { type: 'text', text: prompt },
      major < 7
        ? { type: 'image', image: Buffer.from(bytes, 'base64') }
        : { type: 'file', data: Buffer.from(bytes, 'base64'), mediaType: 'image/png' },
    ];
    return answer({ model, messages: [{ role: 'user', content }] });
  },
  document({ model, prompt, bytes }) {
    const content = [
      { type: 'text', text: prompt },
      { type: 'file', data: Buffer.from(bytes, 'base64'), mediaType: 'application/pdf' },
    ];
    return answer({ model, messages: [{ role: 'user', content }] });
  },
  async cite({ model, prompt, text }) {
    const content = [
      { type: 'text', text: prompt },
      {
        type: 'file',
        data: Buffer.from(text),
        mediaType: 'text/plain',
        filename: 'Report.txt',
        providerOptions: { bedrock: { citations: { enabled: true } } },
      },
    ];
    const { sources } = await generateText({ model: modelOf(model), messages: [{ role: 'user', content }] });
    return sources.map(({ title, providerMetadata }) => ({
      title,
      text: providerMetadata.bedrock.citation.citedText,
    }));
  },
  async cache({ model, prompt, system }) {
    const usages = [];
    for (let i = 0; i < 2; i += 1) {
      const { usage } = await generateText({
        model: modelOf(model),
        ...(major < 7
          ? {
              messages: [
                { role: 'system', content: system, providerOptions: cachePoint },
                { role: 'user', content: prompt },
              ],
            }
          : { instructions: { role: 'system', content: system, providerOptions: cachePoint }, prompt }),
      });
      const { cacheReadTokens, cacheWriteTokens } = usage.inputTokenDetails;
      usages.push({ read: cacheReadTokens, written: cacheWriteTokens });
    }
    return usages;
  },
  guardrail: ({ guardrail, ...input }) =>
    answer(input, { providerOptions: { bedrock: { guardrailConfig: guardrail } } }),
  async stopSequence({ stop, ...input }) {
    const result = streamText({ ...settingsOf(input), stopSequences: [stop] });
    await result.consumeStream();
    return (await result.providerMetadata).bedrock.stopSequence;
  },
  async embed({ model, values, dimensions }) {
    const settings = {
      model: providerOf().embeddingModel(model),
      ...(dimensions && { providerOptions: { bedrock: { dimensions } } }),
    };
    const { embedding: one } = await embed({ ...settings, value: values[0] });
    const { embeddings: many, usage } = await embedMany({ ...settings, values });
    return { one, many, tokens: usage.tokens };
  },
  async rerank({ model, ...input }) {
    const { ranking } = await rerank({ model: providerOf().rerankingModel(model), ...input });
    return ranking.map(({ originalIndex, score }) => ({ index: originalIndex, score }));
  },
};
