import { converseRequest, KEYS, REGION, TOKEN } from './request.mjs';

/** This library as it is built; `library` names another build of it. */
export async function open({
  url,
  auth,
  library = new URL('../../dist/node/index.js', import.meta.url).href,
}) {
  const { createBedrock } = await import(library);
  const credentials = auth === 'bearer' ? { token: TOKEN } : KEYS;
  const bedrock = createBedrock({ endpoint: url, region: REGION, credentials });
  return async (question, answer) => {
    const stream = bedrock.stream(converseRequest(question));
    let hasTool = false;
    for await (const event of stream) {
      if (event.type === 'contentBlockDelta') {
        if (event.delta.text !== undefined) answer.text(event.delta.text);
        else if (event.delta.toolUse !== undefined) {
          answer.toolPiece();
          hasTool = true;
        }
      } else if (event.type === 'metadata') {
        answer.usage(event.usage.inputTokens, event.usage.outputTokens);
      }
    }
    if (hasTool) answer.tool((await stream.result()).toolUses[0].input);
  };
}
