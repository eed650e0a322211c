// Looks at the package as a user gets it: the packed files, their types, and what they import.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { homedir, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { buildPlayground } from './build-playground.mjs';
import { sourceOfLines } from './built-sources.mjs';
import { BUNDLED_PACKAGES } from './bundled-packages.mjs';
import { catalogWarning } from './catalog-age.mjs';
import { brokenLinks } from './packed-links.mjs';
import { originsIn } from './packed-origins.mjs';

const LICENCES = BUNDLED_PACKAGES.map(({ copy }) => `dist/${copy}`);
const PAGES = ['README.md', 'LICENSE', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md', 'llms.txt'];
const OTHERS = ['package.json', 'dist/sbom.cdx.json', ...PAGES, ...LICENCES];

const MAY_BE_PACKED = [
  /^dist\/.+\.(js|d\.ts)$/,
  /^docs\/(?:.+\.md|terminal\.svg)$/,
  /^dist\/playground\/(index\.html|style\.css|icon\.svg)$/,
  // The page of docs that explains it links to it.
  /^bench\/RESULTS\.md$/,
  // Only files that people write, not those that tools create.
  /^examples\/(?!(?:.*\/)?(?:\.|node_modules\/|dist\/|package-lock))[\w./[\]-]+(?:\.(?:md|mjs|ts|html|css|json|jsonc|service)|\/Dockerfile)$/,
];
const MUST_BE_PACKED = [
  ...OTHERS,
  'docs/api/README.md',
  'docs/architecture.md',
  // The command line prints it.
  'docs/errors.md',
  'examples/README.md',
  'examples/node/chat.mjs',
  'examples/openclaw/package.json',
  'examples/openclaw/openclaw.plugin.json',
  'dist/index.js',
  'dist/index.d.ts',
  'dist/node/index.js',
  'dist/node/cli.js',
  'dist/playground/index.html',
  'dist/playground/main.js',
];
const OF_AWS = [
  '@smithy/core/event-streams',
  '@smithy/fetch-http-handler',
  '@aws-sdk/client-bedrock-runtime',
  '@aws-sdk/client-bedrock',
];

/**
 * The packages that a file loads when it is imported, so that only users of its entry need them.
 *
 * @type {Record<string, string[]>}
 */
const LOADS = {
  aws: OF_AWS,
  // Its command `key` imports the entry `aws` on demand.
  cli: OF_AWS,
  'local-msw': ['msw'],
  react: ['react'],
};
// On Windows the commands of npm are .cmd files, which only a shell starts.
const shell = process.platform === 'win32';

/**
 * The most that a download may weigh, in KB of 1000 bytes. The gateway, the AI SDK's provider and the command line are in it: each
 * is built once for Node and once for everything else. 200 KB are the playground, and 85 the API reference, which has no other place to
 * be read yet. What a page loads has its own budgets in scripts/check-size.mjs.
 */
const MOST_KB = 1400;

/** @type {string[]} */
const problems = [];
const folder = mkdtempSync(join(tmpdir(), 'bedrock-anywhere-pack-'));
try {
  const { tarball, files, size, unpackedSize } = pack(folder);
  console.log(`${files.length} files, ${inKB(size)} KB to download, ${inKB(unpackedSize)} KB on disk.`);
  if (size > MOST_KB * 1000) problems.push(`The package is ${inKB(size)} KB and may be ${MOST_KB} KB.`);
  checkFiles(files);
  checkContents(tarball, folder);
  await checkManifest(tarball);
  checkTypes(tarball);
  const scripts = files.filter((/** @type {string} */ file) => /^dist\/.+\.js$/.test(file));
  await checkBundled(scripts, folder);
  for (const file of scripts) await checkImports(file);
  await checkFilesOpened();
} finally {
  rmSync(folder, { recursive: true });
}
const warning = catalogWarning();
if (warning !== undefined) console.warn(warning);
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
 * The links of every page in the package have to work there, and no file may tell where it was made.
 *
 * @param {string} tarball
 * @param {string} to
 */
function checkContents(tarball, to) {
  // Names without a folder, as some versions of tar read `C:` as a host name.
  execFileSync('tar', ['-xzf', basename(tarball)], { cwd: to });
  const packed = join(to, 'package');
  problems.push(...brokenLinks(packed));
  // The home of a user without one is `/`.
  const paths = [process.cwd(), realpathSync('node_modules'), homedir()].filter((path) => path.length > 3);
  problems.push(...originsIn(packed, { hosts: registryHosts(), paths }));
}

/** The hosts that npm gets packages from on this machine, of scopes too. */
function registryHosts() {
  const settings = JSON.parse(execFileSync('npm', ['config', 'list', '--json'], { encoding: 'utf8', shell }));
  const names = Object.keys(settings).filter((name) => /(?:^|:)registry$/.test(name));
  return names.flatMap((name) => (URL.canParse(settings[name]) ? [new URL(settings[name]).host] : []));
}

/** @param {string[]} files */
function checkFiles(files) {
  for (const file of files) {
    if (!OTHERS.includes(file) && !MAY_BE_PACKED.some((pattern) => pattern.test(file)))
      problems.push(`Packed, and should not be: ${file}`);
  }
  for (const file of MUST_BE_PACKED) {
    if (!files.includes(file)) problems.push(`Not packed, and should be: ${file}`);
  }
}

/**
 * A package whose code is in the build without being listed would have neither its licence here nor a place in the bill of
 * materials.
 *
 * @param {string[]} files
 * @param {string} to
 */
async function checkBundled(files, to) {
  // What is minified does not say where it comes from.
  const { inputs } = await buildPlayground(join(to, 'playground'));
  const sources = [...files.flatMap((file) => sourceOfLines(file)), ...Object.keys(inputs)];
  const found = sources.flatMap(
    (source) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source ?? '')?.[1] ?? [],
  );
  const listed = BUNDLED_PACKAGES.map(({ name }) => name);
  for (const name of new Set([...found, ...listed])) {
    if (listed.includes(name) && found.includes(name)) continue;
    const isNew = found.includes(name) ? 'is in the build, but not' : 'is not in the build, but';
    problems.push(`${name} ${isNew} in scripts/bundled-packages.mjs.`);
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
 * A built file loads no package that its users may not have. On Node it may load Node's modules, and AWS's on demand; without
 * the condition `node` neither.
 *
 * @param {string} file
 */
async function checkImports(file) {
  const { metafile } = await build({
    entryPoints: [file],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'neutral',
    packages: 'external',
    logLevel: 'silent',
  });
  const loads = LOADS[basename(file, '.js')] ?? [];
  const isForNode = file.startsWith('dist/node/');
  for (const { path, external, kind } of Object.values(metafile.inputs).flatMap(({ imports }) => imports)) {
    if (!external || loads.includes(path)) continue;
    if (isForNode && (isBuiltin(path) || kind === 'dynamic-import')) continue;
    problems.push(
      `${file} loads ${path}, which ${isForNode ? 'not everyone has' : 'not every runtime has'}.`,
    );
  }
}

/** Node opens and compiles each file of a package separately, so an import of the library must open only one. */
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
    problems.push(`An import of the library on Node opens ${files.join(', ')}: one is enough.`);
}
