import OpenAI from 'openai';
import { bedrock } from 'openai/providers/bedrock/aws';
import { serve } from './serve.mjs';
import { sumOf, weatherIn } from './tools.mjs';

/** The client of a gateway, over our fetch, or with the provider for Bedrock that OpenAI made. */
async function clientOf({ via, model, endpoint, base, fetchModule, maxRetries = 2 }) {
  const { GATEWAY_URL, GATEWAY_KEY: apiKey } = process.env;
  if (via === 'gateway') return new OpenAI({ baseURL: `${GATEWAY_URL}/v1`, apiKey, maxRetries });
  const { AWS_ENDPOINT_URL: url, AWS_REGION: region } = process.env;
  if (via === 'provider') {
    return new OpenAI({ provider: bedrock({ endpoint, region, baseURL: url + base }), maxRetries });
  }
  const { createBedrockFetch } = await import(fetchModule);
  const own = createBedrockFetch({ protocol: 'openai', model, endpoint: url, region });
  return new OpenAI({ ...own, apiKey: 'unused', maxRetries });
}

const TOOLS = {
  get_weather: {
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    run: ({ city }) => weatherIn(city),
  },
  add: {
    parameters: {
      type: 'object',
      properties: { numbers: { type: 'array', items: { type: 'number' } } },
      required: ['numbers'],
    },
    run: ({ numbers }) => sumOf(numbers),
  },
};

async function chatLoop(input) {
  const { model, prompt, stream } = input;
  const client = await clientOf(input);
  const rounds = [];
  const runner = client.chat.completions.runTools({
    model,
    stream,
    messages: [{ role: 'user', content: prompt }],
    tools: Object.entries(TOOLS).map(([name, { parameters, run }]) => ({
      type: 'function',
      function: { name, parameters, description: name, parse: JSON.parse, function: run },
    })),
  });
  runner.on('message', ({ tool_calls: calls = [] }) => {
    if (calls.length > 0)
      rounds.push(
        calls.map(({ function: { name, arguments: text } }) => ({ name, input: JSON.parse(text) })),
      );
  });
  const text = await runner.finalContent();
  return { text, calls: rounds };
}

async function responseLoop(input) {
  const { model, prompt, stream, isStored } = input;
  const client = await clientOf(input);
  const tools = Object.entries(TOOLS).map(([name, { parameters }]) => ({
    type: 'function',
    name,
    parameters: { ...parameters, additionalProperties: false },
    strict: true,
  }));
  const rounds = [];
  const types = new Set();
  let items = [{ role: 'user', content: prompt }];
  let previous;
  for (;;) {
    const request = { model, input: items, tools, store: isStored, previous_response_id: previous };
    const response = await respond(client, request, stream, types);
    const calls = response.output.filter(({ type }) => type === 'function_call');
    if (calls.length === 0) return { text: response.output_text, calls: rounds, types: [...types] };
    rounds.push(calls.map(({ name, arguments: text }) => ({ name, input: JSON.parse(text) })));
    const results = calls.map(({ call_id, name, arguments: text }) => ({
      type: 'function_call_output',
      call_id,
      output: JSON.stringify(TOOLS[name].run(JSON.parse(text))),
    }));
    previous = isStored ? response.id : undefined;
    items = isStored ? results : [...items, ...response.output, ...results];
  }
}

async function respond(client, request, stream, types) {
  if (!stream) return client.responses.create(request);
  const events = client.responses.stream(request);
  for await (const { type } of events) types.add(type);
  return events.finalResponse();
}

/** What an error is to its users. */
async function fail(input) {
  const client = await clientOf({ ...input, maxRetries: 0 });
  try {
    await client.chat.completions.create({
      model: input.model,
      messages: [{ role: 'user', content: 'Hello' }],
    });
    return undefined;
  } catch (error) {
    const { name, status, code, type, message } = error;
    return { name: error.constructor.name ?? name, status, code, type, message };
  }
}

await serve({
  chatLoop,
  responseLoop,
  fail,
  retry: async (input) => {
    const client = await clientOf(input);
    const messages = [{ role: 'user', content: 'Hello' }];
    return (await client.chat.completions.create({ model: input.model, messages })).choices[0].message
      .content;
  },
  cut: async (input) => {
    const client = await clientOf(input);
    const messages = [{ role: 'user', content: 'Hello' }];
    const headers = { 'x-local-fault': input.fault };
    const stream = await client.chat.completions.create(
      { model: input.model, messages, stream: true },
      { headers },
    );
    let text = '';
    try {
      for await (const { choices } of stream) text += choices[0]?.delta.content ?? '';
    } catch (error) {
      return { text, message: error.message };
    }
    return { text };
  },
  parse: async (input) => {
    const client = await clientOf(input);
    const schema = { ...input.schema, additionalProperties: false };
    const messages = [{ role: 'user', content: input.prompt }];
    const chat = await client.chat.completions.parse({
      model: input.model,
      messages,
      response_format: { type: 'json_schema', json_schema: { name: 'answer', schema, strict: true } },
    });
    const response = await client.responses.parse({
      model: input.model,
      store: false,
      input: input.prompt,
      text: { format: { type: 'json_schema', name: 'answer', schema, strict: true } },
    });
    return [JSON.parse(chat.choices[0].message.content), JSON.parse(response.output_text)];
  },
  embed: async (input) => {
    const client = await clientOf(input);
    const { data } = await client.embeddings.create({ model: input.model, input: input.values });
    return data.map(({ embedding }) => embedding.length);
  },
  models: async (input) => {
    const client = await clientOf(input);
    const ids = [];
    for await (const { id } of client.models.list()) ids.push(id);
    return ids;
  },
});
