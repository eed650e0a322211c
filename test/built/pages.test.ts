/** The examples of the pages run as they are against the local Bedrock, with the packed entry points. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type LocalServer, startLocalBedrock } from 'bedrock-anywhere/local/node';
import { transform } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Block, blocksOf, ROOT } from '../page-blocks.js';

/** Packages that the examples import. */
const PACKAGES = [
  '@aws-sdk/client-bedrock',
  '@aws-sdk/client-bedrock-runtime',
  '@aws-sdk/credential-providers',
  '@earendil-works/pi-ai',
  '@smithy/fetch-http-handler',
  '@smithy/node-http-handler',
  'msw',
  'undici',
  'vitest',
  'zod',
];

const LANGUAGES = ['ts', 'js', 'mjs', 'mts'];

/** Why an example cannot run by itself: it needs a page, a server, an account or a value of the reader's. */
const NEEDS_MORE: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['a page', /\bdocument\b|\blocalStorage\b/],
  ['a server of the reader', /fetch\('\/|\.example\b|127\.0\.0\.1:\d/],
  ['values of the reader', /\bdeclare\b|…'|01234567-89ab/],
  ['a service worker', /addEventListener\('fetch'/],
  [
    'a package that is not installed here',
    /from '(?:express|fastify|hono|react|bedrock-anywhere\/react|@opentelemetry\/api|ioredis|rate-limiter-flexible)'/,
  ],
];

const runnable = ({ language, code }: Block) =>
  LANGUAGES.includes(language) && !NEEDS_MORE.some(([, pattern]) => pattern.test(code));
const isTest = ({ code }: Block) => /from 'vitest'/.test(code);

const pages = ['README.md', ...readdirSync(`${ROOT}docs`).map((name) => `docs/${name}`)].filter((name) =>
  name.endsWith('.md'),
);
const blocks = pages.flatMap(blocksOf).filter(runnable);

/** A valid picture of one pixel. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

let folder: string;
let local: LocalServer;
beforeAll(async () => {
  local = await startLocalBedrock({ regions: ['us-west-2', 'eu-central-1'] });
  folder = mkdtempSync(join(tmpdir(), 'bedrock-anywhere-pages-'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  writeFileSync(join(folder, 'chart.png'), PNG);
  writeFileSync(join(folder, 'manual.txt'), 'Hold the button for ten seconds to reset it. '.repeat(300));
  for (const name of PACKAGES) link(name, join(ROOT, 'node_modules', name));
  link('bedrock-anywhere', ROOT);
});
afterAll(async () => {
  await local?.close();
  if (folder !== undefined) rmSync(folder, { recursive: true });
});

function link(name: string, target: string): void {
  const path = join(folder, 'node_modules', name);
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(target, path, 'junction');
}

async function write({ source, line, code }: Block, ending: string): Promise<string> {
  const file = `${source.replaceAll('/', '-')}-${line}${ending}`;
  const script = await transform(code, { loader: 'ts', format: 'esm', target: 'es2022' });
  writeFileSync(join(folder, file), script.code);
  return file;
}

/** The account of the local Bedrock. */
const account = () => ({
  AWS_ENDPOINT_URL: local.url,
  AWS_REGION: local.region,
  AWS_ACCESS_KEY_ID: local.credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: local.credentials.secretAccessKey,
});

/** Runs Node with nothing of this machine's settings. The local Bedrock answers meanwhile. */
function runNode(
  args: readonly string[],
  variables: Record<string, string> = {},
): Promise<{ failure: Error | null; said: string }> {
  const { PATH = '' } = process.env;
  const env = { PATH, HOME: folder, CI: '1', NO_COLOR: '1', AWS_EC2_METADATA_DISABLED: 'true', ...variables };
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: folder, env }, (failure, out, error) =>
      resolve({ failure, said: out + error }),
    );
  });
}

const programs = blocks.filter((block) => !isTest(block));

describe('the examples run', () => {
  it('that of the README is among them', () => {
    expect(programs.map(({ source }) => source)).toContain('README.md');
  });

  it.each([...new Set(programs.map(({ source }) => source))])('those of %s', async (page) => {
    const files: string[] = [];
    for (const block of programs.filter(({ source }) => source === page))
      files.push(await write(block, '.mjs'));
    const steps = files.map((file) => `console.log('▶ ${file}'); await import('./${file}');`);
    // An example may leave a server running that it has started.
    const program = `${steps.join('\n')}\nprocess.exit();`;
    const { failure, said } = await runNode(['--input-type=module', '-e', program], account());
    expect(failure, said).toBeNull();
    expect(said.split('\n').filter((line) => line.startsWith('▶'))).toHaveLength(files.length);
  });

  it('those that are tests pass', async () => {
    const tests = blocks.filter(isTest);
    for (const block of tests) await write(block, '.test.mjs');
    const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
    // Without the account: a test brings its own.
    const { said } = await runNode([vitest, 'run', '--root', folder]);
    expect(said).toMatch(new RegExp(`Test Files +${tests.length} passed \\(${tests.length}\\)`));
  });
});
