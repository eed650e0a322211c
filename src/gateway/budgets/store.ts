/** A counter in which a request needs room. */
export interface BudgetEntry {
  /**
   * Names a limit and its current minute or day, such as `caller/team-a/tokensPerDay/2026-11-29`. A counter begins at 0, and the
   * next minute or day has a counter of its own.
   */
  counter: string;
  /** The most that may be spent and reserved together. */
  limit: number;
  /** How much the request needs: requests, tokens, or millionths of a US dollar. A whole number above 0. */
  amount: number;
  /** Length of the minute or day, in milliseconds. */
  windowMs: number;
  /** When the minute or day is over, in milliseconds since 1970. Nobody uses the counter after that. */
  endsAt: number;
}

/** What a request needs before its model is called. */
export interface BudgetReservation {
  /** Unique. */
  id: string;
  entries: readonly BudgetEntry[];
  /** The time of the gateway that makes it, in milliseconds since 1970. */
  createdAt: number;
  /** When it stops counting if nobody settles it, as after a crash of its gateway. */
  expiresAt: number;
}

/** A counter before a reservation. */
export interface BudgetState {
  /** What settled requests used. */
  spent: number;
  /** What other requests have reserved. */
  reserved: number;
}

/** The answer to a reservation. */
export interface BudgetDecision {
  /** False if any entry has no room; then nothing is reserved. */
  granted: boolean;
  /** One for each entry, in their order. */
  states: readonly BudgetState[];
}

/**
 * Counts what requests use. All machines of a gateway share one, so that they share its limits: {@link createMemoryBudgets} for
 * a single process, {@link fromRateLimiters} for Redis and others, or your own two methods.
 */
export interface BudgetStore {
  /**
   * Reserves the amounts of all entries, or of none. An entry has room if `spent + reserved + amount <= limit`, where a
   * reservation counts until it is settled or expires. Checking and reserving must be one step for all machines.
   */
  reserve(reservation: BudgetReservation): Promise<BudgetDecision>;
  /**
   * Replaces a reservation by what was used: one amount for each entry, in their order, often less than reserved, sometimes more.
   * It is called again if it fails, at most twice.
   */
  settle(reservation: BudgetReservation, used: readonly number[]): Promise<void>;
}

/** Whether every entry has room. */
export function hasRoom(entries: readonly BudgetEntry[], states: readonly BudgetState[]): boolean {
  return entries.every(({ limit, amount }, i) => {
    const { spent = 0, reserved = 0 } = states[i] ?? {};
    return spent + reserved + amount <= limit;
  });
}
