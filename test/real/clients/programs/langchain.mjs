import { BedrockEmbeddings, ChatBedrockConverse } from '@langchain/aws';
import { HumanMessage, SystemMessage } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { z } from 'zod';
import { describe, serve } from './serve.mjs';
import { sumOf, weatherIn } from './tools.mjs';

const TOOLS = {
  get_weather: tool(({ city }) => JSON.stringify(weatherIn(city)), {
    name: 'get_weather',
    description: 'The weather in a city',
    schema: z.object({ city: z.string() }),
  }),
  add: tool(({ numbers }) => JSON.stringify(sumOf(numbers)), {
    name: 'add',
    description: 'Adds numbers',
    schema: z.object({ numbers: z.array(z.number()) }),
  }),
};

const chat = (model, more = {}) => new ChatBedrockConverse({ model, ...more });

const messagesOf = ({ prompt, system }) => [
  ...(system ? [new SystemMessage(system)] : []),
  new HumanMessage(prompt),
];

const answered = (message) => ({
  text: message.text,
  usage: { input: message.usage_metadata?.input_tokens, output: message.usage_metadata?.output_tokens },
  stopReason: message.response_metadata.stopReason,
});

async function answer({ model, ...input }, more) {
  return answered(await chat(model, more).invoke(messagesOf(input)));
}

async function stream({ model, ...input }, options = {}, onText = () => {}) {
  const texts = [];
  let whole;
  try {
    for await (const chunk of await chat(model).stream(messagesOf(input), options)) {
      whole = whole === undefined ? chunk : whole.concat(chunk);
      if (chunk.text === '') continue;
      texts.push(chunk.text);
      onText(texts);
    }
    return { ...answered(whole), texts };
  } catch (error) {
    return { texts, failure: describe(error) };
  }
}

async function loop({ model, prompt, thinking }, ask) {
  const options = thinking && { additionalModelRequestFields: { thinking } };
  const bound = chat(model, options).bindTools(Object.values(TOOLS));
  const messages = [new HumanMessage(prompt)];
  const calls = [];
  const reasoning = [];
  for (;;) {
    const message = await ask(bound, messages);
    messages.push(message);
    const thoughts = message.contentBlocks.filter(({ type }) => type === 'reasoning');
    reasoning.push(thoughts.map((block) => block.reasoning).join(''));
    if (message.tool_calls.length === 0) return { text: message.text, calls, reasoning };
    calls.push(message.tool_calls.map(({ name, args }) => ({ name, input: args })));
    for (const call of message.tool_calls) messages.push(await TOOLS[call.name].invoke(call));
  }
}

async function streamed(model, messages) {
  let whole;
  for await (const chunk of await model.stream(messages))
    whole = whole === undefined ? chunk : whole.concat(chunk);
  return whole;
}

const withContent = (model, content) =>
  chat(model)
    .invoke([new HumanMessage({ content })])
    .then(answered);

await serve({
  answer,
  stream: (input) => stream(input),
  leave(input) {
    const controller = new AbortController();
    return stream(input, { signal: controller.signal }, (texts) => texts.length === 2 && controller.abort());
  },
  loop: (input) => loop(input, (model, messages) => model.invoke(messages)),
  streamLoop: (input) => loop(input, streamed),
  async forceTool({ model, prompt }) {
    const bound = chat(model).bindTools(Object.values(TOOLS), { tool_choice: 'get_weather' });
    const { tool_calls: calls } = await bound.invoke(prompt);
    return calls.map(({ name, args }) => ({ name, input: args }));
  },
  async events({ model, prompt }) {
    const events = [];
    for await (const event of chat(model).streamEvents(prompt, { version: 'v2' })) events.push(event);
    const texts = events.flatMap(({ event, data }) =>
      event === 'on_chat_model_stream' ? data.chunk.text : [],
    );
    return { names: [...new Set(events.map(({ event }) => event))], texts };
  },
  async object({ model, prompt, schema }) {
    const structured = chat(model).withStructuredOutput({ ...schema, title: 'city' }, { name: 'city' });
    return [await structured.invoke(prompt)];
  },
  image: ({ model, prompt, bytes }) =>
    withContent(model, [
      { type: 'text', text: prompt },
      { type: 'image_url', image_url: { url: `data:image/png;base64,${bytes}` } },
    ]),
  document: ({ model, prompt, bytes }) =>
    withContent(model, [
      { type: 'text', text: prompt },
      {
        type: 'file',
        source_type: 'base64',
        mime_type: 'application/pdf',
        data: bytes,
        metadata: { name: 'Report' },
      },
    ]),
  async cite({ model, prompt, text }) {
    const document = { format: 'txt', name: 'Report', source: { text }, citations: { enabled: true } };
    const { content } = await chat(model).invoke([
      new HumanMessage({
        content: [
          { type: 'document', document },
          { type: 'text', text: prompt },
        ],
      }),
    ]);
    return content
      .flatMap(({ citationsContent }) => citationsContent?.citations ?? [])
      .map(({ title, sourceContent }) => ({ title, text: sourceContent[0].text }));
  },
  async cache({ model, prompt, system }) {
    const content = [{ type: 'text', text: system }, { cachePoint: { type: 'default' } }];
    const usages = [];
    for (let i = 0; i < 2; i += 1) {
      const message = await chat(model).invoke([new SystemMessage({ content }), new HumanMessage(prompt)]);
      const { cache_read: read, cache_creation: written } = message.usage_metadata.input_token_details;
      usages.push({ read, written });
    }
    return usages;
  },
  guardrail: ({ guardrail, ...input }) => answer(input, { guardrailConfig: guardrail }),
  async embed({ values, ...fields }) {
    // Otherwise it would retry for minutes what can never succeed.
    const embeddings = new BedrockEmbeddings({ ...fields, maxRetries: 0 });
    return { one: await embeddings.embedQuery(values[0]), many: await embeddings.embedDocuments(values) };
  },
});
