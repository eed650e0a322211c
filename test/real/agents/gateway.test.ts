import { encodeEvent, encodeFrame } from 'bedrock-anywhere/local';
import { describe, expect, it } from 'vitest';
import { agents } from '../../../scripts/agents/install.mjs';
import { MODES, runClaudeCode } from './claude-code.js';
import { runCodex } from './codex.js';
import { type LogLine, type Served, serveLocal } from './serve.js';
import { FILE, makeFolder } from './workplace.js';

const PROMPT = 'List the files in this folder.';
const ANSWER = 'There is one file to buy from.';
const MODEL = 'us.anthropic.claude-opus-5-5';

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

function chunk(data: object): Uint8Array {
  const headers = { ':event-type': 'chunk', ':content-type': 'application/json', ':message-type': 'event' };
  const bytes = base64(Buffer.from(JSON.stringify(data)));
  return encodeFrame(headers, Buffer.from(JSON.stringify({ bytes })));
}

const delta = { type: 'text_delta', text: 'There' };
const usage = { input_tokens: 1, output_tokens: 1 };
const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', content: [], usage };

/** An answer that breaks off after its first word, as Bedrock writes it. */
const CUT = {
  converse: [
    encodeEvent({ type: 'messageStart', role: 'assistant' }),
    encodeEvent({ type: 'contentBlockDelta', contentBlockIndex: 0, delta: { text: 'There' } }),
  ],
  invoke: [
    chunk({ type: 'message_start', message }),
    chunk({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
    chunk({ type: 'content_block_delta', index: 0, delta }),
  ],
};

interface Agent {
  name: string;
  tool: { name: string; input: object };
  /** Which of Bedrock's operations the gateway calls for it. */
  through: keyof typeof CUT;
  /** The path that its turns use. */
  path: RegExp;
  /** Runs it to the end of its turn; returns its last words. */
  run(folder: string, gateway: Served): Promise<string>;
}

const bash = { name: 'Bash', input: { command: 'ls', description: 'List files' } };

const AGENTS: readonly Agent[] = [
  {
    name: agents.codex.name,
    tool: { name: 'exec_command', input: { cmd: 'ls' } },
    through: 'converse',
    path: /^\/v1\/responses$/,
    run: (folder, { url, apiKey }) => runCodex(folder, { baseUrl: `${url}/v1`, apiKey }, MODEL, PROMPT),
  },
  {
    name: agents.claudeCode.name,
    tool: bash,
    through: 'converse',
    path: /^\/v1\/messages$/,
    run: async (folder, { url, apiKey }) => {
      const env = { ...MODES.messages(url), ANTHROPIC_API_KEY: apiKey };
      return (await runClaudeCode(folder, MODEL, PROMPT, env)).result;
    },
  },
  {
    name: `${agents.claudeCode.name} in Bedrock mode`,
    tool: bash,
    through: 'invoke',
    path: /^\/model\/.*\/invoke/,
    run: async (folder, { url, apiKey }) => {
      const env = { ...MODES.bedrock(url), AWS_BEARER_TOKEN_BEDROCK: apiKey };
      return (await runClaudeCode(folder, MODEL, PROMPT, env)).result;
    },
  },
];

/** Runs an agent through a gateway whose Bedrock first answers a rule, and then as it should. */
async function complete(agent: Agent, first: readonly object[]): Promise<LogLine[]> {
  const folder = makeFolder();
  const gateway = await serveLocal(makeFolder(), [
    ...first,
    { toolResult: FILE, text: ANSWER },
    { user: PROMPT, text: 'I look.', toolUse: agent.tool },
  ]);
  expect(await agent.run(folder, gateway)).toContain(ANSWER);
  return gateway.log().filter(({ path }) => agent.path.test(path));
}

for (const agent of AGENTS) {
  describe(`${agent.name}, through a gateway,`, () => {
    it('completes a turn with a tool call', async () => {
      const log = await complete(agent, []);
      expect(log.filter(({ outcome, status }) => outcome !== 'complete' || status !== 200)).toEqual([]);
      const turns = log.filter(({ isStream }) => isStream);
      expect(turns.length).toBeGreaterThanOrEqual(2);
      expect(turns.every(({ modelId, usage: tokens }) => modelId === MODEL && tokens !== undefined)).toBe(
        true,
      );
    });

    it('goes on after it was throttled', async () => {
      // Requests that are translated are repeated here first.
      const times = agent.through === 'converse' ? 3 : 1;
      const log = await complete(agent, [{ user: PROMPT, error: 'ThrottlingException', times }]);
      expect(log).toContainEqual(expect.objectContaining({ status: 429, outcome: 'failed' }));
    });

    it('goes on after an answer that broke off', async () => {
      const frames = CUT[agent.through].map(base64);
      const log = await complete(agent, [{ user: PROMPT, frames, once: true }]);
      expect(log).toContainEqual(expect.objectContaining({ status: 200, outcome: 'failed', isStream: true }));
    });
  });
}

// https://github.com/BerriAI/litellm/pull/34488
it(`${agents.codex.name}, through a gateway, finds a tool in a namespace that Grok on bedrock-mantle calls without it`, async () => {
  const script = [
    // Codex's error about the tool's input; without the namespace it would be "unsupported call".
    { toolResult: 'agent ids must be non-empty', text: ANSWER },
    { user: PROMPT, toolUse: { name: 'multi_agent_v1__wait_agent', input: { targets: [], target: 'none' } } },
  ];
  const { url, apiKey } = await serveLocal(makeFolder(), script);
  const provider = { baseUrl: `${url}/v1`, apiKey };
  expect(await runCodex(makeFolder(), provider, 'xai.grok-4.3', PROMPT)).toContain(ANSWER);
});
