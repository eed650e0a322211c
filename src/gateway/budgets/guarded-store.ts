import { Refusal } from '../failure.js';
import type { StartTimer } from '../http/timers.js';
import type { GatewayBudgets } from './limits.js';
import type { BudgetDecision, BudgetReservation, BudgetStore } from './store.js';

/** A store that may fail, or not answer, without consequences for anybody else. */
export interface GuardedStore {
  /**
   * Undefined if the store fails and requests are allowed then.
   *
   * @throws Refusal if the store fails and requests are refused then
   */
  reserve(reservation: BudgetReservation): Promise<BudgetDecision | undefined>;
  /** Never rejects. */
  settle(reservation: BudgetReservation, used: readonly number[]): Promise<void>;
}

/** How long the store may take for an answer. */
const STORE_MS = 5000;

/** Pauses before settling is tried again, in milliseconds. */
const RETRIES_MS = [250, 2000];

export function guardStore(
  store: BudgetStore,
  { whenStoreFails, onStoreError }: Pick<GatewayBudgets, 'whenStoreFails' | 'onStoreError'>,
  startTimer: StartTimer,
): GuardedStore {
  function tellError(error: unknown): void {
    try {
      onStoreError?.(error);
    } catch {}
  }

  return {
    async reserve(reservation) {
      const { entries } = reservation;
      const nothing = entries.map(() => 0);
      const pending = Promise.resolve().then(() => store.reserve(reservation));
      try {
        const decision = await waitFor(pending, startTimer);
        if (decision?.states?.length === entries.length) return decision;
        throw new TypeError(
          'reserve() of the store did not return { granted, states } with a state for each entry.',
        );
      } catch (error) {
        tellError(error);
        // A reservation that is made too late must not stay behind.
        pending
          .then(async ({ granted }) => {
            if (granted) await store.settle(reservation, nothing);
          })
          .catch(() => undefined);
        if (whenStoreFails === 'allow') return undefined;
        throw failedRefusal(error);
      }
    },
    async settle(reservation, used) {
      for (const retryMs of [...RETRIES_MS, undefined]) {
        try {
          const pending = Promise.resolve().then(() => store.settle(reservation, used));
          await waitFor(pending, startTimer);
          return;
        } catch (error) {
          if (retryMs === undefined) tellError(error);
          else await new Promise<void>((resolve) => void startTimer(resolve, retryMs));
        }
      }
    },
  };
}

function failedRefusal(cause: unknown): Refusal {
  const refusal = new Refusal(
    'unavailable',
    'The gateway cannot check its limits at the moment. Send the request again later.',
    { retryAfterMs: STORE_MS },
  );
  refusal.cause = cause;
  return refusal;
}

function waitFor<T>(promise: Promise<T>, startTimer: StartTimer): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = startTimer(
      () => reject(new Error(`The store of budgets did not answer within ${STORE_MS} ms.`)),
      STORE_MS,
    );
    promise.then(resolve, reject).finally(stop);
  });
}
