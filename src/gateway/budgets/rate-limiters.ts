import { inputError } from '../../errors.js';
import { hasMethods } from '../../input/read.js';
import {
  type BudgetEntry,
  type BudgetReservation,
  type BudgetState,
  type BudgetStore,
  hasRoom,
} from './store.js';

/** What is used of a limiter of rate-limiter-flexible. */
export interface RateLimiter {
  get(key: string): Promise<{ readonly consumedPoints: number } | null>;
  /** Adds points to a key, whose time begins with the first of them. */
  penalty(key: string, points: number): Promise<{ readonly consumedPoints: number }>;
  /** Takes points off a key. */
  reward(key: string, points: number): Promise<unknown>;
}

/** Options for a limiter, as rate-limiter-flexible names them. */
export interface RateLimiterSettings {
  keyPrefix: string;
  /** A number that is never reached: the gateway compares with its own limits. */
  points: number;
  /** Seconds after which a key expires. */
  duration: number;
}

/**
 * Keeps budgets in the limiters of the package rate-limiter-flexible: in Redis, Valkey or whatever else it has a limiter for, so
 * that all machines of a gateway share their limits. Each machine needs the same limits, the same `limits.requestMs`, and a clock
 * that is right to the second.
 *
 * A counter consists of two keys: what is spent, and what is reserved. The second one expires, so that the reservations of a
 * crashed machine count for `limits.requestMs` at least and for twice that at most, and never longer than their minute or day.
 *
 * @param createLimiter Creates a limiter. Use the options that it gets, and add the client of your store. It is called once for
 * each duration.
 *
 * @example
 * ```ts
 * import { fromRateLimiters } from 'bedrock-anywhere/gateway';
 * import { Redis } from 'ioredis';
 * import { RateLimiterRedis } from 'rate-limiter-flexible';
 *
 * const redis = new Redis({ enableOfflineQueue: false });
 * const store = fromRateLimiters((options) => new RateLimiterRedis({ ...options, storeClient: redis }));
 * ```
 */
export function fromRateLimiters(createLimiter: (settings: RateLimiterSettings) => RateLimiter): BudgetStore {
  if (typeof createLimiter !== 'function')
    throw inputError('fromRateLimiters() got no function. Pass one that creates a limiter from its options.');
  const limiters = new Map<number, RateLimiter>();

  function limiterFor(ms: number): RateLimiter {
    const duration = Math.ceil(ms / 1000);
    let limiter = limiters.get(duration);
    if (limiter === undefined) {
      limiter = createLimiter({ keyPrefix: 'bedrock-anywhere', points: Number.MAX_SAFE_INTEGER, duration });
      if (!hasMethods(limiter, 'get', 'penalty', 'reward'))
        throw inputError(
          'The function of fromRateLimiters() returned something without get(), penalty() and reward(). Return a limiter of rate-limiter-flexible.',
        );
      limiters.set(duration, limiter);
    }
    return limiter;
  }

  /** The keys of an entry. Both outlive the time in which they are read. */
  function keysOf({ counter, windowMs }: BudgetEntry, { createdAt, expiresAt }: BudgetReservation) {
    const slotMs = Math.max(1000, Math.min(expiresAt - createdAt, windowMs));
    const slot = Math.floor(createdAt / slotMs);
    return {
      spent: limiterFor(2 * windowMs),
      spentKey: `${counter}/spent`,
      reserved: limiterFor(3 * slotMs),
      reservedKey: `${counter}/reserved/${slot}`,
      // If a slot is as long as the window, the earlier slot belongs to another counter.
      earlierKey: slotMs < windowMs ? `${counter}/reserved/${slot - 1}` : undefined,
    };
  }

  /**
   * Adds an amount to what is reserved, and then reads what is spent. Settling adds to what is spent first. So an amount that
   * moves from one to the other meanwhile may be counted twice, and is never missed.
   */
  async function add(entry: BudgetEntry, reservation: BudgetReservation): Promise<BudgetState> {
    const { spent, spentKey, reserved, reservedKey, earlierKey } = keysOf(entry, reservation);
    const { consumedPoints } = await reserved.penalty(reservedKey, entry.amount);
    try {
      const earlier = earlierKey === undefined ? null : await reserved.get(earlierKey);
      const used = await spent.get(spentKey);
      return {
        spent: used?.consumedPoints ?? 0,
        reserved: consumedPoints - entry.amount + Math.max(0, earlier?.consumedPoints ?? 0),
      };
    } catch (error) {
      await remove(entry, reservation).catch(() => undefined);
      throw error;
    }
  }

  async function remove(entry: BudgetEntry, reservation: BudgetReservation): Promise<void> {
    const { reserved, reservedKey } = keysOf(entry, reservation);
    await reserved.reward(reservedKey, entry.amount);
  }

  return {
    async reserve(reservation) {
      const { entries } = reservation;
      const results = await Promise.allSettled(entries.map(async (entry) => add(entry, reservation)));
      const states = results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
      const granted = states.length === entries.length && hasRoom(entries, states);
      if (!granted) {
        const added = entries.filter((_entry, i) => results[i]?.status === 'fulfilled');
        await Promise.allSettled(added.map(async (entry) => remove(entry, reservation)));
      }
      for (const result of results) if (result.status === 'rejected') throw result.reason;
      return { granted, states };
    },
    async settle(reservation, used) {
      await Promise.all(
        reservation.entries.map(async (entry, i) => {
          const { spent, spentKey } = keysOf(entry, reservation);
          const amount = used[i] ?? 0;
          if (amount > 0) await spent.penalty(spentKey, amount);
          await remove(entry, reservation);
        }),
      );
    },
  };
}
