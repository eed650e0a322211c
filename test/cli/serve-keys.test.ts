import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { hashKey } from 'bedrock-anywhere/gateway';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { environment, run } from './run.js';
import { ASK, CLAUDE, post, serve } from './serving.js';

let file: string;
beforeEach(() => {
  // No minute or day of a budget may end in the middle of a test.
  vi.spyOn(Date, 'now').mockReturnValue(Date.now());
  file = join(environment(), 'keys.json');
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const keys = (...args: string[]) => run(['serve', 'keys', ...args, '--keys', file]);

async function create(name: string, ...more: string[]): Promise<string> {
  const { code, out, err } = await keys('create', name, ...more);
  if (code !== 0) throw new Error(err);
  return out.trim();
}

async function list(): Promise<Record<string, unknown>[]> {
  return JSON.parse((await keys('list', '--json')).out) as Record<string, unknown>[];
}

describe('serve keys', () => {
  it('creates a key, shows it once, and stores its hash where only its owner may read', async () => {
    const { out, err } = await keys(
      'create',
      'team-a',
      '--models',
      'gpt-4o,*nova*',
      '--tokens-per-day',
      '5000',
    );
    const key = out.trim();
    expect(out).toMatch(/^bag-[\w-]{32}\n$/);
    expect(err).toContain('Store it now');
    const text = readFileSync(file, 'utf8');
    expect(text).not.toContain(key);
    expect(err).not.toContain(key);
    expect(text).toContain(await hashKey(key));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const id = (await hashKey(key)).slice(0, 8);
    expect(await list()).toEqual([
      {
        id,
        name: 'team-a',
        createdAt: expect.any(String),
        models: ['gpt-4o', '*nova*'],
        budgets: { tokensPerDay: 5000 },
      },
    ]);
    expect(readdirSync(join(file, '..')).filter((name) => name.startsWith('keys.json'))).toEqual([
      'keys.json',
    ]);
  });

  it('lists keys as a table, without hashes', async () => {
    const key = await create(
      'team-a',
      '--dollars-per-day',
      '2.5',
      '--requests-per-minute',
      '6',
      '--tokens-per-minute',
      '7',
    );
    await create('b');
    const { out } = await keys('list');
    expect(out).toMatch(/^Name +Id +Created +Models +Budgets\n/);
    expect(out).toMatch(/team-a .* all +6 requests\/min, 7 tokens\/min, \$2\.5\/day\n/);
    expect(out).toMatch(/b .* all +those of every key\n/);
    expect(out).not.toContain(await hashKey(key));
  });

  it('prints JSON', async () => {
    const { out } = await keys('create', 'team-a', '--json');
    const { id, key } = JSON.parse(out) as Record<string, string>;
    expect(id).toBe((await hashKey(key ?? '')).slice(0, 8));
    expect(JSON.parse((await keys('revoke', 'team-a', '--json')).out)).toEqual({ revoked: [id] });
  });

  it('revokes one key by its id, and all of a name by that', async () => {
    for (const name of ['a', 'a', 'a', 'b']) await create(name);
    const [{ id = '' } = {}] = (await list()) as { id?: string }[];
    expect((await keys('revoke', id)).out).toBe(`Revoked the key ${id} of a.\n`);
    expect((await list()).map(({ name }) => name)).toEqual(['a', 'a', 'b']);
    expect((await keys('revoke', 'a')).out.split('\n')).toHaveLength(3);
    expect((await list()).map(({ name }) => name)).toEqual(['b']);
  });

  it('loses none of many that are created and revoked at the same time', async () => {
    await create('old');
    await Promise.all([...Array.from({ length: 12 }, (_, i) => create(`team-${i}`)), keys('revoke', 'old')]);
    expect((await list()).map(({ name }) => name).sort()).toEqual(
      Array.from({ length: 12 }, (_, i) => `team-${i}`).sort(),
    );
  });

  it('goes on if a process was killed while it changed the file', async () => {
    writeFileSync(`${file}.lock`, '');
    const longAgo = new Date(Date.now() - 60_000);
    utimesSync(`${file}.lock`, longAgo, longAgo);
    await create('a');
    expect(await list()).toHaveLength(1);
    expect(existsSync(`${file}.lock`)).toBe(false);
  });

  it('keeps a link to the file', async () => {
    const link = join(file, '..', 'link.json');
    await create('a');
    symlinkSync(file, link);
    await run(['serve', 'keys', 'create', 'b', '--keys', link]);
    expect((await list()).map(({ name }) => name)).toEqual(['a', 'b']);
  });

  it('has its file in the configuration folder by default', async () => {
    const { err } = await run(['serve', 'keys', 'create', 'a']);
    expect(err).toContain(
      join(process.env['XDG_CONFIG_HOME'] ?? '', 'bedrock-anywhere', 'gateway-keys.json'),
    );
  });

  it.each([
    [[], 'serve keys needs an action. The actions are create, list, revoke.'],
    [['creat'], 'serve keys has no creat. Did you mean "create"?'],
    [['create'], 'Name one key, as in: npx bedrock-anywhere serve keys create team-a'],
    [['create', 'a', 'b'], 'Name one key'],
    [['create', ' '], 'Name one key'],
    [['revoke'], 'Name one key'],
    [['list', 'a'], 'Leave the name out'],
    [['revoke', 'a', '--models', 'x'], 'options of serve keys create only'],
    [
      ['create', 'a', '--tokens-per-day', '1.5'],
      '--tokens-per-day 1.5 is not valid. Pass a whole number, 0 or more.',
    ],
    [['create', 'a', '--dollars-per-day', '-1'], '--dollars-per-day'],
    [['create', 'a', '--model', 'x'], 'Did you mean --models?'],
    [['revoke', 'nobody'], 'There is no key nobody in '],
  ])('refuses %j', async (args, words) => {
    const { code, err } = await keys(...args);
    expect([code, err]).toEqual([2, expect.stringContaining(words)]);
    expect(existsSync(file)).toBe(false);
  });

  it.each([
    ['{', 'it is not JSON (line 1'],
    ['[]', 'it is not { "keys": '],
    ['{"keys":[{"id":"a","createdAt":"x","name":"a","hash":"b"}]}', 'not 64 hexadecimal digits'],
    [`{"keys":[{"id":"a","createdAt":"x","name":"","hash":"${'a'.repeat(64)}"}]}`, 'Key 0 has no name'],
    [
      `{"keys":[{"id":"a","createdAt":"x","name":"a","hash":"${'a'.repeat(64)}","budgets":{"tokens":1}}]}`,
      'has no option tokens',
    ],
  ])('changes no file that is not one of keys: %s', async (text, words) => {
    writeFileSync(file, text, { mode: 0o600 });
    for (const args of [['list'], ['create', 'b']]) {
      const { code, err } = await keys(...args);
      expect([code, err]).toEqual([1, expect.stringContaining(words)]);
    }
    expect(readFileSync(file, 'utf8')).toBe(text);
  });
});

describe('a gateway that runs', () => {
  const served = (use: Parameters<typeof serve>[1], ...more: string[]) =>
    serve(['--local', '--json', '--keys', file, ...more], use);

  it('knows keys from the moment they are created until they are revoked', async () => {
    const old = await create('old');
    await served(async ({ url, out }) => {
      expect(JSON.parse(out)).toEqual({ url, apiKey: null });
      const status = async (key: string) => (await post(url, key, ASK)).status;
      expect(await status(old)).toBe(200);
      const key = await create('new');
      expect(await status(key)).toBe(200);
      await keys('revoke', 'new');
      expect([await status(key), await status(old)]).toEqual([401, 200]);
    });
  });

  it('keeps to the models and budgets of a key', async () => {
    await served(async ({ url }) => {
      const key = await create('a', '--models', '*claude*', '--requests-per-minute', '1');
      expect((await post(url, key, { ...ASK, model: 'amazon.nova-lite-v1:0' })).status).toBe(403);
      expect((await post(url, key, ASK)).status).toBe(200);
      expect((await post(url, key, ASK)).status).toBe(429);
    });
  });

  it('accepts the key of the environment too', async () => {
    vi.stubEnv('BEDROCK_GATEWAY_KEY', 'mine');
    await create('a');
    await served(async ({ url, apiKey }) => {
      expect([apiKey, (await post(url, 'mine', ASK)).status]).toEqual(['mine', 200]);
    });
  });

  it('keeps its keys while the file cannot be used, says so once, and has none if it is gone', async () => {
    const key = await create('a');
    const text = readFileSync(file, 'utf8');
    const lines = await served(async ({ url }) => {
      const status = async () => (await post(url, key, ASK)).status;
      expect(await status()).toBe(200);
      writeFileSync(file, '{');
      expect([await status(), await status()]).toEqual([200, 200]);
      rmSync(file);
      expect(await status()).toBe(401);
      writeFileSync(file, text, { mode: 0o600 });
      expect(await status()).toBe(200);
    });
    expect(lines.filter((line) => 'warning' in line)).toEqual([
      { warning: expect.stringContaining(`The file of keys ${file} cannot be used: it is not JSON`) },
    ]);
  });

  it.skipIf(process.platform === 'win32')('does not trust a file that others may write', async () => {
    await create('a');
    chmodSync(file, 0o622);
    const { code, err } = await run(['serve', '--local', '--keys', file]);
    expect([code, err]).toEqual([1, expect.stringContaining(`Run: chmod 600 ${file}`)]);
  });

  it('says on a terminal where its keys are, and makes none of its own', async () => {
    const key = await create('a');
    await serve(['--local', '--keys', file], async ({ out }) => {
      expect(out).toContain(`, with the keys of ${file}\n`);
      expect(out).toContain('ANTHROPIC_AUTH_TOKEN=<key>');
      expect(out).not.toContain(key);
    });
  });

  it('over a local Bedrock ignores the keys that the user has by default', async () => {
    await run(['serve', 'keys', 'create', 'a']);
    await serve(['--local', '--json'], async ({ url, apiKey }) => {
      expect((await post(url, apiKey, { ...ASK, model: CLAUDE })).status).toBe(200);
    });
  });
});
