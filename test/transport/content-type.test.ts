import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { createBedrock, fromResponse } from 'bedrock-anywhere';
import { sdkTransport } from 'bedrock-anywhere/aws';
import { afterEach, describe, expect, it } from 'vitest';
import { answerFrames, startServer, type TestServer } from '../converse/server.js';

const request = {
  modelId: 'amazon.nova-lite-v1:0',
  messages: [{ role: 'user' as const, content: [{ text: 'Hi' }] }],
};
const credentials = { accessKeyId: 'ASIA', secretAccessKey: 'secret' };

let server: TestServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** Content types, and whether a stream of frames has them: their letters may be of any case (RFC 9110, section 8.3.1). */
const TYPES: readonly (readonly [type: string, isStream: boolean])[] = [
  ['application/vnd.amazon.eventstream', true],
  ['Application/VND.Amazon.EventStream', true],
  ['application/vnd.amazon.eventstream;charset=utf-8', true],
  ['application/vnd.amazon.eventstream ; charset=utf-8', true],
  ['application/vnd.amazon.eventstream-evil', false],
  ['application/vnd.amazon.eventstreams', false],
  ['application/vnd.amazon.eventstream/x', false],
  ['text/plain;application/vnd.amazon.eventstream', false],
  ['application/json', false],
];

describe.each([
  [
    'fetch',
    (endpoint: string) => createBedrock({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 }),
  ],
  [
    'sdkTransport()',
    (endpoint: string) => {
      const client = new BedrockRuntimeClient({
        endpoint,
        region: 'us-east-1',
        credentials,
        maxAttempts: 1,
        requestHandler: new NodeHttpHandler(),
      });
      return createBedrock({ transport: sdkTransport({ client }) });
    },
  ],
])('over %s', (_name, create) => {
  it.each(TYPES)('%s is a stream: %s', async (type, isStream) => {
    server = await startServer((response) => {
      response.writeHead(200, { 'content-type': type });
      for (const frame of answerFrames('Hello')) response.write(frame);
      response.end();
    });
    const answer = create(server.url).stream(request).text();
    if (isStream) expect(await answer).toBe('Hello');
    else await expect(answer).rejects.toMatchObject({ code: 'ERR_PROTOCOL', status: 200 });
  });
});

it.each([
  ['text/event-stream', true],
  ['Text/Event-Stream; charset=utf-8', true],
  ['text/event-stream-evil', false],
])('fromResponse() reads %s: %s', async (type, isStream) => {
  const body =
    'event: messageStop\ndata: {"type":"messageStop","stopReason":"end_turn"}\n\nevent: end\ndata: {"type":"end"}\n\n';
  const answer = fromResponse(new Response(body, { headers: { 'content-type': type } })).result();
  if (isStream) expect(await answer).toMatchObject({ stopReason: 'end_turn' });
  else await expect(answer).rejects.toMatchObject({ code: 'ERR_PROTOCOL' });
});
