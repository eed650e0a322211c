import { awsConfig } from './aws.mjs';
import { REGION, TOOL } from './request.mjs';

/** ChatBedrockConverse over a client that is told the endpoint: its own option for it takes https only. */
export async function open({ url, auth }) {
  const { ChatBedrockConverse } = await import('@langchain/aws');
  const { HumanMessage } = await import('@langchain/core/messages');
  const { BedrockRuntimeClient } = await import('@aws-sdk/client-bedrock-runtime');
  const client = new BedrockRuntimeClient(awsConfig({ url, auth }));
  return async ({ model, image }, answer) => {
    const content = [{ type: 'text', text: 'Hi' }];
    if (image !== undefined) {
      const data = Buffer.from(image).toString('base64');
      content.push({ type: 'image_url', image_url: { url: `data:image/png;base64,${data}` } });
    }
    const { name, description, schema } = TOOL;
    let chat = new ChatBedrockConverse({ model, region: REGION, client });
    if (model.startsWith('tool.')) chat = chat.bindTools([{ name, description, schema }]);
    const pieces = [];
    for await (const chunk of await chat.stream([new HumanMessage({ content })])) {
      if (typeof chunk.content === 'string') {
        if (chunk.content !== '') answer.text(chunk.content);
      } else for (const block of chunk.content) if (block.type === 'text') answer.text(block.text);
      for (const { args } of chunk.tool_call_chunks ?? []) {
        if (!args) continue;
        answer.toolPiece();
        pieces.push(args);
      }
      const usage = chunk.usage_metadata;
      if (usage !== undefined) answer.usage(usage.input_tokens, usage.output_tokens);
    }
    if (pieces.length > 0) answer.tool(JSON.parse(pieces.join('')));
  };
}
