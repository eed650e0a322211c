// A user's project: the packed package, its dependencies, and programs that import everything that it exports.
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import ts from 'typescript';
import { npmInstall } from './compilers.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
// On Windows npm's commands are .cmd files, which only a shell can start.
const shell = process.platform === 'win32';

/** @type {{ name: string, exports: Record<string, { types?: string, node?: string, default?: string }>, devDependencies: Record<string, string> }} */
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** What users of some subpaths install besides the package. */
const BESIDE = ['@types/node', 'msw', 'zod'];
/** Without its types: ours have to compile without them. */
const REACT = 'react@19.3.1';

/** Checks that a lib is absent: a declaration that pulls it in unnoticed would hide what is missing in others. */
const probe = (/** @type {string} */ name) =>
  `// @ts-expect-error ${name} is not in this project.\nexport type Absent = ${name};\n`;

/**
 * The environments of users. `mayFail`: packages whose own declarations need types that are absent, which we cannot change;
 * all our other dependencies have to compile.
 */
export const ENVIRONMENTS = [
  {
    name: 'Node without DOM',
    compilerOptions: { lib: ['es2022'], types: ['node'] },
    absent: 'IDBFactory',
    mayFail: ['msw', '@mswjs/interceptors', 'rettime'],
  },
  {
    name: 'DOM without Node',
    compilerOptions: { lib: ['es2022', 'dom'], types: [] },
    absent: 'Buffer',
    mayFail: ['@smithy/types', '@smithy/core'],
  },
];

export const RESOLUTIONS = [
  { name: 'nodenext', compilerOptions: { module: 'nodenext', moduleResolution: 'nodenext' } },
  { name: 'bundler', compilerOptions: { module: 'esnext', moduleResolution: 'bundler' } },
  { name: 'preserve', compilerOptions: { module: 'preserve' } },
];

/**
 * Creates the project, and returns the number of subpaths and names that it imports.
 *
 * @param {string} folder
 */
export async function makeProject(folder) {
  if (!existsSync(join(root, 'dist/index.d.ts')))
    throw new Error('dist/ has no declarations. Run `npm run build` before this.');
  const beside = BESIDE.map((name) => `${name}@${manifest.devDependencies[name]}`);
  npmInstall(folder, [pack(folder), ...beside, REACT]);
  const subpaths = Object.entries(manifest.exports).filter(([, { types }]) => types !== undefined);
  const installed = join(folder, 'node_modules', manifest.name);
  const files = [];
  let names = 0;
  for (const [subpath, { types = '', node, default: web = '' }] of subpaths) {
    const values = Object.keys(await import(pathToFileURL(join(installed, node ?? web)).href));
    const exported = exportedNames(join(installed, types));
    const list = exported.map((name) => (values.includes(name) ? name : `type ${name}`)).join(', ');
    files.push(`names-${files.length}.ts`);
    writeFileSync(
      join(folder, files.at(-1) ?? ''),
      `export { ${list} } from '${manifest.name}${subpath.slice(1)}';\n`,
    );
    names += exported.length;
  }
  copyFileSync(join(root, 'test/declarations/consumer.ts'), join(folder, 'consumer.ts'));
  for (const [i, { absent }] of ENVIRONMENTS.entries())
    writeFileSync(join(folder, `absent-${i}.ts`), probe(absent));
  for (const { file, compilerOptions, probes } of configurations()) {
    const program = { compilerOptions, files: [...files, 'consumer.ts', probes] };
    writeFileSync(join(folder, file), JSON.stringify(program));
  }
  return { subpaths: subpaths.length, names };
}

/** The `tsconfig` of each environment and resolution. */
export function configurations() {
  return ENVIRONMENTS.flatMap((environment, i) =>
    RESOLUTIONS.map((resolution) => ({
      name: `${environment.name}, ${resolution.name}`,
      file: `tsconfig.${i}.${resolution.name}.json`,
      mayFail: environment.mayFail,
      probes: `absent-${i}.ts`,
      compilerOptions: {
        target: 'es2022',
        strict: true,
        exactOptionalPropertyTypes: true,
        noUncheckedIndexedAccess: true,
        verbatimModuleSyntax: true,
        skipLibCheck: false,
        noEmit: true,
        // So that types inferred from ours can be written into the declarations of another library.
        declaration: true,
        ...environment.compilerOptions,
        ...resolution.compilerOptions,
      },
    })),
  );
}

/** @param {string} folder */
function pack(folder) {
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const [packed] = JSON.parse(execFileSync('npm', args, { cwd: root, encoding: 'utf8', shell }));
  return join(folder, packed.filename);
}

/**
 * What a module exports, including types.
 *
 * @param {string} file
 */
function exportedNames(file) {
  const program = ts.createProgram([file], { module: ts.ModuleKind.ESNext, types: [] });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const module = source && checker.getSymbolAtLocation(source);
  if (module === undefined) throw new Error(`${file} is not a module.`);
  return checker.getExportsOfModule(module).map(({ name }) => name);
}
