// What the AI SDK's own classes make of our errors and models.
import {
  AISDKError,
  APICallError,
  InvalidArgumentError,
  NoSuchModelError,
  UnsupportedFunctionalityError,
} from '@ai-sdk/provider';
import { generateText, ToolLoopAgent, tool } from 'ai';
import { createAmazonBedrock } from 'bedrock-anywhere/ai-sdk';
import { z } from 'zod';
import { serve } from './serve.mjs';
import { weatherIn } from './tools.mjs';

const CLASSES = { APICallError, InvalidArgumentError, NoSuchModelError, UnsupportedFunctionalityError };

/** Names of the classes whose `isInstance()` recognizes what a function throws. */
async function classesOf(run) {
  try {
    await run();
    return [];
  } catch (error) {
    const names = Object.keys(CLASSES).filter((name) => CLASSES[name].isInstance(error));
    return AISDKError.isInstance(error) ? names : [];
  }
}

const model = 'us.amazon.nova-lite-v1:0';
const ask = (more) =>
  generateText({ model: createAmazonBedrock()(model), prompt: 'Hi', maxRetries: 0, ...more });

await serve({
  async classes() {
    const image = { type: 'file', mediaType: 'image/tiff', data: new Uint8Array(4) };
    return {
      refused: await classesOf(() => ask()),
      argument: await classesOf(() => ask({ providerOptions: { bedrock: { anthropicBeta: 'a' } } })),
      file: await classesOf(() => ask({ prompt: undefined, messages: [{ role: 'user', content: [image] }] })),
      image: await classesOf(() => createAmazonBedrock().imageModel('amazon.nova-canvas-v1:0')),
    };
  },
  async agent({ prompt }) {
    const agent = new ToolLoopAgent({
      model: createAmazonBedrock()(model),
      tools: {
        get_weather: tool({
          description: 'The weather in a city',
          inputSchema: z.object({ city: z.string() }),
          execute: ({ city }) => weatherIn(city),
        }),
      },
    });
    const { text, steps } = await agent.generate({ prompt });
    return { text, steps: steps.length };
  },
});
