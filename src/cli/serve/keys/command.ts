import { randomBytes } from 'node:crypto';
import { type Budgets, hashKey } from '../../../gateway/index.js';
import { FLAG, HELP_FLAG, listed, numberOf, readArguments, TEXT, TEXTS } from '../../arguments.js';
import { writeHelp } from '../../print/help-text.js';
import { tableLines } from '../../print/table.js';
import { type Terminal, UsageError } from '../../print/terminal.js';
import { didYouMean } from '../../settings/closest.js';
import { findPlaces, requirePath } from '../places.js';
import { readKeys, type StoredKey, updateKeys } from './keys-file.js';

const HELP = `Usage: bedrock-anywhere serve keys create <name> [options]
       bedrock-anywhere serve keys list [options]
       bedrock-anywhere serve keys revoke <name or id> [options]

Manages the keys of the gateway. A gateway that runs notices changes with the next request. The file has hashes, not keys:
a key is shown once, on standard output, when it is created. Several keys may have one name and then share its budgets; so
replace a key by creating a second one and revoking the first by its id.

Options of create
  --models <patterns>           models that the key may use, separated by commas; * stands for any characters
  --requests-per-minute <n>     budgets of the key, instead of those under perCaller in the configuration file
  --tokens-per-minute <n>
  --tokens-per-day <n>
  --dollars-per-day <amount>

Options
  --keys <file>       file with the keys; default gateway-keys.json in the configuration folder
  --config <file>     configuration file of the gateway, which may name the file with the keys
  --json              print JSON
  --help              show this
`;

const OPTIONS = {
  keys: TEXT,
  config: TEXT,
  json: FLAG,
  models: TEXTS,
  'requests-per-minute': TEXT,
  'tokens-per-minute': TEXT,
  'tokens-per-day': TEXT,
  'dollars-per-day': TEXT,
  help: HELP_FLAG,
};

type Values = ReturnType<typeof readArguments<typeof OPTIONS>>['values'];

const ACTIONS = ['create', 'list', 'revoke'];

/** Runs `bedrock-anywhere serve keys`. */
export async function runKeys(args: readonly string[], terminal: Terminal): Promise<void> {
  const { values, words } = readArguments('serve keys', args, OPTIONS);
  if (values.help === true) {
    writeHelp(HELP, terminal);
    return;
  }
  const [action = '', name, ...more] = words;
  if (!ACTIONS.includes(action)) {
    const what = action === '' ? 'serve keys needs an action.' : `serve keys has no ${action}.`;
    throw new UsageError(`${what}${didYouMean(action, ACTIONS)} The actions are ${ACTIONS.join(', ')}.`);
  }
  const budgets = budgetsOf(values);
  const models = listed('--models', values.models);
  if (action !== 'create' && (models !== undefined || budgets !== undefined))
    throw new UsageError('--models and budgets are options of serve keys create only. Leave them out.');
  if (action === 'list') {
    if (name !== undefined) throw new UsageError('serve keys list lists all keys. Leave the name out.');
    return list(values, terminal);
  }
  if (name === undefined || name.trim() === '' || more.length > 0)
    throw new UsageError(`Name one key, as in: npx bedrock-anywhere serve keys ${action} team-a`);
  if (action === 'revoke') return revoke(name, values, terminal);
  return create({ name, ...(models && { models }), ...(budgets && { budgets }) }, values, terminal);
}

async function create(
  key: Pick<StoredKey, 'name' | 'models' | 'budgets'>,
  values: Values,
  terminal: Terminal,
): Promise<void> {
  const path = requirePath((await findPlaces(values)).keys);
  const secret = `bag-${randomBytes(24).toString('base64url')}`;
  const hash = await hashKey(secret);
  const id = hash.slice(0, 8);
  await updateKeys(path, (keys) => [...keys, { id, ...key, hash, createdAt: new Date().toISOString() }]);
  if (values.json === true) {
    terminal.out(`${JSON.stringify({ id, ...key, key: secret }, undefined, 2)}\n`);
    return;
  }
  terminal.out(`${secret}\n`);
  terminal.err(
    `This is the key ${id} of ${key.name}. Store it now: it is not shown again. Its hash is in ${path}.\n`,
  );
}

async function list(values: Values, terminal: Terminal): Promise<void> {
  const path = requirePath((await findPlaces(values)).keys);
  const keys = (await readKeys(path))?.keys ?? [];
  if (values.json === true) {
    const shown = keys.map(({ hash: _hash, ...key }) => key);
    terminal.out(`${JSON.stringify(shown, undefined, 2)}\n`);
    return;
  }
  if (keys.length === 0) {
    terminal.err(
      `There are no keys in ${path}. Create one with: npx bedrock-anywhere serve keys create <name>\n`,
    );
    return;
  }
  const columns = [
    { title: 'Name', rank: 0, cell: ({ name }: StoredKey) => name },
    { title: 'Id', rank: 1, cell: ({ id }: StoredKey) => id },
    { title: 'Created', rank: 2, cell: ({ createdAt }: StoredKey) => createdAt.slice(0, 10) },
    { title: 'Models', rank: 3, cell: ({ models }: StoredKey) => models?.join(', ') ?? 'all' },
    { title: 'Budgets', rank: 4, cell: ({ budgets }: StoredKey) => describeBudgets(budgets) },
  ];
  terminal.out(`${tableLines(columns, keys, terminal.columns ?? Number.POSITIVE_INFINITY).join('\n')}\n`);
}

async function revoke(name: string, values: Values, terminal: Terminal): Promise<void> {
  const path = requirePath((await findPlaces(values)).keys);
  let revoked: StoredKey[] = [];
  await updateKeys(path, (keys) => {
    revoked = keys.filter((key) => key.name === name || key.id === name);
    if (revoked.length > 0) return keys.filter((key) => !revoked.includes(key));
    const names = keys.flatMap((key) => [key.name, key.id]);
    throw new UsageError(
      `There is no key ${name} in ${path}.${didYouMean(name, names)} List them with: npx bedrock-anywhere serve keys list`,
    );
  });
  if (values.json === true) {
    terminal.out(`${JSON.stringify({ revoked: revoked.map(({ id }) => id) })}\n`);
    return;
  }
  terminal.out(revoked.map((key) => `Revoked the key ${key.id} of ${key.name}.\n`).join(''));
}

function budgetsOf(values: Values): Budgets | undefined {
  const count = (option: keyof Values & string): number | undefined =>
    numberOf(
      `--${option}`,
      values[option] as string | undefined,
      (number) => Number.isSafeInteger(number) && number >= 0,
      'a whole number, 0 or more',
    );
  const budgets = {
    requestsPerMinute: count('requests-per-minute'),
    tokensPerMinute: count('tokens-per-minute'),
    tokensPerDay: count('tokens-per-day'),
    dollarsPerDay: numberOf(
      '--dollars-per-day',
      values['dollars-per-day'],
      (number) => number >= 0 && number <= 1e9,
      'an amount in US dollars, such as 2.5',
    ),
  };
  const given = Object.entries(budgets).filter(([, limit]) => limit !== undefined);
  return given.length === 0 ? undefined : (Object.fromEntries(given) as Budgets);
}

function describeBudgets(budgets: Budgets | undefined): string {
  if (budgets === undefined) return 'those of every key';
  const { requestsPerMinute, tokensPerMinute, tokensPerDay, dollarsPerDay, models = {} } = budgets;
  const parts = [
    requestsPerMinute !== undefined && `${requestsPerMinute} requests/min`,
    tokensPerMinute !== undefined && `${tokensPerMinute} tokens/min`,
    tokensPerDay !== undefined && `${tokensPerDay} tokens/day`,
    dollarsPerDay !== undefined && `$${dollarsPerDay}/day`,
    ...Object.entries(models).map(([pattern, limits]) => `${pattern}: ${describeBudgets(limits)}`),
  ];
  return parts.filter((part) => part !== false).join(', ') || 'none';
}
