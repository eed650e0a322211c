import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { settingsOf } from '../../examples/openclaw/configuration.mjs';
import { configOf, register } from './plugin.js';

const read = (file: string) =>
  JSON.parse(readFileSync(new URL(`../../examples/openclaw/${file}`, import.meta.url), 'utf8'));

describe('settings', () => {
  it('are those of the plugin', () => {
    const guardrail = { guardrailIdentifier: 'abc123', guardrailVersion: 'DRAFT' };
    const discovery = { enabled: true, region: 'us-east-1' };
    expect(settingsOf(configOf({ discovery, guardrail }))).toEqual({ discovery, guardrail });
  });

  it('are of the newest configuration, else of the one at the start', () => {
    const atStart = { discovery: { region: 'us-east-1' } };
    expect(settingsOf({}, atStart).discovery.region).toBe('us-east-1');
    expect(settingsOf(configOf({ discovery: { region: 'eu-west-1' } }), atStart).discovery.region).toBe(
      'eu-west-1',
    );
  });

  it('are read from the old place too, which the new one goes before', () => {
    const models = { bedrockDiscovery: { enabled: true, region: 'us-east-1', refreshInterval: 60 } };
    const config: object = { ...configOf({ discovery: { region: 'eu-west-1' } }), models };
    expect(settingsOf(config).discovery).toEqual({ enabled: true, region: 'eu-west-1', refreshInterval: 60 });
  });
});

describe('the manifest', () => {
  const manifest = read('openclaw.plugin.json');
  const { properties } = manifest.configSchema;

  it('has the keys of the page and no others', () => {
    expect(Object.keys(properties)).toEqual(['discovery', 'guardrail']);
    expect(Object.keys(properties.discovery.properties)).toEqual([
      'enabled',
      'region',
      'providerFilter',
      'refreshInterval',
      'defaultContextWindow',
      'defaultMaxTokens',
    ]);
    expect(Object.keys(properties.guardrail.properties)).toEqual([
      'guardrailIdentifier',
      'guardrailVersion',
      'streamProcessingMode',
      'trace',
    ]);
    expect(properties.guardrail.required).toEqual(['guardrailIdentifier', 'guardrailVersion']);
  });

  it.each(['abc123', 'arn:aws:bedrock:us-east-1:123456789012:guardrail/abc123'])(
    'takes guardrail %s',
    (id) => {
      expect(id).toMatch(new RegExp(properties.guardrail.properties.guardrailIdentifier.pattern));
    },
  );

  it('explains every setting', () => {
    const names = Object.entries<{ properties: object }>(properties).flatMap(([group, { properties: of }]) =>
      Object.keys(of).map((name) => `${group}.${name}`),
    );
    expect(Object.keys(manifest.uiHints)).toEqual(names);
  });

  it('names the provider and the variables that the plugin does', async () => {
    const plugin = register();
    const [{ id, envVars }] = manifest.setup.providers;
    expect({ id, envVars }).toEqual({ id: plugin.provider.id, envVars: plugin.provider.envVars });
    expect(manifest.providers).toEqual([plugin.provider.id]);
    expect(read('package.json').openclaw.providers).toEqual([plugin.provider.id]);
  });
});

describe('the source of credentials', () => {
  const all = {
    AWS_BEARER_TOKEN_BEDROCK: 'token',
    AWS_ACCESS_KEY_ID: 'id',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_PROFILE: 'work',
  };
  const { AWS_BEARER_TOKEN_BEDROCK: _token, ...keysAndProfile } = all;

  it.each([
    [all, 'AWS_BEARER_TOKEN_BEDROCK'],
    [keysAndProfile, 'AWS_ACCESS_KEY_ID'],
    [{ AWS_PROFILE: 'work', AWS_ACCESS_KEY_ID: 'half' }, 'AWS_PROFILE'],
    [{}, undefined],
    [{ AWS_WEB_IDENTITY_TOKEN_FILE: '/token' }, undefined],
  ])('of %o is %s', async (env, marker) => {
    const plugin = register();
    expect(plugin.provider.resolveConfigApiKey({ env })).toBe(marker);
  });
});
