import { pathToFileURL } from 'node:url';
import type { BudgetStore } from '../../gateway/index.js';
import { reasonOf } from '../local-files.js';

/** Loads the module of `budgets.store`: its default export is a store. */
export async function loadBudgetStore(path: string): Promise<BudgetStore> {
  let loaded: { default?: unknown };
  try {
    loaded = (await import(pathToFileURL(path).href)) as typeof loaded;
  } catch (cause) {
    throw new Error(`The store of budgets ${path} cannot be loaded: ${reasonOf(cause)}`, { cause });
  }
  const { reserve, settle } = Object(loaded.default) as Partial<BudgetStore>;
  if (typeof reserve === 'function' && typeof settle === 'function') return loaded.default as BudgetStore;
  throw new Error(
    `The module ${path} exports no store of budgets. Export default an object with reserve() and settle(), such as that of fromRateLimiters().`,
  );
}
