// Reads what the package exports, with its documentation, from the sources.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/**
 * A name that an entry of the package exports.
 *
 * @typedef {object} Exported
 * @property {string} entry The name to import it from, such as `bedrock-anywhere/aws`.
 * @property {string} name
 * @property {ts.Symbol} symbol What it stands for, behind all re-exports.
 * @property {readonly ts.Declaration[]} declarations
 * @property {string} description Its first paragraphs, before the tags.
 * @property {readonly ts.JSDocTagInfo[]} tags
 */

/**
 * @typedef {object} Api
 * @property {ts.TypeChecker} checker
 * @property {Exported[]} exported Those whose declaration is in `src`, in the order of the entries, then by name.
 * @property {{ entry: string, name: string, module: string }[]} foreign Those of other packages.
 */

/**
 * Reads the API.
 *
 * @param {Record<string, string>} [given] Sources by the name of their entry, instead of those of the package.
 * @returns {Api}
 */
export function readApi(given) {
  const entries =
    given === undefined
      ? listEntries()
      : new Map(Object.keys(given).map((name) => [name, join(ROOT, `${name}.ts`)]));
  const texts = new Map(Object.entries(given ?? {}).map(([name, text]) => [entries.get(name), text]));
  const options = readCompilerOptions();
  const host = ts.createCompilerHost(options);
  const { getSourceFile } = host;
  host.getSourceFile = (file, target, ...rest) => {
    const text = texts.get(file);
    return text === undefined
      ? getSourceFile(file, target, ...rest)
      : ts.createSourceFile(file, text, target, true);
  };
  const program = ts.createProgram([...entries.values()], options, host);
  /** @type {Api} */
  const api = { checker: program.getTypeChecker(), exported: [], foreign: [] };
  for (const [entry, file] of entries) addEntry(api, entry, program.getSourceFile(file));
  return api;
}

function readCompilerOptions() {
  const config = ts.getParsedCommandLineOfConfigFile(
    join(ROOT, 'tsconfig.json'),
    {},
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic({ messageText }) {
        throw new Error(ts.flattenDiagnosticMessageText(messageText, '\n'));
      },
    },
  );
  return config?.options ?? {};
}

/**
 * @param {Api} api
 * @param {string} entry
 * @param {ts.SourceFile | undefined} file
 */
function addEntry(api, entry, file) {
  const module = file && api.checker.getSymbolAtLocation(file);
  if (module === undefined) throw new Error(`The source of ${entry} is not a module.`);
  const names = api.checker.getExportsOfModule(module).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const exported of names) addExport(api, entry, exported);
}

/**
 * @param {Api} api
 * @param {string} entry
 * @param {ts.Symbol} exported
 */
function addExport({ checker, exported: all, foreign }, entry, exported) {
  const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
  const declarations = symbol.declarations ?? [];
  const [file = ''] = declarations.map((declaration) => declaration.getSourceFile().fileName);
  const [, module] = /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules)/.exec(file) ?? [];
  const { name } = exported;
  if (module !== undefined) return void foreign.push({ entry, name, module });
  const description = ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim();
  all.push({ entry, name, symbol, declarations, description, tags: symbol.getJsDocTags(checker) });
}

/**
 * The sources of the entries by the name to import them by, in the order of `exports` in package.json.
 *
 * @returns {Map<string, string>}
 */
export function listEntries() {
  const { name, exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile);
  const names = Object.keys(exports)
    .filter((subpath) => subpath !== './package.json')
    .map((subpath) => `${name}${subpath.slice(1)}`);
  return new Map(names.map((entry) => [entry, join(ROOT, config.compilerOptions.paths[entry][0])]));
}
