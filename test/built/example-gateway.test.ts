import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type LocalServer, startLocalBedrock } from 'bedrock-anywhere/local/node';
import { Miniflare } from 'miniflare';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { clientOf } from '../../scripts/clients/install.mjs';
import { until } from '../clock.js';
import { startRedis, whyNoRedis } from '../storage/redis-server.js';
import { bundle } from './bundle.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const example = join(root, 'examples/gateway');
const cli = join(root, 'dist/node/cli.js');
const text = (name: string): string => readFileSync(join(example, name), 'utf8');

const limiters = clientOf('rate-limiter-flexible').folder;
const whyNoSharing = existsSync(limiters)
  ? whyNoRedis()
  : 'rate-limiter-flexible is not installed; run: node scripts/clients/install.mjs rate-limiter-flexible';

let local: LocalServer;
/** A folder with the files of the example, and the packages that a user would install there. */
let folder: string;
let key: string;
const running = new Set<ChildProcess>();

beforeAll(async () => {
  local = await startLocalBedrock({ script: [{ user: 'ping', text: 'pong' }] });
  folder = mkdtempSync(join(tmpdir(), 'bedrock-anywhere-gateway-'));
  for (const file of ['server.mjs', 'redis-budgets.mjs'])
    copyFileSync(join(example, file), join(folder, file));
  // Its port may be taken on this machine.
  writeFileSync(
    join(folder, 'gateway.json'),
    JSON.stringify({ ...JSON.parse(text('gateway.json')), port: 0 }),
  );
  mkdirSync(join(folder, 'node_modules'));
  for (const [name, from] of Object.entries({
    'bedrock-anywhere': root,
    ioredis: join(root, 'node_modules/ioredis'),
    'rate-limiter-flexible': join(limiters, 'node_modules/rate-limiter-flexible'),
  }))
    symlinkSync(from, join(folder, 'node_modules', name), 'junction');
  const args = [cli, 'serve', 'keys', 'create', 'team-a', '--keys', join(folder, 'keys.json')];
  const printed = execFileSync(process.execPath, args, { encoding: 'utf8' });
  key = /bag-\S+/.exec(printed)?.[0] ?? '';
});
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
  running.clear();
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await local?.close();
});

const ask = (stream: boolean): string =>
  JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'ping' }], stream, max_tokens: 100 });
const headersFor = (given: string) => ({
  authorization: `Bearer ${given}`,
  'content-type': 'application/json',
});

/** Starts a program of the folder, and waits until it says where it listens. */
async function start(args: string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      AWS_CONFIG_FILE: '/nowhere',
      AWS_SHARED_CREDENTIALS_FILE: '/nowhere',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_ENDPOINT_URL: local.url,
      AWS_REGION: local.region,
      AWS_BEARER_TOKEN_BEDROCK: local.apiKey,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let log = '';
  const note = (piece: string): void => void (log += piece);
  child.stdout.setEncoding('utf8').on('data', note);
  child.stderr.setEncoding('utf8').on('data', note);
  await until(() => /http:\/\/\S+:\d+/.test(log) || child.exitCode !== null);
  const url = /http:\/\/[\d.]+:\d+/.exec(log)?.[0];
  if (url === undefined) throw new Error(`It did not start: ${log}`);
  const send = (body: string, given = key): Promise<Response> =>
    fetch(`${url}/v1/chat/completions`, { method: 'POST', headers: headersFor(given), body });
  return { child, send, log: () => log };
}

describe.each([
  ['server.mjs', ['server.mjs']],
  ['serve, as in the image and the unit', [cli, 'serve', '--config', 'gateway.json']],
])('the example gateway: %s', (_name, args) => {
  it('answers by an alias to its keys alone, logs no content, and ends at SIGTERM', async () => {
    const { child, send, log } = await start(args);
    for (const stream of [false, true]) {
      const response = await send(ask(stream));
      expect([response.status, await response.text()]).toEqual([200, expect.stringContaining('pong')]);
    }
    expect(local.requests.at(-1)?.modelId).toBe('us.amazon.nova-pro-v1:0');
    expect((await send(ask(false), 'bag-guess')).status).toBe(401);
    const content = [{ type: 'image_url', image_url: { url: 'https://localhost/a.png' } }];
    const image = JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content }] });
    expect((await send(image)).status).toBe(400);

    const entries = () =>
      log()
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line));
    await until(() => entries().length === 4);
    expect(entries()[0]).toMatchObject({
      caller: 'team-a',
      model: 'gpt-4o',
      status: 200,
      outcome: 'complete',
    });
    expect(log()).toContain('localhost is at');
    expect(log()).not.toMatch(/pong|bag-/);
    child.kill('SIGTERM');
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
  });
});

describe.skipIf(whyNoSharing !== undefined)(
  `the example gateway with Redis${whyNoSharing === undefined ? '' : ` (skipped: ${whyNoSharing})`}`,
  () => {
    it('keeps one limit on two machines', async () => {
      const socket = join(folder, 'redis.sock');
      running.add(await startRedis(folder, socket));
      const budgets = { perCaller: { tokensPerDay: 1000 } };
      const limited = { ...JSON.parse(text('gateway.json')), port: 0, budgets };
      writeFileSync(join(folder, 'limited.json'), JSON.stringify(limited));
      const env = { REDIS_URL: socket, GATEWAY_CONFIG: 'limited.json' };
      const machines = [await start(['server.mjs'], env), await start(['server.mjs'], env)];
      const statuses: number[] = [];
      // A machine that has just answered counts what it used a moment later, so that one refusal may be too early.
      while (statuses.length < 400 && statuses.slice(-2).join() !== '429,429') {
        const machine = machines[statuses.length % 2] as (typeof machines)[0];
        statuses.push((await machine.send(ask(false))).status);
      }
      expect(statuses.slice(-2)).toEqual([429, 429]);
      const tokens = local.requests.at(-1)?.usage;
      const answered = statuses.filter((status) => status === 200).length;
      const used = answered * ((tokens?.inputTokens ?? 0) + (tokens?.outputTokens ?? 0));
      // Each reserves more than 100 of the 1,000 tokens, uses six, and would have 1,000 alone.
      expect(used).toBeGreaterThan(700);
      expect(used).toBeLessThanOrEqual(1000);
    });
  },
);

describe('the example gateway, in workerd', () => {
  it('answers with the same keys and models', async () => {
    const script = await bundle("export { default } from '../../examples/gateway/worker/worker.ts';", 'esm', [
      'workerd',
      'worker',
      'browser',
    ]);
    expect(script).not.toMatch(/["'`]node:|\brequire\(|@aws-sdk|@smithy/);
    const { compatibility_date, vars } = JSON.parse(text('worker/wrangler.jsonc'));
    const worker = new Miniflare({
      modules: true,
      script,
      compatibilityDate: compatibility_date,
      bindings: {
        ...vars,
        GATEWAY_KEYS: readFileSync(join(folder, 'keys.json'), 'utf8'),
        AWS_BEARER_TOKEN_BEDROCK: local.apiKey,
        BEDROCK_ENDPOINT: local.url,
      },
    });
    try {
      const send = (given: string) =>
        worker.dispatchFetch('http://worker/v1/chat/completions', {
          method: 'POST',
          headers: headersFor(given),
          body: ask(true),
        });
      const response = await send(key);
      expect([response.status, (await response.text()).endsWith('data: [DONE]\n\n')]).toEqual([200, true]);
      expect((await send('bag-guess')).status).toBe(401);
    } finally {
      await worker.dispose();
    }
  });
});

describe('the files around the example gateway', () => {
  it('the Dockerfile copies a file that exists, and runs serve with options that it has', () => {
    const copied = [...text('Dockerfile').matchAll(/^COPY (\S+) \.\/$/gm)].map(([, file]) => file ?? '');
    expect(copied).toEqual(['redis-budgets.mjs']);
    expect(existsSync(join(example, 'redis-budgets.mjs'))).toBe(true);
    const help = execFileSync(process.execPath, [cli, 'serve', '--help'], { encoding: 'utf8' });
    for (const option of [...text('Dockerfile').matchAll(/"(--\w+)"/g)].map(([, name]) => name ?? ''))
      expect(help).toContain(option);
    expect(text('Dockerfile')).toMatch(/^USER node$/m);
  });

  it('the Dockerfile installs the version of the library that this is', () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(text('Dockerfile')).toContain(` bedrock-anywhere@^${version} `);
  });

  it('the unit runs the command line of the package', () => {
    const { bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(text('bedrock-gateway.service')).toContain(
      `node_modules/bedrock-anywhere/${bin['bedrock-anywhere'].replace('./', '')} serve --config`,
    );
  });
});
