// The AI SDK with the providers of OpenAI and Anthropic, as users of a gateway have them.
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { defaultSettingsMiddleware, wrapLanguageModel } from 'ai';
import { serveAiSdk } from './ai-sdk-cases.mjs';

// Responses refers to stored items otherwise, which a gateway has none of.
const unstored = defaultSettingsMiddleware({ settings: { providerOptions: { openai: { store: false } } } });

const PROVIDERS = {
  chat: (settings) => createOpenAI(settings).chat,
  responses: (settings) => (id) =>
    wrapLanguageModel({ model: createOpenAI(settings).responses(id), middleware: unstored }),
  compatible: (settings) =>
    createOpenAICompatible({ name: 'gateway', supportsStructuredOutputs: true, ...settings }),
  messages: (settings) => createAnthropic(settings),
};

await serveAiSdk(() => {
  const { GATEWAY_URL, GATEWAY_KEY, GATEWAY_PROTOCOL } = process.env;
  return PROVIDERS[GATEWAY_PROTOCOL]({ baseURL: `${GATEWAY_URL}/v1`, apiKey: GATEWAY_KEY });
});
