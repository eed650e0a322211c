// Warns if nobody has looked for newer facts about models for a while.
import { CHECKED } from './catalog-sources.mjs';

const DAY_MS = 24 * 60 * 60 * 1000;

/** After this many days, prices and limits of new models are likely to be missing. */
const MOST_DAYS = 60;

/**
 * A sentence that says how old the catalog is; undefined if it is not too old.
 *
 * @param {{ now?: number, checked?: string }} [given] The time in milliseconds, and the day of the last look as `yyyy-mm-dd`.
 * @returns {string | undefined}
 */
export function catalogWarning({ now = Date.now(), checked = CHECKED } = {}) {
  const days = Math.floor((now - Date.parse(checked)) / DAY_MS);
  if (!Number.isInteger(days))
    throw new Error(`CHECKED in scripts/catalog-sources.mjs is not a day: ${checked}`);
  if (days <= MOST_DAYS) return undefined;
  return (
    `The catalog of models was last compared with its sources ${days} days ago, on ${checked}. ` +
    'Refresh it: RELEASING.md, "Refresh the catalog".'
  );
}
