import { expect } from 'vitest';
import { clientOf } from '../../../scripts/clients/install.mjs';
import { environmentOf, NOVA, SONNET, startBedrock } from './bedrock.js';
import { allCases } from './cases/all.js';
import { ONE_OF_THE_SCHEMA, SCHEMA } from './cases/inputs.js';
import { testEmbeddings } from './cases/vectors.js';
import { Client } from './client.js';
import { type DefineCase, type Running, testClient } from './suite.js';

testClient(
  {
    name: clientOf('langchain').name,
    start: () => Client.ofNode('langchain'),
    cannot: {
      stopSequence: 'ChatBedrockConverse cannot ask for more response fields',
      count: 'ChatBedrockConverse has no such call',
      embedCohere: 'BedrockEmbeddings sends the inputText of Titan to every model',
    },
    // It offers Nova a tool, and leaves it to the model whether to call it.
    objectsOf: [SONNET],
    regionFrom: ['AWS_DEFAULT_REGION'],
  },
  ...allCases,
  testEmbeddings,
  testLangChain,
);

function testLangChain(client: Running, define: DefineCase): void {
  define('object', 'gets an object from a tool that the demo calls for the words of a prompt', async () => {
    const bedrock = await startBedrock({ tools: 'demo' });
    const input = {
      model: NOVA,
      prompt: 'How many people live in the city of Paris? 2100000?',
      schema: SCHEMA,
    };
    const [object] = await client().run<unknown[]>('object', environmentOf(bedrock), input);
    expect(object).toEqual(ONE_OF_THE_SCHEMA);
    expect(object).toMatchObject({ city: 'Paris', people: 2_100_000 });
  });

  define('stream', 'streams the events of a chain', async () => {
    const bedrock = await startBedrock({ script: [{ text: 'One two three four.' }] });
    const input = { model: SONNET, prompt: 'Count' };
    const { names, texts } = await client().run<{ names: string[]; texts: string[] }>(
      'events',
      environmentOf(bedrock),
      input,
    );
    expect(names).toEqual(['on_chat_model_start', 'on_chat_model_stream', 'on_chat_model_end']);
    expect(texts.join('')).toBe('One two three four.');
  });
}
