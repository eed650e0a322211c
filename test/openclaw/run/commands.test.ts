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
    script: [{ user: 'hi there', text: 'Hello from Bedrock.' }],
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
});
