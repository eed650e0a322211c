import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ScriptRule } from 'bedrock-anywhere/local';
import { type LocalServer, startLocalBedrock } from 'bedrock-anywhere/local/node';
import { describe, expect, it, onTestFinished } from 'vitest';
import { agents } from '../../../scripts/agents/install.mjs';
import { Program } from '../program.js';
import { claudeCodeCommand, MODES } from './claude-code.js';
import { codexCommand } from './codex.js';
import { opencodeCommand } from './opencode.js';
import { type Served, serve } from './serve.js';
import { FILE, makeFolder } from './workplace.js';

const ANSWER = 'There is one file to buy from.';

const MODELS = {
  Claude: 'us.anthropic.claude-opus-5-5',
  Nova: 'us.amazon.nova-pro-v1:0',
  'gpt-oss': 'openai.gpt-oss-120b-1:0',
};
const MANTLE = 'anthropic.claude-opus-5-5';

type Command = { path: string; args: string[]; env: Record<string, string> };

interface Agent {
  name: string;
  /** How it runs a command, and reads an image. */
  shell(command: string): { name: string; input: object };
  read?: ((file: string) => { name: string; input: object }) | undefined;
  models: readonly string[];
  command(folder: string, gateway: Served, model: string, prompt: string): Command;
}

const claudeCode = (
  mode: keyof typeof MODES,
  models: readonly string[],
  keys: (apiKey: string) => Record<string, string>,
): Agent => ({
  name: `${agents.claudeCode.name} in ${mode} mode`,
  shell: (command) => ({ name: 'Bash', input: { command, description: 'List files' } }),
  read: (file) => ({ name: 'Read', input: { file_path: file } }),
  models,
  command: (_folder, { url, apiKey }, model, prompt) =>
    claudeCodeCommand(model, prompt, { ...MODES[mode](url), ...keys(apiKey) }),
});

const ALL = Object.values(MODELS);

const AGENTS: readonly Agent[] = [
  {
    name: agents.codex.name,
    shell: (command) => ({ name: 'exec_command', input: { cmd: command } }),
    read: (path) => ({ name: 'view_image', input: { path } }),
    models: ALL,
    command: (folder, { url, apiKey }, model, prompt) => ({
      path: agents.codex.path,
      ...codexCommand(folder, { baseUrl: `${url}/v1`, apiKey }, model, prompt),
    }),
  },
  claudeCode('messages', ALL, (key) => ({ ANTHROPIC_AUTH_TOKEN: key })),
  claudeCode('bedrock', [MODELS.Claude], (key) => ({ AWS_BEARER_TOKEN_BEDROCK: key })),
  claudeCode('mantle', [MANTLE], (key) => ({ AWS_BEARER_TOKEN_BEDROCK: key })),
  ...(['chat', 'responses', 'messages'] as const).map(
    (protocol): Agent => ({
      name: `${agents.opencode.name} with ${protocol}`,
      shell: (command) => ({ name: 'bash', input: { command, description: 'List files' } }),
      models: protocol === 'chat' ? ALL : [MODELS.Claude],
      command: (folder, gateway, model, prompt) => ({
        path: agents.opencode.path,
        ...opencodeCommand(folder, protocol, gateway, model, prompt),
      }),
    }),
  ),
];

/** The smallest PNG, of one pixel. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** A gateway as it is deployed: in front of a Bedrock somewhere else, which is a local one here. */
async function deploy(
  script: readonly ScriptRule[],
  options = {},
): Promise<{ bedrock: LocalServer; gateway: Served }> {
  const bedrock = await startLocalBedrock({ script, ...options });
  onTestFinished(() => bedrock.close());
  const gateway = await serve(makeFolder(), [], {
    AWS_ENDPOINT_URL: bedrock.url,
    AWS_REGION: bedrock.region,
    AWS_ACCESS_KEY_ID: bedrock.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: bedrock.credentials.secretAccessKey,
  });
  return { bedrock, gateway };
}

/** Runs an agent to the end of its turn, and returns the bodies that reached Bedrock and what was printed. */
async function finish(
  agent: Agent,
  model: string,
  prompt: string,
  script: readonly ScriptRule[],
  folder = makeFolder(),
) {
  const { bedrock, gateway } = await deploy(script);
  const { path, args, env } = agent.command(folder, gateway, model, prompt);
  await using program = new Program(path, args, folder, env);
  await program.complete();
  return {
    printed: program.log,
    bodies: bedrock.requests.map(({ bodyText }) => bodyText),
    log: gateway.log(),
  };
}

for (const agent of AGENTS) {
  describe.each(agent.models)(`${agent.name}, through a gateway to %s,`, (model) => {
    const isClaude = model.includes('anthropic');

    it('thinks, calls two tools at once, and gets its thoughts and both results back', async () => {
      const prompt = 'List the files in this folder.';
      const thought = { text: 'I look twice.', signature: 'c2lnbmF0dXJl' };
      const { printed, bodies, log } = await finish(agent, model, prompt, [
        { toolResult: FILE, text: ANSWER },
        {
          user: prompt,
          ...(!model.includes('nova') && { reasoning: isClaude ? thought : thought.text }),
          toolUse: [agent.shell('ls'), agent.shell('ls -a')],
        },
      ]);
      expect(printed).toContain(ANSWER);
      const last = bodies.filter((body) => body.includes(FILE)).at(-1) ?? '';
      expect(last.split(FILE).length).toBeGreaterThanOrEqual(3);
      // Claude refuses to go on without them; the clients of Chat Completions have no place for them but the ids of calls.
      if (isClaude) expect(last).toContain(thought.signature);
      expect(log.filter(({ outcome }) => outcome !== 'complete')).toEqual([]);
    });

    const { read } = agent;
    if (read === undefined) it.skip('reads an image (left out: its tools give models no images)', () => {});
    else if (model.startsWith('openai.'))
      it.skip('reads an image (left out: the model takes none)', () => {});
    else
      it('reads an image', async () => {
        const folder = makeFolder();
        const file = join(folder, 'dot.png');
        writeFileSync(file, PNG);
        const prompt = 'What is in the picture?';
        const { printed, bodies } = await finish(
          agent,
          model,
          prompt,
          [
            { user: prompt, toolUse: read(file), once: true },
            { toolResult: true, text: ANSWER },
            { user: prompt, text: ANSWER },
          ],
          folder,
        );
        expect(printed).toContain(ANSWER);
        expect(bodies.at(-1)).toMatch(/"image"/);
      });

    it('is killed in the middle of an answer, which ends the call to Bedrock', async () => {
      const prompt = 'Tell me a long story.';
      const script = [{ user: prompt, text: 'Once upon a time. '.repeat(2000) }];
      const { bedrock, gateway } = await deploy(script, { tokensPerSecond: 20 });
      const folder = makeFolder();
      const { path, args, env } = agent.command(folder, gateway, model, prompt);
      const isRunning = () =>
        bedrock.requests.some(
          (one) => one.status === 200 && one.bodyText.includes(prompt) && one.durationMs === undefined,
        );
      {
        await using _program = new Program(path, args, folder, env);
        await expect.poll(isRunning, { timeout: 120_000 }).toBe(true);
      }
      await expect.poll(() => bedrock.liveConnections(), { timeout: 120_000 }).toBe(0);
      await expect.poll(() => gateway.log().map(({ outcome }) => outcome)).toContain('client-gone');
    });
  });
}
