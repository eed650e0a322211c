import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { beforeAll, describe, expect, it } from 'vitest';

/** A fenced block of code. */
interface Block {
  /** The file it stands in, from the root of the repository. */
  readonly source: string;
  /** The line of its opening fence, from 1. */
  readonly line: number;
  /** What follows the language on that line. */
  readonly tag: string;
  readonly code: string;
  /** The file that the compiler is told it is. It lies in the root, so that imports resolve as they do for sources. */
  readonly module: string;
}

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const OPENING = /^([\s*]*)```(typescript|javascript|tsx|jsx|mts|mjs|ts|js)\b(.*)$/;
const EXTENSIONS: Record<string, string> = { typescript: 'ts', javascript: 'js', mts: 'ts', mjs: 'js' };

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

const pages = ['README.md', 'CONTRIBUTING.md', ...filesIn('docs', '.md')].flatMap(blocksOf);
const comments = filesIn('src', '.ts').flatMap(blocksOf);

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
  return readdirSync(join(ROOT, folder), { encoding: 'utf8', recursive: true })
    .filter((name) => name.endsWith(extension))
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .sort();
}

/** The blocks of a page, or of the comments of a source file. */
function blocksOf(source: string): Block[] {
  if (!existsSync(join(ROOT, source))) return [];
  const lines = readFileSync(join(ROOT, source), 'utf8').split(/\r?\n/);
  return lines.flatMap((opening, index) => {
    const [, margin = '', language = '', tag = ''] = OPENING.exec(opening) ?? [];
    if (language === '') return [];
    const body = lines.slice(index + 1);
    const end = body.findIndex((line) => line.slice(margin.length).startsWith('```'));
    const line = index + 1;
    const name = `${source.replaceAll('/', '-')}.${line}.${EXTENSIONS[language] ?? language}`;
    return {
      source,
      line,
      tag: tag.trim(),
      code: body
        .slice(0, end < 0 ? undefined : end)
        .map((text) => text.slice(margin.length))
        .join('\n'),
      module: join(ROOT, name),
    };
  });
}

/** One program of all blocks, with the project's own settings. */
function compile(blocks: readonly Block[]): ts.Program {
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
  files.set(`${ROOT.replaceAll('\\', '/')}react.d.ts`, `${REACT}${LIMITERS}`);
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
function complaints(program: ts.Program, { module, source, line }: Block): string[] {
  const file = program.getSourceFile(module.replaceAll('\\', '/'));
  if (file === undefined) return [`${source}:${line} was not compiled`];
  return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(
    (diagnostic) => {
      const at = file.getLineAndCharacterOfPosition(diagnostic.start ?? 0).line;
      return `${source}:${line + 1 + at} ${ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n')}`;
    },
  );
}
