import { discover } from 'bedrock-anywhere';
import { type LocalServer, startLocalBedrock } from 'bedrock-anywhere/local/node';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { OpenClaw } from './openclaw.js';

const MINE = 'us.anthropic.claude-haiku-4-5-20251001-v1:0';

interface Listed {
  models: { key: string; name: string; input: string; contextWindow: number }[];
}

interface Turn {
  payloads: { text: string }[];
  meta: {
    agentMeta: { usage: { output: number; total: number }; costUsd: number };
    executionTrace: { attempts: { result: string }[] };
    toolSummary?: { tools: string[]; failures: number };
  };
}

let local: LocalServer;
let openclaw: OpenClaw;

beforeAll(async () => {
  local = await startLocalBedrock({
    port: 0,
    script: [
      { toolResult: '42', text: 'It is 42.' },
      { user: 'hi there', text: 'Hello from Bedrock.' },
      { user: 'six times seven', toolUse: { name: 'exec', input: { command: 'echo $((6 * 7))' } } },
    ],
  });
  openclaw = new OpenClaw(inject('home'), {
    AWS_ENDPOINT_URL: local.url,
    AWS_BEARER_TOKEN_BEDROCK: local.apiKey,
  });
  openclaw.configure({
    models: {
      providers: {
        'amazon-bedrock': {
          baseUrl: 'https://bedrock-runtime.us-east-1.amazonaws.com',
          api: 'bedrock-converse-stream',
          auth: 'aws-sdk',
          models: [
            {
              id: MINE,
              name: 'Haiku of mine',
              reasoning: false,
              input: ['text'],
              cost: { input: 1000, output: 2000, cacheRead: 0, cacheWrite: 0 },
              contextWindow: 123_456,
              maxTokens: 8192,
            },
          ],
        },
      },
    },
  });
});
afterAll(() => local.close());

describe('the plugin', () => {
  it('is installed as its README says', () => {
    expect(inject('installed')).toContain('Installed plugin: amazon-bedrock');
  });

  it('loads', async () => {
    const { plugin, capabilities, diagnostics } = await openclaw.json<Record<string, unknown>>(
      'plugins',
      'inspect',
      'amazon-bedrock',
      '--runtime',
    );
    expect(plugin).toMatchObject({ id: 'amazon-bedrock', status: 'loaded' });
    expect(capabilities).toEqual([{ kind: 'text-inference', ids: ['amazon-bedrock'] }]);
    expect(diagnostics).toEqual([]);
  });

  it('lists what discover() finds; an explicit entry wins', async () => {
    const { models } = await openclaw.json<Listed>('models', 'list', '--refresh');
    const found = await discover({
      region: 'us-east-1',
      endpoint: local.url,
      credentials: { token: local.apiKey },
      expandProfiles: true,
    });
    expect(models.map(({ key }) => key).sort()).toEqual(
      found.models.map(({ id }) => `amazon-bedrock/${id}`).sort(),
    );
    expect(models.find(({ key }) => key === `amazon-bedrock/${MINE}`)).toMatchObject({
      name: 'Haiku of mine',
      input: 'text',
      contextWindow: 123_456,
    });
  });

  it('completes a turn of an agent, with text, usage and cost', async () => {
    const turn = await openclaw.json<Turn>(
      ...[
        'agent',
        '--local',
        '--agent',
        'main',
        '--model',
        `amazon-bedrock/${MINE}`,
        '--message',
        'hi there',
      ],
    );
    expect(turn.payloads).toMatchObject([{ text: 'Hello from Bedrock.' }]);
    const { usage, costUsd } = turn.meta.agentMeta;
    expect(usage.output).toBeGreaterThan(0);
    expect(usage.total).toBeGreaterThan(usage.output);
    // The price of the explicit entry: 2000 dollars for a million tokens.
    expect(costUsd).toBeCloseTo(usage.output * 0.002, 9);
    expect(turn.meta.executionTrace.attempts).toMatchObject([{ result: 'success' }]);
  });

  it('completes a turn with a tool of OpenClaw', async () => {
    const from = local.requests.length;
    const turn = await openclaw.json<Turn>(
      ...['agent', '--local', '--agent', 'main', '--model', `amazon-bedrock/${MINE}`],
      ...['--message', 'How much is six times seven?'],
    );
    expect(turn.payloads).toMatchObject([{ text: 'It is 42.' }]);
    expect(turn.meta.toolSummary).toMatchObject({ tools: ['exec'], failures: 0 });
    const asked = local.requests.slice(from).filter(({ operation }) => operation === 'ConverseStream');
    expect(asked.map(({ body }) => JSON.stringify(body).includes('"content":[{"text":"42"}]'))).toEqual([
      false,
      true,
    ]);
  });
});

describe('a local Bedrock without a script for the question', () => {
  it('answers with text, and OpenClaw runs no tool', async () => {
    const from = local.requests.length;
    const turn = await openclaw.json<Turn>(
      ...['agent', '--local', '--agent', 'main', '--model', `amazon-bedrock/${MINE}`],
      ...['--message', 'Why is the sky blue?'],
    );
    expect(turn.payloads).toMatchObject([
      { text: expect.stringContaining('Why is the sky blue?') as string },
    ]);
    expect(turn.meta.toolSummary).toBeUndefined();
    const asked = local.requests.slice(from).filter(({ operation }) => operation === 'ConverseStream');
    expect(asked).toHaveLength(1);
    expect(JSON.stringify(asked[0]?.body)).toContain('"name":"exec"');
  });
});

describe('the settings', () => {
  it.each([
    ['plugins.entries.amazon-bedrock.config.discovery.refreshInterval', '-1'],
    ['plugins.entries.amazon-bedrock.config.guardrail', '{"guardrailIdentifier":"abc123"}'],
    ['models.bedrockDiscovery.enabled', 'true'],
  ])('%s are refused as %s', async (path, value) => {
    const { status, output } = await openclaw.run('config', 'set', path, value, '--strict-json');
    expect(output).toMatch(/validation failed|invalid/i);
    expect(status).not.toBe(0);
  });
});

describe('on a machine whose only credentials are its role', () => {
  it('models are discovered where that is switched on, with no marker in the environment', async () => {
    const machine = new OpenClaw(inject('home'), {
      AWS_ENDPOINT_URL: local.url,
      AWS_EC2_METADATA_DISABLED: 'false',
      AWS_EC2_METADATA_SERVICE_ENDPOINT: local.url,
    });
    machine.configure({
      plugins: { config: { discovery: { enabled: true, providerFilter: ['Amazon'] } } },
      // Of providers without a marker, OpenClaw asks those that it has a model of.
      agents: { defaults: { model: { primary: 'amazon-bedrock/amazon.nova-lite-v1:0' } } },
    });
    const { models } = await machine.json<Listed>('models', 'list', '--refresh');
    const ids = models.map(({ key }) => key);
    expect(ids).toContain('amazon-bedrock/amazon.nova-lite-v1:0');
    expect(ids.filter((id) => !id.includes('amazon.'))).toEqual([]);
    expect(local.requests.map(({ operation }) => operation)).toContain('InstanceRoleCredentials');
  });
});
