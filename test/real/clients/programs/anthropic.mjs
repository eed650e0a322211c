import { AnthropicBedrock, AnthropicBedrockMantle } from '@anthropic-ai/bedrock-sdk';
import Anthropic from '@anthropic-ai/sdk';
import { serve } from './serve.mjs';
import { sumOf, weatherIn } from './tools.mjs';

/** The client of a gateway, over our fetch, or Anthropic's own for InvokeModel or bedrock-mantle. */
async function clientOf({ via, model, fetchModule, maxRetries = 2 }) {
  const { GATEWAY_URL: baseURL, GATEWAY_KEY: apiKey } = process.env;
  if (via === 'gateway') return new Anthropic({ baseURL, apiKey, maxRetries });
  const { AWS_ENDPOINT_URL: url, AWS_REGION: awsRegion } = process.env;
  if (via === 'invoke') return new AnthropicBedrock({ baseURL: url, awsRegion, maxRetries });
  if (via === 'mantle')
    return new AnthropicBedrockMantle({ baseURL: `${url}/anthropic`, awsRegion, maxRetries });
  const { createBedrockFetch } = await import(fetchModule);
  const own = createBedrockFetch({ protocol: 'anthropic', model, endpoint: url, region: awsRegion });
  return new Anthropic({ ...own, apiKey: 'unused', maxRetries });
}

const RUN = { get_weather: ({ city }) => weatherIn(city), add: ({ numbers }) => sumOf(numbers) };
const TOOLS = [
  {
    name: 'get_weather',
    description: 'Weather',
    input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
  {
    name: 'add',
    description: 'Adds',
    input_schema: {
      type: 'object',
      properties: { numbers: { type: 'array', items: { type: 'number' } } },
      required: ['numbers'],
    },
  },
];

async function loop(input) {
  const { model, prompt, stream, thinking } = input;
  const client = await clientOf(input);
  const messages = [{ role: 'user', content: prompt }];
  const rounds = [];
  const reasoning = [];
  for (;;) {
    const request = { model, max_tokens: 4000, messages, tools: TOOLS, thinking };
    const message = stream
      ? await client.messages.stream(request).finalMessage()
      : await client.messages.create(request);
    messages.push({ role: 'assistant', content: message.content });
    for (const block of message.content) if (block.type === 'thinking') reasoning.push(block.thinking);
    const uses = message.content.filter(({ type }) => type === 'tool_use');
    if (uses.length === 0) {
      const text = message.content.map((block) => (block.type === 'text' ? block.text : '')).join('');
      return { text, calls: rounds, reasoning, usage: message.usage };
    }
    rounds.push(uses.map(({ name, input: given }) => ({ name, input: given })));
    const content = uses.map(({ id, name, input: given }) => ({
      type: 'tool_result',
      tool_use_id: id,
      content: JSON.stringify(RUN[name](given)),
    }));
    messages.push({ role: 'user', content });
  }
}

const hello = ({ model }) => ({ model, max_tokens: 100, messages: [{ role: 'user', content: 'Hello' }] });

await serve({
  loop,
  fail: async (input) => {
    const client = await clientOf({ ...input, maxRetries: 0 });
    try {
      await client.messages.create(hello(input));
      return undefined;
    } catch (error) {
      return { name: error.constructor.name, status: error.status, message: error.message };
    }
  },
  retry: async (input) => (await (await clientOf(input)).messages.create(hello(input))).content[0].text,
  cut: async (input) => {
    const client = await clientOf({ ...input, maxRetries: 0 });
    const headers = { 'x-local-fault': input.fault };
    try {
      await client.messages.stream(hello(input), { headers }).finalMessage();
      return undefined;
    } catch (error) {
      return { name: error.constructor.name, message: error.message };
    }
  },
  runner: async (input) => {
    const client = await clientOf(input);
    const { betaTool } = await import('@anthropic-ai/sdk/helpers/beta/json-schema');
    const runner = client.beta.messages.toolRunner({
      model: input.model,
      max_tokens: 1000,
      messages: [{ role: 'user', content: input.prompt }],
      tools: TOOLS.map(({ name, description, input_schema: inputSchema }) =>
        betaTool({ name, description, inputSchema, run: (given) => JSON.stringify(RUN[name](given)) }),
      ),
    });
    const { content } = await runner.runUntilDone();
    return content.map((block) => (block.type === 'text' ? block.text : '')).join('');
  },
  count: async (input) =>
    (await (await clientOf(input)).messages.countTokens({ ...hello(input), max_tokens: undefined }))
      .input_tokens,
});
