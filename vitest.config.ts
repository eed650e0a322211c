import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Tests run the sources: through the package's own exports they would see the last build. */
const sources = (ambient: 'node' | 'none') =>
  Object.entries({
    '#ambient': `ambient/${ambient}`,
    'bedrock-anywhere': 'index',
    'bedrock-anywhere/ai-sdk': 'adapters/ai-sdk/index',
    'bedrock-anywhere/ai-sdk/v3': 'adapters/ai-sdk/v3',
    'bedrock-anywhere/aws': 'aws/index',
    'bedrock-anywhere/catalog': 'catalog/index',
    'bedrock-anywhere/fetch': 'fetch',
    'bedrock-anywhere/gateway': 'gateway/index',
    'bedrock-anywhere/gateway/node': 'gateway/node/index',
    'bedrock-anywhere/local': 'local/index',
    'bedrock-anywhere/local/node': 'local/node',
    'bedrock-anywhere/local/msw': 'local/msw',
    'bedrock-anywhere/pi': 'adapters/pi/index',
    'bedrock-anywhere/react': 'adapters/react/index',
    'bedrock-anywhere/storage/file': 'storage/file',
  }).map(([name, file]) => ({
    find: new RegExp(`^${name}$`),
    replacement: fileURLToPath(new URL(`./src/${file}.ts`, import.meta.url)),
  }));

/** OpenClaw is installed by `npm run test:openclaw` alone; its plugins are functions until it calls them. */
const openclaw = {
  find: 'openclaw/plugin-sdk/plugin-entry',
  replacement: fileURLToPath(new URL('./test/openclaw/plugin-entry.ts', import.meta.url)),
};

/** Files that take half a second or more to run or to load; `npm run test:fast` leaves them out. */
const slow = [
  // AWS's clients, pi, msw and TypeScript, which take long to load
  'test/{aws,adapters,adapters/ai-sdk,openclaw}/*.test.ts',
  'test/sign/{aws-client,differential,steps}.test.ts',
  'test/local/{access/access,access/policy,aws-client,aws-errors,invoke/as-recorded,invoke/aws-client,msw}.test.ts',
  'test/{api,readme,editor}.test.ts',
  // every recorded request of clients to each of several models, and clients that take long to load
  'test/gateway/{bedrock-paths,budget-stores,budgets,chat-answer,chat-request,clients,cors,differential,events,hostile,http,image-fetcher,life-cycle,mantle,messages,models,node-server,pass-through,passed-targets,poison,protocol-hosts,random-budgets,readiness,reports,responses,routing,smuggling,telemetry,usage,*-recorded}.test.ts',
  // examples, each with a server
  'test/examples/*.test.ts',
  // processes
  'test/cli/{ask,ask-without-credentials,chat,completion,doctor,key,models,playground,serve,serve-{configuration,keys,usage},update-file,whoami}.test.ts',
  'test/credentials/*-source.test.ts',
  'test/credentials/{api-key,edge-key,leaks}.test.ts',
  'test/transport/{connection-error,proxy,refused}.test.ts',
  'test/storage/{deno-kv,file,redis}.test.ts',
  'test/gateway/machines/machines.test.ts',
  // every cut and every bit of an answer, and requests by the thousand
  'test/repair/{history,property}.test.ts',
  'test/local/http/{faults,frames}.test.ts',
  'test/{catalog/data,discovery/sharing}.test.ts',
  'test/wire/{base64,differential,frame,linear,request}.test.ts',
  // a server that stays silent, refuses, and is called again
  'test/converse/{attempts,fallback-timeouts,from-response,idle-default,public-error,reply,retry,round-trip,timeouts}.test.ts',
  'test/local/{cli,fetch-handler,server,transport,access/cognito,invoke/refusals,page/page}.test.ts',
  // requests and answers of many kinds, each in many sizes or with every member wrong
  'test/repair/linear.test.ts',
  'test/local/check/unlisted-members.test.ts',
  'test/local/http/limits.test.ts',
  'test/limits/*.test.ts',
  'test/discovery/{access,cache,envelope,normalize,owner,pages}.test.ts',
  'test/refusals/{answers,refusals,service-rules}.test.ts',
  'test/local/endpoints/agents.test.ts',
  'test/local/upstream/{embed,failures,stream}.test.ts',
  'test/foreign-text.test.ts',
  'test/explain/{explain,truth}.test.ts',
  'test/repair/adapt.test.ts',
  'test/wire/{answer-shape,gateways}.test.ts',
  'test/event-loop/{event-loop,fairness}.test.ts',
];

/** Files that try every cut, bit, spelling or wrong value: `.ci/run` has a stage for them. */
const exhaustive = [
  'test/credentials/leaks-of-{halves,issuers,peers,sources,throws}.test.ts',
  'test/{input/garbage,input/odd-calls,invoke/recorded,local/linear,regexes,wire/integrity}.test.ts',
  // every way to read and leave, and every moment at which memory can be collected, with each of AWS's handlers
  'test/aws/{garbage,transport}.test.ts',
  // thousands of clients at once
  'test/gateway/many.test.ts',
  // npm, several times
  'test/sbom.test.ts',
];

/** Random runs, for the stage `fuzz` (test/fuzz/seed.ts says how many). */
const fuzzers = [
  'test/fuzz/*.test.ts',
  'test/{gateway,input,local,local/endpoints,local/invoke}/fuzz.test.ts',
];

/** Of the tests in browsers, those that `npm test` leaves out. */
const browsers = 'test/built/{browser-*,storage-browser,storage-indexeddb}.test.ts';

/** The blocks of the pages, run as they stand, the larger examples, and all bundlers: also for `.ci/run`. */
const pages =
  'test/built/{bundlers,example-browser,example-gateway,gateway-budgets,import-map,pages,picture}.test.ts';

/** No test is meant to take as long: it is when a machine is given up on, and not a statement about speed. */
const patience = {
  testTimeout: 300_000,
  hookTimeout: 300_000,
  expect: { poll: { timeout: 120_000 } },
};

/** Threads start faster than processes, and these files need no process of their own. */
const quick = { pool: 'threads' } as const;

const REPLACES = /clock\.js'|vi\.(?:mock|stubGlobal|useFake)|spyOn\((?:globalThis|[A-Z])/;

/**
 * Files that replace the clock, a global or a module get a thread or process of their own. All others share one per core, so that
 * what they import is loaded once.
 */
const alone = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .map((name) => `test/${name.replaceAll('\\', '/')}`)
  .filter((name) => name.endsWith('.test.ts') && REPLACES.test(readFileSync(name, 'utf8')));

/** A glob of files without a `**` as a regular expression. */
const matcher = (glob: string): RegExp => {
  const signs: Readonly<Record<string, string>> = {
    '.': '\\.',
    '*': '[^/]*',
    '{': '(?:',
    ',': '|',
    '}': ')',
  };
  return new RegExp(`^${glob.replace(/[.*{,}]/g, (sign) => signs[sign] ?? sign)}$`);
};
const isOf = (globs: string[], name: string): boolean => globs.some((glob) => matcher(glob).test(name));
const slowAlone = alone.filter((name) => isOf(slow, name) && !isOf(exhaustive, name));
const elsewhere = [
  'test/{web,built,everywhere,real}/**',
  'test/openclaw/run/**',
  ...slow,
  ...exhaustive,
  ...fuzzers,
];

/** Real runtimes with what was built, one file at a time: each starts a browser or a runtime of its own. */
const built = (name: string, include: string[], exclude: string[] = []) => ({
  test: { name, include, exclude, fileParallelism: false, ...patience },
});

export default defineConfig({
  test: {
    globalSetup: ['test/temporary-folder.ts'],
    maxWorkers: availableParallelism(),
    projects: [
      {
        resolve: { alias: [...sources('node'), openclaw] },
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...elsewhere, ...alone],
          ...quick,
          isolate: false,
          setupFiles: ['test/fresh-modules.ts'],
          ...patience,
        },
      },
      {
        resolve: { alias: [...sources('node'), openclaw] },
        test: { name: 'alone', include: alone, exclude: elsewhere, ...quick, ...patience },
      },
      {
        resolve: { alias: [...sources('node'), openclaw] },
        test: {
          name: 'slow',
          include: slow,
          exclude: [...alone, ...exhaustive],
          isolate: false,
          setupFiles: ['test/fresh-modules.ts'],
          ...patience,
        },
      },
      {
        resolve: { alias: [...sources('node'), openclaw] },
        test: { name: 'slow-alone', include: slowAlone, ...patience },
      },
      {
        resolve: { alias: [...sources('node'), openclaw] },
        test: { name: 'exhaustive', include: exhaustive, ...patience },
      },
      {
        resolve: { alias: [...sources('node'), openclaw] },
        test: { name: 'fuzz', include: fuzzers, ...patience },
      },
      {
        resolve: { alias: sources('none') },
        test: { name: 'web', include: ['test/web/**/*.test.ts'], ...quick, ...patience },
      },
      built('built', ['test/built/**/*.test.ts'], [browsers, pages, 'test/built/bench.test.ts']),
      built('browsers', [browsers]),
      built('pages', [pages]),
      built('bench', ['test/built/bench.test.ts']),
      {
        test: {
          ...built('runtimes', ['test/everywhere/**/*.test.ts']).test,
          globalSetup: ['test/everywhere/matrix-setup.ts'],
        },
      },
    ],
  },
});
