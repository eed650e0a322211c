/** Writes docs/service-rules.md from the refusals of this folder and the checks of the local Bedrock. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { FAMILIES } from '../../src/local/check/quirks.js';
import { REFUSALS } from './all.js';
import { ACCOUNT_REFUSALS } from './answers.js';
import type { Refusal } from './refusal.js';
import { findThrow } from './thrown.js';

const LOCAL = fileURLToPath(new URL('../../src/local/', import.meta.url));

/** Files of `src/local/check/` that contain no refusals themselves. */
const SILENT: Readonly<Record<string, string>> = {
  'checked-request': 'the parts of a request that all checks see',
  'media/image-size': 'reads formats and sizes from the headers of images',
  quirks: 'the table of families above',
  'reasoning/binding': 'what reasoning is bound to',
  'request-shape':
    'types and limits of members, from the service model of Bedrock Runtime; `shape` says what is wrong',
  wording: 'sentence patterns that several rules share',
};

const CLIENT: Readonly<Record<Refusal['client'], string>> = {
  repairs: 'repairs',
  'repairs with all': "repairs with `repair: 'all'`",
  adapts: 'adapts with `adapt: true`',
  'says what to do': 'says what to do',
  'cannot help': "cannot help: the error quotes the service's sentence",
};

const HEAD = `# What the service refuses

<!-- Made by \`npm run service-rules\`, not by hand. -->

The local Bedrock refuses what Amazon Bedrock refuses, in the service's own words. This page lists every sentence that it answers a
bad request with: where it was recorded and when we read that, which file contains it, and what the client does about it. "Not
recorded" means that nobody has published the refusal: the rule is from AWS's reference, and the sentence is ours.

The files named under "local check" are in \`src/local/\`; the rules there do not use the client's tables. The files under "test" are in
\`test/refusals/\`: \`refusals.test.ts\` sends each request to the local Bedrock and through the client, \`answers.test.ts\` does the same
for accounts and keys. A test fails if a check has a sentence that is not here, or if this page is not up to date.
`;

/** Writes the page. */
export function writeServiceRules(): string {
  const sections = Object.entries(REFUSALS).map(([name, list]) =>
    section(titleOf(name), [
      ['refused', 'the service says', 'source, read', 'local check', 'client', 'test'],
      ...list.map((refusal) => rowOf(refusal, name)),
    ]),
  );
  return [HEAD, ...sections, accountSection(), familySection(), fileSection()].join('\n');
}

/** Files of `src/local/check/`, without their ending. */
export function listChecks(): string[] {
  return readdirSync(`${LOCAL}check`, { encoding: 'utf8', recursive: true })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => name.slice(0, -'.ts'.length).replaceAll('\\', '/'))
    .sort();
}

function rowOf(refusal: Refusal, name: string): string[] {
  const { what, modelId, only, message, source, read, client } = refusal;
  const said =
    typeof message === 'string' ? message : message.source.replace(/^\^|\$$/g, '').replace(/\\(?=\W)/g, '');
  const where = only === undefined ? '' : `, only ${only === 'converse' ? 'Converse' : 'ConverseStream'}`;
  const [place] = findThrow(refusal).filter(({ file }) => file !== 'check/wording');
  if (place === undefined) throw new Error(`The local Bedrock does not refuse ${what} (${modelId}).`);
  return [
    `${what} (\`${modelId}\`${where})`,
    `\`${said.replaceAll('`', "'")}\``,
    `${source}, ${read}`,
    place.file,
    CLIENT[client],
    `${name}.ts`,
  ];
}

function accountSection(): string {
  return section('Accounts, policies and keys', [
    ['refused', 'the service says', 'source, read', 'local check', 'client', 'test'],
    ...ACCOUNT_REFUSALS.map(({ what, said, source, read, refuse }) => [
      what,
      `\`${said.trim()}\``,
      `${source}, ${read}`,
      refuse === undefined
        ? (fileThatSays(said) ?? 'none: no request triggers it')
        : `http/refusals (\`refuse=${refuse}\`)`,
      CLIENT['says what to do'],
      'answers.ts',
    ]),
  ]);
}

/** The file with the beginning of a sentence: ids and names in the rest are made up. */
function fileThatSays(said: string): string | undefined {
  const words = said.trim().slice(0, 30);
  const files = readdirSync(LOCAL, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  const found = files.find((name) =>
    readFileSync(LOCAL + name, 'utf8')
      .replaceAll('\\', '')
      .includes(words),
  );
  return found?.replaceAll('\\', '/').replace(/\.ts$/, '');
}

function familySection(): string {
  return section('Families of models', [
    ['models', 'reject', 'source'],
    ...FAMILIES.map(({ ids, rejects, source }) => [
      `\`${ids.source}\``,
      Object.entries(rejects)
        .map(([name, value]) => (value === true ? name : `${name}: ${JSON.stringify(value)}`))
        .join(', '),
      source,
    ]),
  ]);
}

function fileSection(): string {
  const refusals = Object.values(REFUSALS).flat();
  const says = refusals.map((refusal) => findThrow(refusal).map(({ file }) => file));
  return section('Files of `src/local/check/`', [
    ['file', 'what it does'],
    ...listChecks().map((name) => {
      const count = says.filter((files) => files.includes(`check/${name}`)).length;
      const counted =
        name === 'count-tokens'
          ? 'see accounts, policies and keys'
          : `involved in ${count} of the refusals above`;
      return [name, SILENT[name] ?? counted];
    }),
  ]);
}

/** Files that have no refusals, and are not in the list of those that should have none. */
export function listForgotten(): string[] {
  const files = new Set(
    Object.values(REFUSALS).flatMap((list) => list.flatMap((one) => findThrow(one)).map(({ file }) => file)),
  );
  return listChecks().filter(
    (name) => name !== 'count-tokens' && !files.has(`check/${name}`) && !(name in SILENT),
  );
}

function titleOf(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1).replaceAll('-', ' ');
}

function section(title: string, [head = [], ...rows]: string[][]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  const rule = head.map(() => '---');
  return `## ${title}\n\n${[head, rule, ...rows].map(line).join('\n')}\n`;
}
