import type { LocalServer } from 'bedrock-anywhere/local/node';
import { afterAll, beforeAll, describe, inject } from 'vitest';
import { nextCommand, nextFolders } from '../../scripts/next/install.mjs';
import { App } from './app.js';
import { itServesPlayground } from './playground.js';
import { Program } from './program.js';
import { ACCESS_TOKEN, itStreams, startBedrock } from './streaming.js';

/** The paths of routes that stream, by their runtime. */
const ROUTES = { node: 'chat', edge: 'edge' };

/** As `create-next-app` writes it, for what the app has. */
const TSCONFIG = {
  compilerOptions: {
    target: 'ES2017',
    lib: ['dom', 'dom.iterable', 'esnext'],
    strict: true,
    noEmit: true,
    esModuleInterop: true,
    module: 'esnext',
    moduleResolution: 'bundler',
    resolveJsonModule: true,
    isolatedModules: true,
    jsx: 'preserve',
    plugins: [{ name: 'next' }],
  },
  include: ['next-env.d.ts', '**/*.ts', '**/*.tsx', '.next/types/**/*.ts'],
  exclude: ['node_modules'],
};

/**
 * Writes the configuration of an app in a folder with Next.js.
 *
 * @param own A module whose default export is the app's own configuration.
 */
export function configureNext(app: App, folder: string, own?: string): void {
  app.write('tsconfig.json', JSON.stringify(TSCONFIG));
  const root = JSON.stringify(folder);
  const more = `outputFileTracingRoot: ${root}, turbopack: { root: ${root} }`;
  app.write(
    'next.config.mjs',
    own === undefined
      ? `export default { ${more} };`
      : `import own from './${own}';\nexport default { ...own, ${more} };`,
  );
}

/** The environment of an app that uses a local Bedrock. */
export function environmentOf(bedrock: LocalServer): Record<string, string> {
  return {
    NEXT_TELEMETRY_DISABLED: '1',
    ACCESS_TOKENS: ACCESS_TOKEN,
    AWS_REGION: bedrock.region,
    AWS_BEARER_TOKEN_BEDROCK: bedrock.apiKey,
    AWS_ENDPOINT_URL: bedrock.url,
  };
}

/** Streams through an app of each version of Next.js. */
export function describeNext(command: 'dev' | 'start', more: (folder: string) => void = () => {}): void {
  describe.each(Object.entries(nextFolders))(`Next.js %s, next ${command}`, (_version, folder) => {
    let app: App | undefined;
    let bedrock: LocalServer;
    let next: Program | undefined;
    let url: string;

    beforeAll(async () => {
      bedrock = await startBedrock();
      app = new App(folder);
      app.copyExample('nextjs', '.');
      app.copyExample('nextjs/next.config.mjs', 'example.config.mjs');
      app.copyExample('vercel-edge/app/api/chat', 'app/api/edge');
      configureNext(app, folder, 'example.config.mjs');
      app.install(inject('tarball'));
      await using copy = new Program(process.execPath, ['copy-playground.mjs'], app.folder);
      await copy.complete();
      if (command === 'start') {
        await using build = run(app.folder, 'build');
        await build.complete();
      }
      next = run(app.folder, command, '--hostname', '127.0.0.1', '--port', '0');
      url = await next.waitFor(/Local: +(http:\S+)/);
    });
    afterAll(async () => {
      await next?.[Symbol.asyncDispose]();
      app?.[Symbol.dispose]();
      await bedrock?.close();
    });

    function run(cwd: string, ...args: string[]): Program {
      return new Program(process.execPath, [nextCommand(folder), ...args], cwd, environmentOf(bedrock));
    }

    describe.each(Object.entries(ROUTES))('a route in the runtime %s', (_runtime, route) => {
      itStreams(() => ({ url: `${url}/api/${route}`, server: next, bedrock }));
    });

    describe('the playground', () => {
      itServesPlayground(() => ({ page: `${url}/playground`, gateway: `${url}/bedrock`, bedrock }));
    });

    more(folder);
  });
}
