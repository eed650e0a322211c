import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { checkExpiration } from '../../src/cli/doctor/identity-checks.js';
import { checkProxy } from '../../src/cli/doctor/proxy.js';
import { createApiKey, type Explanation } from '../../src/index.js';
import { type LocalServer, type LocalServerOptions, startLocalBedrock } from '../../src/local/node.js';
import { environment, run, variablesFor } from './run.js';

let local: LocalServer | undefined;
afterEach(async () => {
  vi.unstubAllEnvs();
  await local?.close();
  local = undefined;
});

async function start(options: LocalServerOptions = {}): Promise<LocalServer> {
  local = await startLocalBedrock(options);
  environment(variablesFor(local));
  return local;
}

/** The mark of each line by its name. */
function marks(out: string): Record<string, string> {
  const lines = [...out.matchAll(/^([✓!✗-]) (\S.{12})/gm)];
  return Object.fromEntries(lines.map(([, mark = '', name = '']) => [name.trim(), mark]));
}

/** The policies in a report, in order. */
function policies(out: string): unknown[] {
  return [...out.matchAll(/^\{\n[\s\S]*?^\}\n/gm)].map(([json]) => JSON.parse(json) as unknown);
}

const ALL = [
  'Credentials',
  'Expiry',
  'Region',
  'Endpoint',
  'Proxy',
  'Identity',
  'Model list',
  'Model',
  'Clock',
];

describe('bedrock-anywhere doctor', () => {
  it('says that all is well, after one call of one token', async () => {
    const { requests, credentials, url } = await start();
    const { code, out, err } = await run(['doctor']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^bedrock-anywhere \d\S*, Node v\d\S+, \w+\n\n/);
    expect(marks(out)).toEqual(Object.fromEntries(ALL.map((name) => [name, '✓'])));
    expect(out).toContain(`✓ Endpoint     ${url} (AWS_ENDPOINT_URL)\n`);
    expect(out).toContain(`key id …${credentials.accessKeyId.slice(-4)}\n`);
    expect(out).toContain('✓ Identity     arn:aws:iam::123456789012:user/local\n');
    expect(out).toMatch(/^✓ Model {8}amazon\.nova-lite-v1:0 answered: 1 token, \$0\.\d+, \d+ ms$/m);
    const calls = requests.filter(({ operation }) => operation === 'Converse');
    expect(calls.map(({ body }) => body)).toMatchObject([{ inferenceConfig: { maxTokens: 1 } }]);
  });

  it('without credentials says how to get some, and sends nothing', async () => {
    const home = environment();
    const { code, out, err } = await run(['doctor']);
    expect(code).toBe(1);
    expect(marks(out)).toMatchObject({
      Credentials: '✗',
      Region: '!',
      Identity: '-',
      Model: '-',
      Clock: '-',
    });
    expect(out).toMatch(
      /^ {15}→ Quickest: create an API key in the AWS console.* AWS_BEARER_TOKEN_BEDROCK=/m,
    );
    expect(err).toBe(
      'bedrock-anywhere: Failed: Credentials. Fix what is listed above, then run doctor again.\n',
    );
    writeFileSync(
      join(home, 'config'),
      '[profile work]\nregion = eu-west-1\n[sso-session s]\n[profile home]\n',
    );
    expect((await run(['doctor'])).out).toContain('AWS profiles work, home. Pass one, as in --profile work.');
  });

  it('prints the policy to paste where IAM denies a call, and one for the list', async () => {
    await start({ deny: ['bedrock:InvokeModel', 'bedrock:ListFoundationModels'] });
    const { code, out } = await run(['doctor', '-m', 'us.amazon.nova-lite-v1:0']);
    expect(code).toBe(1);
    expect(marks(out)).toMatchObject({ Identity: '✓', 'Model list': '!', Model: '✗', Clock: '✓' });
    expect(out).toContain('attach the policy below to arn:aws:iam::123456789012:user/local.');
    expect(policies(out)).toMatchObject([
      { Statement: [{ Action: ['bedrock:ListFoundationModels', 'bedrock:ListInferenceProfiles'] }] },
      {
        Version: '2012-10-17',
        Statement: [
          {
            Action: ['bedrock:InvokeModel', 'bedrock:InvokeModelWithResponseStream'],
            Resource: ['arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-lite-v1:0'],
          },
          { Sid: 'InvokeModelsOfProfiles' },
        ],
      },
    ]);
  });

  it('lets an API key be used in the policy, and skips the identity, which AWS does not say', async () => {
    const { apiKey } = await start({ deny: ['bedrock:InvokeModel'] });
    vi.stubEnv('AWS_BEARER_TOKEN_BEDROCK', apiKey);
    const { out } = await run(['doctor']);
    expect(marks(out)).toMatchObject({ Identity: '-', Model: '✗', Expiry: '✓' });
    expect(out).toContain('→ Set, but not used: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY.');
    expect(JSON.stringify(policies(out))).toContain('bedrock:CallWithBearerToken');
    expect(out).not.toContain(apiKey.slice(30));
  });

  it('says that the key has expired', async () => {
    const { credentials } = await start();
    vi.useFakeTimers({ now: Date.now() - 5 * 60 * 60_000, toFake: ['Date'] });
    const key = await createApiKey(credentials, { region: 'us-east-1', expiresInSeconds: 3600 });
    vi.useRealTimers();
    vi.stubEnv('AWS_BEARER_TOKEN_BEDROCK', key);
    const { code, out } = await run(['doctor']);
    expect(code).toBe(1);
    expect(marks(out)).toMatchObject({ Credentials: '✗', Expiry: '✗' });
    expect(out).toMatch(/^✗ Expiry +\S+Z, 4 hours ago$/m);
  });

  it.each([
    [3 * 60 * 60_000, '3 hours behind'],
    [-30 * 60_000, '30 minutes ahead of'],
  ])('compares the clock with the Date header: %i ms is %s', async (offset, words) => {
    vi.useFakeTimers({ now: 1_800_000_000_000, toFake: ['Date'] });
    await start({ now: () => 1_800_000_000_000 + offset });
    const { code, out } = await run(['doctor']);
    vi.useRealTimers();
    expect(code).toBe(0);
    expect(marks(out)).toMatchObject({ Model: '✓', Clock: '!' });
    expect(out).toContain(`! Clock        ${words} AWS\n`);
  });

  it('names the model that was probably meant', async () => {
    await start();
    const { code, out } = await run(['doctor', '-m', 'amazon.nova-lite']);
    expect(code).toBe(1);
    expect(out).toMatch(/^✗ Model .*Did you mean amazon\.nova-lite-v1:0\?$/m);
  });

  it('says for every call that nothing listens', async () => {
    await (await start()).close();
    const { out } = await run(['doctor']);
    expect(marks(out)).toMatchObject({ Identity: '✗', 'Model list': '✗', Model: '✗', Clock: '-' });
  });

  it.each([40, 60, 80])(
    'keeps to %i columns, but for the policy and words that are longer',
    async (columns) => {
      await start({ deny: ['bedrock:InvokeModel'] });
      const { out } = await run(['doctor'], { columns });
      for (const line of out.slice(0, out.indexOf('\n{')).split('\n'))
        if (line.slice(15).replace(/^→ /, '').trim().includes(' '))
          expect(line.length).toBeLessThanOrEqual(columns);
    },
  );

  it('prints JSON with the same checks', async () => {
    await start();
    const { out } = await run(['doctor', '--json']);
    const { checks } = JSON.parse(out) as { checks: { name: string; status: string }[] };
    expect(checks.map(({ name }) => name)).toEqual(ALL);
    expect(new Set(checks.map(({ status }) => status))).toEqual(new Set(['ok']));
  });
});

describe('the parts of doctor', () => {
  afterEach(() => vi.unstubAllEnvs());

  it.each([
    [{}, '20.20.2', 'ok', /^none/],
    [{ HTTPS_PROXY: 'http://p' }, '20.20.2', 'warning', /Node does not use it/],
    [{ HTTPS_PROXY: 'http://p', NODE_USE_ENV_PROXY: '1' }, '20.20.2', 'warning', /Node does not use it/],
    [{ https_proxy: 'http://p' }, '24.1.0', 'warning', /https_proxy is set/],
    [{ ALL_PROXY: 'http://p', NODE_USE_ENV_PROXY: '1' }, '24.1.0', 'ok', /^the one in ALL_PROXY/],
  ])('with %j on Node %s the proxy is %s', (variables, version, status, text) => {
    environment(variables);
    expect(checkProxy(version)).toMatchObject({ status, text: expect.stringMatching(text) as unknown });
  });

  it.each([
    [-1000, 'failed'],
    [60_000, 'warning'],
    [3_600_000, 'ok'],
  ])('credentials that expire in %i ms are %s', (ms, status) => {
    const credentials = { expiration: new Date(1_000_000 + ms) };
    expect(checkExpiration({ credentials } as unknown as Explanation, 1_000_000).status).toBe(status);
  });
});
