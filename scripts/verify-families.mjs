// Lists the models that no row of the families table (src/catalog/quirks-*.ts) is about, and those that the catalog does not
// know: what a new model of Bedrock needs. Run `npm run build` first.
//
// Usage: node scripts/verify-families.mjs [--account | <file>…]
// Without arguments it reads the recorded lists in $BEDROCK_FIXTURES/lists or ../shared/fixtures/lists. --account asks AWS with
// discover() and its credentials and region. A file contains the answer of ListFoundationModels or ListInferenceProfiles, from
// the aws command for example. Status 1 if a model that can be called is in neither table.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

/**
 * @typedef {{ id: string, note?: string }} Listed
 * @typedef {{ quirks(id: string): { sources: readonly string[] }, facts(id: string): object | undefined }} Tables
 * @typedef {{ noRow: Listed[], noFacts: Listed[], neither: Listed[], count: number }} Gaps
 */

/** Models that list text as their output, but that Converse does not serve. */
const NOT_SERVED = /\.(?:rerank|pegasus|nova(?:-2)?-sonic)-/;

const [, script, ...options] = process.argv;
if (script !== undefined && import.meta.url === pathToFileURL(script).href) await main();

async function main() {
  if (!existsSync(join(ROOT, 'dist/node/index.js'))) throw new Error('There is no build. Run npm run build.');
  const { discover, modelQuirks } = await import(pathToFileURL(join(ROOT, 'dist/node/index.js')).href);
  const { catalog } = await import(pathToFileURL(join(ROOT, 'dist/node/catalog.js')).href);
  const models = options[0] === '--account' ? await fromAccount(discover) : fromFiles(options);
  const gaps = findGaps(models, { quirks: modelQuirks, facts: catalog });
  print('No row in the families table', gaps.noRow);
  print('Not in the catalog', gaps.noFacts);
  print('In neither', gaps.neither);
  console.log(`${gaps.count} models`);
  if (gaps.neither.length > 0) process.exitCode = 1;
}

/** @param {(options: object) => Promise<{ models: { foundationModelId: string, region: string }[] }>} discover */
async function fromAccount(discover) {
  const { models } = await discover({});
  return models.map(({ foundationModelId, region }) => ({ id: foundationModelId, note: region }));
}

/** @param {string[]} files */
function fromFiles(files) {
  if (files.length > 0) return files.flatMap((file) => readList(readFileSync(file, 'utf8')));
  const folder = resolve(ROOT, process.env['BEDROCK_FIXTURES'] ?? '../shared/fixtures', 'lists');
  if (!existsSync(folder))
    throw new Error('There are no recorded lists. Pass --account, or files with lists.');
  return readdirSync(folder).flatMap((file) => readList(readFileSync(join(folder, file), 'utf8')));
}

/**
 * Reads the text models of an answer of the control plane, without those that are only for provisioned throughput. A profile
 * counts as its model.
 *
 * @param {string} json
 * @returns {Listed[]}
 */
export function readList(json) {
  const answer = JSON.parse(json);
  const models = (answer.modelSummaries ?? []).filter(
    (/** @type {{ outputModalities?: string[], inferenceTypesSupported?: string[] }} */ model) =>
      (model.outputModalities ?? ['TEXT']).includes('TEXT') &&
      (model.inferenceTypesSupported ?? ['ON_DEMAND']).some((type) => type !== 'PROVISIONED'),
  );
  const profiles = Array.isArray(answer) ? answer : (answer.inferenceProfileSummaries ?? []);
  return [
    ...models.map((/** @type {{ modelId: string, modelLifecycle?: { status?: string } }} */ model) => ({
      id: model.modelId,
      ...(model.modelLifecycle?.status === 'LEGACY' && { note: 'legacy' }),
    })),
    ...profiles.flatMap((/** @type {{ models?: { modelArn: string }[] }} */ { models = [] }) =>
      models.map(({ modelArn }) => ({ id: modelArn.slice(modelArn.lastIndexOf('/') + 1) })),
    ),
  ];
}

/**
 * Finds the models without a row, those without facts, and those without both.
 *
 * @param {Listed[]} models
 * @param {Tables} tables
 * @returns {Gaps}
 */
export function findGaps(models, { quirks, facts }) {
  const served = models.filter(({ id }) => !NOT_SERVED.test(id));
  const unique = [...new Map(served.map((model) => [model.id, model])).values()];
  unique.sort((a, b) => (a.id < b.id ? -1 : 1));
  const noRow = unique.filter(({ id }) => quirks(id).sources.length === 0);
  const noFacts = unique.filter(({ id }) => facts(id) === undefined);
  const neither = noRow.filter((model) => noFacts.includes(model));
  return { noRow, noFacts, neither, count: unique.length };
}

/**
 * @param {string} title
 * @param {Listed[]} models
 */
function print(title, models) {
  console.log(`${title}: ${models.length}`);
  for (const { id, note } of models) console.log(`  ${id}${note === undefined ? '' : ` (${note})`}`);
}
