import type { LocalServer } from 'bedrock-anywhere/local/node';
import { afterAll, beforeAll, describe, inject } from 'vitest';
import { nextCommand, nextFolders } from '../../scripts/next/install.mjs';
import { App } from './app.js';
import { Program } from './program.js';
import { ACCESS_TOKEN, itStreams, startBedrock } from './streaming.js';

/** The routes of the app, and the examples that they are. */
const ROUTES = { node: 'nextjs', edge: 'vercel-edge' };

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

/** Writes the configuration of an app in a folder with Next.js. */
export function configureNext(app: App, folder: string): void {
  app.write('tsconfig.json', JSON.stringify(TSCONFIG));
  const root = JSON.stringify(folder);
  app.write(
    'next.config.mjs',
    `export default { outputFileTracingRoot: ${root}, turbopack: { root: ${root} } };`,
  );
}

/** The environment of an app that uses a local Bedrock. */
export function environmentOf(bedrock: LocalServer): Record<string, string> {
  return {
    NEXT_TELEMETRY_DISABLED: '1',
    ACCESS_TOKENS: ACCESS_TOKEN,
    AWS_REGION: bedrock.region,
    AWS_BEARER_TOKEN_BEDROCK: bedrock.apiKey,
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrock.url,
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
      for (const [route, example] of Object.entries(ROUTES))
        app.copyExample(`${example}/app/api/chat`, `app/api/${route}`);
      configureNext(app, folder);
      app.install(inject('tarball'));
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

    describe.each(Object.keys(ROUTES))('a route in the runtime %s', (route) => {
      itStreams(() => ({ url: `${url}/api/${route}`, server: next, bedrock }));
    });

    more(folder);
  });
}
