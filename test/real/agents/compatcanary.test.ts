import { describe, expect, it } from 'vitest';
import { agents } from '../../../scripts/agents/install.mjs';
import { serveLocal } from './serve.js';
import { makeFolder, runAgent } from './workplace.js';

const STATUS = 'requested compatibility status';

/** What the probes want to hear from a model. */
const script = [
  { user: 'Call the provided tool', toolUse: { name: 'compatcanary_echo', input: { value: 'CANARY_OK' } } },
  // Without structured output, it is made to call a tool, for which the local Bedrock makes up an input.
  { model: 'nova', user: STATUS },
  { user: STATUS, text: '{"status":"ok"}' },
  { text: 'CANARY_OK' },
];

describe(`${agents.compatcanary.name}:`, () => {
  it.each([
    ['us.anthropic.claude-opus-4-5-20251101-v1:0', 'translated'],
    ['amazon.nova-pro-v1:0', 'translated'],
    ['openai.gpt-oss-120b-1:0', 'passed on'],
  ])('finds a gateway compatible, with %s, whose requests are %s', async (model) => {
    const folder = makeFolder();
    const { url, apiKey } = await serveLocal(makeFolder(), script);
    const args = [
      'scan',
      '--base-url',
      `${url}/v1`,
      '--model',
      model,
      '--fail-on',
      'any',
      '--format',
      'json',
    ];
    const printed = await runAgent(process.execPath, [agents.compatcanary.path, ...args], folder, {
      OPENAI_API_KEY: apiKey,
    });
    const { results } = JSON.parse(printed) as { results: { id: string; status: string }[] };
    expect(results.filter(({ status }) => status !== 'pass')).toEqual([]);
    expect(results).toHaveLength(7);
  });
});
