import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Block, blocksOf, ROOT } from './page-blocks.js';

/** A block of code, and the file that the compiler is told it is. It lies in the root, so that imports resolve as they do for sources. */
interface Example extends Block {
  readonly module: string;
}

const EXTENSIONS: Record<string, string> = {
  typescript: 'ts',
  mts: 'ts',
  ts: 'ts',
  tsx: 'tsx',
  javascript: 'js',
  mjs: 'js',
  js: 'js',
  jsx: 'jsx',
};

/** What examples use of React, which is not installed here. `test/real/react` compiles them with its own types. */
const REACT = `
declare module 'react' {
  export function useState<State>(initial: State | (() => State)): [State, (next: State) => void];
  export function useEffect(effect: () => void, dependencies: readonly unknown[]): void;
}
declare namespace JSX {
  interface IntrinsicElements {
    [name: string]: {
      onSubmit?(event: { preventDefault(): void }): void;
      onChange?(event: { target: { value: string } }): void;
      [other: string]: unknown;
    };
  }
}`;

/** What examples use of rate-limiter-flexible, which `test/gateway/machines` runs. */
const LIMITERS = `
declare module 'rate-limiter-flexible' {
  export class RateLimiterRedis {
    constructor(options: { storeClient: unknown; keyPrefix?: string; points: number; duration: number });
    get(key: string): Promise<{ consumedPoints: number } | null>;
    penalty(key: string, points?: number): Promise<{ consumedPoints: number }>;
    reward(key: string, points?: number): Promise<{ consumedPoints: number }>;
  }
}`;

/** The API of OpenTelemetry, with whose own types `test/real/clients` compiles the example. */
const TELEMETRY = `
declare module '@opentelemetry/api';`;

/** What the recipes use of frameworks that are not installed here. `test/real/recipes` runs them with the frameworks themselves. */
const FRAMEWORKS = `
declare module 'express' {
  type Handler = (
    request: { readonly body: Record<string, unknown> },
    response: import('node:http').ServerResponse,
  ) => Promise<void>;
  function express(): { post(path: string, parser: unknown, handler: Handler): void };
  namespace express {
    function json(): unknown;
  }
  export default express;
}
declare module 'fastify' {
  export default function Fastify(): {
    post(
      path: string,
      handler: (
        request: { readonly body: unknown },
        reply: { readonly raw: import('node:http').ServerResponse },
      ) => Promise<Response>,
    ): void;
  };
}
declare module 'hono' {
  interface Context {
    readonly req: { json<Body>(): Promise<Body>; readonly raw: Request };
  }
  export class Hono {
    post(path: string, handler: (context: Context) => Promise<Response>): void;
  }
}`;

/** What examples use of the AI SDK, which is not installed here. `test/real/next-ai.test.ts` runs them with its own. */
const AI_SDK = `
declare module 'ai' {
  export function convertToModelMessages(messages: unknown): Promise<object[]>;
  export function streamText(call: {
    model: { specificationVersion: 'v3' | 'v4' };
    messages: object[];
    abortSignal?: AbortSignal;
  }): { toUIMessageStreamResponse(): Response };
}`;

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...filesIn('docs', '.md'),
  ...filesIn('examples', '.md'),
].flatMap(examplesOf);
const comments = filesIn('src', '.ts').flatMap(examplesOf);

describe('every example compiles', () => {
  let program: ts.Program;
  beforeAll(() => {
    program = compile([...pages, ...comments]);
  });

  it('README.md has examples', () => {
    expect(pages.filter(({ source }) => source === 'README.md')).not.toEqual([]);
  });

  it.each([...pages, ...comments].map((block) => [`${block.source}:${block.line}`, block] as const))(
    '%s',
    (_name, block) => {
      expect(block.tag, 'the fence names the language and nothing else').toBe('');
      expect(complaints(program, block)).toEqual([]);
    },
    // The first block to be looked at waits for the types of all that it imports.
    60_000,
  );
});

/** Files of a folder and those below it, from the root; none where the folder is missing. */
function filesIn(folder: string, extension: string): string[] {
  if (!existsSync(join(ROOT, folder))) return [];
  return (
    readdirSync(join(ROOT, folder), { encoding: 'utf8', recursive: true })
      .filter((name) => name.endsWith(extension))
      .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
      // It is made of the comments, which are compiled themselves.
      .filter((name) => !name.startsWith('docs/api/'))
      .sort()
  );
}

/** The blocks that a compiler understands. */
function examplesOf(source: string): Example[] {
  return blocksOf(source).flatMap((block) => {
    const extension = EXTENSIONS[block.language];
    if (extension === undefined) return [];
    return { ...block, module: join(ROOT, `${source.replaceAll('/', '-')}.${block.line}.${extension}`) };
  });
}

/** One program of all blocks, with the project's own settings. */
function compile(blocks: readonly Example[]): ts.Program {
  const config = ts.getParsedCommandLineOfConfigFile(
    join(ROOT, 'tsconfig.json'),
    {},
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
        throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'));
      },
    },
  );
  const options: ts.CompilerOptions = {
    ...config?.options,
    // A block is a module of its own even where it imports nothing, and may show a value without using it.
    moduleDetection: ts.ModuleDetectionKind.Force,
    jsx: ts.JsxEmit.Preserve,
    noUnusedLocals: false,
    noUnusedParameters: false,
  };
  const files = new Map(blocks.map(({ module, code }) => [module.replaceAll('\\', '/'), code]));
  files.set(`${ROOT.replaceAll('\\', '/')}react.d.ts`, REACT);
  files.set(`${ROOT.replaceAll('\\', '/')}frameworks.d.ts`, `${FRAMEWORKS}${LIMITERS}${TELEMETRY}`);
  files.set(`${ROOT.replaceAll('\\', '/')}ai.d.ts`, AI_SDK);
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (name) => files.has(name) || fileExists(name);
  host.readFile = (name) => files.get(name) ?? readFile(name);
  host.getSourceFile = (name, target, ...rest) => {
    const code = files.get(name);
    return code === undefined
      ? getSourceFile(name, target, ...rest)
      : ts.createSourceFile(name, code, target);
  };
  return ts.createProgram([...files.keys()], options, host);
}

/** What the compiler has against a block, with the line in the file where it stands. */
function complaints(program: ts.Program, { module, source, line }: Example): string[] {
  const file = program.getSourceFile(module.replaceAll('\\', '/'));
  if (file === undefined) return [`${source}:${line} was not compiled`];
  return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(
    (diagnostic) => {
      const at = file.getLineAndCharacterOfPosition(diagnostic.start ?? 0).line;
      return `${source}:${line + 1 + at} ${ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n')}`;
    },
  );
}
