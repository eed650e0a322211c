import type { BudgetSnapshot } from '../../../gateway/index.js';
import { parseFileText } from '../../json-text.js';
import { readIfThere, updateFile } from '../../settings/update-file.js';

/** What requests used. */
export interface Usage {
  requests: number;
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
  /** Millionths of a US dollar, as far as prices are known. */
  microDollars: number;
}

/** A row of the table. */
export interface UsageRow extends Usage {
  /** Of UTC, such as `2026-11-29`. */
  day: string;
  key: string;
  model: string;
}

/** The file: what requests used by day, key and model, and nothing that they said. */
export interface UsageFile {
  days: Record<string, Record<string, Record<string, Usage>>>;
  /** What the budgets of the process counted that wrote the file last. */
  budgets?: BudgetSnapshot | undefined;
}

/** How many days are kept: a year, and the month that is compared with it. */
const KEPT_DAYS = 400;

/** Reads the file; an empty one if it is missing. */
export async function readUsage(path: string): Promise<UsageFile> {
  return parseUsage(await readIfThere(path), path);
}

/** Adds rows to the file. Other processes may do the same. */
export async function addUsage(
  path: string,
  rows: readonly UsageRow[],
  budgets: BudgetSnapshot | undefined,
): Promise<void> {
  await updateFile(path, (text) => {
    const file = parseUsage(text, path);
    for (const row of rows) addRow(file.days, row);
    const days = Object.entries(file.days).sort(([a], [b]) => (a < b ? -1 : 1));
    const kept = Object.fromEntries(days.slice(-KEPT_DAYS));
    return `${JSON.stringify({ ...file, days: kept, ...(budgets && { budgets }) })}\n`;
  });
}

/** The rows of a file, the last day first. */
export function listRows({ days }: UsageFile): UsageRow[] {
  return Object.entries(days)
    .sort(([a], [b]) => (a > b ? -1 : 1))
    .flatMap(([day, keys]) =>
      Object.entries(keys).flatMap(([key, models]) =>
        Object.entries(models).map(([model, usage]) => ({ day, key, model, ...usage })),
      ),
    );
}

function addRow(days: UsageFile['days'], { day, key, model, ...more }: UsageRow): void {
  const keys = own(days, day, {});
  const models = own(keys, key, {});
  const usage = own(models, model, emptyUsage());
  for (const name of Object.keys(more) as (keyof Usage)[]) usage[name] += more[name];
}

export function emptyUsage(): Usage {
  return {
    requests: 0,
    inputTokens: 0,
    outputTokens: 0,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    microDollars: 0,
  };
}

/** Returns a member of an object, and adds it if it is missing. Keys and models may have any name, even `__proto__`. */
function own<T>(of: Record<string, T>, name: string, missing: T): T {
  if (!Object.hasOwn(of, name))
    Object.defineProperty(of, name, { value: missing, enumerable: true, writable: true, configurable: true });
  return Object.getOwnPropertyDescriptor(of, name)?.value as T;
}

function parseUsage(text: string | undefined, path: string): UsageFile {
  if (text === undefined) return { days: {} };
  const json = parseFileText(text, (reason) => {
    throw new Error(`The file of usage ${path} ${reason}. Move it away: a new one is written then.`);
  }) as Partial<UsageFile> | null;
  if (typeof json?.days !== 'object' || json.days === null)
    throw new Error(`The file of usage ${path} has no days. Move it away: a new one is written then.`);
  return json as UsageFile;
}
