// Writes docs/terminal.svg, the picture at the top of the README, from what the built command prints on a terminal:
// `npm run build -- --no-dts && npm run picture`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { linesOf } from './picture/screen.mjs';
import { drawTerminal } from './picture/svg.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
export const PICTURE = join(ROOT, 'docs/terminal.svg');
const CLI = join(ROOT, 'dist/node/cli.js');
/** The local Bedrock's answer is then broken between two words. */
const COLUMNS = 97;

/** What is shown: the words behind `npx bedrock-anywhere`, and whether an account is set up. */
const SCENES = [
  { words: ['Why is the sky blue?'], hasAccount: false },
  { words: ['models', 'nova', '--can', 'image', '--sort', 'price'], hasAccount: true },
];

/** Makes the program believe in a terminal, and lets no time pass, so that it prints the same each time. */
const PRELOAD = `
  for (const stream of [process.stdout, process.stderr]) Object.assign(stream, { isTTY: true, columns: ${COLUMNS} });
  performance.now = () => 0;`;

/** Runs the command, and draws what it printed. */
export async function drawPicture() {
  const { startLocalBedrock } = await import(new URL('../dist/node/local-node.js', import.meta.url).href);
  const local = await startLocalBedrock();
  const account = {
    AWS_ENDPOINT_URL: local.url,
    AWS_REGION: local.region,
    AWS_ACCESS_KEY_ID: local.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: local.credentials.secretAccessKey,
  };
  const folder = mkdtempSync(join(tmpdir(), 'bedrock-anywhere-picture-'));
  try {
    const scenes = [];
    for (const { words, hasAccount } of SCENES) {
      const written = await runCommand(words, folder, hasAccount ? account : {});
      const command = `npx bedrock-anywhere ${words.map((word) => (/\s/.test(word) ? `"${word}"` : word)).join(' ')}`;
      scenes.push({ command, lines: linesOf(written, COLUMNS) });
    }
    const title =
      'bedrock-anywhere in a terminal: a question and its answer, and a list of models with limits and prices';
    return drawTerminal(scenes, { columns: COLUMNS, title });
  } finally {
    await local.close();
    rmSync(folder, { recursive: true });
  }
}

/**
 * What a command writes to standard output and standard error, in its order.
 *
 * @param {string[]} words
 * @param {string} home
 * @param {Record<string, string>} env
 */
async function runCommand(words, home, env) {
  const file = join(home, 'written');
  const output = openSync(file, 'w');
  const preload = `data:text/javascript,${encodeURIComponent(PRELOAD)}`;
  const child = spawn(process.execPath, ['--import', preload, CLI, ...words], {
    cwd: home,
    env: { HOME: home, USERPROFILE: home, AWS_EC2_METADATA_DISABLED: 'true', ...env },
    stdio: ['ignore', output, output],
  });
  const [status] = await once(child, 'exit');
  closeSync(output);
  const written = readFileSync(file, 'utf8');
  if (status !== 0) throw new Error(`${words.join(' ')} ended with ${status}:\n${written}`);
  return written;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(PICTURE, await drawPicture());
