import { converseRequest, KEYS, REGION, TOKEN } from './request.mjs';

/** More sockets than the handler's 50, or the answers of 200 requests would wait for each other. */
const MAX_SOCKETS = 1024;

/** The options with which its users choose how the AWS client sends. */
const handlers = {
  node: async () => {
    const { NodeHttpHandler } = await import('@smithy/node-http-handler');
    const agent = { keepAlive: true, maxSockets: MAX_SOCKETS };
    return { requestHandler: new NodeHttpHandler({ httpAgent: agent, httpsAgent: agent }) };
  },
  fetch: async () => {
    const { FetchHttpHandler } = await import('@smithy/fetch-http-handler');
    return { requestHandler: new FetchHttpHandler() };
  },
  default: async () => ({}),
};

/** Options of the client for a way of authorization. */
export function awsConfig({ url, auth }) {
  const authorization =
    auth === 'bearer'
      ? { token: { token: TOKEN }, authSchemePreference: ['httpBearerAuth'] }
      : { credentials: KEYS };
  return { endpoint: url, region: REGION, ...authorization };
}

/** The AWS client; `decoder: 'ours'` gives it the decoder of this library. */
export async function open({ url, auth, handler, decoder }) {
  const { BedrockRuntimeClient, ConverseStreamCommand } = await import('@aws-sdk/client-bedrock-runtime');
  const config = { ...awsConfig({ url, auth }), ...(await handlers[handler]()) };
  if (decoder === 'ours') {
    const { eventStreamSerdeProvider } = await import('../../dist/node/aws.js');
    if (eventStreamSerdeProvider === undefined)
      throw new Error('this build has no decoder for the AWS client');
    config.eventStreamSerdeProvider = eventStreamSerdeProvider;
  }
  const client = new BedrockRuntimeClient(config);
  return async (question, answer) => {
    const { stream } = await client.send(new ConverseStreamCommand(converseRequest(question)));
    const pieces = [];
    for await (const event of stream) {
      const delta = event.contentBlockDelta?.delta;
      if (delta !== undefined) {
        if (delta.text !== undefined) answer.text(delta.text);
        else if (delta.toolUse !== undefined) {
          answer.toolPiece();
          pieces.push(delta.toolUse.input);
        }
      } else if (event.metadata !== undefined) {
        answer.usage(event.metadata.usage.inputTokens, event.metadata.usage.outputTokens);
      }
    }
    if (pieces.length > 0) answer.tool(JSON.parse(pieces.join('')));
  };
}
