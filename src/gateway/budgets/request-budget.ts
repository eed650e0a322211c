import { catalog } from '../../catalog/index.js';
import { modelQuirks, type Price } from '../../index.js';
import type { Caller } from '../auth/authorize.js';
import { Refusal } from '../failure.js';
import { showName } from '../fields.js';
import type { GatewaySettings } from '../options.js';
import { type AppliedLimit, findLimits, type Scope, type Use, writeEntry } from './entries.js';
import { guardStore } from './guarded-store.js';
import { findTightest, type LimitState } from './headers.js';
import { createMemoryBudgets } from './memory.js';
import { type Checked, refuseFull, refuseTooLarge } from './refuse.js';
import type { BudgetReservation } from './store.js';
import {
  type EndedCall,
  estimateCost,
  estimateUse,
  measureUse,
  type PlannedCall,
  type PricedCall,
} from './use.js';

/** The budget of one request. */
export interface RequestBudget {
  /**
   * Reserves what a call may use. If the request has reserved something for another call, which used nothing, that is given back
   * first.
   *
   * @throws Refusal if there is no room, or if the store does not say; the reason of the signal
   */
  reserve(call: PlannedCall, signal: AbortSignal): Promise<void>;
  /**
   * Counts what the call used. Call it when the request is over, however it ended; calls after the first one change nothing.
   * Resolves when it has been counted.
   */
  settle(ended: EndedCall): Promise<void>;
  /** What is left, for headers. */
  states(): readonly LimitState[];
}

/** The budgets of a gateway at work. */
export interface RunningBudgets {
  open(caller: Caller): RequestBudget;
  /** Resolves when all that was used has been counted. */
  idle(): Promise<void>;
}

/** What is reserved for answers of models whose limit nobody knows. */
const UNKNOWN_OUTPUT_TOKENS = 8192;

/** A request that runs out of time still has to settle. */
const SETTLE_MS = 60_000;

export function createBudgets({ budgets, limits, quirks, now, startTimer }: GatewaySettings): RunningBudgets {
  const { perCaller, total, reservedOutputTokens = Number.POSITIVE_INFINITY } = budgets;
  const store = guardStore(budgets.store ?? createMemoryBudgets(), budgets, startTimer);
  const priceOfModel = budgets.priceOf ?? ((modelId: string) => catalog(modelId)?.price);
  const settling = new Set<Promise<void>>();

  /** The id of a model, and the model behind it, if that is known. */
  function namesOf(modelId: string): string[] {
    const { foundationModelId } = modelQuirks(modelId, quirks?.(modelId));
    return [...new Set([modelId, foundationModelId ?? modelId])];
  }

  function priceCall(
    { modelId, countInput, outputTokens, tier }: PlannedCall,
    names: string[],
    limited: readonly AppliedLimit[],
  ): PricedCall {
    const price = names.map(priceOfModel).find((found): found is Price => found !== undefined);
    return {
      modelId,
      price,
      // Counting the tokens of a long conversation takes a while.
      inputTokens: limited.some(({ unit }) => unit !== 'requests') ? Math.ceil(countInput()) : 0,
      outputTokens: Math.min(outputTokens ?? mostOutputOf(names), reservedOutputTokens),
      tier,
    };
  }

  function open(caller: Caller): RequestBudget {
    const scopes: Scope[] = [
      {
        budgets: caller.budgets ?? perCaller,
        name: `caller/${encodeURIComponent(caller.name)}`,
        words: 'this key',
      },
      { budgets: total, name: 'all', words: 'all keys' },
    ];
    let states: readonly LimitState[] = [];
    let held: { reservation: BudgetReservation; call: PricedCall; applied: AppliedLimit[] } | undefined;

    let settled: Promise<void> | undefined;

    function replace(measure: (call: PricedCall) => Use): Promise<void> {
      if (held === undefined) return Promise.resolve();
      const { reservation, call, applied } = held;
      held = undefined;
      const use = measure(call);
      const pending = store
        .settle(
          reservation,
          applied.map(({ unit }) => use[unit]),
        )
        .finally(() => settling.delete(pending));
      settling.add(pending);
      return pending;
    }

    const release = () => replace(() => ({ requests: 0, tokens: 0, microDollars: 0 }));

    return {
      async reserve(planned, signal) {
        await release();
        states = [];
        const names = namesOf(planned.modelId);
        const limited = findLimits(scopes, names);
        if (limited.length === 0) return;
        const call = priceCall(planned, names, limited);
        const use = estimateUse(call);
        const isPaid = use.tokens > 0 && limited.some(({ unit }) => unit === 'microDollars');
        if (isPaid && estimateCost(call) === undefined) throw unpricedRefusal(call);
        const tooLarge = refuseTooLarge(limited, use);
        if (tooLarge !== undefined) throw tooLarge;
        const applied = limited.filter(({ unit }) => use[unit] > 0);
        const createdAt = now();
        const reservation: BudgetReservation = {
          id: crypto.randomUUID(),
          entries: applied.map((limit) => writeEntry(limit, use, createdAt)),
          createdAt,
          expiresAt: createdAt + limits.requestMs + SETTLE_MS,
        };
        const decision = await store.reserve(reservation);
        if (decision === undefined) return;
        const checked = applied.map((limit, i) => ({
          applied: limit,
          entry: reservation.entries[i],
          state: decision.states[i],
        })) as Checked[];
        states = findTightest(checked, decision.granted);
        if (!decision.granted) throw refuseFull(checked, createdAt);
        held = { reservation, call, applied };
        if (!signal.aborted) return;
        await release();
        throw signal.reason;
      },
      settle(ended) {
        settled ??= replace((call) => measureUse(call, ended));
        return settled;
      },
      states: () => states,
    };
  }

  return {
    open,
    async idle() {
      while (settling.size > 0) await Promise.allSettled(settling);
    },
  };
}

/** What a model may write if the request does not say. */
function mostOutputOf(names: readonly string[]): number {
  const known = names.flatMap((name) => catalog(name)?.maxTokens ?? []);
  return known[0] ?? UNKNOWN_OUTPUT_TOKENS;
}

function unpricedRefusal({ modelId, price, tier }: PricedCall): Refusal {
  if (price !== undefined && tier?.serviceTier !== undefined)
    return new Refusal(
      'not-allowed',
      `The use of this model is limited in dollars, and this gateway does not know its price for the service tier ${showName(tier.serviceTier.type)}. Use the default tier.`,
      { param: 'service_tier', isOfModel: true },
    );
  const refusal = new Refusal(
    'not-allowed',
    'The use of this model is limited in dollars, and this gateway does not know its price. Use another model, or ask the operator of the gateway.',
    { param: 'model', isOfModel: true },
  );
  refusal.cause = new Error(
    `The price of ${modelId} is unknown. Return it from budgets.priceOf, or remove dollarsPerDay for this model.`,
  );
  return refusal;
}
