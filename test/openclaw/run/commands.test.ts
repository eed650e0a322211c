import { discover } from 'bedrock-anywhere';
import { type LocalServer, startLocalBedrock } from 'bedrock-anywhere/local/node';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createDefaultProfiles } from '../../../src/local/account/account.js';
import { applicationProfile } from '../../application-profile.js';
import { OpenClaw } from './openclaw.js';

const PROFILE = applicationProfile('anthropic.claude-opus-4-8');
/** 8 dollars for a million tokens of a prompt above 272,000, and half of it below. */
const TIERED = 'global.openai.gpt-5.6-sol';
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
    profiles: [...createDefaultProfiles('us-east-1'), PROFILE],
    script: [
      { toolResult: '42', text: 'It is 42.', usage: { inputTokens: 300_000, outputTokens: 1000 } },
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

  it('completes a turn with a tool of OpenClaw, which costs what the price tier says', async () => {
    const from = local.requests.length;
    const turn = await openclaw.json<Turn>(
      ...['agent', '--local', '--agent', 'main', '--model', `amazon-bedrock/${TIERED}`],
      ...['--message', 'How much is six times seven?'],
    );
    expect(turn.payloads).toMatchObject([{ text: 'It is 42.' }]);
    expect(turn.meta.toolSummary).toMatchObject({ tools: ['exec'], failures: 0 });
    // 300,000 tokens and the answer, and before that the prompt with the tools.
    expect(turn.meta.agentMeta.costUsd).toBeGreaterThan(2.43);
    expect(turn.meta.agentMeta.costUsd).toBeLessThan(3);
    const asked = local.requests.slice(from).filter(({ operation }) => operation === 'ConverseStream');
    expect(asked.map(({ body }) => JSON.stringify(body).includes('"content":[{"text":"42"}]'))).toEqual([
      false,
      true,
    ]);
  });
});

describe('a local Bedrock without a script for the question', () => {
  it('answers with text through an application profile of Claude, and OpenClaw runs no tool', async () => {
    const from = local.requests.length;
    const turn = await openclaw.json<Turn>(
      ...['agent', '--local', '--agent', 'main'],
      ...['--model', `amazon-bedrock/${PROFILE.inferenceProfileArn}`, '--thinking', 'high'],
      // OpenClaw would compact the main session, whose last answer says that it read 300,000 tokens.
      ...['--session-id', 'profile'],
      ...['--message', 'Why is the sky blue?'],
    );
    expect(turn.payloads).toMatchObject([
      { text: expect.stringContaining('Why is the sky blue?') as string },
    ]);
    expect(turn.meta.toolSummary).toBeUndefined();
    const asked = local.requests.slice(from).filter(({ operation }) => operation === 'ConverseStream');
    expect(asked).toHaveLength(1);
    expect(JSON.stringify(asked[0]?.body)).toContain('"name":"exec"');
    expect(asked[0]).toMatchObject({
      modelId: PROFILE.inferenceProfileArn,
      body: {
        additionalModelRequestFields: { thinking: { type: 'adaptive' }, output_config: { effort: 'high' } },
      },
    });
    expect(JSON.stringify(asked[0]?.body)).toContain('"cachePoint"');
  });
});

describe('with a wrong secret', () => {
  it('a refresh of the list says that it failed, and why', async () => {
    const machine = new OpenClaw(inject('home'), {
      AWS_ENDPOINT_URL: local.url,
      AWS_ACCESS_KEY_ID: local.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: 'this-secret-is-wrong',
    });
    const { output } = await machine.run('models', 'list', '--refresh');
    expect(output).toContain('Model discovery could not refresh all providers');
    expect(output).toMatch(/models could not be listed\. .*secret access key is wrong/s);
    expect(output).not.toContain('this-secret-is-wrong');
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
