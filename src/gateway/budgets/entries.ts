import { fitsPattern } from '../models/pattern.js';
import type { BudgetLimits, Budgets } from './limits.js';
import type { BudgetEntry } from './store.js';

/** What a request uses, or may use. */
export interface Use {
  requests: number;
  tokens: number;
  /** Millionths of a US dollar: a whole number, so that sums are exact everywhere. */
  microDollars: number;
}

export const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** What each limit counts, and for how long. */
const KINDS: Readonly<Record<keyof BudgetLimits, { unit: keyof Use; windowMs: number }>> = {
  requestsPerMinute: { unit: 'requests', windowMs: MINUTE_MS },
  tokensPerMinute: { unit: 'tokens', windowMs: MINUTE_MS },
  tokensPerDay: { unit: 'tokens', windowMs: DAY_MS },
  dollarsPerDay: { unit: 'microDollars', windowMs: DAY_MS },
};

/** A limit that applies to a request. */
export interface AppliedLimit {
  unit: keyof Use;
  windowMs: number;
  /** In its unit. */
  limit: number;
  /** The name of the counter, without its minute or day. */
  name: string;
  /** Who it applies to, in the words of error messages. */
  scope: string;
  /** Whether it is a limit for some models, so that others may have room. */
  isOfModel: boolean;
}

/** The limits of one caller, or those of all. */
export interface Scope {
  budgets: Budgets | undefined;
  /** The beginning of the names of its counters. */
  name: string;
  /** Who they are for, in the words of error messages. */
  words: string;
}

/** Finds the limits that apply to a model, which may have several names. */
export function findLimits(scopes: readonly Scope[], models: readonly string[]): AppliedLimit[] {
  return scopes.flatMap(({ budgets, name, words }) => {
    if (budgets === undefined) return [];
    const { models: patterns = {}, ...all } = budgets;
    const ofModels = Object.entries(patterns).filter(([pattern]) =>
      models.some((model) => fitsPattern(model, pattern)),
    );
    return [
      ...readLimits(all, name, words, false),
      ...ofModels.flatMap(([pattern, limits]) =>
        readLimits(limits, `${name}/model/${encodeURIComponent(pattern)}`, `${words} and this model`, true),
      ),
    ];
  });
}

function readLimits(limits: BudgetLimits, name: string, scope: string, isOfModel: boolean): AppliedLimit[] {
  return (Object.keys(KINDS) as (keyof BudgetLimits)[]).flatMap((kind) => {
    const limit = limits[kind];
    if (limit === undefined) return [];
    const { unit, windowMs } = KINDS[kind];
    const inUnit = unit === 'microDollars' ? Math.floor(limit * 1e6) : limit;
    return [{ unit, windowMs, limit: inUnit, name: `${name}/${kind}`, scope, isOfModel }];
  });
}

/** The counter of a limit at a time, and what a request needs of it. */
export function writeEntry(
  { name, limit, unit, windowMs }: AppliedLimit,
  use: Use,
  now: number,
): BudgetEntry {
  const startsAt = now - (now % windowMs);
  const start = new Date(startsAt).toISOString().slice(0, windowMs === DAY_MS ? 10 : 16);
  return { counter: `${name}/${start}`, limit, amount: use[unit], windowMs, endsAt: startsAt + windowMs };
}
