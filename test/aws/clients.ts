import { BedrockRuntimeClient, type BedrockRuntimeClientConfig } from '@aws-sdk/client-bedrock-runtime';
import { FetchHttpHandler } from '@smithy/fetch-http-handler';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { LocalServer } from 'bedrock-anywhere/local/node';

/** What carries the AWS client's requests on Node. */
export const HANDLERS: [name: string, handler: () => Pick<BedrockRuntimeClientConfig, 'requestHandler'>][] = [
  ['its default HTTP/2 handler', () => ({})],
  ['NodeHttpHandler', () => ({ requestHandler: new NodeHttpHandler() })],
  ['FetchHttpHandler', () => ({ requestHandler: new FetchHttpHandler() })],
];

/** How the AWS client reaches a local Bedrock. */
export function configOf(local: LocalServer): BedrockRuntimeClientConfig {
  return { endpoint: local.url, region: local.region, credentials: local.credentials, maxAttempts: 1 };
}

/** An AWS client whose requests carry a header that makes the local Bedrock fail. */
export function clientWithFault(fault: string, config: BedrockRuntimeClientConfig): BedrockRuntimeClient {
  const client = new BedrockRuntimeClient(config);
  client.middlewareStack.add(
    (next) => (args) => {
      if (fault !== '')
        (args.request as { headers: Record<string, string> }).headers['x-local-fault'] = fault;
      return next(args);
    },
    { step: 'build', name: 'faultOfTheTest' },
  );
  return client;
}
