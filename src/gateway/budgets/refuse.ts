import { Refusal } from '../failure.js';
import { type AppliedLimit, MINUTE_MS, type Use } from './entries.js';
import type { BudgetEntry, BudgetState } from './store.js';

/** A limit that applies to a request, its counter, and what the store says about that. */
export interface Checked {
  applied: AppliedLimit;
  entry: BudgetEntry;
  state: BudgetState;
}

/** Reserved amounts are freed when a running request ends, and nobody knows when that will be. */
const RESERVED_RETRY_MS = 2000;

/**
 * The refusal of a request that is larger than a whole limit; undefined if every limit is large enough.
 */
export function refuseTooLarge(applied: readonly AppliedLimit[], use: Use): Refusal | undefined {
  const tooSmall = applied.filter(({ limit, unit }) => use[unit] > limit);
  const [found] = tooSmall;
  if (found === undefined) return undefined;
  const { scope } = found;
  const isOfModel = tooSmall.every((one) => one.isOfModel);
  if (found.limit === 0)
    return new Refusal(
      'not-allowed',
      `The limit for ${scope} is ${writeLimit(found)}. Use another model or key.`,
      { isOfModel },
    );
  return new Refusal(
    'input',
    `The request may use ${writeAmount(found, use[found.unit])}, and the limit for ${scope} is ${writeLimit(found)}. ` +
      'Lower its limit of output tokens, such as max_tokens, or send less.',
    { isOfModel },
  );
}

/** The refusal for a reservation that was not granted. */
export function refuseFull(checked: readonly Checked[], now: number): Refusal {
  const full = checked.filter(
    ({ entry, state }) => state.spent + state.reserved + entry.amount > entry.limit,
  );
  const isOfModel = full.every(({ applied }) => applied.isOfModel);
  const spent = full.filter(({ entry, state }) => state.spent + entry.amount > entry.limit);
  // Clients have to wait for the limit that resets last.
  const [longest] = [...spent].sort((a, b) => b.entry.endsAt - a.entry.endsAt);
  if (longest !== undefined) return refuseSpent(longest, now, isOfModel);
  const [first] = full;
  const limit =
    first === undefined
      ? 'A limit is full'
      : `The limit for ${first.applied.scope} is ${writeLimit(first.applied)}`;
  return new Refusal(
    'throttled',
    `${limit}, and requests that are still running have reserved the rest of it. Please try again in ${RESERVED_RETRY_MS / 1000}s.`,
    { retryAfterMs: RESERVED_RETRY_MS, isOfModel },
  );
}

function refuseSpent({ applied, entry, state }: Checked, now: number, isOfModel: boolean): Refusal {
  const waitMs = Math.max(1, entry.endsAt - now);
  const limit = `The limit for ${applied.scope} is ${writeLimit(applied)}`;
  const used =
    applied.unit === 'requests'
      ? `${limit}, and it is used up.`
      : `${limit}. Of these, ${writeAmount(applied, state.spent)} have been used, and this request may use ${writeAmount(applied, entry.amount)}.`;
  if (applied.windowMs === MINUTE_MS) {
    // Codex reads the time from these words alone.
    return new Refusal('throttled', `${used} Please try again in ${waitMs / 1000}s.`, {
      retryAfterMs: waitMs,
      isOfModel,
    });
  }
  const until = new Date(entry.endsAt).toISOString().slice(0, 16).replace('T', ' ');
  return new Refusal('quota', `${used} The limit starts over at ${until} UTC.`, {
    retryAfterMs: waitMs,
    isOfModel,
  });
}

function writeLimit(applied: AppliedLimit): string {
  return `${writeAmount(applied, applied.limit)} per ${applied.windowMs === MINUTE_MS ? 'minute' : 'day'}`;
}

function writeAmount({ unit }: Pick<AppliedLimit, 'unit'>, amount: number): string {
  if (unit === 'microDollars') return `$${(amount / 1e6).toFixed(amount < 10_000 ? 6 : 2)}`;
  return `${amount.toLocaleString('en-US')} ${amount === 1 ? unit.slice(0, -1) : unit}`;
}
