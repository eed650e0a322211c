import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ScriptRule } from '../../src/local/index.js';
import { type LocalServer, type LocalServerOptions, startLocalBedrock } from '../../src/local/node.js';
import { environment, run, variablesFor } from './run.js';

const PNG = new Uint8Array([
  0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 0, 1, 0, 0, 0, 1,
  8, 0, 0, 0, 0, 0x3a, 0x7e, 0x9b, 0x55,
]);
const SCHEMA = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };

let local: LocalServer;
let home: string;

afterEach(async () => {
  vi.unstubAllEnvs();
  await local.close();
});

async function start(
  script: ScriptRule[] = [{ text: 'pong' }],
  more: LocalServerOptions = {},
): Promise<void> {
  local = await startLocalBedrock({ script, ...more });
  home = environment(variablesFor(local));
}

/** The body of the last request. */
const sent = (): Record<string, unknown> => local.requests.at(-1)?.body as Record<string, unknown>;
const texts = (): unknown =>
  (sent()['messages'] as { content: { text: string }[] }[]).map(({ content }) => content);

function write(name: string, content: string | Uint8Array): string {
  const path = join(home, name);
  writeFileSync(path, content);
  return path;
}

describe('bedrock-anywhere ask', () => {
  beforeEach(() => start());

  it.each([[['ping']], [['ask', 'ping', 'again']], [['ask', '-m', 'amazon.nova-pro-v1:0', 'ping']]])(
    '%j prints the answer, and what it took to standard error',
    async ([...args]) => {
      const { code, out, err } = await run(args[0] === 'ping' ? ['ping me'] : args);
      expect({ code, out }).toEqual({ code: 0, out: 'pong\n' });
      const model = args.includes('-m') ? 'amazon.nova-pro-v1:0' : 'amazon.nova-lite-v1:0';
      expect(local.requests.at(-1)?.modelId).toBe(model);
      expect(err).toMatch(
        new RegExp(`^${model} · \\d+ tokens in, \\d+ out · \\$0\\.0000\\d+ · \\d+\\.\\d s\\n$`),
      );
    },
  );

  it('puts files first, then what is piped in, then the prompt', async () => {
    const image = write('photo.data', PNG);
    const csv = write('sales 2026.csv', 'a,b\n1,2\n');
    const { code } = await run(['ask', '-a', image, '-a', csv, '-s', 'Be brief.', 'Sum up', 'this'], {
      piped: 'a report\n',
    });
    expect(code).toBe(0);
    expect(sent()).toMatchObject({ system: [{ text: 'Be brief.' }] });
    expect(texts()).toEqual([
      [
        { image: { format: 'png', source: { bytes: Buffer.from(PNG).toString('base64') } } },
        {
          document: {
            format: 'csv',
            name: 'sales 2026',
            source: { bytes: Buffer.from('a,b\n1,2\n').toString('base64') },
          },
        },
        { text: 'a report\n' },
        { text: 'Sum up this' },
      ],
    ]);
  });

  it('takes a prompt, an image or a document from standard input', async () => {
    await run(['ask'], { piped: 'ping' });
    expect(texts()).toEqual([[{ text: 'ping' }]]);
    await run(['ask', 'What is it?'], { piped: PNG });
    expect(texts()).toMatchObject([[{ image: { format: 'png' } }, { text: 'What is it?' }]]);
    const binary = await run(['ask', 'What is it?'], { piped: new Uint8Array([1, 0, 255, 254]) });
    expect(binary).toMatchObject({ code: 1, out: '' });
    expect(binary.err).toMatch(/^bedrock-anywhere: standard input cannot be attached: only images .+\n$/);
  });

  it.each([
    ['no file', 'nothing.png', /nothing\.png cannot be attached: the file does not exist\./],
    ['a folder', '.', /cannot be attached: it is not a file\./],
    [
      'bytes of no known kind',
      'app.bin',
      /app\.bin cannot be attached: only images \(png, jpeg, gif, webp\)/,
    ],
    ['an empty file', 'empty.txt', /empty\.txt is empty/],
  ])('refuses %s before it sends anything', async (_what, name, message) => {
    write('app.bin', new Uint8Array([0, 1, 2, 200]));
    write('empty.txt', '');
    const { code, out, err } = await run(['ask', '-a', join(home, name), 'x']);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(message);
    expect(local.requests).toEqual([]);
  });

  it('prints nothing but the answer with --quiet', async () => {
    expect(await run(['ask', '-q', 'ping'])).toEqual({ code: 0, out: 'pong\n', err: '' });
  });

  it('prints one document with --json', async () => {
    const { out } = await run(['ask', '--json', '-q', 'ping']);
    expect(JSON.parse(out)).toMatchObject({
      text: 'pong',
      modelId: 'amazon.nova-lite-v1:0',
      region: 'us-east-1',
      local: false,
      stopReason: 'end_turn',
      usage: { outputTokens: 1 },
      cost: { estimated: false },
    });
  });

  it('continues the last conversation with its model, and the system prompt that it had', async () => {
    await run(['ask', '-m', 'amazon.nova-pro-v1:0', '-s', 'Be brief.', 'ping']);
    const { code, out } = await run(['ask', '-c', 'and again']);
    expect({ code, out }).toEqual({ code: 0, out: 'pong\n' });
    expect(local.requests.at(-1)?.modelId).toBe('amazon.nova-pro-v1:0');
    expect(sent()).toMatchObject({ system: [{ text: 'Be brief.' }] });
    expect(texts()).toEqual([[{ text: 'ping' }], [{ text: 'pong' }], [{ text: 'and again' }]]);
  });

  it('continues a conversation with an image', async () => {
    await run(['ask', '-a', write('photo.png', PNG), 'What is it?']);
    await run(['ask', '-c', 'And now?']);
    expect(texts()).toMatchObject([
      [{ image: { source: { bytes: Buffer.from(PNG).toString('base64') } } }, {}],
      [{}],
      [{ text: 'And now?' }],
    ]);
  });

  it('keeps the conversation for this user alone, and not at all with --no-history', async () => {
    const folder = join(home, 'state', 'bedrock-anywhere');
    await run(['ask', '--no-history', 'ping']);
    await expect(readdir(folder)).rejects.toThrow('ENOENT');
    await run(['ask', 'ping']);
    const [file = ''] = await readdir(folder);
    expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
  });

  it('does not mix made-up answers into a real conversation', async () => {
    await run(['ask', '--local', 'ping']);
    expect(await run(['ask', '-c', 'again'])).toMatchObject({ code: 2, out: '' });
    expect(local.requests).toEqual([]);
  });

  it('names the model that was probably meant', async () => {
    const { code, err } = await run(['ask', '-m', 'amazon.nova-lite-v1', 'ping']);
    expect(code).toBe(1);
    expect(err).toMatch(/model identifier is invalid.* Did you mean amazon\.nova-lite-v1:0\?\n$/);
  });
});

describe('ask --dry-run', () => {
  beforeEach(() => start());

  it('prints the signed request without its secrets, and sends nothing', async () => {
    const { secretAccessKey, accessKeyId } = local.credentials;
    vi.stubEnv('AWS_SESSION_TOKEN', 'MarkedSessionToken');
    const { code, out, err } = await run(['ask', '--dry-run', '-a', write('p.png', PNG.slice()), 'ping']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(
      /^POST http:\/\/127\.0\.0\.1:\d+\/model\/amazon\.nova-lite-v1%3A0\/converse-stream\n/,
    );
    expect(out).toMatch(
      new RegExp(
        `^authorization: AWS4-HMAC-SHA256 Credential=…${accessKeyId.slice(-4)}/.* Signature=\\(hidden\\)$`,
        'm',
      ),
    );
    expect(out).toMatch(/^x-amz-security-token: \(hidden\)$/m);
    expect(out).toContain('"text": "ping"');
    for (const secret of [secretAccessKey, accessKeyId, 'Marked']) expect(out).not.toContain(secret);
    expect(out).not.toMatch(/[0-9a-f]{64}/);
    expect(local.requests).toEqual([]);
  });

  it('hides an API key, and prints JSON with --json', async () => {
    vi.stubEnv('AWS_BEARER_TOKEN_BEDROCK', local.apiKey);
    const { out } = await run(['ask', '--dry-run', '--json', 'ping']);
    expect(JSON.parse(out)).toMatchObject({
      method: 'POST',
      headers: { authorization: 'Bearer (hidden)' },
      body: { messages: [{ role: 'user', content: [{ text: 'ping' }] }] },
    });
    expect(out).not.toContain(local.apiKey.slice(30));
  });
});

describe('ask --schema', () => {
  it.each([
    ['a tool', 'amazon.nova-lite-v1:0', { toolConfig: { toolChoice: { tool: { name: 'answer' } } } }],
    [
      'a format of the answer',
      'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
      { outputConfig: { textFormat: { type: 'json_schema' } } },
    ],
  ])('answers in JSON of that shape by %s', async (_by, model, expected) => {
    await start([]);
    const file = write('city.json', JSON.stringify(SCHEMA));
    const { code, out } = await run(['ask', '-m', model, '--schema', file, 'Which city?'], { columns: 80 });
    expect(code).toBe(0);
    expect(Object.keys(JSON.parse(out) as object)).toEqual(['city']);
    expect(sent()).toMatchObject(expected);
  });

  it('fails if the model does not answer in JSON', async () => {
    await start([{ text: 'I would rather not.' }]);
    const file = write('city.json', JSON.stringify(SCHEMA));
    const { code, out, err } = await run(['ask', '--schema', file, 'Which city?']);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/^bedrock-anywhere: The model did not answer in JSON \(it stopped with end_turn\)\./);
  });

  it.each([
    ['[1]', /is not a JSON Schema of an object/],
    ['{"type":"string"}', /is not a JSON Schema of an object/],
    ['{"a":', /is not JSON \(line 1, column 6\)/],
  ])('refuses %s', async (content, message) => {
    await start();
    const { code, err } = await run(['ask', '--schema', write('s.json', content), 'x']);
    expect(code).toBe(1);
    expect(err).toMatch(message);
  });
});

describe('an answer that is not complete', () => {
  it.each([
    ['max_tokens', /cut off at the token limit\. Raise --max-tokens/],
    ['guardrail_intervened', /A guardrail blocked/],
    ['content_filtered', /content filter/],
  ])('with %s is printed, and ends with 3', async (stopReason, message) => {
    await start([{ text: 'half', stopReason }]);
    const { code, out, err } = await run(['ask', '-q', 'ping']);
    expect({ code, out }).toEqual({ code: 3, out: 'half\n' });
    expect(err).toMatch(message);
  });

  it('ends with 1 if the stream breaks, and the line is finished', async () => {
    await start([{ text: 'one two three' }], { faults: ['exception=modelStreamErrorException@4'] });
    const { code, out, err } = await run(['ask', '-q', 'ping']);
    expect(code).toBe(1);
    expect(out).toMatch(/^one.*\n$/);
    expect(err).toMatch(/^bedrock-anywhere: modelStreamErrorException: /i);
  });
});

describe('what a model writes', () => {
  const ODD =
    'tab\there \u001b[31mred\u001b]0;title\u0007 \u202ebidi \u{1f468}\u200d\u{1f469} \u009b2J\r\nnext\rover';

  it('reaches a pipe unchanged', async () => {
    await start([{ text: ODD }]);
    expect((await run(['ask', '-q', 'ping'])).out).toBe(`${ODD}\n`);
  });

  it('cannot control a terminal', async () => {
    await start([{ text: ODD }]);
    const { out } = await run(['ask', '-q', 'ping'], { columns: 80 });
    expect(out).toContain(
      'tab\there \\u001b[31mred\\u001b]0;title\\u0007 \\u202ebidi \u{1f468}\u200d\u{1f469} \\u009b2J',
    );
    expect(out).not.toMatch(/(?![\n\t])\p{Cc}|\u202e/u);
  });
});

describe('the configuration file', () => {
  beforeEach(() => start());

  function configure(content: string): void {
    mkdirSync(join(home, 'settings', 'bedrock-anywhere'), { recursive: true });
    writeFileSync(join(home, 'settings', 'bedrock-anywhere', 'config.json'), content);
  }

  it('has defaults, which options override', async () => {
    configure(
      '{"model":"amazon.nova-pro-v1:0","system":"Be brief.","maxTokens":50,"temperature":0,"quiet":true,"history":false}',
    );
    expect(await run(['ask', 'ping'])).toEqual({ code: 0, out: 'pong\n', err: '' });
    expect(local.requests.at(-1)?.modelId).toBe('amazon.nova-pro-v1:0');
    expect(sent()).toMatchObject({
      system: [{ text: 'Be brief.' }],
      inferenceConfig: { maxTokens: 50, temperature: 0 },
    });
    await run(['ask', '-m', 'amazon.nova-lite-v1:0', '-s', 'Be long.', '--max-tokens', '9', 'ping']);
    expect(local.requests.at(-1)?.modelId).toBe('amazon.nova-lite-v1:0');
    expect(sent()).toMatchObject({ system: [{ text: 'Be long.' }], inferenceConfig: { maxTokens: 9 } });
    expect((await run(['ask', '-c', 'x'])).code).toBe(2);
  });

  it('names the region after the environment, and whoami says so', async () => {
    configure('{"region":"eu-west-1"}');
    expect((await run(['whoami'])).out).toMatch(/^Region +us-east-1 {2}\(AWS_REGION\)$/m);
    vi.stubEnv('AWS_REGION', undefined);
    expect((await run(['whoami'])).out).toMatch(/^Region +eu-west-1 {2}\(the configuration file\)$/m);
    expect((await run(['whoami', '--region', 'eu-west-2'])).out).toMatch(
      /^Region +eu-west-2 {2}\(--region\)$/m,
    );
  });

  it('can be elsewhere, and must then exist', async () => {
    const elsewhere = write('mine.json', '{"quiet":true}');
    vi.stubEnv('BEDROCK_ANYWHERE_CONFIG', elsewhere);
    expect((await run(['ask', 'ping'])).err).toBe('');
    vi.stubEnv('BEDROCK_ANYWHERE_CONFIG', join(home, 'none.json'));
    expect((await run(['ask', 'ping'])).err).toMatch(/none\.json does not exist\. Create it, or unset/);
  });

  it.each([
    [
      '{"modle":"x"}',
      /config\.json has an unknown member "modle"\. Did you mean "model"\? It may have model, /,
    ],
    ['{"toString":1}', /unknown member "toString"/],
    ['{"region":"Frankfurt"}', /wrong value for "region"\. Write one such as "us-east-1"\./],
    ['{"maxTokens":"10"}', /wrong value for "maxTokens"/],
    ['{"temperature":2}', /wrong value for "temperature"/],
    ['[]', /is not a JSON object/],
    ['{"model":', /is not JSON \(line 1, column 10\)/],
  ])('with %s ends with 2 before anything is sent', async (content, message) => {
    configure(content);
    const { code, out, err } = await run(['ask', 'ping']);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(message);
    expect(local.requests).toEqual([]);
  });
});

describe('--profile', () => {
  it('comes before keys and API keys in the environment', async () => {
    await start();
    const { accessKeyId, secretAccessKey } = local.credentials;
    writeFileSync(
      join(home, 'credentials'),
      `[work]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`,
    );
    vi.stubEnv('AWS_BEARER_TOKEN_BEDROCK', 'ABSKofSomeoneElse');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAOFSOMEONEELSE000');
    expect(await run(['ask', '-q', '--profile', 'work', 'ping'])).toEqual({
      code: 0,
      out: 'pong\n',
      err: '',
    });
    expect(readFileSync(join(home, 'credentials'), 'utf8')).toContain(secretAccessKey);
  });
});
