import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { createBedrock } from 'bedrock-anywhere';
import { sdkTransport } from 'bedrock-anywhere/aws';
import { afterEach, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../converse/server.js';
import { HANDLERS } from './clients.js';

const request = { modelId: 'm', messages: [{ role: 'user' as const, content: [{ text: 'Hi' }] }] };

let server: TestServer;
afterEach(() => server.close());

// The server speaks HTTP/1.1.
describe.each(HANDLERS.slice(1))('what a gateway says to the AWS client with %s', (_handler, handler) => {
  it.each([
    ['{"error":{"message":"invalid virtual key"}}', 'invalid virtual key'],
    ['{"error":"invalid virtual key"}', 'invalid virtual key'],
    ['{"detail":"budget exceeded"}', 'budget exceeded'],
    ['{"errors":[{"message":"no such route"}]}', 'no such route'],
  ])('survives: %s', async (body, words) => {
    server = await startServer((response) => {
      response.writeHead(401, { 'content-type': 'application/json' });
      response.end(body);
    });
    const client = new BedrockRuntimeClient({
      endpoint: server.url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'ASIAEXAMPLE', secretAccessKey: 'secret' },
      maxAttempts: 1,
      ...handler(),
    });
    const bedrock = createBedrock({ transport: sdkTransport({ client }) });
    for (const call of [() => bedrock.converse(request), () => bedrock.stream(request).result()]) {
      await expect(call()).rejects.toMatchObject({
        code: 'ERR_CREDENTIALS',
        status: 401,
        message: `${words}. A gateway or proxy says so, not Bedrock (status 401).`,
      });
    }
  });
});
