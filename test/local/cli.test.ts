import { once } from 'node:events';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBedrock, embed } from 'bedrock-anywhere';
import { startLocalBedrock } from 'bedrock-anywhere/local/node';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { main } from '../../src/cli/main.js';
import { passUntil, stopClock } from '../clock.js';
import { framesOf, textOf } from './events.js';
import { modelPath, say, signed } from './request.js';
import { answers, bodiesOf, completion, setUp } from './upstream/server.js';

afterEach(() => void vi.useRealTimers());

interface Run {
  code: number;
  out: string;
  err: string;
}

/** Runs a command line to its end; `meanwhile` runs once the command has said something, and then it is ended. */
async function run(args: string[], meanwhile?: (out: string) => Promise<void>): Promise<Run> {
  let out = '';
  let err = '';
  let end: () => void = () => undefined;
  let spoken: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const hasSpoken = new Promise<void>((resolve) => {
    spoken = resolve;
  });
  const done = main(args, {
    out(text) {
      out += text;
      spoken();
    },
    err(text) {
      err += text;
      spoken();
    },
    ended: () => ended,
  });
  await hasSpoken;
  await meanwhile?.(out).finally(end);
  end();
  return { code: await done, out, err };
}

async function file(text: string): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'bedrock-anywhere-')), 'script.json');
  await writeFile(path, text);
  return path;
}

interface Facts {
  url: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  apiKey: string;
  identityPoolId: string;
  guestRoleArn: string;
}

describe('bedrock-anywhere local --json', () => {
  it('prints one line, serves what it says, and ends with 0', async () => {
    let line: Facts | undefined;
    const { code, out, err } = await run(['local', '--port', '0', '--json'], async (text) => {
      line = JSON.parse(text) as Facts;
      const headers = { authorization: `Bearer ${line.apiKey}` };
      const response = await fetch(`${line.url}/foundation-models`, { headers });
      expect(response.status).toBe(200);
    });
    expect({ code, err, lines: out.split('\n').length }).toEqual({ code: 0, err: '', lines: 2 });
    expect(Object.keys(line ?? {})).toEqual([
      'url',
      'region',
      'accessKeyId',
      'secretAccessKey',
      'apiKey',
      'identityPoolId',
      'guestRoleArn',
    ]);
    await expect(fetch(`${line?.url}/foundation-models`)).rejects.toThrow();
  });

  it('takes a script, a region and a pace', async () => {
    const script = await file(
      JSON.stringify([{ user: { pattern: '^PING$', flags: 'i' }, text: 'pong '.repeat(8) }]),
    );
    const args = [
      'local',
      '--json',
      '--script',
      script,
      '--region',
      'eu-west-1',
      '--tokens-per-second',
      '100',
    ];
    await run(args, async (text) => {
      const { url, region, ...credentials } = JSON.parse(text) as Facts;
      const sketch = { url, credentials, path: modelPath('converse-stream'), body: say('ping') };
      const request = await signed({ region, credentials } as never, sketch);
      stopClock();
      const frames = fetch(request).then(framesOf);
      const ms = await passUntil(frames);
      expect(textOf(await frames)).toBe('pong '.repeat(8));
      // 40 letters are 10 tokens.
      expect(ms).toBeGreaterThanOrEqual(90);
      vi.useRealTimers();
      expect(region).toBe('eu-west-1');
    });
  });
});

describe('bedrock-anywhere local, with an account of your own', () => {
  const listed = async (args: string[], region = 'us-east-1'): Promise<string[]> => {
    let ids: string[] = [];
    await run(['local', '--json', ...args], async (text) => {
      const { url, ...credentials } = JSON.parse(text) as Facts;
      const bedrock = createBedrock({ endpoint: url, region, credentials });
      ids = (await bedrock.discover({ refreshInterval: 0 })).models.map(({ id }) => id);
    });
    return ids;
  };

  it('has the models of the catalog, and those of --model besides', async () => {
    const ids = await listed(['--model', 'acme.one-v1:0', '--model', 'acme.two-v1:0,acme.three-v1:0']);
    expect(ids).toEqual(expect.arrayContaining(['acme.one-v1:0', 'acme.two-v1:0', 'acme.three-v1:0']));
    expect(ids).toEqual(expect.arrayContaining(['us.anthropic.claude-opus-5-5', 'zai.glm-5']));
  });

  it('has those of --models instead', async () => {
    const two = {
      inputModalities: ['TEXT'],
      outputModalities: ['TEXT'],
      inferenceTypesSupported: ['ON_DEMAND'],
      modelLifecycle: { status: 'ACTIVE' },
    };
    const models = ['acme.one-v1:0', { modelId: 'acme.two-v1:0', responseStreamingSupported: true, ...two }];
    expect(await listed(['--models', await file(JSON.stringify(models))])).toEqual([
      'acme.one-v1:0',
      'acme.two-v1:0',
    ]);
    expect(await listed(['--models', await file(JSON.stringify({ models, profiles: [] }))])).toHaveLength(2);
  });

  it.each(['{}', '5', '[5]', '{"models":[{}]}', '["a"', '{"models":[],"profiles":5}'])(
    'says what is wrong with a file of models: %s',
    async (text) => {
      const path = await file(text);
      const { code, err } = await run(['local', '--json', '--models', path]);
      expect(code).toBe(1);
      expect(err).toContain(`list of models ${path}`);
    },
  );

  it('has the profiles of each of its regions', async () => {
    const regions = ['--region', 'us-east-1,eu-central-1'];
    const model = 'anthropic.claude-opus-5-5';
    expect(await listed(regions)).toContain(`us.${model}`);
    expect(await listed(regions, 'eu-central-1')).toContain(`eu.${model}`);
    await expect(listed(regions, 'ap-south-1')).rejects.toMatchObject({ name: 'InvalidSignatureException' });
  });

  it('accepts keys that are given, and prints them', async () => {
    const keys = ['--access-key-id', 'ASIAMINE', '--secret-access-key', 's3cret', '--api-key', 'my-key'];
    const { out } = await run(['local', ...keys], async (text) => {
      const [, url = ''] = /AWS_ENDPOINT_URL=(\S+)/.exec(text) ?? [];
      // What a page passes, ready to paste.
      expect(text).toContain(`clientConfig: { endpoint: '${url}' },\n  })`);
      expect(text).toMatch(/^ {4}identityPoolId: 'us-east-1:[\da-f-]{36}',\n {4}guestRoleArn: 'arn:\S+',$/m);
      for (const credentials of [
        { accessKeyId: 'ASIAMINE', secretAccessKey: 's3cret' },
        { token: 'my-key' },
      ]) {
        const bedrock = createBedrock({ endpoint: url, region: 'us-east-1', credentials });
        expect(
          await bedrock.countTokens({ modelId: 'anthropic.claude-3-5-haiku-20241022-v1:0', prompt: 'Hi' }),
        ).toBeGreaterThan(0);
      }
    });
    expect(out).toContain('AWS_ACCESS_KEY_ID=ASIAMINE');
    expect(out).toContain('AWS_DEFAULT_REGION=us-east-1');
    expect(out).toContain('The keys are valid until it stops.');
    expect((await run(['local', '--access-key-id', 'ASIAMINE'])).err).toMatch(/Pass both or neither/);
  });
});

describe('bedrock-anywhere local --allowed-host and --allowed-origin', () => {
  it('name who else may use it', async () => {
    const args = ['--allowed-host', 'bedrock.test,other.test', '--allowed-origin', 'https://app.example.com'];
    const { code } = await run(['local', '--json', ...args], async (text) => {
      const { url, apiKey } = JSON.parse(text) as Facts;
      const ask = async (headers: Record<string, string>): Promise<number> => {
        const { hostname, port } = new URL(url);
        const all = { authorization: `Bearer ${apiKey}`, ...headers };
        const request = get({ hostname, port, path: '/foundation-models', headers: all, agent: false });
        const [response] = (await once(request, 'response')) as [IncomingMessage];
        response.resume();
        return response.statusCode ?? 0;
      };
      expect(await ask({ host: 'other.test' })).toBe(200);
      expect(await ask({ host: 'evil.test' })).toBe(403);
      expect(await ask({ origin: 'https://app.example.com' })).toBe(200);
      expect(await ask({ origin: 'http://localhost:5173' })).toBe(403);
    });
    expect(code).toBe(0);
  });
});

describe('bedrock-anywhere local --tools', () => {
  const schema = { type: 'object', properties: { command: { type: 'string' } }, required: ['command'] };
  const body = {
    ...say('How do I exec a command such as "echo hi"?'),
    toolConfig: { tools: [{ toolSpec: { name: 'exec', inputSchema: { json: schema } } }] },
  };

  it.each([
    ['left out calls no tool', [], { stopReason: 'end_turn' }],
    [
      'demo calls the one that the prompt names',
      ['--tools', 'demo'],
      {
        stopReason: 'tool_use',
        output: { message: { content: [{}, { toolUse: { name: 'exec', input: { command: 'echo hi' } } }] } },
      },
    ],
  ])('%s', async (_what, args, answer) => {
    const { code } = await run(['local', '--json', ...args], async (text) => {
      const { url, region, ...credentials } = JSON.parse(text) as Facts;
      const sketch = { url, credentials, path: modelPath('converse'), body };
      const response = await fetch(await signed({ region, credentials } as never, sketch));
      expect(await response.json()).toMatchObject(answer);
    });
    expect(code).toBe(0);
  });

  it('is in the help', async () => {
    expect((await run(['local', '--help'])).out).toMatch(/^ {2}--tools demo .*not for agents/ms);
  });
});

describe('bedrock-anywhere local --upstream', () => {
  it('has a real model answer', async () => {
    const { server } = await setUp(answers(completion({ content: 'From the upstream.' })));
    const args = [
      '--upstream',
      `${server.url}/v1`,
      '--upstream-model',
      'qwen3:8b',
      '--upstream-key',
      'sk-secret01',
    ];
    const { code, out } = await run(['local', ...args], async (text) => {
      const read = (name: string): string => new RegExp(`${name}=(\\S+)`).exec(text)?.[1] ?? '';
      const bedrock = createBedrock({
        endpoint: read('AWS_ENDPOINT_URL'),
        region: 'us-east-1',
        credentials: { token: read('AWS_BEARER_TOKEN_BEDROCK') },
      });
      const answer = await bedrock.converse({ modelId: 'amazon.nova-lite-v1:0', prompt: 'Hi' });
      expect(answer.text).toBe('From the upstream.');
    });
    expect(code).toBe(0);
    expect(out).toContain(`, answered by ${server.url}/v1\n`);
    expect(out).not.toContain('sk-secret01');
    expect(server.requests[0]?.headers.authorization).toBe('Bearer sk-secret01');
    expect(bodiesOf(server)).toMatchObject([{ model: 'qwen3:8b' }]);
  });

  it('has its embedding model embed', async () => {
    const { server } = await setUp(answers({ data: [{ index: 0, embedding: [0.6, 0.8] }] }));
    const args = ['--json', '--upstream', server.url, '--upstream-embed', 'nomic-embed-text'];
    await run(['local', ...args], async (text) => {
      const { url, region, ...credentials } = JSON.parse(text) as Facts;
      const bedrock = createBedrock({ endpoint: url, region, credentials });
      const request = { modelId: 'amazon.titan-embed-text-v2:0', values: ['sun'] };
      const { embeddings } = await embed(request, { client: bedrock });
      expect(embeddings[0]?.slice(0, 2)).toEqual([0.6, 0.8]);
    });
    expect(bodiesOf(server)).toEqual([{ model: 'nomic-embed-text', input: ['sun'] }]);
  });

  it('is in the help', async () => {
    expect((await run(['local', '--help'])).out).toMatch(/^ {2}--upstream <url> .*^ {2}--upstream-key/ms);
  });
});

describe('bedrock-anywhere local', () => {
  it('shows people what to paste', async () => {
    const { code, out } = await run(['local']);
    expect(code).toBe(0);
    for (const name of [
      'ENDPOINT_URL',
      'REGION',
      'ACCESS_KEY_ID',
      'SECRET_ACCESS_KEY',
      'BEARER_TOKEN_BEDROCK',
    ]) {
      expect(out).toMatch(new RegExp(`^  export AWS_${name}=\\S+$`, 'm'));
    }
  });
});

describe('help and version', () => {
  it('are shown on request', async () => {
    expect(await run(['--help'])).toMatchObject({
      code: 0,
      err: '',
      out: expect.stringContaining('local') as unknown,
    });
    expect((await run(['local', '--help'])).out).toContain('--tokens-per-second');
    expect((await run(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\S*\n$/);
  });
});

describe('a command line that is wrong ends with 2 and one line that says what to do', () => {
  it.each([
    [['remote'], /There is no command "remote"/],
    [
      ['local', '--prot', '1'],
      /Unknown option '--prot'\. Did you mean --port\? List the options with: npx bedrock-anywhere local --help/,
    ],
    [['local', 'extra'], /Unexpected argument 'extra'/],
    [['local', '--port'], /--port/],
    [['local', '--port', 'x'], /--port x is not a port/],
    [['local', '--port', '65536'], /--port 65536 is not a port/],
    [['local', '--region', 'Moon'], /--region Moon is not an AWS region/],
    [['local', '--tokens-per-second', '0'], /--tokens-per-second 0 is not a speed/],
    [['local', '--host', ''], /--host is empty/],
    [['local', '--allowed-host', 'http://a.test'], /--allowed-host http:\/\/a\.test is not a host name/],
    [['local', '--allowed-host', ','], /--allowed-host is empty/],
    [['local', '--allowed-origin', 'app.test'], /--allowed-origin app\.test is not an origin/],
    [['local', '--tools', 'auto'], /--tools auto is not a mode\. Pass demo, or omit --tools\./],
    [
      ['local', '--upstream', '127.0.0.1:11434'],
      /--upstream cannot be used\. upstream is not a URL with http:/,
    ],
    [['local', '--upstream', ''], /--upstream is empty/],
    [
      ['local', '--upstream-model', 'a'],
      /--upstream-model, --upstream-embed and --upstream-key need --upstream/,
    ],
    [['local', '--upstream-embed', 'a'], /need --upstream <url>/],
    [['local', '--upstream', 'http://a/v1', '--tools', 'demo'], /--tools and --upstream exclude each other/],
    [['local', '--tools', ''], /--tools is empty/],
    [['local', '--tools'], /--tools/],
  ] as [string[], RegExp][])('%j', async (args, message) => {
    const { code, out, err } = await run(args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(message);
    expect(err.trim().split('\n').length).toBe(1);
  });
});

describe('what fails ends with 1 and one line that says what to do', () => {
  async function failing(args: string[], message: RegExp): Promise<void> {
    const { code, out, err } = await run(['local', ...args]);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(message);
    expect(err.trim().split('\n').length).toBe(1);
  }

  it('a script that is missing, a folder, not JSON, or wrong', async () => {
    await failing(
      ['--script', '/nowhere/script.json'],
      /\/nowhere\/script\.json cannot be read: the file does not exist/,
    );
    await failing(['--script', tmpdir()], /it is a folder/);
    await failing(['--script', await file('[{')], /it is not JSON \(line 1, column 3\)/);
    await failing(
      ['--script', await file('[{"text":"a"},{"toolUse":{}}]')],
      /script\.json cannot be used\. Rule 2 of the script, field "toolUse"/,
    );
  });

  it.each([
    [
      'passwords',
      'root:$6$hunter2:19000:0:99999:7:::\nada:hunter2',
      /it is not JSON \(line 1, column 1\)\. /,
    ],
    ['an environment', 'AWS_SECRET_ACCESS_KEY=hunter2', /line 1, column 1/],
    ['truncated JSON', '[{"text":"hunter2', /line 1, column 10/],
    ['a list of texts', '["hunter2"]', /Rule 1 of the script must be an object, and is of type string/],
    [
      'other JSON',
      '[{"text":"a"},{"hunter2 \\u001b[31m":1}]',
      /Rule 2 of the script has the unknown field with a name that is not a word/,
    ],
    [
      'a value of another type',
      '[{"toolUse":"hunter2"}]',
      /field "toolUse": must be an object, and is of type string/,
    ],
    ['a pattern', '[{"user":{"pattern":"(hunter2"}}]', /the pattern cannot be used: Unterminated group/],
    ['a name', '[{"error":"hunter2 hunter2"}]', /must be the name of an AWS exception/],
    ['an object', '{"password":"hunter2"}', /A script must be a list of rules/],
  ])('a script that is a file of %s, of which it shows the place alone', async (_what, text, message) => {
    const { code, out, err } = await run(['local', '--script', await file(text)]);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(message);
    expect(err).not.toContain('hunter2');
    expect(err).not.toContain('\u001b');
  });

  it('a port in use, an address that is not of this machine', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    await failing(['--port', String(port)], new RegExp(`127\\.0\\.0\\.1:${port}: the port is in use`));
    server.close();
    await failing(['--host', '192.0.2.1'], /not one of this machine/);
  });
});

describe('a script of JSON', () => {
  it('means the same as one that is given to startLocalBedrock', async () => {
    const script = [
      { text: 'said', reasoning: { text: 'thought', redacted: 'AAEC' }, toolUse: { name: 'a', input: {} } },
    ];
    const local = await startLocalBedrock({ script: JSON.parse(JSON.stringify(script)) as typeof script });
    const response = await fetch(await signed(local, { url: local.url }));
    expect(textOf(await framesOf(response))).toBe('said');
    await local.close();
  });
});
