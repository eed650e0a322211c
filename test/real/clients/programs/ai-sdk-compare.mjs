// Makes the same call through the AI SDK's own provider and through ours, and returns what a program sees of it.
import { createAmazonBedrock as createTheirs } from '@ai-sdk/amazon-bedrock';
import { embedMany, generateText, jsonSchema, Output, rerank, stepCountIs, streamText, tool } from 'ai';
import { createAmazonBedrock as createOurs } from 'bedrock-anywhere/ai-sdk';
import { describe, serve } from './serve.mjs';
import { sumOf, weatherIn } from './tools.mjs';

const PROVIDERS = { theirs: createTheirs, ours: createOurs };
/** Warnings are compared, not printed. */
globalThis.AI_SDK_LOG_WARNINGS = false;

const TOOLS = {
  get_weather: tool({
    description: 'The weather in a city',
    inputSchema: jsonSchema({
      type: 'object',
      properties: { city: { type: 'string' } },
      required: ['city'],
      additionalProperties: false,
    }),
    execute: ({ city }) => weatherIn(city),
  }),
  add: tool({
    description: 'Adds numbers',
    inputSchema: jsonSchema({
      type: 'object',
      properties: { numbers: { type: 'array', items: { type: 'number' } } },
      required: ['numbers'],
      additionalProperties: false,
    }),
    execute: ({ numbers }) => sumOf(numbers),
  }),
};

function settingsOf({ provider, model, schema, toolNames, strict, steps = 1, ...options }) {
  const tools = Object.fromEntries(
    (toolNames ?? []).map((name) => [name, strict === undefined ? TOOLS[name] : { ...TOOLS[name], strict }]),
  );
  return {
    model: PROVIDERS[provider]()(model),
    maxRetries: 1,
    stopWhen: stepCountIs(steps),
    ...(toolNames && { tools }),
    ...(schema && { output: Output.object({ schema: jsonSchema(schema) }) }),
    ...options,
  };
}

/** What both have to say alike; ids and headers differ from call to call. */
function seenOf({ text, output, steps, finishReason, usage, warnings, sources, reasoningText }) {
  return {
    text,
    output,
    finishReason,
    reasoningText,
    sources: sources.length,
    calls: steps.map(({ toolCalls }) => toolCalls.map(({ toolName, input }) => ({ toolName, input }))),
    usage: {
      // The words for a tool or an instruction are each provider's own.
      hasInput: usage.inputTokens > 0,
      output: usage.outputTokens,
      cacheRead: usage.inputTokenDetails.cacheReadTokens,
      cacheWrite: usage.inputTokenDetails.cacheWriteTokens,
    },
    warnings: (warnings ?? []).map(({ type, feature = '' }) => `${type} ${feature}`).sort(),
  };
}

/** The failure of a call, with those that led to it. */
function failureOf(error) {
  const { name, message, statusCode, isRetryable, lastError } = error;
  return {
    name,
    ...(lastError ? { last: failureOf(lastError) } : { message, statusCode, isRetryable }),
  };
}

async function outputOf(result) {
  try {
    return await result.output;
  } catch (error) {
    return { noOutput: describe(error).name };
  }
}

await serve({
  async generate(input) {
    try {
      const result = await generateText(settingsOf(input));
      const { text, steps, finishReason, usage, warnings, sources, reasoningText } = result;
      const output =
        input.schema &&
        (await outputOf({
          get output() {
            return result.output;
          },
        }));
      return seenOf({ text, output, steps, finishReason, usage, warnings, sources, reasoningText });
    } catch (error) {
      return { failure: failureOf(error) };
    }
  },
  async stream({ abortAfter, ...input }) {
    const controller = new AbortController();
    const errors = [];
    const kinds = [];
    let text = '';
    const settings = settingsOf(input);
    const result = streamText({
      ...settings,
      abortSignal: controller.signal,
      onError: ({ error }) => errors.push(error),
    });
    for await (const part of result.fullStream) {
      if (kinds.at(-1) !== part.type) kinds.push(part.type);
      if (part.type === 'text-delta') text += part.text;
      if (abortAfter !== undefined && text.length >= abortAfter) controller.abort();
    }
    if (abortAfter !== undefined) text = text.slice(0, abortAfter);
    const ended = {
      text,
      errors: errors.map(failureOf),
      kinds: kinds.filter((kind) => !/^(?:raw|start|finish)/.test(kind)),
    };
    if (errors.length > 0 || controller.signal.aborted) {
      const finishReason = await Promise.resolve(result.finishReason).catch(() => 'none');
      return { ...ended, finishReason };
    }
    const output = input.schema && (await outputOf(result));
    const [steps, finishReason, usage, warnings, sources, reasoningText] = await Promise.all([
      result.steps,
      result.finishReason,
      result.usage,
      result.warnings,
      result.sources,
      result.reasoningText,
    ]);
    return {
      ...ended,
      ...seenOf({ text, output, steps, finishReason, usage, warnings, sources, reasoningText }),
    };
  },
  async embedMany({ provider, model, values, ...options }) {
    const { embeddings, usage } = await embedMany({
      model: PROVIDERS[provider]().embeddingModel(model),
      values,
      ...options,
    });
    return { embeddings, tokens: usage.tokens };
  },
  async rerank({ provider, model, ...options }) {
    const { ranking } = await rerank({ model: PROVIDERS[provider]().rerankingModel(model), ...options });
    return ranking;
  },
});
