import { catalog } from '../../catalog/index.js';
import { type DiscoveredModels, discover } from '../../index.js';
import { fileStorage } from '../../storage/file.js';
import { AWS_OPTIONS, FLAG, listed, readArguments, TEXT, TEXTS } from '../arguments.js';
import { writeHelp } from '../print/help-text.js';
import { DEFAULT_LIMITS, legendLines, modelLines, summaryLines } from '../print/model-table.js';
import { whileTurning } from '../print/spinner.js';
import { bold, dimNote, type Terminal, wrappedNote } from '../print/terminal.js';
import { applyDefaults } from '../settings/defaults.js';
import { cacheFolder } from '../settings/folders.js';
import { findProfileScope } from './profile-scope.js';
import { ABILITY_NAMES, ORDER_NAMES, readSelection } from './select.js';

const HELP = `Usage: bedrock-anywhere models [options] [word ...]

Lists the models that the account can invoke, by the id to invoke them with; with words, only those whose id, name or
provider contains all of them. Prices are in USD per million tokens. If the terminal is too narrow for all columns, it
leaves out the least important ones. The notes about the list are printed to standard error.

Options
  --provider <names>   only these providers, such as anthropic,amazon
  --can <abilities>    only models with these: ${ABILITY_NAMES.join(', ')}
  --max-price <usd>    only models that cost at most this per million output tokens
  --min-context <n>    only models with a context window of at least this many tokens, such as 200K
  --sort <column>      ${ORDER_NAMES.join(', ')}; default id
  --all                every id that a model can be invoked with, not only the one with the smallest geography
  --no-global          no profiles that may route to any region
  --check-access       check for each model whether the account has access to it
  --refresh            fetch the list again, even if the last one is less than an hour old
  --json               print the list as JSON
  --profile <name>     AWS profile, instead of the credentials in the environment
  --region <region>    region of the models; default as for every call: AWS_REGION, AWS_DEFAULT_REGION, the profile,
                       us-east-1
  --help               show this
`;

/** Shorter than any list is old: what is kept is never fresh, but what is new is kept. */
const AT_ONCE_SECONDS = 0.001;

/** Runs `bedrock-anywhere models`. */
export async function runModels(args: readonly string[], terminal: Terminal): Promise<void> {
  const { values: options, words } = readArguments('models', args, {
    provider: TEXTS,
    can: TEXTS,
    'max-price': TEXT,
    'min-context': TEXT,
    sort: TEXT,
    ...AWS_OPTIONS,
    json: FLAG,
    refresh: FLAG,
    all: FLAG,
    'check-access': FLAG,
    'no-global': FLAG,
  });
  if (options.help === true) {
    writeHelp(HELP, terminal);
    return;
  }
  const selection = readSelection(words, options);
  const { region } = await applyDefaults(options);
  const providerFilter = listed('--provider', options.provider);
  const folder = cacheFolder();
  const asking = discover({
    region,
    providerFilter,
    catalog,
    defaultContextWindow: DEFAULT_LIMITS.contextWindow,
    defaultMaxTokens: DEFAULT_LIMITS.maxTokens,
    storage: folder === undefined ? undefined : fileStorage(folder),
    cacheScope: await findProfileScope(),
    expandProfiles: options.all === true,
    allowGlobal: options['no-global'] !== true,
    checkAccess: options['check-access'] === true,
    ...(options.refresh === true && { refreshInterval: AT_ONCE_SECONDS }),
  });
  const quiet = { ...terminal, animate: undefined };
  const found = await whileTurning(
    options.json === true ? quiet : terminal,
    `Fetching the models${region === undefined ? '' : ` in ${region}`} …`,
    asking,
  );
  // --refresh must not print an old list.
  if (options.refresh === true && found.source === 'stale') throw found.cause;
  const models = found.models.filter(selection.fits).sort(selection.compare);
  const selected = { ...found, models };
  if (options.json === true) {
    terminal.out(jsonOf(selected));
    return;
  }
  const hidden = found.models.length - models.length;
  const more = [
    ...(hidden > 0 ? [`${hidden} more do not match.`] : []),
    ...(options['check-access'] === true || models.length === 0
      ? []
      : ['Access to each model was not checked: add --check-access.']),
  ];
  print(selected, more, terminal);
}

/** Prints the table, and what there is to know about it to standard error, so that a pipe gets the table alone. */
function print(found: DiscoveredModels, more: readonly string[], terminal: Terminal): void {
  for (const warning of found.warnings) terminal.err(`bedrock-anywhere: ${warning}\n`);
  const [titles = '', ...lines] = modelLines(found, terminal.columns ?? Number.POSITIVE_INFINITY);
  const table = lines.length === 0 ? [] : [bold(titles, terminal), ...lines];
  terminal.out(table.map((line) => `${line}\n`).join(''));
  const [summary = '', ...left] = summaryLines(found, Date.now());
  const notes = [summary, ...more, ...left, ...sourceLine(found), ...legendLines(found, titles)];
  const isTogether = terminal.columns !== undefined && terminal.animate !== undefined && lines.length > 0;
  const below = notes.flatMap((note) => wrappedNote(note, terminal)).map((line) => dimNote(line, terminal));
  terminal.err([...(isTogether ? [''] : []), ...below].map((line) => `${line}\n`).join(''));
}

/** Limits and prices are not from AWS, so their source is printed with them. */
function sourceLine({ models }: DiscoveredModels): string[] {
  const dates = models.flatMap(({ id, foundationModelId }) => {
    const facts = catalog(id) ?? catalog(foundationModelId);
    return facts?.asOf ?? [];
  });
  const newest = dates.sort().at(-1);
  return newest === undefined ? [] : [`Limits and prices are as of ${newest}.`];
}

/** One document with the same keys each time: what is not known is null. */
function jsonOf({ models, excluded, region, fetchedAt, source, warnings, cause }: DiscoveredModels): string {
  const why = cause instanceof Error ? { name: cause.name, message: cause.message } : undefined;
  const document = { models, excluded, region, fetchedAt, source, warnings, cause: why };
  const orNull = (_key: string, value: unknown): unknown => (value === undefined ? null : value);
  return `${JSON.stringify(document, orNull, 2)}\n`;
}
