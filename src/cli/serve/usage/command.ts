import { FLAG, filled, HELP_FLAG, numberOf, readOptions, TEXT } from '../../arguments.js';
import { writeHelp } from '../../print/help-text.js';
import { type Column, tableLines } from '../../print/table.js';
import type { Terminal } from '../../print/terminal.js';
import { findPlaces, requirePath } from '../places.js';
import { listRows, readUsage, type UsageRow } from './usage-file.js';

const HELP = `Usage: bedrock-anywhere serve usage [options]

Shows what requests to the gateway used, for each day of UTC, key and model. Costs are estimates by the prices that this
package knows.

Options
  --days <n>          number of days, today included; default 30
  --key <name>        only this key
  --keys <file>       file with the keys of the gateway; its usage is in gateway-usage.json next to it
  --config <file>     configuration file of the gateway
  --json              print JSON
  --help              show this
`;

const DAY_MS = 86_400_000;

/** Runs `bedrock-anywhere serve usage`. */
export async function runUsage(args: readonly string[], terminal: Terminal): Promise<void> {
  const options = readOptions('serve usage', args, {
    days: TEXT,
    key: TEXT,
    keys: TEXT,
    config: TEXT,
    json: FLAG,
    help: HELP_FLAG,
  });
  if (options.help === true) {
    writeHelp(HELP, terminal);
    return;
  }
  const days =
    numberOf(
      '--days',
      options.days,
      (number) => Number.isInteger(number) && number >= 1,
      'a number of days',
    ) ?? 30;
  const key = filled('--key', options.key);
  const path = requirePath((await findPlaces(options)).usage);
  const since = new Date(Date.now() - (days - 1) * DAY_MS).toISOString().slice(0, 10);
  const rows = listRows(await readUsage(path)).filter(
    (row) => row.day >= since && (key === undefined || row.key === key),
  );
  if (options.json === true) {
    const shown = rows.map(({ microDollars, ...row }) => ({ ...row, dollars: microDollars / 1e6 }));
    terminal.out(`${JSON.stringify(shown, undefined, 2)}\n`);
    return;
  }
  if (rows.length === 0) {
    terminal.err(`${path} has no usage of these days.\n`);
    return;
  }
  const number = (title: string, rank: number, cell: (row: UsageRow) => string): Column<UsageRow> => ({
    title,
    rank,
    align: 'right',
    cell,
  });
  const columns: Column<UsageRow>[] = [
    { title: 'Day', rank: 1, cell: ({ day }) => day },
    { title: 'Key', rank: 2, cell: (row) => row.key },
    { title: 'Model', rank: 0, cell: ({ model }) => model },
    number('Requests', 4, ({ requests }) => String(requests)),
    number('Input', 5, ({ inputTokens }) => String(inputTokens)),
    number('Cached', 7, ({ cacheReadTokens, cacheWriteTokens }) =>
      String(cacheReadTokens + cacheWriteTokens),
    ),
    number('Output', 6, ({ outputTokens }) => String(outputTokens)),
    number('Cost', 3, ({ microDollars }) => `$${(microDollars / 1e6).toFixed(4)}`),
  ];
  terminal.out(`${tableLines(columns, rows, terminal.columns ?? Number.POSITIVE_INFINITY).join('\n')}\n`);
}
