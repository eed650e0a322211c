import { BedrockClient } from '@aws-sdk/client-bedrock';
import {
  BedrockRuntimeClient,
  ConverseStreamCommand,
  ThrottlingException,
} from '@aws-sdk/client-bedrock-runtime';
import { FetchHttpHandler } from '@smithy/fetch-http-handler';
import { createBedrock, isBedrockError } from 'bedrock-anywhere';
import { eventStreamSerdeProvider, fromSdkChain, sdkTransport } from 'bedrock-anywhere/aws';

/** What the scenario needs, as JSON. */
export interface Setup {
  url: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  decoder: 'stock' | 'ours';
}

const request = {
  modelId: 'amazon.nova-lite-v1:0',
  messages: [{ role: 'user' as const, content: [{ text: 'ping' }] }],
};

/** What someone who keeps the AWS client does in a page or worker: read, leave, abort, fail, discover. */
export async function scenario({ url, region, credentials, decoder }: Setup): Promise<object> {
  const config = {
    endpoint: url,
    region,
    credentials,
    maxAttempts: 1,
    requestHandler: new FetchHttpHandler(),
  };
  const client = new BedrockRuntimeClient({
    ...config,
    ...(decoder === 'ours' && { eventStreamSerdeProvider }),
  });
  const transport = sdkTransport({ client, controlClient: new BedrockClient(config) });
  const bedrock = createBedrock({ transport });
  const stalled = { headers: { 'x-local-fault': 'stall=3' } };

  const { message, stopReason, usage } = await bedrock.stream(request).result();
  const left: string[] = [];
  for await (const event of bedrock.stream(request, stalled)) {
    left.push(event.type);
    if (event.type === 'contentBlockDelta') break;
  }

  const controller = new AbortController();
  const aborted = await codeOf(async () => {
    for await (const { type } of bedrock.stream(request, { ...stalled, signal: controller.signal })) {
      if (type === 'contentBlockDelta') controller.abort('enough');
    }
  });
  const failing = (fault: string) =>
    codeOf(() => bedrock.stream(request, { headers: { 'x-local-fault': fault } }).result());
  const { models } = await bedrock.discover({ refreshInterval: 0 });

  let isThrottling: boolean | undefined;
  try {
    const command = new ConverseStreamCommand(request);
    command.middlewareStack.add(
      (next) => (args) => {
        (args.request as { headers: Record<string, string> }).headers['x-local-fault'] =
          'exception=throttlingException@2';
        return next(args);
      },
      { step: 'build' },
    );
    for await (const _event of (await client.send(command)).stream ?? []);
  } catch (error) {
    isThrottling = error instanceof ThrottlingException;
  }
  return {
    text: message.content?.[0]?.text,
    stopReason,
    hasUsage: usage !== undefined,
    left,
    aborted,
    failures: [
      await failing('status=503'),
      await failing('exception=modelStreamErrorException@2'),
      await failing('truncate=300'),
    ],
    hasModels: models.length > 0,
    isThrottling,
    chain: await codeOf(async () => fromSdkChain()),
  };
}

async function codeOf(run: () => Promise<unknown>): Promise<unknown> {
  try {
    await run();
  } catch (error) {
    return isBedrockError(error) ? error.code : error;
  }
  return 'no error';
}
