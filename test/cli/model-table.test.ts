import { describe, expect, it } from 'vitest';
import { legendLines, modelLines, summaryLines } from '../../src/cli/print/model-table.js';
import {
  type DiscoveredModels,
  discover,
  type EnabledDiscoverOptions,
  type KnownFacts,
} from '../../src/index.js';
import { createLocalBedrock, type LocalModel, type LocalProfile } from '../../src/local/index.js';

function model(modelId: string, modelName: string, more: Partial<LocalModel> = {}): LocalModel {
  return {
    modelId,
    modelName,
    providerName: modelId.split('.')[0] ?? '',
    inputModalities: ['TEXT'],
    outputModalities: ['TEXT'],
    responseStreamingSupported: true,
    inferenceTypesSupported: ['ON_DEMAND'],
    modelLifecycle: { status: 'ACTIVE' },
    ...more,
  };
}

function profile(id: string, kind: string, name: string, modelId: string, regions: string[]): LocalProfile {
  return {
    inferenceProfileId: id,
    inferenceProfileName: name,
    inferenceProfileArn: `arn:aws:bedrock:us-east-1:123456789012:${kind}/${id}`,
    models: regions.map((region) => ({ modelArn: `arn:aws:bedrock:${region}::foundation-model/${modelId}` })),
    status: 'ACTIVE',
    type: kind === 'inference-profile' ? 'SYSTEM_DEFINED' : 'APPLICATION',
  };
}

const BY_PROFILE = { inferenceTypesSupported: ['INFERENCE_PROFILE' as const] };
const SONNET = 'anthropic.claude-sonnet-4-5-20250929-v1:0';
const US = ['us-east-1', 'us-east-2', 'us-west-2'];

const local = createLocalBedrock({
  models: [
    model(SONNET, 'Claude Sonnet 4.5', { ...BY_PROFILE, inputModalities: ['TEXT', 'IMAGE'] }),
    model('amazon.nova-lite-v1:0', 'Nova Lite', { inputModalities: ['TEXT', 'IMAGE', 'VIDEO'] }),
    model('acme.own-7b', 'Own 7B', BY_PROFILE),
    model('acme.wide', 'Größe 9', BY_PROFILE),
    model('acme.new', 'New'),
    model('acme.embed', 'Embed', { outputModalities: ['EMBEDDING'] }),
    model('acme.old', 'Old', { modelLifecycle: { status: 'LEGACY' } }),
    model('acme.older', 'Older', { modelLifecycle: { status: 'LEGACY' } }),
  ],
  profiles: [
    profile(`us.${SONNET}`, 'inference-profile', 'US Sonnet', SONNET, US),
    profile('us.amazon.nova-lite-v1:0', 'inference-profile', 'US Nova', 'amazon.nova-lite-v1:0', US),
    profile('global.acme.wide', 'inference-profile', 'Global wide', 'acme.wide', ['', 'us-east-1']),
    profile('a1b2c3d4e5f6', 'application-inference-profile', 'team-a', 'acme.own-7b', ['us-east-1']),
  ],
});

const FACTS: Record<string, KnownFacts> = {
  'amazon.nova-lite-v1:0': {
    contextWindow: 300_000,
    maxTokens: 9_999,
    price: { input: 0.06, output: 0.24, region: 'us-east-1' },
  },
  [SONNET]: {
    contextWindow: 1_048_576,
    maxTokens: 64_000,
    price: { input: 3.3, output: 16.5, tiers: [{ inputTokensAbove: 200_000, input: 6.6, output: 24.75 }] },
  },
  'acme.wide': { contextWindow: 131_072, price: { input: 0, output: 0.000_5, region: 'eu-west-1' } },
  'acme.own-7b': { contextWindow: 999, maxTokens: 500 },
};

async function found(options: EnabledDiscoverOptions = {}): Promise<DiscoveredModels> {
  const discovery = await discover({
    region: 'us-east-1',
    endpoint: 'http://localhost',
    credentials: local.credentials,
    fetch: (input, init) => local.fetch(new Request(input, init)),
    refreshInterval: 0,
    catalog: (id) => FACTS[id] ?? FACTS[id.replace(/^(us|global)\./, '')],
    ...options,
  });
  discovery.models.sort((a, b) => (a.foundationModelId < b.foundationModelId ? -1 : 1));
  return discovery;
}

const at = async (width: number, options = {}): Promise<string> =>
  `\n${modelLines(await found(options), width).join('\n')}\n`;

describe('the table of models', () => {
  it('shows all of them where there is no terminal', async () => {
    expect(await at(Number.POSITIVE_INFINITY)).toMatchInlineSnapshot(`
      "
      ID                                            NAME               INPUT               CONTEXT  OUTPUT  $/M IN / OUT   VIA
      acme.new                                      New                text                   32K*   4.1K*  —              directly
      arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3d4e5f6
                                                    Own 7B             text                   999     500   —              team-a, us-east-1
      global.acme.wide                              Größe 9            text                  131K    4.1K*    ~0 / 0.0005  profile, anywhere
      amazon.nova-lite-v1:0                         Nova Lite          text, image, video    300K     10K   0.06 / 0.24    directly
      us.anthropic.claude-sonnet-4-5-20250929-v1:0  Claude Sonnet 4.5  text, image          1.05M     64K    3.3 / 16.5+   profile, 3 regions
      "
    `);
  });

  it('fits 160 columns', async () => {
    expect(await at(160)).toBe(await at(Number.POSITIVE_INFINITY));
  });

  it('leaves out at 100 columns what matters least', async () => {
    expect(await at(100)).toMatchInlineSnapshot(`
      "
      ID                                            NAME               CONTEXT  OUTPUT  $/M IN / OUT
      acme.new                                      New                   32K*   4.1K*  —
      arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3d4e5f6
                                                    Own 7B                999     500   —
      global.acme.wide                              Größe 9              131K    4.1K*    ~0 / 0.0005
      amazon.nova-lite-v1:0                         Nova Lite            300K     10K   0.06 / 0.24
      us.anthropic.claude-sonnet-4-5-20250929-v1:0  Claude Sonnet 4.5   1.05M     64K    3.3 / 16.5+
      "
    `);
  });

  it('leaves out more at 60 columns, and cuts no id', async () => {
    expect(await at(60)).toMatchInlineSnapshot(`
      "
      ID                                            CONTEXT
      acme.new                                         32K*
      arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3d4e5f6
                                                       999
      global.acme.wide                                131K
      amazon.nova-lite-v1:0                           300K
      us.anthropic.claude-sonnet-4-5-20250929-v1:0   1.05M
      "
    `);
  });

  it('shows access where it was asked for, in the narrowest table too', async () => {
    const discovery = await found();
    for (const [i, one] of discovery.models.entries()) one.access = [false, undefined, true, false, true][i];
    expect(`\n${modelLines(discovery, 60).join('\n')}\n`).toMatchInlineSnapshot(`
      "
      ID                                            ACCESS  OUTPUT
      acme.new                                      no       4.1K*
      arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3d4e5f6
                                                    —         500
      global.acme.wide                              yes      4.1K*
      amazon.nova-lite-v1:0                         no        10K
      us.anthropic.claude-sonnet-4-5-20250929-v1:0  yes       64K
      "
    `);
  });

  it('shows every way to a model where that is asked for, the one that routes least far first', async () => {
    const lines = (await at(200, { expandProfiles: true, providerFilter: ['amazon'] })).trim().split('\n');
    expect(lines.map((line) => line.split(' ')[0])).toEqual([
      'ID',
      'amazon.nova-lite-v1:0',
      'us.amazon.nova-lite-v1:0',
    ]);
  });

  it.each([1, 40, 60, 79, 80, 81, 100, 120, 133, 160])(
    'is at %i columns no wider than that',
    async (width) => {
      for (const line of modelLines(await found(), width)) {
        if (!line.startsWith('arn:')) expect(line.length).toBeLessThanOrEqual(Math.max(width, 44));
      }
    },
  );

  it('is its titles where there is no model', async () => {
    expect(modelLines(await found({ providerFilter: ['nobody'] }), 200)).toHaveLength(1);
  });
});

describe('the lines below', () => {
  const NOW = Date.parse('2026-01-01T12:00:00Z');
  const base = {
    models: [],
    excluded: {},
    region: 'eu-west-1',
    warnings: [],
    fetchedAt: '2026-01-01T09:00:00Z',
  };

  it('say what marks mean, where they stand', async () => {
    const discovery = await found();
    const [all = ''] = modelLines(discovery, 200);
    expect(legendLines(discovery, all).map((line) => line[0])).toEqual(['*', '~', '+']);
    expect(legendLines(discovery, 'ID  CONTEXT').map((line) => line[0])).toEqual(['*']);
    expect(legendLines(discovery, 'ID')).toEqual([]);
    expect(legendLines(await found({ providerFilter: ['amazon'] }), all)).toEqual([]);
  });

  it('say how many were left out and why, most first', async () => {
    expect(summaryLines(await found(), NOW)).toEqual([
      '5 models in us-east-1, fetched just now.',
      '3 left out: 2 no longer active, 1 without text output.',
    ]);
  });

  it('count models and ids apart', async () => {
    expect(summaryLines({ ...(await found()), excluded: {} }, NOW)).toHaveLength(1);
    const all = await found({ expandProfiles: true, providerFilter: ['amazon'] });
    expect(summaryLines(all, NOW)[0]).toMatch(/^2 ids of 1 model in /);
  });

  it.each([
    ['cache', /from the cache, 3 hours old \(--refresh fetches it again\)/],
    ['stale', /an old list of 3 hours ago, because fetching it again failed/],
  ] as const)('tell a list from the %s and its age', (source, expected) => {
    expect(summaryLines({ ...base, source }, NOW)[0]).toMatch(expected);
  });
});
