import { inputError } from '../../errors.js';
import { isObject } from '../../input/read.js';
import { type BudgetReservation, type BudgetStore, hasRoom } from './store.js';

interface Hold {
  amount: number;
  expiresAt: number;
}

interface Counter {
  spent: number;
  endsAt: number;
  /** Reservations that are not settled, by their ids. */
  holds: Map<string, Hold>;
}

/** The counters of {@link createMemoryBudgets}, as JSON can write them. */
export type BudgetSnapshot = readonly {
  counter: string;
  spent: number;
  endsAt: number;
  holds: readonly (Hold & { id: string })[];
}[];

/** Budgets of one process. */
export interface MemoryBudgets extends BudgetStore {
  /** Everything that a restarted process needs to go on counting. */
  snapshot(): BudgetSnapshot;
}

/** Counters of past minutes and days are removed once in a while. */
const SWEEP_MS = 60_000;

/** How much longer they are kept: a clock that is set back a little has to find what was spent. */
const KEPT_MS = 60_000;

/**
 * Creates a store of budgets in memory, for a gateway of one process. It has no clock of its own and takes the time from reservations.
 *
 * @param saved What `snapshot()` returned before a restart. Default: all counters begin at 0.
 * @throws BedrockError `ERR_INPUT` if `saved` is not a snapshot.
 *
 * @example
 * ```ts
 * import { createBedrock } from 'bedrock-anywhere';
 * import { createGateway, createMemoryBudgets, fromKeys, hashKey } from 'bedrock-anywhere/gateway';
 *
 * const store = createMemoryBudgets();
 * const gateway = createGateway({
 *   bedrock: createBedrock({ region: 'eu-central-1' }),
 *   authorize: fromKeys([{ name: 'team-a', hash: await hashKey('a long random key') }]),
 *   budgets: { store, perCaller: { dollarsPerDay: 5 } },
 * });
 * console.log(JSON.stringify(store.snapshot()));
 * ```
 */
export function createMemoryBudgets(saved: BudgetSnapshot = []): MemoryBudgets {
  const counters = readSnapshot(saved);
  let sweptAt = 0;

  function sweep(now: number): void {
    if (now - sweptAt < SWEEP_MS) return;
    sweptAt = now;
    for (const [name, { endsAt }] of counters) if (endsAt + KEPT_MS <= now) counters.delete(name);
  }

  function open(name: string, endsAt: number): Counter {
    let counter = counters.get(name);
    if (counter === undefined) {
      counter = { spent: 0, endsAt, holds: new Map() };
      counters.set(name, counter);
    }
    return counter;
  }

  function reserve({ id, entries, createdAt, expiresAt }: BudgetReservation) {
    sweep(createdAt);
    const found = entries.map(({ counter, endsAt }) => open(counter, endsAt));
    const states = found.map(({ spent, holds }) => ({ spent, reserved: sumHolds(holds, createdAt) }));
    const granted = hasRoom(entries, states);
    if (granted)
      for (const [i, { amount }] of entries.entries()) found[i]?.holds.set(id, { amount, expiresAt });
    return { granted, states };
  }

  function settle({ id, entries }: BudgetReservation, used: readonly number[]): void {
    for (const [i, { counter: name }] of entries.entries()) {
      const counter = counters.get(name);
      if (counter === undefined) continue;
      // A second call for the same reservation counts nothing.
      if (counter.holds.delete(id)) counter.spent += used[i] ?? 0;
    }
  }

  return {
    reserve: async (reservation) => reserve(reservation),
    settle: async (reservation, used) => settle(reservation, used),
    snapshot: () =>
      [...counters].map(([counter, { spent, endsAt, holds }]) => ({
        counter,
        spent,
        endsAt,
        holds: [...holds].map(([id, hold]) => ({ id, ...hold })),
      })),
  };
}

/** An expired reservation no longer counts, but it can still be settled: its gateway was slow and has not crashed. */
function sumHolds(holds: Counter['holds'], now: number): number {
  let sum = 0;
  for (const { amount, expiresAt } of holds.values()) if (expiresAt > now) sum += amount;
  return sum;
}

function readSnapshot(saved: unknown): Map<string, Counter> {
  if (!Array.isArray(saved) || !saved.every(isSaved))
    throw inputError(
      'createMemoryBudgets() got something that is not a snapshot. Pass what snapshot() returned, or nothing.',
    );
  return new Map(
    saved.map(({ counter, spent, endsAt, holds }) => [
      counter,
      {
        spent,
        endsAt,
        holds: new Map(holds.map(({ id, amount, expiresAt }) => [id, { amount, expiresAt }])),
      },
    ]),
  );
}

function isSaved(value: unknown): value is BudgetSnapshot[number] {
  if (!isObject(value) || typeof value['counter'] !== 'string') return false;
  const { spent, endsAt, holds } = value;
  const areHolds =
    Array.isArray(holds) &&
    holds.every(
      (hold) =>
        isObject(hold) &&
        typeof hold['id'] === 'string' &&
        isCount(hold['amount']) &&
        isCount(hold['expiresAt']),
    );
  return isCount(spent) && isCount(endsAt) && areHolds;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
