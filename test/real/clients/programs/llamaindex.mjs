import { Bedrock } from '@llamaindex/aws';
import { describe, serve } from './serve.mjs';
import { sumOf, weatherIn } from './tools.mjs';

const toolOf = (name, description, properties, run) => ({
  metadata: {
    name,
    description,
    parameters: { type: 'object', properties, required: Object.keys(properties) },
  },
  call: (input) => JSON.stringify(run(input)),
});

const TOOLS = [
  toolOf('get_weather', 'The weather in a city', { city: { type: 'string' } }, ({ city }) => weatherIn(city)),
  toolOf('add', 'Adds numbers', { numbers: { type: 'array', items: { type: 'number' } } }, ({ numbers }) =>
    sumOf(numbers),
  ),
];

const user = (content, options) => ({ role: 'user', content, ...(options && { options }) });

async function stream({ model, prompt }) {
  const texts = [];
  try {
    const chunks = await new Bedrock({ model }).chat({ messages: [user(prompt)], stream: true });
    for await (const { delta } of chunks) texts.push(delta);
    return { texts };
  } catch (error) {
    return { texts, failure: describe(error) };
  }
}

/** One turn of the model: its text, and the tools that it calls. */
async function ask(bedrock, messages) {
  const { message } = await bedrock.chat({ messages, tools: TOOLS });
  return { text: message.content, calls: message.options.toolCall ?? [] };
}

async function askForStream(bedrock, messages) {
  let text = '';
  const calls = new Map();
  for await (const { delta, options } of await bedrock.chat({ messages, tools: TOOLS, stream: true })) {
    text += delta;
    // A call comes again with each piece of its input, and at last with the input as an object.
    for (const call of options?.toolCall ?? []) calls.set(call.id, call);
  }
  return { text, calls: [...calls.values()] };
}

async function loop({ model, prompt }, next) {
  const bedrock = new Bedrock({ model });
  const messages = [user(prompt)];
  const rounds = [];
  for (;;) {
    const { text, calls } = await next(bedrock, messages);
    if (calls.length === 0) return { text, calls: rounds };
    rounds.push(calls.map(({ name, input }) => ({ name, input })));
    messages.push({ role: 'assistant', content: text, options: { toolCall: calls } });
    for (const { id, name, input } of calls) {
      const result = TOOLS.find((tool) => tool.metadata.name === name).call(input);
      messages.push(user('', { toolResult: { id, result, isError: false } }));
    }
  }
}

await serve({
  async answer({ model, prompt }) {
    const { message } = await new Bedrock({ model }).chat({ messages: [user(prompt)] });
    return { text: message.content };
  },
  stream,
  loop: (input) => loop(input, ask),
  streamLoop: (input) => loop(input, askForStream),
});
