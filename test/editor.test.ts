import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { beforeAll, describe, expect, it } from 'vitest';
import { catalogData } from '../src/catalog/data.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** What somebody types. A comment inside is where the cursor stands. */
const PROGRAM = `
import { converse, countTokens, createBedrock, stream } from 'bedrock-anywhere';
import * as api from 'bedrock-anywhere';

const bedrock = createBedrock();
stream({ modelId: '/*stream*/', messages: [] });
converse({ modelId: '/*converse*/', messages: [] });
countTokens({ modelId: '/*countTokens*/', messages: [] });
bedrock.stream({ modelId: '/*bedrock.stream*/', messages: [] });
bedrock.converse({ modelId: '/*bedrock.converse*/', messages: [] });
bedrock.countTokens({ modelId: '/*bedrock.countTokens*/', messages: [] });
bedrock./*methods*/;
api./*api*/;
`;

const CATALOG_IDS = catalogData.flatMap(({ rows }) => rows.match(/^\S+/gm) ?? []).sort();

/** What an editor asks of TypeScript, of a file that lies in this repository as a user's would. */
describe('an editor', { timeout: 120_000 }, () => {
  const file = join(ROOT, 'editor.ts').replaceAll('\\', '/');
  const program = PROGRAM;
  let service: ts.LanguageService;

  beforeAll(() => {
    service = ts.createLanguageService(hostOf(file, program));
    service.getProgram();
  }, 120_000);

  const at = (mark: string) => program.indexOf(`/*${mark}*/`);
  const namesAt = (mark: string) =>
    (service.getCompletionsAtPosition(file, at(mark), {})?.entries ?? []).map(({ name }) => name);

  it.each(['stream', 'converse', 'countTokens', 'bedrock.stream', 'bedrock.converse', 'bedrock.countTokens'])(
    'offers the ids of the catalog as modelId of %s()',
    (call) => {
      expect(
        namesAt(call)
          .filter((name) => CATALOG_IDS.includes(name))
          .sort(),
      ).toEqual(CATALOG_IDS);
    },
  );

  it('says of every method of a client what it does', () => {
    const methods = namesAt('methods');
    expect(methods.sort()).toEqual(['converse', 'countTokens', 'discover', 'stream']);
    const silent = methods.filter((name) => documentationOf('methods', name) === '');
    expect(silent).toEqual([]);
  });

  it('says of every function and class what it does', () => {
    const names = namesAt('api');
    expect(names).toContain('createBedrock');
    expect(names.filter((name) => documentationOf('api', name) === '')).toEqual([]);
  });

  function documentationOf(mark: string, name: string): string {
    const details = service.getCompletionEntryDetails(file, at(mark), name, {}, undefined, {}, undefined);
    return ts.displayPartsToString(details?.documentation);
  }
});

/** A host that knows one file more than the disk. */
function hostOf(file: string, text: string): ts.LanguageServiceHost {
  const config = ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(
    { ...config.config, include: [], files: [file] },
    ts.sys,
    ROOT,
  );
  const contentOf = (name: string) => (name === file ? text : ts.sys.readFile(name));
  return {
    getScriptFileNames: () => [file],
    getScriptVersion: () => '1',
    getScriptSnapshot: (name) => {
      const content = contentOf(name);
      return content === undefined ? undefined : ts.ScriptSnapshot.fromString(content);
    },
    getCurrentDirectory: () => ROOT,
    getCompilationSettings: () => options,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: (name) => name === file || ts.sys.fileExists(name),
    readFile: contentOf,
    readDirectory: ts.sys.readDirectory,
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
    realpath: ts.sys.realpath ?? ((path) => path),
  };
}
