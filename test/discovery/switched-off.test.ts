import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, expectTypeOf, it, vi } from 'vitest';
import {
  createBedrock,
  type DiscoveredModels,
  type DiscoverOptions,
  type Discovery,
  discover,
} from '../../src/index.js';
import { answeringNetwork, asGlobal } from './answering.js';

const { env } = process;
let read: string[];

/** From now on the environment is these variables, and says which of them are read. */
function environment(variables: Record<string, string>): void {
  read = [];
  process.env = new Proxy(variables, {
    get(target, name: string) {
      read.push(name);
      return target[name];
    },
  });
}

beforeEach(() => {
  const config = join(mkdtempSync(join(tmpdir(), 'switched-off-')), 'config');
  writeFileSync(config, '[default]\nregion = eu-north-1\n');
  environment({ AWS_CONFIG_FILE: config, AWS_REGION: 'not a region', AWS_ENDPOINT_URL: 'not a URL' });
});
afterEach(() => {
  process.env = env;
  vi.unstubAllGlobals();
});

/** Everything that discovery could touch, and what was. */
function surroundings(): { options: DiscoverOptions; touched: string[] } {
  const touched: string[] = [];
  const touch = (what: string) => () => {
    touched.push(what);
    return Promise.reject(new Error(`${what} was touched.`));
  };
  vi.stubGlobal('fetch', touch('the global fetch'));
  return {
    touched,
    options: {
      credentials: touch('credentials'),
      fetch: touch('fetch'),
      storage: { getItem: touch('getItem'), setItem: touch('setItem'), removeItem: touch('removeItem') },
      transport: { destination: touch('destination'), unary: touch('unary'), stream: touch('stream') },
      catalog: touch('catalog') as never,
      // None of them would be taken by a call.
      endpoint: 'nowhere',
      headers: { host: 'elsewhere' },
      refreshInterval: -1,
      signal: AbortSignal.abort('before'),
    },
  };
}

describe('enabled: false', () => {
  it.each([undefined, 'us-east-1', 'not a region'])('touches nothing, with the region %s', async (region) => {
    const { options, touched } = surroundings();
    expect(await discover({ ...options, region, enabled: false })).toEqual({
      models: [],
      excluded: {},
      region,
      fetchedAt: undefined,
      source: 'disabled',
      warnings: [],
    });
    expect([touched, read]).toEqual([[], []]);
  });

  it.each(['storage', 'transport', 'credentials', 'catalog'])('does not even look into %s', async (name) => {
    const looked: unknown[] = [];
    const value = new Proxy(() => {}, {
      get: (_target, member) => looked.push(member),
      has: (_target, member) => Boolean(looked.push(member)),
    });
    const object = new Proxy({}, { get: (_target, member) => looked.push(member) });
    for (const one of name === 'catalog' ? [value] : [value, object]) {
      for (const enabled of [false, 'auto'] as const)
        expect(await discover({ enabled, [name]: one })).toMatchObject({ source: 'disabled' });
    }
    expect(looked).toEqual([]);
  });

  it.each([{ regoin: 'us-east-1' }, { maxAttempts: -1 }])('still refuses %o', async (wrong) => {
    await expect(discover({ enabled: false, ...wrong } as never)).rejects.toMatchObject({
      code: 'ERR_INPUT',
    });
  });

  it('says the region that createBedrock bound', async () => {
    const { options } = surroundings();
    const bedrock = createBedrock({ region: 'eu-west-1', fetch: options.fetch });
    expect(await bedrock.discover({ enabled: false })).toMatchObject({
      source: 'disabled',
      region: 'eu-west-1',
    });
    expect(read).toEqual([]);
  });
});

const MARKERS = ['AWS_BEARER_TOKEN_BEDROCK', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE'];

describe("enabled: 'auto'", () => {
  it.each([{}, { AWS_ACCESS_KEY_ID: 'AKIAHALF' }, { AWS_SECRET_ACCESS_KEY: 'half' }, { AWS_PROFILE: ' ' }])(
    'with %j looks at the markers alone, and touches nothing else',
    async (variables) => {
      const { options, touched } = surroundings();
      environment(variables as Record<string, string>);
      expect(await discover({ ...options, region: 'eu-west-1', enabled: 'auto' })).toMatchObject({
        source: 'disabled',
        region: 'eu-west-1',
      });
      expect(touched).toEqual([]);
      expect(read.filter((name) => !MARKERS.includes(name))).toEqual([]);
      expect(read).toContain('AWS_PROFILE');
    },
  );

  it.each([
    { AWS_BEARER_TOKEN_BEDROCK: 'ABSKtoken' },
    { AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 'secret' },
  ])('with %j discovers', async (variables) => {
    const network = asGlobal(answeringNetwork());
    environment(variables as Record<string, string>);
    expect((await discover({ enabled: 'auto', region: 'us-east-1', refreshInterval: 0 })).source).toBe(
      'network',
    );
    expect(network.asked()).toBe(1);
  });
});

it('only what can be switched off has to be asked whether it was', () => {
  const enabled = () => discover({ region: 'us-east-1' });
  expectTypeOf(enabled).returns.resolves.toEqualTypeOf<DiscoveredModels>();
  expectTypeOf(discover).toBeCallableWith({ enabled: 'auto' });
  expectTypeOf<Extract<Discovery, { source: 'disabled' }>['region']>().toEqualTypeOf<string | undefined>();
  expectTypeOf<
    Extract<Discovery, { source: 'network' | 'cache' | 'stale' }>['region']
  >().toEqualTypeOf<string>();
});
