// Looks at the package as a user gets it: the packed files, their types, and what they import.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { brokenLinks } from './packed-links.mjs';

const MAY_BE_PACKED = [
  /^dist\/.+\.(js|js\.map|d\.ts)$/,
  /^(package\.json|README\.md|LICENSE|CHANGELOG\.md|CONTRIBUTING\.md|dist\/noble-hashes\.LICENSE)$/,
  /^docs\/.+\.md$/,
  // The page of docs that explains it links to it.
  /^bench\/RESULTS\.md$/,
  // Only files that people write, not those that tools create.
  /^examples\/(?!(?:.*\/)?(?:\.|node_modules\/|dist\/|package-lock))[\w./-]+\.(md|mjs|ts|html|css|json|jsonc)$/,
];
const MUST_BE_PACKED = [
  'README.md',
  'LICENSE',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'docs/architecture.md',
  'examples/README.md',
  'examples/node/chat.mjs',
  'examples/openclaw/package.json',
  'examples/openclaw/openclaw.plugin.json',
  'dist/index.js',
  'dist/index.d.ts',
  'dist/node/index.js',
  'dist/node/cli/index.js',
  // Its code is part of the build.
  'dist/noble-hashes.LICENSE',
];
const RUN_EVERYWHERE = [
  'dist/index.js',
  'dist/aws/index.js',
  'dist/catalog/index.js',
  'dist/local/index.js',
  'dist/local/msw.js',
  'dist/adapters/pi/index.js',
];
/** The one entry for those who bring an AWS client, and what of AWS's it loads. */
const AWS_ENTRY = 'dist/aws/index.js';
const AWS_MODULES = [
  '@smithy/core/event-streams',
  '@aws-sdk/client-bedrock-runtime',
  '@aws-sdk/client-bedrock',
];
// On Windows the commands of npm are .cmd files, which only a shell starts.
const shell = process.platform === 'win32';

/** The most that a download may weigh, in KB of 1000 bytes. Three quarters of it are source maps. */
const MOST_KB = 1200;

/** @type {string[]} */
const problems = [];
const folder = mkdtempSync(join(tmpdir(), 'bedrock-anywhere-pack-'));
try {
  const { tarball, files, size, unpackedSize } = pack(folder);
  console.log(`${files.length} files, ${inKB(size)} KB to download, ${inKB(unpackedSize)} KB on disk.`);
  if (size > MOST_KB * 1000) problems.push(`The package is ${inKB(size)} KB and may be ${MOST_KB} KB.`);
  checkFiles(files);
  checkLinks(tarball, folder);
  await checkManifest(tarball);
  checkTypes(tarball);
  for (const entry of RUN_EVERYWHERE) await checkImports(entry);
  await checkFilesOpened();
} finally {
  rmSync(folder, { recursive: true });
}
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
else console.log('The package is in order.');

/** @param {string} to */
function pack(to) {
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', to];
  const [packed] = JSON.parse(execFileSync('npm', args, { encoding: 'utf8', shell }));
  const files = packed.files.map((/** @type {{ path: string }} */ file) => file.path);
  const { size, unpackedSize } = packed;
  return { tarball: join(to, packed.filename), files, size, unpackedSize };
}

/** @param {number} bytes */
function inKB(bytes) {
  return (bytes / 1000).toFixed(0);
}

/**
 * The links of every page in the package have to work there.
 *
 * @param {string} tarball
 * @param {string} to
 */
function checkLinks(tarball, to) {
  // Names without a folder, as some versions of tar read `C:` as a host name.
  execFileSync('tar', ['-xzf', basename(tarball)], { cwd: to });
  problems.push(...brokenLinks(join(to, 'package')));
}

/** @param {string[]} files */
function checkFiles(files) {
  for (const file of files) {
    if (!MAY_BE_PACKED.some((pattern) => pattern.test(file)))
      problems.push(`Packed, and should not be: ${file}`);
  }
  for (const file of MUST_BE_PACKED) {
    if (!files.includes(file)) problems.push(`Not packed, and should be: ${file}`);
  }
}

/** @param {string} tarball */
async function checkManifest(tarball) {
  const bytes = new Uint8Array(readFileSync(tarball)).buffer;
  const { messages, pkg } = await publint({ pack: { tarball: bytes }, strict: true });
  for (const message of messages) problems.push(`publint: ${formatMessage(message, pkg)}`);
}

/** @param {string} tarball */
function checkTypes(tarball) {
  const args = ['--profile', 'esm-only', '--format', 'ascii', '--no-emoji', tarball];
  const { status, stdout, error } = spawnSync('attw', args, { encoding: 'utf8', shell });
  if (status !== 0) problems.push(`attw: ${error?.message ?? stdout}`);
}

/**
 * What a bundler without the condition `node` gets: no Node module, and no AWS code but in the entry that is for it.
 *
 * @param {string} entry
 */
async function checkImports(entry) {
  const { metafile } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'neutral',
    packages: 'external',
    logLevel: 'silent',
  });
  for (const [file, { imports }] of Object.entries(metafile.inputs)) {
    for (const { path, external } of imports) {
      const isAllowed = entry === AWS_ENTRY && AWS_MODULES.includes(path);
      if (external && !isAllowed && (isBuiltin(path) || /^@(aws-sdk|smithy)\//.test(path))) {
        problems.push(`${entry} imports ${path} for browsers and edge runtimes, in ${file}`);
      }
    }
  }
}

/** Node opens and compiles each file of a package anew: an import of the library shall not open more than it needs. */
async function checkFilesOpened() {
  const { metafile } = await build({
    entryPoints: ['dist/node/index.js'],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
  });
  const files = Object.keys(metafile.inputs);
  if (files.length > 1)
    problems.push(`An import of the library on Node opens ${files.join(', ')}: one is enough`);
}
