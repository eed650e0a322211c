/** What a new user does with the README: each of its blocks as it stands, in an empty folder, with the packed package. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LocalServer, startLocalBedrock } from 'bedrock-anywhere/local/node';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { type Block, blocksOf } from '../page-blocks.js';
import { EmptyFolder } from './empty-folder.js';
import { Program } from './program.js';

/** A picture of one pixel. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

let app: EmptyFolder;
let local: LocalServer;
beforeAll(async () => {
  app = new EmptyFolder();
  // No region: the README has to work with the one that a local Bedrock has by default.
  local = await startLocalBedrock();
  writeFileSync(join(app.folder, 'report.txt'), 'Sales have doubled.');
  writeFileSync(join(app.folder, 'chart.png'), PNG);
  app.install(inject('tarball'));
});
afterAll(async () => {
  await local?.close();
  app?.[Symbol.dispose]();
});

/** The account that the local Bedrock plays. */
const account = () => ({
  AWS_ENDPOINT_URL: local.url,
  AWS_REGION: local.region,
  AWS_ACCESS_KEY_ID: local.credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: local.credentials.secretAccessKey,
});

async function shell(script: string, env: Record<string, string> = {}): Promise<string> {
  const safe = { AWS_EC2_METADATA_DISABLED: 'true', npm_config_offline: 'true' };
  await using program = new Program('sh', ['-e', '-c', script], app.folder, { ...safe, ...env });
  await program.complete();
  return program.log;
}

/** On a terminal, which `script` of util-linux plays. */
const onTerminal = (code: string) => `script -qec '${code.replaceAll("'", "'\\''")}' /dev/null`;

/** How each block is tried. A block that none of these is about fails. */
const WAYS: readonly {
  readonly about: RegExp;
  try(block: Block): Promise<void>;
}[] = [
  {
    about: /^npm install bedrock-anywhere$/,
    // beforeAll has done it, with the package that is not on npm yet.
    try: async () => expect(await shell('npx bedrock-anywhere --version')).toMatch(/^\d+\.\d+\.\d+/),
  },
  {
    about: /^npx bedrock-anywhere "Why is the sky blue\?"$/,
    async try({ code }) {
      const said = await shell(onTerminal(code));
      expect(said).toMatch(/No AWS credentials were found[\s\S]+local[\s\S]+free/);
      await expect(shell(code)).rejects.toThrow('No AWS credentials were found');
    },
  },
  {
    about: /^export AWS_BEARER_TOKEN_BEDROCK="<the key>"/,
    async try({ code }) {
      const said = await shell(code.replace('<the key>', local.apiKey), { AWS_ENDPOINT_URL: local.url });
      expect(said).toMatch(/✓ credentials[\s\S]+tokens in/i);
    },
  },
  {
    about: /^import /,
    async try({ code }) {
      app.write('chat.mjs', code);
      expect(await shell('node chat.mjs', account())).toMatch(/\nend_turn, \d+ tokens\n$/);
    },
  },
  {
    about: /^cat report\.txt \| npx bedrock-anywhere ask/,
    async try({ code }) {
      const before = local.requests.length;
      expect(await shell(code, account())).toMatch(/tokens in[\s\S]+amazon\.nova/);
      const asked = local.requests.slice(before).find(({ operation }) => operation === 'ConverseStream');
      expect(asked?.body).toMatchObject({
        messages: [{ content: [{ image: { format: 'png' } }, { text: 'Sales have doubled.' }, {}] }],
      });
    },
  },
  {
    about: /^npm ci && npm start /,
    // test/built/example-node runs what npm start runs, and npm test is what runs this.
    try: async ({ code }) =>
      expect(code.split('\n').map((line) => line.replace(/ +#.*/, ''))).toEqual([
        'npm ci && npm start',
        'npm ci && npm test',
      ]),
  },
];

it.each(blocksOf('README.md').map((block) => [`README.md:${block.line}`, block] as const))(
  '%s works as it stands',
  async (_place, block) => {
    const way = WAYS.find(({ about }) => about.test(block.code.trim()));
    if (way === undefined) throw new Error(`Say in WAYS how this block is tried:\n${block.code}`);
    await way.try(block);
  },
);
