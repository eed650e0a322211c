import {
  BedrockClient,
  GetFoundationModelAvailabilityCommand,
  GetInferenceProfileCommand,
  ListFoundationModelsCommand,
  paginateListInferenceProfiles,
} from '@aws-sdk/client-bedrock';
import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  CountTokensCommand,
} from '@aws-sdk/client-bedrock-runtime';
import { describe, serve } from './serve.mjs';
import { sumOf, weatherIn } from './tools.mjs';

const TOOLS = [
  {
    toolSpec: {
      name: 'get_weather',
      description: 'The weather in a city',
      inputSchema: {
        json: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
      },
    },
  },
  {
    toolSpec: {
      name: 'add',
      description: 'Adds numbers',
      inputSchema: {
        json: {
          type: 'object',
          properties: { numbers: { type: 'array', items: { type: 'number' } } },
          required: ['numbers'],
        },
      },
    },
  },
];

const requestOf = ({ model, prompt, system, content = [], ...rest }) => ({
  modelId: model,
  messages: [{ role: 'user', content: [...content, { text: prompt }] }],
  ...(system && { system: [{ text: system }] }),
  ...rest,
});

const textOf = (content) => content.map(({ text = '' }) => text).join('');
const reasoningOf = (content) =>
  content.map(({ reasoningContent }) => reasoningContent?.reasoningText?.text ?? '').join('');

async function converse(request) {
  const client = new BedrockRuntimeClient({});
  try {
    return await client.send(new ConverseCommand(request));
  } finally {
    client.destroy();
  }
}

async function answer(input) {
  const { output, usage, stopReason } = await converse(requestOf(input));
  return {
    text: textOf(output.message.content),
    usage: { input: usage.inputTokens, output: usage.outputTokens },
    stopReason,
  };
}

/** Folds a stream into a message, as every user of ConverseStream does. */
async function readStream({ stream }, onText = () => {}) {
  const content = [];
  const inputs = {};
  let stopReason;
  let usage;
  for await (const {
    contentBlockStart,
    contentBlockDelta,
    contentBlockStop,
    messageStop,
    metadata,
  } of stream) {
    if (contentBlockStart?.start?.toolUse) {
      const { toolUseId, name } = contentBlockStart.start.toolUse;
      content[contentBlockStart.contentBlockIndex] = { toolUse: { toolUseId, name } };
      inputs[contentBlockStart.contentBlockIndex] = '';
    }
    if (contentBlockDelta) {
      const { contentBlockIndex: i, delta } = contentBlockDelta;
      if (delta.toolUse) inputs[i] += delta.toolUse.input;
      if (delta.text !== undefined) {
        content[i] = { text: (content[i]?.text ?? '') + delta.text };
        onText(delta.text);
      }
      if (delta.reasoningContent) {
        const { text = '', signature } = content[i]?.reasoningContent.reasoningText ?? {};
        const more = delta.reasoningContent;
        content[i] = {
          reasoningContent: {
            reasoningText: { text: text + (more.text ?? ''), signature: more.signature ?? signature },
          },
        };
      }
    }
    if (contentBlockStop && inputs[contentBlockStop.contentBlockIndex] !== undefined) {
      const { contentBlockIndex: i } = contentBlockStop;
      content[i].toolUse.input = JSON.parse(inputs[i] || '{}');
    }
    stopReason = messageStop?.stopReason ?? stopReason;
    usage = metadata?.usage ?? usage;
  }
  return { content: content.filter(Boolean), stopReason, usage };
}

async function stream(input, { signal, onText } = {}) {
  const client = new BedrockRuntimeClient({});
  const texts = [];
  try {
    const answer = await client.send(new ConverseStreamCommand(requestOf(input)), { abortSignal: signal });
    const { stopReason, usage } = await readStream(answer, (text) => {
      texts.push(text);
      onText?.(texts);
    });
    return { texts, stopReason, usage: { input: usage.inputTokens, output: usage.outputTokens } };
  } catch (error) {
    return { texts, failure: describe(error) };
  } finally {
    client.destroy();
  }
}

async function loop({ model, prompt, thinking }, isStream) {
  const client = new BedrockRuntimeClient({});
  const messages = [{ role: 'user', content: [{ text: prompt }] }];
  const calls = [];
  const reasoning = [];
  try {
    for (;;) {
      const request = {
        modelId: model,
        messages,
        toolConfig: { tools: TOOLS },
        ...(thinking && { additionalModelRequestFields: { thinking } }),
      };
      const { content, stopReason } = isStream
        ? await readStream(await client.send(new ConverseStreamCommand(request)))
        : await client.send(new ConverseCommand(request)).then(({ output, stopReason }) => ({
            content: output.message.content,
            stopReason,
          }));
      messages.push({ role: 'assistant', content });
      reasoning.push(reasoningOf(content));
      if (stopReason !== 'tool_use') return { text: textOf(content), calls, reasoning };
      const uses = content.flatMap(({ toolUse }) => toolUse ?? []);
      calls.push(uses.map(({ name, input }) => ({ name, input })));
      messages.push({
        role: 'user',
        content: uses.map(({ toolUseId, name, input }) => ({
          toolResult: {
            toolUseId,
            content: [{ json: name === 'add' ? sumOf(input.numbers) : weatherIn(input.city) }],
          },
        })),
      });
    }
  } finally {
    client.destroy();
  }
}

await serve({
  answer,
  stream,
  async leave(input) {
    const controller = new AbortController();
    return stream(input, {
      signal: controller.signal,
      onText: (texts) => texts.length === 2 && controller.abort(),
    });
  },
  loop: (input) => loop(input, false),
  streamLoop: (input) => loop(input, true),
  async forceTool(input) {
    const toolConfig = { tools: TOOLS, toolChoice: { tool: { name: 'get_weather' } } };
    const { output } = await converse(requestOf({ ...input, toolConfig }));
    return output.message.content
      .flatMap(({ toolUse }) => toolUse ?? [])
      .map(({ name, input }) => ({ name, input }));
  },
  async object({ schema, ...input }) {
    const jsonSchema = { name: 'city', schema: JSON.stringify(schema) };
    const outputConfig = { textFormat: { type: 'json_schema', structure: { jsonSchema } } };
    const { output } = await converse(requestOf({ ...input, outputConfig }));
    return [JSON.parse(textOf(output.message.content))];
  },
  image: ({ bytes, ...input }) =>
    answer({
      ...input,
      content: [{ image: { format: 'png', source: { bytes: Buffer.from(bytes, 'base64') } } }],
    }),
  document: ({ bytes, ...input }) =>
    answer({
      ...input,
      content: [
        { document: { format: 'pdf', name: 'Report', source: { bytes: Buffer.from(bytes, 'base64') } } },
      ],
    }),
  async cite({ text, ...input }) {
    const document = { format: 'txt', name: 'Report', source: { text }, citations: { enabled: true } };
    const { output } = await converse(requestOf({ ...input, content: [{ document }] }));
    return output.message.content.flatMap(({ citationsContent }) =>
      (citationsContent?.citations ?? []).map(({ title, sourceContent }) => ({
        title,
        text: sourceContent[0].text,
      })),
    );
  },
  async cache({ model, prompt, system }) {
    const request = {
      ...requestOf({ model, prompt }),
      system: [{ text: system }, { cachePoint: { type: 'default' } }],
    };
    const usages = [];
    for (let i = 0; i < 2; i += 1) {
      const { usage } = await converse(request);
      usages.push({ read: usage.cacheReadInputTokens, written: usage.cacheWriteInputTokens });
    }
    return usages;
  },
  async guardrail({ guardrail, ...input }) {
    return answer({ ...input, guardrailConfig: guardrail });
  },
  async stopSequence({ stop, ...input }) {
    const client = new BedrockRuntimeClient({});
    const request = requestOf({
      ...input,
      inferenceConfig: { stopSequences: [stop] },
      additionalModelResponseFieldPaths: ['/stop_sequence'],
    });
    const { additionalModelResponseFields } = await client.send(new ConverseCommand(request));
    client.destroy();
    return additionalModelResponseFields.stop_sequence;
  },
  async count({ model, prompt }) {
    const client = new BedrockRuntimeClient({});
    const { messages } = requestOf({ model, prompt });
    const { inputTokens } = await client.send(
      new CountTokensCommand({ modelId: model, input: { converse: { messages } } }),
    );
    client.destroy();
    return inputTokens;
  },
  async models(filters) {
    const client = new BedrockClient({});
    const { modelSummaries } = await client.send(new ListFoundationModelsCommand(filters));
    return modelSummaries.map(({ modelId }) => modelId);
  },
  async available({ model }) {
    const command = new GetFoundationModelAvailabilityCommand({ modelId: model });
    return (await new BedrockClient({}).send(command)).authorizationStatus;
  },
  async profile({ id }) {
    const command = new GetInferenceProfileCommand({ inferenceProfileIdentifier: id });
    return (await new BedrockClient({}).send(command)).models.map(({ modelArn }) => modelArn);
  },
  async profiles() {
    const client = new BedrockClient({});
    const pages = [];
    for await (const { inferenceProfileSummaries } of paginateListInferenceProfiles(
      { client, pageSize: 10 },
      {},
    ))
      pages.push(inferenceProfileSummaries.map(({ inferenceProfileId }) => inferenceProfileId));
    return pages;
  },
});
