/** Writes docs/service-rules.md from the refusals of this folder and the checks of the local Bedrock. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { FAMILIES } from '../../src/local/check/quirks.js';
import { REFUSALS } from './all.js';
import { ACCOUNT_REFUSALS } from './answers.js';
import type { Refusal } from './refusal.js';
import { findThrow } from './thrown.js';

const LOCAL = fileURLToPath(new URL('../../src/local/', import.meta.url));

/** Files of `src/local/check/` that say nothing by themselves. */
const SILENT: Readonly<Record<string, string>> = {
  'checked-request': 'what all checks see of a request',
  'image-size': 'reads formats and sizes from the heads of images',
  quirks: 'the table of families below',
  'reasoning-binding': 'what thoughts are bound to',
  'request-shape':
    'types and limits of members, from the service model of Bedrock Runtime; `shape` says what is wrong',
  wording: 'forms of sentences that several rules share',
};

const CLIENT: Readonly<Record<Refusal['client'], string>> = {
  repairs: 'repairs',
  'repairs with all': "repairs with `repair: 'all'`",
  adapts: 'adapts with `adapt: true`',
  'says what to do': 'says what to do',
  'cannot help': "cannot help: the error has the service's sentence",
};

const HEAD = `# What the service refuses

<!-- Made by \`npm run service-rules\`, not by hand. -->

The local Bedrock refuses what Amazon Bedrock refuses, in the words of the service. This page lists every sentence that it has for a
request: who recorded it and when that was read, which file says it, and what the client does about it. "Not recorded" means that no
one has published the refusal: the rule is from AWS's reference, and the sentence is ours.

The files named under "local check" are in \`src/local/\`; no rule there reads what the client knows. The files under "test" are in
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
  return readdirSync(`${LOCAL}check`)
    .map((name) => name.replace(/\.ts$/, ''))
    .sort();
}

function rowOf(refusal: Refusal, name: string): string[] {
  const { what, modelId, only, message, source, read, client } = refusal;
  const said =
    typeof message === 'string' ? message : message.source.replace(/^\^|\$$/g, '').replace(/\\(?=\W)/g, '');
  const where = only === undefined ? '' : `, ${only === 'converse' ? 'Converse' : 'ConverseStream'} alone`;
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
        ? (fileThatSays(said) ?? 'none: no request leads there')
        : `http/refusals (\`refuse=${refuse}\`)`,
      CLIENT['says what to do'],
      'answers.ts',
    ]),
  ]);
}

/** The file with most of a sentence; ids and names in it are made up. */
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
    ['file', 'what it says'],
    ...listChecks().map((name) => {
      const count = says.filter((files) => files.includes(`check/${name}`)).length;
      const counted =
        name === 'count-tokens'
          ? 'see accounts, policies and keys'
          : `leads to ${count} of the refusals above`;
      return [name, SILENT[name] ?? counted];
    }),
  ]);
}

/** Files that neither say something nor are known to be silent. */
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
