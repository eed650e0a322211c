import { describe, expect, it } from 'vitest';
import { agents } from '../../../scripts/agents/install.mjs';
import { runCodex } from './codex.js';
import { FILE, prepareWorkplace } from './workplace.js';

const PROMPT = 'List the files in this folder.';
const MODEL = 'openai.gpt-5.6-sol';

const script = [
  { toolResult: FILE, reasoning: 'It is there.', text: 'There is one file to buy from.' },
  { user: PROMPT, reasoning: 'I look.', toolUse: { name: 'exec_command', input: { cmd: 'ls' } } },
];

describe(`${agents.codex.name}:`, () => {
  it('completes a turn with a tool call through Responses at bedrock-mantle, with an API key', async () => {
    const { bedrock, folder } = await prepareWorkplace({ script });
    const provider = { baseUrl: `${bedrock.url}/openai/v1`, apiKey: bedrock.apiKey };
    expect(await runCodex(folder, provider, MODEL, PROMPT)).toContain('There is one file to buy from.');
    const turn = bedrock.requests.filter(({ operation }) => operation === 'CreateResponse');
    expect(turn.map(({ status, path }) => [status, path])).toEqual([
      [200, '/openai/v1/responses'],
      [200, '/openai/v1/responses'],
    ]);
    expect(turn.at(-1)?.bodyText).toContain(FILE);
  });
});
