import { KEYS, REGION, TOOL } from './request.mjs';

async function provider({ url, packages }) {
  const { createAmazonBedrock } = await import(packages[0]);
  return createAmazonBedrock({ region: REGION, baseURL: url, ...KEYS });
}

/** The provider of this library as it is built. */
async function ownProvider({ url }) {
  const { createAmazonBedrock } = await import(new URL('../../dist/node/ai-sdk.js', import.meta.url).href);
  return createAmazonBedrock({ region: REGION, baseURL: url, ...KEYS });
}

/** The provider alone, without `ai` around it. */
export async function openProvider(setup) {
  return readParts(await provider(setup), (image) => fileData(setup, image));
}

export async function openOwnProvider(setup) {
  return readParts(await ownProvider(setup), (data) => ({ type: 'data', data }));
}

function readParts(bedrock, dataOf) {
  return async ({ model, image }, answer) => {
    const content = [{ type: 'text', text: 'Hi' }];
    if (image !== undefined) content.push({ type: 'file', mediaType: 'image/png', data: dataOf(image) });
    const { stream } = await bedrock(model).doStream({
      prompt: [{ role: 'user', content }],
      ...(model.startsWith('tool.') && {
        tools: [
          { type: 'function', name: TOOL.name, description: TOOL.description, inputSchema: TOOL.schema },
        ],
      }),
    });
    const reader = stream.getReader();
    for (;;) {
      const { done, value: part } = await reader.read();
      if (done) return;
      if (part.type === 'text-delta') answer.text(part.delta);
      else if (part.type === 'tool-input-delta') answer.toolPiece();
      else if (part.type === 'tool-call') answer.tool(JSON.parse(part.input));
      else if (part.type === 'finish')
        answer.usage(part.usage.inputTokens.total, part.usage.outputTokens.total);
      else if (part.type === 'error') throw part.error;
    }
  };
}

/** Version 5 of the provider tags data with its kind. */
function fileData({ packages }, image) {
  return packages[0].endsWith('-5') ? { type: 'data', data: image } : image;
}

/** `streamText`, as its users call it. */
export async function openStreamText(setup) {
  return readText(await provider(setup), await import(setup.packages[1]));
}

export async function openOwnStreamText(setup) {
  return readText(await ownProvider(setup), await import(setup.packages[0]));
}

function readText(bedrock, { jsonSchema, streamText, tool }) {
  return async ({ model, image }, answer) => {
    const content = [{ type: 'text', text: 'Hi' }];
    if (image !== undefined) content.push({ type: 'image', image, mediaType: 'image/png' });
    const { fullStream } = streamText({
      model: bedrock(model),
      messages: [{ role: 'user', content }],
      onError: () => {},
      ...(model.startsWith('tool.') && {
        tools: {
          [TOOL.name]: tool({ description: TOOL.description, inputSchema: jsonSchema(TOOL.schema) }),
        },
      }),
    });
    for await (const part of fullStream) {
      if (part.type === 'text-delta') answer.text(part.text);
      else if (part.type === 'tool-input-delta') answer.toolPiece();
      else if (part.type === 'tool-call') answer.tool(part.input);
      else if (part.type === 'finish')
        answer.usage(part.totalUsage.inputTokens, part.totalUsage.outputTokens);
      else if (part.type === 'error') throw part.error;
    }
  };
}
