import { describe, expect, it } from 'vitest';
import { agents } from '../../../scripts/agents/install.mjs';
import { MODES, runClaudeCode } from './claude-code.js';
import { FILE, prepareWorkplace, type Workplace } from './workplace.js';

const PROMPT = 'List the files in this folder.';

/** A tool call, and an answer that depends on what the tool really found. */
const script = [
  { toolResult: FILE, text: 'There is one file to buy from.' },
  {
    user: PROMPT,
    text: 'Listing.',
    toolUse: { name: 'Bash', input: { command: 'ls', description: 'List files' } },
  },
];

const CASES = [
  { mode: 'bedrock', model: 'us.anthropic.claude-opus-5-5', operation: 'InvokeModelWithResponseStream' },
  { mode: 'mantle', model: 'anthropic.claude-opus-5-5', operation: 'CreateMessage' },
] as const;

const CREDENTIALS: [string, (bedrock: Workplace['bedrock']) => Record<string, string>][] = [
  ['an API key', ({ apiKey }) => ({ AWS_BEARER_TOKEN_BEDROCK: apiKey })],
  [
    'access keys',
    ({ credentials }) => ({
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    }),
  ],
];

describe(`${agents.claudeCode.name}:`, () => {
  for (const { mode, model, operation } of CASES) {
    it.each(CREDENTIALS)(
      `completes a turn with a tool call in ${mode} mode, with %s`,
      async (_kind, keysOf) => {
        const { bedrock, folder } = await prepareWorkplace({ script });
        const env = { ...MODES[mode](bedrock.url), ...keysOf(bedrock) };
        expect(await runClaudeCode(folder, model, PROMPT, env)).toMatchObject({
          is_error: false,
          result: 'There is one file to buy from.',
          num_turns: 2,
        });
        // The turn itself: the request with the prompt, and the one with the result of the tool.
        const turn = bedrock.requests.filter(
          (one) =>
            one.operation === operation &&
            one.bodyText.includes('"stream":true') === (operation === 'CreateMessage'),
        );
        expect(turn.map(({ status, modelId }) => [status, modelId])).toEqual([
          [200, model],
          [200, model],
        ]);
        expect(turn.at(-1)?.bodyText).toContain(FILE);
      },
    );
  }
});
