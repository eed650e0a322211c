import type { BudgetReservation, BudgetStore } from 'bedrock-anywhere/gateway';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import fc from '../property.js';

const NOON = Date.UTC(2026, 10, 29, 12, 0, 0);
const DAY_MS = 86_400_000;

/** How long reservations count. */
const LIFE_MS = 120_000;

/** A store that is under test, and what ends it. */
export interface OpenStore {
  store: BudgetStore;
  close?(): Promise<void>;
}

/**
 * What every store of budgets does.
 *
 * @param skip Why it cannot be tested here.
 */
export function storeConforms(name: string, open: () => OpenStore | Promise<OpenStore>, skip?: string): void {
  describe.skipIf(skip !== undefined)(`${name}${skip === undefined ? '' : ` (${skip})`}`, () => {
    let opened: OpenStore;
    let last = 0;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(async () => opened.close?.());

    /** Reservations in counters that no other test uses. */
    function counters() {
      const test = ++last;
      return (amounts: Record<string, number>, atMs = 0, limit = 10): BudgetReservation => ({
        id: crypto.randomUUID(),
        entries: Object.entries(amounts).map(([counter, amount]) => ({
          counter: `test ${test}/${counter}`,
          limit,
          amount,
          windowMs: DAY_MS,
          endsAt: NOON + DAY_MS / 2,
        })),
        createdAt: NOON + atMs,
        expiresAt: NOON + atMs + LIFE_MS,
      });
    }

    it('grants what there is room for, and tells what was there before', async () => {
      const { store } = opened;
      const reserve = counters();
      const first = reserve({ a: 6 });
      expect(await store.reserve(first)).toEqual({ granted: true, states: [{ spent: 0, reserved: 0 }] });
      expect(await store.reserve(reserve({ a: 5 }))).toEqual({
        granted: false,
        states: [{ spent: 0, reserved: 6 }],
      });
      expect((await store.reserve(reserve({ a: 4 }))).granted).toBe(true);
      await store.settle(first, [2]);
      expect(await store.reserve(reserve({ a: 5 }))).toEqual({
        granted: false,
        states: [{ spent: 2, reserved: 4 }],
      });
      expect((await store.reserve(reserve({ a: 4 }))).granted).toBe(true);
    });

    it('grants all entries or none', async () => {
      const { store } = opened;
      const reserve = counters();
      await store.reserve(reserve({ a: 8 }));
      expect((await store.reserve(reserve({ b: 3, a: 3 }))).granted).toBe(false);
      expect(await store.reserve(reserve({ b: 10 }))).toEqual({
        granted: true,
        states: [{ spent: 0, reserved: 0 }],
      });
    });

    it('counts more than was reserved if more was used', async () => {
      const { store } = opened;
      const reserve = counters();
      const first = reserve({ a: 1, b: 1 });
      await store.reserve(first);
      await store.settle(first, [12, 0]);
      expect(await store.reserve(reserve({ a: 1 }))).toEqual({
        granted: false,
        states: [{ spent: 12, reserved: 0 }],
      });
      expect((await store.reserve(reserve({ b: 10 }))).granted).toBe(true);
    });

    it('counts a reservation that nobody settles for its time, and not for long after that', async () => {
      const { store } = opened;
      const reserve = counters();
      await store.reserve(reserve({ a: 10 }));
      expect((await store.reserve(reserve({ a: 1 }, LIFE_MS - 1))).granted).toBe(false);
      const late = await store.reserve(reserve({ a: 10 }, 2 * LIFE_MS));
      expect(late).toEqual({ granted: true, states: [{ spent: 0, reserved: 0 }] });
    });

    it('grants no more to many at once than there is room for, and leaves nothing of those that it refuses', async () => {
      const { store } = opened;
      const reserve = counters();
      const all = await Promise.all(
        Array.from(
          { length: 50 },
          async () => (await store.reserve(reserve({ a: 3, b: 3 }, 0, 100))).granted,
        ),
      );
      let granted = all.filter(Boolean).length;
      expect(granted).toBeLessThanOrEqual(33);
      while ((await store.reserve(reserve({ a: 3, b: 3 }, 0, 100))).granted) granted += 1;
      expect(granted).toBe(33);
    });

    it('never exceeds a limit, whatever is reserved and settled at the same time', async () => {
      const step = fc.oneof(
        fc.record({ amount: fc.integer({ min: 1, max: 40 }) }),
        fc.record({ settle: fc.nat(20), used: fc.double({ min: 0, max: 1, noNaN: true }) }),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(fc.array(step, { maxLength: 5 }), { maxLength: 8 }), async (rounds) => {
          const { store } = opened;
          const reserve = counters();
          const running: { reservation: BudgetReservation; amount: number }[] = [];
          let spent = 0;
          for (const round of rounds) {
            await Promise.all(
              round.map(async (one) => {
                if ('amount' in one) {
                  const reservation = reserve({ a: one.amount }, 0, 100);
                  if ((await store.reserve(reservation)).granted)
                    running.push({ reservation, amount: one.amount });
                  return;
                }
                const [found] = running.splice(one.settle, 1);
                if (found === undefined) return;
                const used = Math.floor(found.amount * one.used);
                spent += used;
                await store.settle(found.reservation, [used]);
              }),
            );
            const reserved = running.reduce((sum, { amount }) => sum + amount, 0);
            expect(spent + reserved).toBeLessThanOrEqual(100);
          }
          const reserved = running.reduce((sum, { amount }) => sum + amount, 0);
          const { states } = await store.reserve(reserve({ a: 1 }, 0, 0));
          expect(states).toEqual([{ spent, reserved }]);
        }),
        { numRuns: 30 },
      );
    });
  });
}
