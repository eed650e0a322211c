// What a browser bundle of the built package weighs, use by use, and what in it weighs how much. Fails over a budget, and
// where a bundle carries what its use did not ask for.
import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { sourceOfLines } from './built-sources.mjs';
import { weighPlayground } from './playground-size.mjs';
import { PLAYGROUND_BUDGETS, SIZE_BUDGETS } from './size-budgets.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * One way to use the package.
 *
 * @typedef {object} Use
 * @property {string} name
 * @property {string} code What a user imports.
 * @property {number} budget The most it may weigh, minified and gzipped, in KB of 1000 bytes.
 * @property {string[]} carries The parts that it imports.
 * @property {string} [written] What docs/browsers.md calls it, if it names the budget.
 */

/** @type {Use[]} */
const USES = [
  {
    name: 'stream, SigV4, API keys',
    code: "export { stream } from 'bedrock-anywhere'",
    budget: SIZE_BUDGETS.stream,
    carries: [],
    written: '`stream`, with SigV4 and API keys',
  },
  {
    name: '+ Cognito, discover',
    code: "export { stream, discover, fromCognitoIdentityPool } from 'bedrock-anywhere'",
    budget: SIZE_BUDGETS.discover,
    carries: ['Cognito', 'discovery', 'memory storage'],
    written: '`stream`, `discover` and a Cognito pool',
  },
  {
    name: 'fromResponse',
    code: "export { fromResponse } from 'bedrock-anywhere'",
    budget: 13.5,
    carries: ['reader of responses'],
    written: '`fromResponse`, for pages of your own server',
  },
  {
    name: 'createBedrock',
    code: "export { createBedrock } from 'bedrock-anywhere'",
    budget: 57,
    carries: ['discovery', 'memory storage'],
    written: '`createBedrock`: every call and `discover`',
  },
  {
    name: 'all of the core',
    code: "export * from 'bedrock-anywhere'",
    budget: 81,
    carries: [
      'Cognito',
      'discovery',
      'embeddings',
      'explain',
      'memory storage',
      'other storages',
      'reader of responses',
    ],
  },
  {
    name: './fetch',
    code: "export * from 'bedrock-anywhere/fetch'",
    budget: 22,
    carries: [],
  },
  {
    name: './gateway',
    code: "export * from 'bedrock-anywhere/gateway'",
    budget: 98,
    carries: ['catalog', 'embeddings', 'explain'],
  },
  {
    name: './pi',
    code: "export * from 'bedrock-anywhere/pi'",
    budget: 64.5,
    carries: [],
  },
  {
    name: './ai-sdk',
    code: "export * from 'bedrock-anywhere/ai-sdk'",
    budget: 72,
    carries: ['embeddings'],
  },
  {
    name: './ai-sdk, one model',
    code: "export { createLanguageModel } from 'bedrock-anywhere/ai-sdk'",
    budget: 65.5,
    carries: [],
  },
  {
    name: './ai-sdk/v3',
    code: "export * from 'bedrock-anywhere/ai-sdk/v3'",
    budget: 72,
    carries: ['embeddings'],
  },
  {
    name: './react',
    code: "export * from 'bedrock-anywhere/react'",
    budget: 6.5,
    carries: [],
  },
  {
    name: 'fromResponse, ./react',
    code: "export { fromResponse } from 'bedrock-anywhere'; export * from 'bedrock-anywhere/react'",
    budget: 16.5,
    carries: ['reader of responses'],
    written: '`fromResponse` and `useConverse` of `bedrock-anywhere/react`',
  },
  {
    name: './catalog',
    code: "export * from 'bedrock-anywhere/catalog'",
    budget: 4.6,
    carries: ['catalog'],
    written: '`bedrock-anywhere/catalog`, the limits and prices',
  },
  {
    name: './local',
    code: "export * from 'bedrock-anywhere/local'",
    budget: 106.5,
    carries: ['local Bedrock', 'catalog'],
  },
  { name: './local/msw', code: "export * from 'bedrock-anywhere/local/msw'", budget: 0.6, carries: [] },
];

/** Subpaths that no browser loads. */
const NOT_FOR_BROWSERS = ['./aws', './gateway/node', './local/node', './storage/file', './package.json'];

/**
 * Parts that a bundle must not contain unless it imports them: by their sources, and by words that only they contain, so
 * that neither way alone decides.
 *
 * @type {Record<string, { sources: RegExp, words: RegExp }>}
 */
const PARTS = {
  Cognito: { sources: /^src\/identity\/cognito\./, words: /gave no credentials: / },
  discovery: {
    sources: /^src\/discovery\//,
    words: /["'`]\/foundation-models/,
  },
  explain: { sources: /^src\/explain\//, words: /No region is set/ },
  catalog: { sources: /^src\/catalog\/(index|data|facts)\./, words: /genai-prices/ },
  embeddings: { sources: /^src\/embed\//, words: /is not a model for embeddings/ },
  'memory storage': { sources: /^src\/storage\/memory\./, words: /maxEntries/ },
  'other storages': { sources: /^src\/storage\/(?!memory\.)/, words: /IndexedDB could not be opened/ },
  'reader of responses': {
    sources: /^src\/(converse\/from-response|responses\/received-event)\./,
    words: /is not from toResponse\(\)/,
  },
  'local Bedrock': { sources: /^src\/local\/(?!msw\.)/, words: /x-local-fault/ },
};

/** @type {string[]} */
const problems = [];
const bundles = await Promise.all(USES.map(measure));
for (const bundle of bundles) check(bundle);
checkSubpaths();
checkPage();
const playground = Object.entries(weighPlayground(join(root, 'dist', 'playground')));
checkPlayground();
report();
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;

/**
 * @param {Use} use
 */
async function measure(use) {
  const { outputFiles } = await build({
    stdin: { contents: use.code, resolveDir: root },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    external: ['msw', 'react'],
    // Else the paths of tsconfig.json would lead to the sources; what is weighed is what is published.
    tsconfigRaw: {},
    outfile: 'bundle.js',
    sourcemap: 'external',
    write: false,
    logLevel: 'error',
  });
  const code = outputFiles.find(({ path }) => path.endsWith('.js'));
  const map = outputFiles.find(({ path }) => path.endsWith('.map'));
  if (code === undefined || map === undefined) throw new Error(`${use.name} gave no bundle.`);
  return {
    ...use,
    text: code.text,
    gzip: gzipSync(code.contents, { level: 9 }).length / 1000,
    minified: code.contents.length / 1000,
    bySource: weighSources(code.text, JSON.parse(map.text)),
  };
}

/**
 * Characters of a bundle by the source file that they come from.
 *
 * @param {string} text
 * @param {ConstructorParameters<typeof SourceMap>[0]} payload
 */
function weighSources(text, payload) {
  const map = new SourceMap(payload);
  /** @type {Map<string, (string | undefined)[]>} */
  const built = new Map();
  /** @type {Map<string, number>} */
  const weights = new Map();
  for (const [row, line] of text.split('\n').entries()) {
    for (let column = 0; column < line.length; column++) {
      const entry = map.findEntry(row, column);
      let source = '(bundler)';
      if ('originalSource' in entry) {
        const file = entry.originalSource;
        if (!built.has(file)) built.set(file, sourceOfLines(join(root, file)));
        source = built.get(file)?.[entry.originalLine] ?? file;
      }
      weights.set(source, (weights.get(source) ?? 0) + 1);
    }
  }
  return weights;
}

/** @param {Awaited<ReturnType<typeof measure>>} bundle */
function check({ name, gzip, budget, carries, bySource, text }) {
  if (gzip > budget) {
    problems.push(`${name} weighs ${gzip.toFixed(2)} KB of gzip and may weigh ${budget}.`);
  }
  for (const [part, { sources, words }] of Object.entries(PARTS)) {
    const found = [...bySource.keys()].filter((source) => sources.test(source));
    const asked = carries.includes(part);
    if (asked !== found.length > 0 || asked !== words.test(text)) {
      const what = found.length > 0 ? ` (${found.join(', ')})` : '';
      problems.push(
        asked ? `${name} lacks ${part}, or its words have changed.` : `${name} carries ${part}${what}.`,
      );
    }
  }
}

/** A new subpath gets a budget, or is none for browsers. */
function checkSubpaths() {
  const { exports } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  for (const subpath of Object.keys(exports)) {
    const specifier = `'bedrock-anywhere${subpath.slice(1)}'`;
    if (NOT_FOR_BROWSERS.includes(subpath) || USES.some(({ code }) => code.endsWith(specifier))) continue;
    problems.push(`The subpath ${subpath} has no budget: add it in scripts/check-size.mjs.`);
  }
}

/** docs/browsers.md promises these budgets to users. */
function checkPage() {
  const page = readFileSync(new URL('../docs/browsers.md', import.meta.url), 'utf8');
  const rows = page.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
  for (const { written: name, budget } of USES) {
    if (name === undefined || rows.some((cells) => cells[1] === name && cells[2] === `${budget} KB`))
      continue;
    problems.push(`docs/browsers.md does not say that ${name} weighs at most ${budget} KB.`);
  }
}

function checkPlayground() {
  for (const [part, gzip] of playground) {
    const budget = PLAYGROUND_BUDGETS[/** @type {keyof typeof PLAYGROUND_BUDGETS} */ (part)];
    if (gzip > budget)
      problems.push(`The playground (${part}) weighs ${gzip.toFixed(2)} KB of gzip and may weigh ${budget}.`);
  }
}

function report() {
  console.log(row('KB', ['gzip', 'budget', 'minified']));
  for (const { name, gzip, budget, minified } of bundles) {
    console.log(row(name, [gzip.toFixed(2), String(budget), minified.toFixed(1)]));
  }
  for (const [part, gzip] of playground) {
    const budget = PLAYGROUND_BUDGETS[/** @type {keyof typeof PLAYGROUND_BUDGETS} */ (part)];
    console.log(row(`playground: ${part}`, [gzip.toFixed(2), String(budget)]));
  }
  const shown = bundles.slice(0, 2);
  console.log(`\n${row('of which, minified', ['stream', '+ more'])}`);
  const rooms = shown.map(({ bySource }) => byRoom(bySource));
  const names = [...new Set(rooms.flatMap((weights) => [...weights.keys()]))];
  const heaviest = (/** @type {string} */ name) =>
    Math.max(...rooms.map((weights) => weights.get(name) ?? 0));
  for (const name of names.sort((a, b) => heaviest(b) - heaviest(a))) {
    console.log(
      row(
        name,
        rooms.map((weights) => ((weights.get(name) ?? 0) / 1000).toFixed(1)),
      ),
    );
  }
}

/** @param {Map<string, number>} bySource */
function byRoom(bySource) {
  /** @type {Map<string, number>} */
  const weights = new Map();
  for (const [source, weight] of bySource) {
    const room =
      /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1] ?? source.replace(/^src\/([^/]+)\/.*/, '$1/');
    weights.set(room, (weights.get(room) ?? 0) + weight);
  }
  return weights;
}

/**
 * @param {string} name
 * @param {string[]} cells
 */
function row(name, cells) {
  return name.padEnd(26) + cells.map((cell) => cell.padStart(10)).join('');
}
