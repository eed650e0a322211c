import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { type ConverseResult, createBedrock, fromBearerToken } from 'bedrock-anywhere';
import { sdkTransport } from 'bedrock-anywhere/aws';
import { createLocalBedrock, type LocalBedrock, localTransport } from 'bedrock-anywhere/local';
import { startLocalBedrock } from 'bedrock-anywhere/local/node';
import { expect, it } from 'vitest';

const script = [
  {
    user: 'weather',
    reasoning: { text: 'A tool knows.', redacted: new Uint8Array([0, 255, 7]) },
    text: 'I look it up.',
    toolUse: { name: 'get_weather', input: { city: 'Bern' }, toolUseId: 'tooluse_abcdef' },
  },
  { user: 'fail', error: { name: 'ThrottlingException' }, times: 1 },
  { text: 'It is sunny.' },
];
const inputSchema = { json: { type: 'object' } };
const ask = (modelId: string, prompt: string) => ({
  modelId,
  prompt,
  toolConfig: { tools: [{ toolSpec: { name: 'get.weather', inputSchema } }] },
});

let count = 0;
/** A model that no test has called before: what one refuses is remembered. */
function start(): { local: LocalBedrock; modelId: string } {
  const modelId = `meta.llama4-maverick-${++count}-instruct-v1:0`;
  const models = [{ modelId, responseStreamingSupported: true }];
  return { modelId, local: createLocalBedrock({ script, models, profiles: [] }) };
}
const operations = ({ requests }: LocalBedrock) => requests.map((one) => `${one.operation} ${one.status}`);
const comparable = ({ requestId, attempts, repairs, metrics, ...rest }: ConverseResult) => rest;

it('a stream with tools becomes a whole answer where the model does not stream them', async () => {
  const { local, modelId } = start();
  const bedrock = createBedrock({ transport: localTransport(local) });
  const events: string[] = [];
  const stream = bedrock.stream(ask(modelId, 'weather'));
  for await (const { type } of stream) events.push(type);
  const result = await stream.result();
  const whole = await bedrock.converse(ask(modelId, 'weather'));
  expect(comparable(result)).toEqual(comparable(whole));
  expect(result).toMatchObject({
    attempts: 2,
    toolUses: [{ name: 'get.weather', input: { city: 'Bern' } }],
    repairs: expect.arrayContaining([
      {
        kind: 'streaming',
        path: 'toolConfig',
        reason: expect.stringMatching(/^This model doesn't support tool use in streaming mode/),
      },
    ]),
  });
  expect(events.filter((type, i) => type !== events[i - 1])).toEqual([
    'messageStart',
    'contentBlockDelta',
    'contentBlockStop',
    'contentBlockDelta',
    'contentBlockStop',
    'contentBlockDelta',
    'contentBlockStop',
    'contentBlockStart',
    'contentBlockDelta',
    'contentBlockStop',
    'messageStop',
    'metadata',
  ]);
  expect(operations(local)).toEqual(['ConverseStream 400', 'Converse 200', 'Converse 200']);
});

it('is asked for a whole answer at once from then on, and for a stream where it has no tools', async () => {
  const { local, modelId } = start();
  const bedrock = createBedrock({ transport: localTransport(local) });
  await bedrock.stream(ask(modelId, 'Hi')).text();
  expect(await bedrock.stream(ask(modelId, 'Hi')).text()).toBe('It is sunny.');
  expect((await bedrock.stream(ask(modelId, 'Hi')).result()).repairs.map(({ kind }) => kind)).toContain(
    'streaming',
  );
  await bedrock.stream({ modelId, prompt: 'Hi' }).text();
  expect(operations(local)).toEqual([
    'ConverseStream 400',
    'Converse 200',
    'Converse 200',
    'Converse 200',
    'ConverseStream 200',
  ]);
});

it('is retried like any answer', async () => {
  const { local, modelId } = start();
  const bedrock = createBedrock({ transport: localTransport(local), maxRetryDelayMs: 1 });
  expect(await bedrock.stream(ask(modelId, 'fail')).text()).toBe('It is sunny.');
  expect(operations(local)).toEqual(['ConverseStream 400', 'Converse 429', 'Converse 200']);
});

it('keeps its refusal where nothing may be repaired, and says what helps', async () => {
  const { local, modelId } = start();
  const bedrock = createBedrock({ transport: localTransport(local), repair: false });
  const request = {
    ...ask(modelId, 'Hi'),
    toolConfig: { tools: [{ toolSpec: { name: 'a', inputSchema } }] },
  };
  await expect(bedrock.stream(request).result()).rejects.toMatchObject({
    code: 'ERR_INPUT',
    message: expect.stringMatching(
      /^This model doesn't support tool use in streaming mode\. Use converse\(\)/,
    ),
  });
  expect(operations(local)).toEqual(['ConverseStream 400']);
});

it("is sent by AWS's client too, and without the guardrail's mode for streams", async () => {
  const modelId = 'mistral.mistral-large-2407-v1:0';
  const models = [{ modelId, responseStreamingSupported: true }];
  const local = await startLocalBedrock({ script, models, profiles: [] });
  const client = new BedrockRuntimeClient({
    endpoint: local.url,
    region: local.region,
    credentials: local.credentials,
  });
  const bedrock = createBedrock({
    transport: sdkTransport({ client }),
    guardrailConfig: {
      guardrailIdentifier: 'localguardrail',
      guardrailVersion: '1',
      streamProcessingMode: 'async',
    },
  });
  expect(await bedrock.stream(ask(modelId, 'Hi')).text()).toBe('It is sunny.');
  const [stream, whole] = local.requests.map(({ body }) => body);
  expect(stream).toMatchObject({ guardrailConfig: { streamProcessingMode: 'async' } });
  expect(whole).toMatchObject({ guardrailConfig: { guardrailIdentifier: 'localguardrail' } });
  expect(JSON.stringify(whole)).not.toContain('streamProcessingMode');
  client.destroy();
  await local.close();
});

it('has images, results of tools that AWS runs, and citations', async () => {
  const content = [
    { image: { format: 'png' as const, source: { bytes: new Uint8Array([1, 2, 3]) } } },
    {
      toolUse: {
        toolUseId: 'a',
        name: 'nova_grounding',
        type: 'server_tool_use' as const,
        input: { q: 'x' },
      },
    },
    {
      toolResult: {
        toolUseId: 'a',
        status: 'success' as const,
        content: [{ text: 'found' }, { json: { n: 1 } }],
      },
    },
    { citationsContent: { content: [{ text: 'So it is.' }], citations: [{ title: 'Source' }] } },
  ];
  const json = (_: string, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
  const whole = JSON.stringify(
    { output: { message: { role: 'assistant', content } }, stopReason: 'end_turn', usage: {} },
    json,
  );
  const fetch = async (url: string | URL | Request) =>
    String(url).endsWith('/converse')
      ? new Response(whole)
      : new Response('{"message":"The model is unsupported for streaming."}', {
          status: 400,
          headers: { 'x-amzn-errortype': 'ValidationException' },
        });
  const bedrock = createBedrock({ credentials: fromBearerToken('key'), region: 'us-east-1', fetch });
  const { modelId } = start();
  const { message, warnings } = await bedrock.stream({ modelId, prompt: 'Draw.' }).result();
  expect(message.content).toEqual(content);
  expect(warnings).toEqual([]);
});
