import {
  type ClientOptions,
  type ConverseStreamRequest,
  createBedrock,
  isBedrockError,
} from 'bedrock-anywhere';

/** What the scenario needs, as JSON. */
export interface Setup {
  url: string;
  region: string;
  credentials: NonNullable<ClientOptions['credentials']>;
}

/** What the smoke test does in every runtime: read a stream whole, leave one after its first text, abort one, fail once. */
export async function scenario({ url, region, credentials }: Setup): Promise<object> {
  const bedrock = createBedrock({ endpoint: url, region, credentials });
  const image = { format: 'png' as const, source: { bytes: new Uint8Array([1]) } };
  const request: ConverseStreamRequest = {
    modelId: 'amazon.nova-lite-v1:0',
    messages: [{ role: 'user', content: [{ text: 'ping' }, { image }] }],
  };
  const stalled = { headers: { 'x-local-fault': 'stall=3' } };
  const { message, stopReason } = await bedrock.stream(request).result();

  const left: string[] = [];
  for await (const event of bedrock.stream(request, stalled)) {
    left.push(event.type);
    if (event.type === 'contentBlockDelta') break;
  }

  const controller = new AbortController();
  let aborted: unknown;
  try {
    for await (const { type } of bedrock.stream(request, { ...stalled, signal: controller.signal })) {
      if (type === 'contentBlockDelta') controller.abort('enough');
    }
  } catch (reason) {
    aborted = reason;
  }

  let failure: string | undefined;
  try {
    await bedrock.converse({ ...request, modelId: 'no-such-model' });
  } catch (error) {
    failure = isBedrockError(error) ? error.code : String(error);
  }
  return { text: message.content?.[0]?.text, stopReason, left, aborted, failure };
}
