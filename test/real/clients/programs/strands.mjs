import { Agent, BedrockModel, Message, TextBlock, tool } from '@strands-agents/sdk';
import { z } from 'zod';
import { describe, serve } from './serve.mjs';
import { sumOf, weatherIn } from './tools.mjs';

const tools = [
  tool({
    name: 'get_weather',
    description: 'The weather in a city',
    inputSchema: z.object({ city: z.string() }),
    callback: ({ city }) => weatherIn(city),
  }),
  tool({
    name: 'add',
    description: 'Adds numbers',
    inputSchema: z.object({ numbers: z.array(z.number()) }),
    callback: ({ numbers }) => sumOf(numbers),
  }),
];

/** Without a model, an agent has the default one of Strands. */
const agentOf = ({ model, system }, { options, ...more } = {}) =>
  new Agent({
    ...(model && { model: new BedrockModel({ modelId: model, ...options }) }),
    ...(system && { systemPrompt: system }),
    printer: false,
    ...more,
  });

const textOf = ({ content }) =>
  content.map((block) => (block.type === 'textBlock' ? block.text : '')).join('');

const answered = ({ lastMessage, stopReason, metrics }) => {
  const { inputTokens, outputTokens } = metrics.accumulatedUsage;
  return { text: textOf(lastMessage), stopReason, usage: { input: inputTokens, output: outputTokens } };
};

async function answer({ prompt, ...input }, more) {
  return answered(await agentOf(input, more).invoke(prompt));
}

async function stream({ prompt, ...input }, options = {}, onText = () => {}) {
  const texts = [];
  let result;
  try {
    for await (const event of agentOf(input).stream(prompt, options)) {
      if (event.type === 'agentResultEvent') result = event.result;
      if (event.type !== 'modelStreamUpdateEvent' || event.event.delta?.type !== 'textDelta') continue;
      texts.push(event.event.delta.text);
      onText(texts);
    }
    return { ...answered(result), texts };
  } catch (error) {
    return { texts, failure: describe(error) };
  }
}

async function loop({ model, prompt, thinking }, isStream) {
  const additionalRequestFields = thinking && { thinking };
  const agent = agentOf({ model }, { tools, options: { stream: isStream, additionalRequestFields } });
  const { lastMessage } = await agent.invoke(prompt);
  const turns = agent.messages.filter(({ role }) => role === 'assistant');
  const blocksOf = ({ content }, type) => content.filter((block) => block.type === type);
  return {
    text: textOf(lastMessage),
    calls: turns
      .map((turn) => blocksOf(turn, 'toolUseBlock').map(({ name, input }) => ({ name, input })))
      .filter(({ length }) => length > 0),
    reasoning: turns.map((turn) =>
      blocksOf(turn, 'reasoningBlock')
        .map(({ text }) => text)
        .join(''),
    ),
  };
}

await serve({
  answer,
  stream: (input) => stream(input),
  leave(input) {
    const controller = new AbortController();
    return stream(
      input,
      { cancelSignal: controller.signal },
      (texts) => texts.length === 2 && controller.abort(),
    );
  },
  loop: (input) => loop(input, false),
  streamLoop: (input) => loop(input, true),
  async object({ model, prompt, schema }) {
    const { structuredOutput } = await agentOf({ model }).invoke(prompt, {
      structuredOutputSchema: z.fromJSONSchema(schema),
    });
    return [structuredOutput];
  },
  image: ({ model, prompt, bytes }) =>
    answer({
      model,
      prompt: [
        { text: prompt },
        { image: { format: 'png', source: { bytes: Buffer.from(bytes, 'base64') } } },
      ],
    }),
  document: ({ model, prompt, bytes }) =>
    answer({
      model,
      prompt: [
        { text: prompt },
        { document: { name: 'Report', format: 'pdf', source: { bytes: Buffer.from(bytes, 'base64') } } },
      ],
    }),
  async cite({ model, prompt, text }) {
    const document = { name: 'Report', format: 'txt', source: { text }, citations: { enabled: true } };
    const { lastMessage } = await agentOf({ model }).invoke([{ text: prompt }, { document }]);
    return lastMessage.content
      .flatMap(({ citations = [] }) => citations)
      .map(({ title, sourceContent }) => ({ title, text: sourceContent[0].text }));
  },
  async cache({ model, prompt, system }) {
    const usages = [];
    for (let i = 0; i < 2; i += 1) {
      const agent = agentOf({ model, system: [{ text: system }, { cachePoint: { cacheType: 'default' } }] });
      const { metrics } = await agent.invoke(prompt);
      const { cacheReadInputTokens: read, cacheWriteInputTokens: written } = metrics.accumulatedUsage;
      usages.push({ read, written });
    }
    return usages;
  },
  guardrail: ({ guardrail, ...input }) => answer(input, { options: { guardrailConfig: guardrail } }),
  count({ model, prompt }) {
    const bedrock = new BedrockModel({ modelId: model, useNativeTokenCount: true });
    return bedrock.countTokens([new Message({ role: 'user', content: [new TextBlock(prompt)] })]);
  },
});
