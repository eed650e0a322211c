import { afterAll, beforeAll, expect, it } from 'vitest';
import { environmentOf, startBedrock } from '../clients/bedrock.js';
import { Client } from '../clients/client.js';

let client: Client;

beforeAll(async () => {
  client = await Client.ofNode('ai-7', 'ai-sdk-own.mjs');
});
afterAll(() => client[Symbol.dispose]());

it("is recognized by isInstance() of the AI SDK's own classes", async () => {
  const bedrock = await startBedrock({ faults: ['status=403:AccessDeniedException'] });
  expect(await client.run('classes', environmentOf(bedrock))).toEqual({
    refused: ['APICallError'],
    argument: ['InvalidArgumentError'],
    file: ['UnsupportedFunctionalityError'],
    image: ['NoSuchModelError'],
  });
});

it('finishes a loop of an agent', async () => {
  const bedrock = await startBedrock({
    script: [
      { toolResult: 'celsius', text: 'It is 18 degrees.' },
      { user: 'Paris', toolUse: { name: 'get_weather', input: { city: 'Paris' } } },
    ],
  });
  const input = { prompt: 'What is the weather in Paris?' };
  expect(await client.run('agent', environmentOf(bedrock), input)).toEqual({
    text: 'It is 18 degrees.',
    steps: 2,
  });
});
