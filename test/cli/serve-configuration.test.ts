import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startLocalBedrock } from 'bedrock-anywhere/local/node';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { environment, run } from './run.js';
import { ASK, post, serve } from './serving.js';

beforeEach(() => {
  // No minute or day of a budget may end in the middle of a test.
  vi.spyOn(Date, 'now').mockReturnValue(Date.now());
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** It exists in the region of the file only. */
const CLAUDE = 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0';

/** A configuration file in a folder of its own. */
function write(configuration: unknown): string {
  const file = join(environment(), 'gateway.json');
  writeFileSync(file, typeof configuration === 'string' ? configuration : JSON.stringify(configuration));
  return file;
}

describe('serve --config', () => {
  it('uses what the file says, and the command line wins over it', async () => {
    const file = write({
      port: 1,
      host: '192.0.2.1',
      region: 'eu-central-1',
      profile: 'work',
      models: { aliases: { 'gpt-4o': CLAUDE, other: 'amazon.nova-lite-v1:0' }, allow: ['*claude*'] },
      limits: { bodyBytes: 1000, requestMs: 10_000 },
      budgets: {
        perCaller: { requestsPerMinute: 100, models: { '*claude*': { requestsPerMinute: 1 } } },
        total: { dollarsPerDay: 2.5 },
        whenStoreFails: 'allow',
        reservedOutputTokens: 100,
      },
      serviceTiers: ['priority'],
      forwardHeaders: ['x-trace-id'],
    });
    const more = [
      '--host',
      '127.0.0.1',
      '--alias',
      `gpt-4o=${CLAUDE}`,
      '--alias',
      'mine=amazon.nova-lite-v1:0',
    ];
    await serve(['--config', file, '--json', '--local', ...more], async ({ url, apiKey }) => {
      const ask = async (model: string, text = 'Hi') =>
        (await post(url, apiKey, { model, messages: [{ role: 'user', content: text }] })).status;
      expect(await ask('mine')).toBe(200);
      expect(await ask('other')).toBe(200);
      expect(await ask('amazon.nova-lite-v1:0')).toBe(404);
      expect(await ask('mine', 'x'.repeat(1000))).toBe(413);
      const first = await post(url, apiKey, { ...ASK, model: 'gpt-4o' });
      expect([first.status, first.headers.get('x-ratelimit-limit-requests')]).toEqual([200, '1']);
      expect((await post(url, apiKey, { ...ASK, model: CLAUDE })).status).toBe(429);
    });
  });

  it('calls the targets of a name in their order, each by the profile and region of its client', async () => {
    const local = await startLocalBedrock({
      script: [{ text: 'From the other account.' }],
      region: 'eu-central-1',
    });
    const file = write({
      clients: {
        mine: { profile: 'one', region: 'eu-central-1' },
        other: { profile: 'two', region: 'eu-central-1' },
      },
      region: 'us-west-2',
      routing: { misconfiguredMs: 1000 },
      models: {
        aliases: {
          sonnet: [
            { modelId: CLAUDE, client: 'mine' },
            { modelId: CLAUDE, client: 'other' },
          ],
        },
      },
    });
    const { accessKeyId, secretAccessKey } = local.credentials;
    const profile = (name: string, secret: string): string =>
      `[profile ${name}]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secret}\n`;
    // The keys of the first account are wrong.
    const profiles = profile('one', 'wrong') + profile('two', secretAccessKey);
    writeFileSync(String(process.env['AWS_CONFIG_FILE']), profiles);
    vi.stubEnv('AWS_ENDPOINT_URL', local.url);
    const lines = await serve(['--config', file, '--json'], async ({ url, apiKey }) => {
      const response = await post(url, apiKey, { ...ASK, model: 'sonnet' });
      expect(await response.json()).toMatchObject({
        choices: [{ message: { content: 'From the other account.' } }],
      });
    });
    expect(lines).toMatchObject([
      {
        targets: [
          { client: 'mine', failure: 'misconfigured' },
          { client: 'other', modelId: CLAUDE },
        ],
      },
    ]);
    await local.close();
  });

  it.each([
    [{}, 200],
    [{ bedrockPaths: { guardrails: true } }, 200],
    [{ bedrockPaths: false }, 404],
  ])("opens Bedrock's own paths by %j: %i", async (configuration, status) => {
    await serve(['--config', write(configuration), '--json', '--local'], async ({ url, apiKey }) => {
      const response = await fetch(`${url}/model/amazon.nova-lite-v1:0/converse`, {
        method: 'POST',
        headers: { authorization: `Bearer ${apiKey}` },
        body: JSON.stringify({ messages: [{ role: 'user', content: [{ text: 'Hi' }] }] }),
      });
      expect(response.status).toBe(status);
    });
  });

  it('lets the pages of allowedOrigins use it', async () => {
    const file = write({ allowedOrigins: ['https://chat.example.com'] });
    await serve(['--config', file, '--json', '--local'], async ({ url, apiKey }) => {
      const allowed = async (origin: string) => {
        const asked = await fetch(`${url}/v1/chat/completions`, {
          method: 'OPTIONS',
          headers: {
            origin,
            'access-control-request-method': 'POST',
            'access-control-request-headers': 'authorization,x-local-fault',
          },
        });
        const answered = await fetch(`${url}/v1/models`, {
          headers: { origin, authorization: `Bearer ${apiKey}` },
        });
        return [asked, answered].map(({ headers }) => [
          headers.get('access-control-allow-origin'),
          headers.get('access-control-allow-headers'),
        ]);
      };
      expect(await allowed('https://chat.example.com')).toEqual([
        ['https://chat.example.com', 'authorization, x-local-fault'],
        ['https://chat.example.com', null],
      ]);
      expect(await allowed('https://evil.test')).toEqual([
        [null, null],
        [null, null],
      ]);
    });
  });

  it('finds the keys and the store of budgets next to the file', async () => {
    const file = write({
      keys: 'secret/keys.json',
      budgets: { store: './store.mjs', total: { requestsPerMinute: 1 } },
    });
    mkdirSync(join(file, '..', 'secret'));
    writeFileSync(
      join(file, '..', 'store.mjs'),
      'export default { reserve: async () => ({ granted: false, states: [{ spent: 1, reserved: 0 }] }), settle: async () => {} };',
    );
    const { out } = await run(['serve', 'keys', 'create', 'team-a', '--config', file]);
    await serve(['--config', file, '--json', '--local'], async ({ url, out: line }) => {
      expect(JSON.parse(line)).toEqual({ url, apiKey: null });
      expect((await post(url, out.trim(), ASK)).status).toBe(429);
      expect((await post(url, 'another', ASK)).status).toBe(401);
    });
  });

  it.each([
    [{ prot: 1 }, 'has an unknown member prot. Did you mean port? It may have port, host, '],
    [
      { limits: { bodyByte: 1 } },
      'has an unknown member limits.bodyByte. Did you mean limits.bodyBytes? limits may have bodyBytes, ',
    ],
    [
      { budgets: { perCaller: { tokens: 1 } } },
      'has an unknown member budgets.perCaller.tokens. budgets.perCaller may have',
    ],
    [
      { budgets: { total: { models: { 'a.*': { tokensPerDays: 1 } } } } },
      'has an unknown member budgets.total.models["a.*"].tokensPerDays. Did you mean budgets.total.models["a.*"].tokensPerDay?',
    ],
    [{ port: '8787' }, 'has a wrong value for port, which is a string. Write a port, 0 to 65535.'],
    [{ port: 70_000 }, 'has a wrong value for port, which is 70000.'],
    [{ region: 'Frankfurt' }, 'Write a string such as "us-east-1".'],
    [
      { models: { aliases: { 'gpt-4o': ['a', { modelid: 'b' }] } } },
      'has an unknown member models.aliases["gpt-4o"][1].modelid. Did you mean models.aliases["gpt-4o"][1].modelId?',
    ],
    [
      { models: { aliases: { 'gpt-4o': { region: 'us-east-1' } } } },
      'has a wrong value for models.aliases["gpt-4o"].modelId, which is missing. Write a string such as "us.amazon.nova-pro-v1:0".',
    ],
    [
      { models: { default: [] } },
      'has a wrong value for models.default, which is an empty list. Write at least 1 item.',
    ],
    [
      { models: { aliases: { a: ['x', { modelId: 'x', client: 'other' }] } }, clients: { one: {} } },
      'has a target with the client "other", which is not in clients. Add it there',
    ],
    [{ forwardHeaders: ['x-trace id'] }, 'has a wrong value for forwardHeaders[0], which is a string.'],
    [{ clients: { other: { profil: 'x' } } }, 'Did you mean clients["other"].profile?'],
    [{ routing: { deadlineMs: -1 } }, 'has a wrong value for routing.deadlineMs, which is -1.'],
    [{ models: { aliases: { 'gpt-4o': 5 } } }, 'has a wrong value for models.aliases["gpt-4o"], which is 5.'],
    [
      { models: { allow: '*' } },
      'has a wrong value for models.allow, which is a string. Write a list in brackets.',
    ],
    [{ forwardHeaders: [1] }, 'has a wrong value for forwardHeaders[0], which is 1.'],
    [{ limits: null }, 'has a wrong value for limits, which is null. Write an object in braces.'],
    [
      { budgets: { total: { dollarsPerDay: -1 } } },
      'has a wrong value for budgets.total.dollarsPerDay, which is -1.',
    ],
    [{ serviceTiers: ['fast'] }, 'has a wrong value for serviceTiers[0]'],
    [
      { passThrough: true },
      'has a wrong value for passThrough, which is true. Write a string such as "never".',
    ],
    [{ bedrockPaths: true }, 'has a wrong value for bedrockPaths, which is true.'],
    [
      { allowedOrigins: ['*', 'capacitor://localhost', 'https://chat.example.com/'] },
      'has a wrong value for allowedOrigins[2], which is a string. Write a string such as "https://chat.example.com".',
    ],
    [{ allowedOrigins: ['chat.example.com'] }, 'has a wrong value for allowedOrigins[0], which is a string.'],
    [{ bedrockPaths: { s3Locations: 1 } }, 'has a wrong value for bedrockPaths.s3Locations, which is 1.'],
    [[], 'is not a JSON object.'],
    ['{ "port": 8787,', 'it is not JSON (line 1'],
    [
      '{ "limits": { "bodyMs": 1, "bodyMs": 2 } }',
      'it has the member limits.bodyMs twice (line 1, column 28)',
    ],
    ['\uFEFF{ "port": "x" }', 'has a wrong value for port'],
  ])('refuses %j', async (configuration, words) => {
    const file = write(configuration);
    const { code, err } = await run(['serve', '--config', file]);
    expect(code).toBe(2);
    expect(err).toContain(`onfiguration file ${file} `);
    expect(err).toContain(words);
  });

  it('shows no value that may be a secret', async () => {
    const { err } = await run([
      'serve',
      '--config',
      write({ keys: { key: 'bag-secret' }, port: 'bag-secret' }),
    ]);
    expect(err).toContain('has a wrong value for');
    expect(err).not.toContain('secret');
  });

  it.each([
    ['no.mjs', undefined, 'cannot be loaded'],
    ['empty.mjs', 'export default {};', 'Export default an object with reserve() and settle()'],
  ])('says what is wrong with the store %s', async (name, code, words) => {
    const file = write({ budgets: { store: name } });
    if (code !== undefined) writeFileSync(join(file, '..', name), code);
    const result = await run(['serve', '--local', '--config', file]);
    expect([result.code, result.err]).toEqual([1, expect.stringContaining(words)]);
  });

  it.each(['keys', 'usage'])('says that the path of %s is a folder', async (name) => {
    const result = await run(['serve', '--local', '--config', write({ [name]: '.' })]);
    expect([result.code, result.err]).toEqual([
      1,
      expect.stringMatching(/The file .* cannot be read: it is a folder/),
    ]);
  });

  it('says that the file is missing', async () => {
    environment();
    expect(await run(['serve', '--config', 'nowhere.json'])).toMatchObject({
      code: 2,
      err: expect.stringContaining(
        'nowhere.json cannot be read: the file does not exist. Pass a file such as',
      ),
    });
  });
});
