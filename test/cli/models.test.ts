import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { findProfileScope } from '../../src/cli/models/profile-scope.js';
import type { Discovery } from '../../src/index.js';
import { createDefaultModels } from '../../src/local/account/account.js';
import { type LocalServer, startLocalBedrock } from '../../src/local/node.js';
import { environment, run, variablesFor } from './run.js';

/** Few, so that a test can list them. */
const IDS =
  /^(?:amazon\.(?!nova-2|nova-micro|nova-premier|titan-text)|anthropic\.claude-(?:3-sonnet|(?:sonnet|haiku)-4-5)|meta\.llama3-(?:8b|3-70b)|openai\.gpt-oss-120b-1|cohere)/;
const MODELS = createDefaultModels('us-east-1').filter(({ modelId }) => IDS.test(modelId));

let local: LocalServer;
let home: string;

beforeEach(async () => {
  local = await startLocalBedrock({ models: MODELS });
  home = environment(variablesFor(local));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await local.close();
});

const asked = (): number =>
  local.requests.filter(({ operation }) => operation === 'ListFoundationModels').length;

const firstCells = (out: string): string[] =>
  out
    .split('\n')
    .slice(1, -1)
    .map((line) => line.split(' ')[0] ?? '');

describe('bedrock-anywhere models', () => {
  it('lists what can be invoked, with limits and prices, and says what it left out', async () => {
    const { code, out, err } = await run(['models']);
    expect(code).toBe(0);
    expect(firstCells(out)).toEqual([
      'amazon.nova-lite-v1:0',
      'amazon.nova-pro-v1:0',
      'us.anthropic.claude-haiku-4-5-20251001-v1:0',
      'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
      'us.meta.llama3-3-70b-instruct-v1:0',
      'meta.llama3-8b-instruct-v1:0',
      'openai.gpt-oss-120b-1:0',
    ]);
    expect(out).toMatch(/^ID +NAME +INPUT +CONTEXT +OUTPUT +\$\/M IN \/ OUT +VIA$/m);
    expect(out).toMatch(
      /^amazon\.nova-lite-v1:0 +Nova Lite +text, image, video +\d+K +\d+K +[\d.]+ \/ [\d.]+ +directly$/m,
    );
    expect(out).toMatch(/^us\.anthropic\.claude-haiku\S+ .* profile, 3 regions$/m);
    expect(err).toMatch(/^7 models in us-east-1, fetched just now\.$/m);
    expect(err).toMatch(/^Access to each model was not checked: add --check-access\.$/m);
    expect(err).toMatch(/^11 left out: 9 without streaming, /m);
    expect(err).toMatch(/^Limits and prices are as of \d{4}-\d\d-\d\d\.$/m);
    expect(out + err).not.toContain('\u001B');
  });

  it.each([60, 100, 160])('keeps to %i columns, the lines below it too', async (columns) => {
    const { out, err } = await run(['models'], { columns, noteColumns: columns });
    for (const line of `${out}\n${err}`.split('\n')) expect(line.length).toBeLessThanOrEqual(columns);
    expect(out.includes('VIA')).toBe(columns === 160);
    expect(out).toContain('CONTEXT');
    expect(err.replace(/\n +/g, ' ')).toMatch(/^7 models in us-east-1, fetched just now\.$/m);
  });

  it('shows colour where the terminal does', async () => {
    const { out, err } = await run(['models'], { columns: 160, colour: true, animated: true });
    expect(out.replaceAll('\u001B', 'ESC')).toMatch(/^ESC\[1mID .*VIAESC\[22m$/m);
    expect(err.replaceAll('\u001B', 'ESC')).toMatch(/^ESC\[2m7 models .*ESC\[22m$/m);
  });

  it('finds its list in the cache the second time, and fetches again for --refresh', async () => {
    await run(['models']);
    const again = await run(['models', '--provider', 'Meta']);
    expect(again.err).toMatch(
      /^2 models in us-east-1, from the cache, \d seconds? old \(--refresh fetches it again\)\.$/m,
    );
    expect(again.err).toMatch(/left out: .*\d of other providers/);
    expect(asked()).toBe(1);
    expect(await readdir(join(home, 'cache', 'bedrock-anywhere'))).not.toEqual([]);

    expect((await run(['models', '--refresh'])).err).toContain('fetched just now');
    expect(asked()).toBe(2);
    expect((await run(['models'])).err).toContain('from the cache');
    expect(asked()).toBe(2);
  });

  it('keeps what --refresh found', async () => {
    expect((await run(['models', '--refresh'])).err).toContain('fetched just now');
    expect((await run(['models'])).err).toContain('from the cache');
    expect(asked()).toBe(1);
  });

  it('finds the list of a profile in the cache even when the profile gives no keys any more', async () => {
    const { accessKeyId, secretAccessKey } = local.credentials;
    const keys = `aws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`;
    await writeFile(join(home, 'credentials'), `[listed]\n${keys}`);
    vi.stubEnv('AWS_PROFILE', 'listed');
    expect((await run(['models'])).err).toContain('fetched just now');
    await local.close();
    expect((await run(['models'])).err).toContain('from the cache');
    vi.stubEnv('AWS_PROFILE', 'other');
    expect(await run(['models'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('"other"') as unknown,
    });
    vi.stubEnv('AWS_PROFILE', 'listed');
    vi.stubEnv('AWS_CONFIG_FILE', join(home, 'another'));
    expect((await run(['models'])).code).toBe(1);
  });

  it('does not show the list of a profile after its keys became those of another account', async () => {
    const { accessKeyId, secretAccessKey } = local.credentials;
    const keys = `aws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`;
    await writeFile(join(home, 'credentials'), `[changed]\n${keys}`);
    vi.stubEnv('AWS_PROFILE', 'changed');
    expect((await run(['models'])).err).toContain('fetched just now');
    await writeFile(
      join(home, 'credentials'),
      `[changed]\n${keys.replace(accessKeyId, 'AKIAOFANOTHERACCOUNT')}`,
    );
    expect((await run(['models'])).err).toContain('fetched just now');
    expect(asked()).toBe(2);
    for (const file of await readdir(join(home, 'cache', 'bedrock-anywhere'))) {
      expect(await readFile(join(home, 'cache', 'bedrock-anywhere', file), 'utf8')).not.toContain(
        secretAccessKey,
      );
    }
  });

  it.each(['credential_process = get-keys', 'role_arn = a\ncredential_source = Environment'])(
    'has to look at the keys of a profile with %j, which may be of any account',
    async (setting) => {
      await writeFile(join(home, 'config'), `[profile listed]\n${setting}\n`);
      vi.stubEnv('AWS_PROFILE', 'listed');
      expect(await findProfileScope()).toBeUndefined();
      await writeFile(join(home, 'config'), '[profile listed]\nregion = us-east-1\n');
      const scope = await findProfileScope();
      expect(scope).toMatch(/^profile [0-9a-f]{64}$/);
      vi.stubEnv('AWS_PROFILE', 'other');
      expect(await findProfileScope()).not.toBe(scope);
      vi.stubEnv('AWS_PROFILE', undefined);
      expect(await findProfileScope()).toBeUndefined();
    },
  );

  it('takes several providers, at once and apart', async () => {
    const ids = async (...args: string[]): Promise<string[]> =>
      firstCells((await run(['models', ...args])).out);
    expect(await ids('--provider', 'openai, meta')).toHaveLength(3);
    expect(await ids('--provider', 'openai', '--provider', 'meta')).toHaveLength(3);
  });

  it('lists every id for --all, and no global ones for --no-global', async () => {
    const all = firstCells((await run(['models', '--all'])).out);
    expect(all).toContain('us.amazon.nova-lite-v1:0');
    expect(all).toContain('global.anthropic.claude-haiku-4-5-20251001-v1:0');
    const some = firstCells((await run(['models', '--all', '--no-global'])).out);
    expect(some).toEqual(all.filter((id) => !id.startsWith('global.')));
  });

  it('asks for access with --check-access', async () => {
    const { out } = await run(['models', '--check-access', '--provider', 'openai']);
    expect(out).toMatch(/^ID +ACCESS +NAME/);
    expect(out).toMatch(/^openai\.gpt-oss-120b-1:0 +yes +gpt-oss/m);
  });

  it('asks in the region of --region', async () => {
    vi.stubEnv('AWS_REGION', 'eu-west-1');
    expect((await run(['models', '--region', 'us-east-1'])).err).toContain('models in us-east-1');
    expect((await run(['models'])).err).toContain('Credential should be scoped to a valid region');
  });

  it('shows an old list with a warning when AWS cannot be reached, but not for --refresh', async () => {
    await run(['models']);
    await local.close();
    vi.useFakeTimers({ now: Date.now() + 3 * 60 * 60_000, toFake: ['Date'] });
    const old = await run(['models']);
    const refreshed = await run(['models', '--refresh']);
    vi.useRealTimers();
    expect(old.code).toBe(0);
    expect(old.err).toMatch(/^bedrock-anywhere: This list is old: No answer from 127\.0\.0\.1:\d+/);
    expect(old.err).toContain('an old list of 3 hours ago');
    expect(refreshed).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(/: No answer from/) as unknown,
    });
  });

  it('goes on without a cache that it cannot write, and says so', async () => {
    if (process.getuid?.() === 0) vi.stubEnv('XDG_CACHE_HOME', '/proc');
    else {
      await mkdir(join(home, 'cache'));
      await chmod(join(home, 'cache'), 0o500);
    }
    const { code, out, err } = await run(['models']);
    expect({ code, lines: firstCells(out).length }).toEqual({ code: 0, lines: 7 });
    expect(err).toMatch(/^bedrock-anywhere: The list could not be cached: /);
  });

  it('says that there is nothing where nothing is left', async () => {
    const { code, out, err } = await run(['models', '--provider', 'nobody']);
    expect({ code, out }).toEqual({ code: 0, out: '' });
    expect(err).toMatch(/^0 models in us-east-1, .*\.\n18 left out: /);
  });
});

describe('models that fit', () => {
  const ids = async (...args: string[]): Promise<string[]> =>
    firstCells((await run(['models', ...args])).out);

  it.each([
    [['haiku'], ['us.anthropic.claude-haiku-4-5-20251001-v1:0']],
    [['NOVA', 'pro'], ['amazon.nova-pro-v1:0']],
    [['nothing-like-it'], []],
    [
      ['--can', 'image', '--max-price', '3.2'],
      ['amazon.nova-lite-v1:0', 'amazon.nova-pro-v1:0'],
    ],
    [
      ['--can', 'reasoning,image'],
      ['us.anthropic.claude-haiku-4-5-20251001-v1:0', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'],
    ],
    [
      ['--min-context', '0.3M'],
      ['amazon.nova-lite-v1:0', 'amazon.nova-pro-v1:0'],
    ],
    [
      ['--sort', 'price', 'llama'],
      ['meta.llama3-8b-instruct-v1:0', 'us.meta.llama3-3-70b-instruct-v1:0'],
    ],
    [
      ['--sort', 'context', '--provider', 'meta'],
      ['us.meta.llama3-3-70b-instruct-v1:0', 'meta.llama3-8b-instruct-v1:0'],
    ],
  ])('%j are %j', async (args, expected) => {
    expect(await ids(...args)).toEqual(expected);
  });

  it('are counted apart from those that do not fit', async () => {
    const { err } = await run(['models', 'haiku']);
    expect(err).toMatch(/^1 model in us-east-1, /);
    expect(err).toMatch(/^6 more do not match\.$/m);
    const { models } = JSON.parse((await run(['models', 'haiku', '--json'])).out) as Discovery;
    expect(models.map(({ name }) => name)).toEqual(['Claude Haiku 4.5']);
  });
});

describe('bedrock-anywhere models --json', () => {
  it('prints one document whose keys are always there', async () => {
    const first = await run(['models', '--json'], { animated: true, columns: 20, colour: true });
    expect(first.err).toBe('');
    const found = JSON.parse(first.out) as Discovery;
    expect(Object.keys(found)).toEqual([
      'models',
      'excluded',
      'region',
      'fetchedAt',
      'source',
      'warnings',
      'cause',
    ]);
    expect(found).toMatchObject({ region: 'us-east-1', source: 'network', warnings: [], cause: null });
    const keys = found.models.map((model) => Object.keys(model).join());
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toMatch(/^id,arn,foundationModelId,name,.*,cost,access$/);
    expect((JSON.parse((await run(['models', '--json'])).out) as Discovery).source).toBe('cache');
  });

  it('tells why a list is old', async () => {
    await run(['models']);
    await local.close();
    vi.useFakeTimers({ now: Date.now() + 3 * 60 * 60_000, toFake: ['Date'] });
    const { out } = await run(['models', '--json']);
    vi.useRealTimers();
    expect(JSON.parse(out)).toMatchObject({
      source: 'stale',
      cause: { name: 'NetworkError', message: expect.stringContaining('No answer') as unknown },
    });
  });
});

describe('while it waits', () => {
  beforeEach(async () => {
    await local.close();
    local = await startLocalBedrock({ faults: ['delay=400', 'delay=400', 'delay=400'] });
    environment(variablesFor(local));
  });

  it('a sign turns on a terminal, and is gone before the table', async () => {
    const { out, err } = await run(['models'], { animated: true });
    expect(err.replace('\u001B', 'ESC')).toMatch(
      /^(\r[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] Fetching the models …){2,}\rESC\[K\d+ models/,
    );
    expect(out).toMatch(/^ID /);
  });

  it('nothing does where standard error is no terminal', async () => {
    expect((await run(['models'])).err).not.toContain('Fetching');
  });

  it('nothing does for --json', async () => {
    expect((await run(['models', '--json'], { animated: true })).err).toBe('');
  });
});
