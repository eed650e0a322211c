import { request as httpRequest } from 'node:http';
import { createBedrock, fromBearerToken } from 'bedrock-anywhere';
import { type LocalServer, startLocalBedrock } from 'bedrock-anywhere/local/node';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Files } from '../../src/cli/playground/files.js';
import { runPlayground } from '../../src/cli/playground/playground.js';
import { protect } from '../../src/cli/print/terminal.js';
import { until } from '../clock.js';
import { environment, run, variablesFor } from './run.js';

afterEach(() => vi.unstubAllEnvs());

const NOVA = 'amazon.nova-lite-v1:0';
const FILES = (): Files => (path) => (path === '/' ? new Response('the page') : undefined);

interface Running {
  url: string;
  /** The addresses that the terminal has shown, in order. */
  shown(): string[];
  err(): string;
}

/** Runs the command until the test is over with it. */
async function playground(args: string[], use: (running: Running) => Promise<void>): Promise<void> {
  let out = '';
  let err = '';
  let end = (): void => {};
  let failure: unknown;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const terminal = protect({
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    ended: () => ended,
  });
  const shown = () =>
    out
      .split('\n')
      .flatMap((line) => (line.startsWith('{') ? [(JSON.parse(line) as { url: string }).url] : []));
  const running = runPlayground(['--port', '0', '--json', ...args], terminal, FILES).catch(
    (error: unknown) => {
      failure = error;
    },
  );
  await until(() => shown().length > 0 || failure !== undefined);
  if (failure !== undefined) throw failure;
  try {
    await use({ url: shown()[0]?.replace(/#.*/, '') ?? '', shown, err: () => err });
  } finally {
    end();
    await running;
  }
}

async function withCredentials(): Promise<LocalServer> {
  const local = await startLocalBedrock({ script: [{ user: 'ping', text: 'pong' }] });
  environment(variablesFor(local));
  return local;
}

const tokenOf = (address: string | undefined): string => address?.split('#token=')[1] ?? '';

function open(url: string, token: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${url}session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ token }),
  });
}

async function keyFor(url: string, token: string): Promise<string> {
  const { key } = (await (await open(url, token)).json()) as { key: string };
  return key;
}

/** A request with a Host of one's own, which fetch does not send. */
function getAs(url: string, path: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    httpRequest(new URL(path, url), { headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}

describe('playground with credentials', () => {
  it('signs the calls of a page that brought the token, and hands out another one', async () => {
    const local = await withCredentials();
    await playground(['--aws'], async ({ url, shown }) => {
      expect(await (await fetch(`${url}settings.json`)).json()).toEqual({
        connection: { kind: 'machine', region: 'us-east-1' },
        machine: { region: 'us-east-1', source: 'access keys in the environment' },
      });
      const key = await keyFor(url, tokenOf(shown()[0]));
      const bedrock = createBedrock({
        endpoint: `${url}bedrock`,
        credentials: fromBearerToken(key),
        region: local.region,
      });
      const { text, requestId } = await bedrock.stream({ modelId: NOVA, prompt: 'ping' }).result();
      expect([text, typeof requestId]).toEqual(['pong', 'string']);
      expect(local.requests.at(-1)).toMatchObject({
        operation: 'ConverseStream',
        headers: { authorization: expect.stringContaining('AWS4-HMAC-SHA256') },
      });
      const models = await fetch(`${url}models`, { headers: { authorization: `Bearer ${key}` } });
      expect(((await models.json()) as { models: object[] }).models).toContainEqual(
        expect.objectContaining({ id: NOVA }),
      );
      expect(shown()).toHaveLength(2);
      expect(tokenOf(shown()[1])).not.toBe(tokenOf(shown()[0]));
    });
    await local.close();
  });

  it('takes each token once, and no other', async () => {
    const local = await withCredentials();
    await playground([], async ({ url, shown }) => {
      const token = tokenOf(shown()[0]);
      expect((await open(url, `${token}x`)).status).toBe(403);
      expect((await open(url, token)).status).toBe(200);
      expect((await open(url, token)).status).toBe(403);
      const garbage = await fetch(`${url}session`, { method: 'POST', body: '{' });
      expect(garbage.status).toBe(403);
    });
    await local.close();
  });

  it('signs nothing without a session, and nothing but calls of the page', async () => {
    const local = await withCredentials();
    await playground([], async ({ url, shown }) => {
      const call = (path: string, authorization: string) =>
        fetch(`${url}${path}`, { method: 'POST', headers: { authorization }, body: '{}' });
      const path = `bedrock/model/${NOVA}/converse`;
      expect((await call(path, 'Bearer x')).status).toBe(403);
      const key = await keyFor(url, tokenOf(shown()[0]));
      for (const other of [
        'bedrock/model/x/invoke',
        'bedrock/foundation-models',
        'bedrock/model/..%2f..%2fx/converse/..',
        'bedrock/',
      ])
        expect((await call(other, `Bearer ${key}`)).status, other).toBe(404);
      expect(local.requests).toEqual([]);
    });
    await local.close();
  });

  it('refuses other hosts, origins and sites', async () => {
    const local = await withCredentials();
    await playground([], async ({ url, shown }) => {
      const { host, port } = new URL(url);
      expect(await getAs(url, '/', { host })).toBe(200);
      expect(await getAs(url, '/', { host: `localhost:${port}` })).toBe(200);
      for (const other of [
        'evil.example',
        `evil.example:${port}`,
        `127.0.0.2:${port}`,
        '127.0.0.1',
        'localhost',
      ])
        expect(await getAs(url, '/', { host: other }), other).toBe(403);
      const from = (headers: Record<string, string>) => getAs(url, '/settings.json', { host, ...headers });
      expect(await from({ origin: `http://${host}` })).toBe(200);
      expect(await from({ origin: 'http://evil.example' })).toBe(403);
      expect(await from({ origin: `https://${host}` })).toBe(403);
      expect(await from({ origin: 'null' })).toBe(403);
      expect(await from({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' })).toBe(403);
      expect(
        await getAs(url, '/', { host, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }),
      ).toBe(200);
      const token = tokenOf(shown()[0]);
      expect((await open(url, token, { origin: 'http://evil.example' })).status).toBe(403);
      // It was not used up.
      expect((await open(url, token)).status).toBe(200);
    });
    await local.close();
  });

  it("passes on AWS's own errors, and says what is wrong with the credentials", async () => {
    const local = await withCredentials();
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'wrong');
    await playground([], async ({ url, shown }) => {
      const key = await keyFor(url, tokenOf(shown()[0]));
      const bedrock = createBedrock({
        endpoint: `${url}bedrock`,
        credentials: fromBearerToken(key),
        maxAttempts: 1,
      });
      await expect(bedrock.stream({ modelId: NOVA, prompt: 'ping' }).result()).rejects.toMatchObject({
        code: 'ERR_CREDENTIALS',
      });
      const models = await fetch(`${url}models`, { headers: { authorization: `Bearer ${key}` } });
      expect([models.status, ((await models.json()) as { message: string }).message]).toEqual([
        403,
        expect.stringMatching(/signature/i),
      ]);
    });
    await local.close();
  });
});

describe('playground without credentials', () => {
  it('begins on the local Bedrock, and needs no token', async () => {
    environment();
    await playground([], async ({ url, shown, err }) => {
      expect(shown()[0]).toBe(url);
      expect(await (await fetch(`${url}settings.json`)).json()).toEqual({ connection: { kind: 'local' } });
      expect(err()).toBe('');
    });
  });

  it('hands out nothing with --local', async () => {
    const local = await withCredentials();
    await playground(['--local'], async ({ url, shown }) => {
      expect(shown()[0]).toBe(url);
      expect((await fetch(`${url}models`)).status).toBe(403);
    });
    await local.close();
  });

  it('fails with --aws, and says what to do', async () => {
    environment();
    const { code, err } = await run(['playground', '--aws', '--port', '0']);
    expect(code).toBe(1);
    expect(err).toMatch(/credentials/i);
  });

  it('explains its options', async () => {
    expect((await run(['playground', '--help'])).out).toContain('--aws');
    expect((await run(['playground', '--aws', '--local'])).code).toBe(2);
  });
});
