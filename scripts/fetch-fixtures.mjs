// Fetches the public test vectors that npm and Debian have into a cache folder, so that the tests that need them can run.
// Usage: node scripts/fetch-fixtures.mjs
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where they are kept: by folder, as in the folder that BEDROCK_FIXTURES names. */
export const FETCHED = fileURLToPath(new URL('../node_modules/.cache/fixtures', import.meta.url));

/** A version whose package contains Smithy's vectors; newer ones do not. */
const CODEC = '@smithy/eventstream-codec@2.0.5';
/** Debian's source package of the AWS CRT contains AWS's signing suite; its binary packages do not. */
const CRT = 'aws-crt-python';
const SUITE = 'crt/aws-c-auth/tests/aws-signing-test-suite/v4';
/** The files that the tests read of each case. Two cases consist only of signatures, and are left out. */
const CASE = ['context.json', 'request.txt', 'header-canonical-request.txt', 'query-canonical-request.txt'];

/** @type {Record<string, (scratch: string) => string>} each puts a folder there and says what it has */
const SOURCES = {
  eventstream(scratch) {
    run('npm', [
      'install',
      '--prefix',
      scratch,
      '--no-save',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      CODEC,
    ]);
    const load = createRequire(join(scratch, 'any.js'));
    const file = join(scratch, 'node_modules/@smithy/eventstream-codec/dist-cjs/TestVectors.fixture.js');
    /** @type {Record<string, { expectation: string, encoded: Uint8Array, decoded?: { body: Uint8Array } }>} */
    const vectors = load(file).vectors;
    for (const [name, { expectation, encoded, decoded }] of Object.entries(vectors)) {
      const kind = expectation === 'success' ? 'positive' : 'negative';
      put(`eventstream/encoded/${kind}/${name}`, encoded);
      if (decoded === undefined) continue;
      const view = new DataView(encoded.buffer, encoded.byteOffset);
      const payload = Buffer.from(decoded.body).toString('base64');
      put(
        `eventstream/decoded/positive/${name}`,
        JSON.stringify({ headers_length: view.getUint32(4), payload }),
      );
    }
    return `${Object.keys(vectors).length} frames of ${CODEC}, from npm`;
  },

  sigv4(scratch) {
    const options = sourceOptions(scratch);
    run('apt-get', [...options, '-qq', 'update']);
    run('apt-get', [...options, '-qq', 'source', '--download-only', CRT], scratch);
    const archive = readdirSync(scratch).find((name) => name.includes('.orig.tar'));
    if (archive === undefined) throw new Error(`Debian's source package ${CRT} has no archive.`);
    run('tar', ['xf', archive, '--strip-components=1', '--wildcards', `*/${SUITE}`], scratch);
    const suite = join(scratch, SUITE);
    const cases = readdirSync(suite).filter((name) =>
      CASE.every((file) => existsSync(join(suite, name, file))),
    );
    for (const name of cases) cpSync(join(suite, name), join(FETCHED, 'sigv4', name), { recursive: true });
    return `${cases.length} cases of ${archive}, from Debian`;
  },
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [folder, fetch] of Object.entries(SOURCES)) {
    const scratch = mkdtempSync(join(tmpdir(), 'bedrock-anywhere-fixtures-'));
    try {
      rmSync(join(FETCHED, folder), { recursive: true, force: true });
      console.log(`${folder}: ${fetch(scratch)}`);
    } catch (error) {
      console.error(`${folder}: not fetched. ${error instanceof Error ? error.message : String(error)}`);
      process.exitCode = 1;
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  }
  console.log(`They are in ${FETCHED}.`);
}

/**
 * Options that make apt fetch source packages from where this machine gets its binary packages, without changing its settings.
 *
 * @param {string} scratch
 */
function sourceOptions(scratch) {
  const parts = join(scratch, 'sources');
  for (const folder of [parts, join(scratch, 'lists/partial'), join(scratch, 'cache/archives/partial')])
    mkdirSync(folder, { recursive: true });
  const apt = '/etc/apt';
  const own = join(apt, 'sources.list.d');
  const files = [
    join(apt, 'sources.list'),
    ...(existsSync(own) ? readdirSync(own).map((name) => join(own, name)) : []),
  ];
  for (const [index, file] of files.entries()) {
    const [ending] = /\.(list|sources)$/.exec(file) ?? [];
    if (ending === undefined || !existsSync(file)) continue;
    const text = readFileSync(file, 'utf8')
      .replace(/^(Types:\s*)deb\s*$/gm, '$1deb-src')
      .replace(/^deb /gm, 'deb-src ');
    writeFileSync(join(parts, `${index}${ending}`), text);
  }
  return [
    'Dir::Etc::sourcelist=/dev/null',
    `Dir::Etc::sourceparts=${parts}`,
    `Dir::State::lists=${join(scratch, 'lists')}`,
    `Dir::Cache=${join(scratch, 'cache')}`,
    // The user that apt downloads as may not write here.
    ...(process.getuid?.() === 0 ? ['APT::Sandbox::User=root'] : []),
  ].flatMap((option) => ['-o', option]);
}

/**
 * @param {string} path In the cache folder.
 * @param {Uint8Array | string} content
 */
function put(path, content) {
  const file = join(FETCHED, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {string} [cwd]
 */
function run(command, args, cwd) {
  const { error, status, stderr } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
    // On Windows npm's commands are .cmd files, which only a shell can start.
    shell: process.platform === 'win32',
  });
  if (error !== undefined) throw new Error(`${command} could not be run: ${error.message}`);
  if (status !== 0) throw new Error(`${command} exited with ${status}: ${stderr.trim()}`);
}
