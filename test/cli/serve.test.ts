import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { startLocalBedrock } from 'bedrock-anywhere/local/node';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { until } from '../clock.js';
import { environment, run, variablesFor } from './run.js';
import { ASK, CLAUDE, post, serve } from './serving.js';

afterEach(() => vi.unstubAllEnvs());

describe('the log of serve', () => {
  it('has a line of JSON for each request, and why one failed', async () => {
    environment();
    const lines = await serve(['--json', '--local'], async ({ url, apiKey }) => {
      await (await post(url, apiKey, ASK)).text();
      await post(url, apiKey, ASK, { 'x-local-fault': 'refuse=payment' });
    });
    expect(lines).toMatchObject([
      {
        status: 200,
        caller: 'serve',
        model: CLAUDE,
        outcome: 'complete',
        usage: { outputTokens: expect.anything() },
      },
      { status: 500, outcome: 'failed', error: { message: expect.stringContaining('payment') } },
    ]);
    expect(JSON.stringify(lines)).not.toContain('ping');
  });
});

describe('serve --local', () => {
  it('answers by a script, asks for its key, and passes faults on', async () => {
    const script = join(environment(), 'script.json');
    writeFileSync(script, JSON.stringify([{ user: 'ping', text: 'pong' }]));
    await serve(['--json', '--local', '--script', script], async ({ url, apiKey, out }) => {
      expect(Object.keys(JSON.parse(out))).toEqual(['url', 'apiKey']);
      const whole = await post(url, apiKey, ASK);
      expect(((await whole.json()) as { choices: { message: object }[] }).choices[0]?.message).toMatchObject({
        content: 'pong',
      });
      const streamed = await post(url, apiKey, { ...ASK, stream: true });
      expect(await streamed.text()).toMatch(/data: \[DONE\]\n\n$/);
      expect((await post(url, 'wrong', ASK)).status).toBe(401);
      expect((await post(url, apiKey, ASK, { 'x-local-fault': 'throttle=9,retry-after=30' })).status).toBe(
        429,
      );
      expect((await fetch(`${url}/health`)).status).toBe(200);
    });
  });

  it('uses the key of the environment, aliases and a default, and prints what to set', async () => {
    environment({ BEDROCK_GATEWAY_KEY: 'my-own-key' });
    const args = ['--local', '--alias', 'gpt-4o=amazon.nova-lite-v1:0', '--default-model', CLAUDE];
    await serve(args, async ({ out }) => {
      const [, url = ''] = /Gateway at (\S+)\n/.exec(out) ?? [];
      expect(out).not.toContain('my-own-key');
      for (const name of ['ANTHROPIC_BASE_URL', 'wire_api = "responses"', 'OPENAI_BASE_URL', 'curl '])
        expect(out).toContain(name);
      for (const model of ['gpt-4o', 'anything']) {
        const response = await post(url, 'my-own-key', { ...ASK, model });
        expect([model, response.status, ((await response.json()) as { model: string }).model]).toEqual([
          model,
          200,
          model,
        ]);
      }
    });
  });

  it.each([
    [['--alias', `claude-*=${CLAUDE}`, '--alias', 'gpt-4o=amazon.nova-lite-v1:0'], '\n  claude\n'],
    [['--default-model', CLAUDE], '\n  claude\n'],
    [['--alias', 'gpt-4o=amazon.nova-lite-v1:0'], '\n  claude --model gpt-4o\n'],
  ])('with %j, says how to start Claude Code: %j', async (args, line) => {
    environment();
    await serve(['--local', ...args], async ({ out }) => {
      expect(out).toContain(line);
      expect(out).toMatch(/^ {2}export GATEWAY_KEY=bag-/m);
      expect(out.split('\n').filter((one) => one.startsWith('  ') && one.length > 80)).toEqual([]);
    });
  });

  it('tries the models of an alias in turn, each in its region', async () => {
    environment();
    const args = ['--json', '--local', '--alias', `two=amazon.nova-none-v1:0,${CLAUDE}@us-east-1`];
    const lines = await serve(args, async ({ url, apiKey }) => {
      const response = await post(url, apiKey, { ...ASK, model: 'two' });
      expect([response.status, response.headers.get('x-bedrock-anywhere-target')]).toEqual([200, '2']);
      await response.text();
    });
    expect(lines).toMatchObject([
      {
        model: 'two',
        targets: [
          { modelId: 'amazon.nova-none-v1:0', failure: 'unknown-model' },
          { modelId: CLAUDE, region: 'us-east-1' },
        ],
      },
    ]);
  });

  it.each(['two=', '=a', 'two=a,', 'two=a,,b', 'two=a@', 'two=@us-east-1', 'two=a@b@c'])(
    'refuses an alias that is not one: %s',
    async (alias) => {
      const { code, err } = await run(['serve', '--local', '--alias', alias]);
      expect([code, err]).toEqual([2, expect.stringContaining(`--alias ${alias} is not an alias.`)]);
    },
  );

  it('sends an answer to its end when it is stopped meanwhile, and accepts no more connections', async () => {
    const script = join(environment(), 'script.json');
    const text = 'pong '.repeat(2_000_000);
    writeFileSync(script, JSON.stringify([{ user: 'ping', text }]));
    await serve(['--json', '--local', '--script', script], async ({ url, apiKey, end }) => {
      const client = httpRequest(`${url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'x-api-key': apiKey },
        agent: false,
      });
      client.end(JSON.stringify({ ...ASK, max_tokens: 4_000_000 }));
      const [response] = (await once(client, 'response')) as [IncomingMessage];
      end();
      // Connections are refused once the server does not listen anymore.
      for (;;) {
        const failed = await fetch(`${url}/health`).then(
          (answer) => answer.body?.cancel(),
          (error: unknown) => error,
        );
        if (failed !== undefined) break;
      }
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk as Buffer);
      const answer = JSON.parse(Buffer.concat(chunks).toString()) as {
        choices: { message: { content: string } }[];
      };
      expect(answer.choices[0]?.message.content.length).toBe(text.length);
    });
  });

  it('says what is wrong with a script', async () => {
    const script = join(environment(), 'script.json');
    writeFileSync(script, '[{"txt":"x"}]');
    const { code, err } = await run(['serve', '--local', '--script', script]);
    expect(code).toBe(1);
    expect(err).toContain(`The script ${script} cannot be used. `);
  });
});

describe('serve', () => {
  it('calls Bedrock with the credentials of the environment, without any header of the client', async () => {
    const local = await startLocalBedrock();
    environment(variablesFor(local));
    await serve(['--json'], async ({ url, apiKey }) => {
      const response = await post(url, apiKey, ASK, { 'x-local-fault': 'status=503', 'x-amz-foo': 'bar' });
      expect(response.status).toBe(200);
      const headers = local.requests.at(-1)?.headers;
      expect(headers).not.toHaveProperty('x-local-fault');
      expect(headers).not.toHaveProperty('x-amz-foo');
      expect(JSON.stringify(local.requests)).not.toContain(apiKey);
    });
    await local.close();
  });

  it('closes the call when a client leaves in the middle', async () => {
    const local = await startLocalBedrock({ tokensPerSecond: 0.001 });
    environment(variablesFor(local));
    await serve(['--json'], async ({ url, apiKey }) => {
      const client = httpRequest(`${url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'x-api-key': apiKey },
      });
      client.on('error', () => undefined);
      client.end(JSON.stringify({ ...ASK, stream: true }));
      await until(() => local.liveConnections() === 1);
      client.destroy();
      await until(() => local.liveConnections() === 0);
    });
    await local.close();
  });

  it('refuses a body that is too large without reading all of it', async () => {
    environment();
    await serve(['--json', '--local'], async ({ url, apiKey }) => {
      const status = await new Promise((resolve, reject) => {
        const client = httpRequest(`${url}/v1/chat/completions`, {
          method: 'POST',
          headers: { 'x-api-key': apiKey, 'content-length': String(64 * 1024 * 1024) },
        });
        client.on('response', ({ statusCode, headers }) => {
          resolve([statusCode, headers.connection]);
          client.destroy();
        });
        client.on('error', reject);
        client.write('{');
      });
      expect(status).toEqual([413, 'close']);
    });
  });
});
