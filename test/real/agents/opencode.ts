import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Served } from './serve.js';

/** What opencode's own clients are called. */
const PACKAGES = {
  chat: '@ai-sdk/openai-compatible',
  responses: '@ai-sdk/openai',
  messages: '@ai-sdk/anthropic',
};

/** The arguments that start opencode for one prompt, and its environment. Its configuration is a file in the folder. */
export function opencodeCommand(
  folder: string,
  protocol: keyof typeof PACKAGES,
  { url, apiKey }: Served,
  model: string,
  prompt: string,
): { args: string[]; env: Record<string, string> } {
  const models = {
    [model]: { reasoning: true, tool_call: true, limit: { context: 200_000, output: 8000 } },
  };
  const own = { npm: PACKAGES[protocol], options: { baseURL: `${url}/v1`, apiKey }, models };
  writeFileSync(join(folder, 'opencode.json'), JSON.stringify({ provider: { own } }));
  return {
    args: ['run', '--auto', '-m', `own/${model}`, prompt],
    env: {
      OPENCODE_DISABLE_AUTOUPDATE: '1',
      OPENCODE_DISABLE_MODELS_FETCH: '1',
      OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
    },
  };
}
