import { describe, expect, it } from 'vitest';
import { agents } from '../../../scripts/agents/install.mjs';
import { FILE, prepareWorkplace, runAgent, type Workplace } from './workplace.js';

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

const QUIET = {
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  DISABLE_TELEMETRY: '1',
  DISABLE_AUTOUPDATER: '1',
};

const MODES = [
  {
    mode: 'Bedrock mode',
    model: 'us.anthropic.claude-opus-5-5',
    env: (url: string) => ({ CLAUDE_CODE_USE_BEDROCK: '1', ANTHROPIC_BEDROCK_BASE_URL: url }),
    operation: 'InvokeModelWithResponseStream',
  },
  {
    mode: 'mantle mode',
    model: 'anthropic.claude-opus-5-5',
    env: (url: string) => ({
      CLAUDE_CODE_USE_MANTLE: '1',
      ANTHROPIC_BEDROCK_MANTLE_BASE_URL: `${url}/anthropic`,
    }),
    operation: 'CreateMessage',
  },
];

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
  for (const { mode, model, env, operation } of MODES) {
    it.each(CREDENTIALS)(`completes a turn with a tool call in ${mode}, with %s`, async (_kind, keysOf) => {
      const { bedrock, folder } = await prepareWorkplace({ script });
      const printed = await runAgent(
        agents.claudeCode.path,
        ['-p', PROMPT, '--output-format', 'json', '--allowedTools', 'Bash(ls:*)', '--model', model],
        folder,
        { ...QUIET, AWS_REGION: bedrock.region, ...env(bedrock.url), ...keysOf(bedrock) },
      );
      const result = JSON.parse(printed.slice(printed.indexOf('{'))) as Record<string, unknown>;
      expect(result).toMatchObject({
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
    });
  }
});
