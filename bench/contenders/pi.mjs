import { REGION, TOKEN, TOOL } from './request.mjs';

/** pi-ai, with a bearer token: its options take no access keys. */
export async function open({ url }) {
  const { stream } = await import('@earendil-works/pi-ai');
  return async ({ model, image }, answer) => {
    const content = [{ type: 'text', text: 'Hi' }];
    if (image !== undefined) {
      content.push({ type: 'image', data: Buffer.from(image).toString('base64'), mimeType: 'image/png' });
    }
    const { name, description, schema } = TOOL;
    const events = stream(
      {
        id: model,
        name: model,
        api: 'bedrock-converse-stream',
        provider: 'amazon-bedrock',
        baseUrl: url,
        reasoning: false,
        input: ['text', 'image'],
        cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
        contextWindow: 200_000,
        maxTokens: 8192,
      },
      {
        messages: [{ role: 'user', content, timestamp: 0 }],
        ...(model.startsWith('tool.') && { tools: [{ name, description, parameters: schema }] }),
      },
      { region: REGION, bearerToken: TOKEN },
    );
    for await (const event of events) {
      if (event.type === 'text_delta') answer.text(event.delta);
      else if (event.type === 'toolcall_delta') answer.toolPiece();
      else if (event.type === 'toolcall_end') answer.tool(event.toolCall.arguments);
      else if (event.type === 'done') answer.usage(event.message.usage.input, event.message.usage.output);
      else if (event.type === 'error') throw new Error(event.error.errorMessage);
    }
  };
}
