// Writes the API reference, docs/api/, from the comments of the sources: `npm run api`. It is made when the package is packed, and is
// not in the repository, where it would change with every comment.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Application, TSConfigReader } from 'typedoc';
import { listEntries } from './api/read.mjs';
import { anchorsOf } from './packed-links.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const OUT = join(ROOT, 'docs/api');
const AWS = '@aws-sdk/client-bedrock-runtime';

const entries = listEntries();
process.chdir(ROOT);
rmSync(OUT, { recursive: true, force: true });
/** @type {Partial<import('typedoc').TypeDocOptions> & Record<string, unknown>} Those of the plugin are not among the types. */
const options = {
  plugin: ['typedoc-plugin-markdown'],
  entryPoints: [...entries.values()],
  tsconfig: 'tsconfig.json',
  out: OUT,
  name: 'API reference',
  readme: 'none',
  // A file for each entry of the package.
  router: 'module',
  groupOrder: ['Functions', 'Variables', 'Classes', 'Interfaces', 'Type Aliases'],
  excludeExternals: true,
  excludePrivate: true,
  disableSources: true,
  hideBreadcrumbs: true,
  hidePageHeader: true,
  parametersFormat: 'table',
  propertiesFormat: 'table',
  interfacePropertiesFormat: 'table',
  typeDeclarationFormat: 'table',
  // `tsc` has checked them.
  skipErrorChecking: true,
  validation: { invalidLink: true, notExported: false, notDocumented: false },
};
const app = await Application.bootstrapWithPlugins(options, [new TSConfigReader()]);
const project = await app.convert();
if (project === undefined) throw new Error('Typedoc could not read the sources.');
const names = new Map(
  [...entries].map(([name, file]) => [
    relative(join(ROOT, 'src'), file).replace(/(?:\/index)?\.ts$/, ''),
    name,
  ]),
);
for (const module of project.children ?? []) {
  const name = names.get(module.name);
  if (name === undefined)
    throw new Error(`Typedoc found the entry ${module.name}, which package.json does not have.`);
  module.name = name;
  for (const type of module.children ?? []) removeInherited(type, project);
}
project.children?.sort((/** @type {{ name: string }} */ a, /** @type {{ name: string }} */ b) =>
  a.name < b.name ? -1 : 1,
);
await app.generateOutputs(project);
if (app.logger.hasErrors() || app.logger.hasWarnings()) process.exitCode = 1;
for (const page of readdirSync(OUT, { recursive: true, encoding: 'utf8' }))
  if (page.endsWith('.md')) repairLinks(join(OUT, page));
nameTypesOfAws();

/**
 * What an interface extends is linked: to repeat it in each of them would double the size.
 *
 * @param {any} type
 * @param {import('typedoc').ProjectReflection} project
 */
function removeInherited(type, project) {
  for (const member of [...(type.children ?? [])])
    if (member.inheritedFrom !== undefined) project.removeReflection(member);
}

/**
 * Typedoc takes `BedrockErrorCode` and the member `code` of `BedrockError` for the same anchor, and numbers one of them. In Markdown
 * the second has a heading of its own name, so the number leads nowhere.
 *
 * @param {string} page
 */
function repairLinks(page) {
  const text = readFileSync(page, 'utf8');
  const repaired = text.replace(/\]\(([^)\s#]*)#([\w-]+)-\d+\)/g, (link, file, anchor) => {
    const target = file === '' ? page : join(dirname(page), file);
    const anchors = anchorsOf(readFileSync(target, 'utf8'));
    return anchors.has(link.slice(link.indexOf('#') + 1, -1)) || !anchors.has(anchor)
      ? link
      : `](${file}#${anchor})`;
  });
  writeFileSync(page, repaired);
}

/** They are documented by AWS; a list says that they can be imported from here. */
function nameTypesOfAws() {
  const index = readFileSync(join(ROOT, 'src/index.ts'), 'utf8');
  const [, list = ''] = new RegExp(`export type \\{([^}]*)\\} from '${AWS}'`).exec(index) ?? [];
  const types = list.split(',').flatMap((name) => (name.trim() === '' ? [] : `\`${name.trim()}\``));
  if (types.length === 0) throw new Error(`src/index.ts exports no types of ${AWS}.`);
  const file = join(OUT, 'bedrock-anywhere.md');
  const text = `\n## Types of AWS\n\nThese are exported as \`${AWS}\` defines them, so that nobody has to import that package: ${types.join(', ')}.\n`;
  writeFileSync(file, readFileSync(file, 'utf8') + text);
}
